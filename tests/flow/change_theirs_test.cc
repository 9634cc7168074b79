/* What the peer wants changed: m-lines, codecs, refusals with their reasons, and the program's say in it. */
#include "flow/change_talk.h"

namespace {

std::string lines(const std::string &media) {
    return "v=0\r\no=- 1 2 IN IP4 10.0.0.5\r\ns=-\r\nc=IN IP4 10.0.0.5\r\nt=0 0\r\n" + media;
}

std::string held(const char *direction, int port = 4000) {
    return sdp(PEER, port, "0", std::string("a=") + direction + "\r\n");
}

/* A talk whose program wants to be asked. */
struct Asked : Talk {
    explicit Asked(bool out = true) : Talk(out) { ua_agent_ask(p.agent, 1u << UA_ASK_CALL | 1u << UA_ASK_CHANGE); }
    const Event *question(const std::string &method, const std::string &body, size_t nth = 1) {
        r.send(OLD, inside(method, body));
        return p.wait(UA_EV_CALL_CHANGE_REQUESTED, 2000, nth);
    }
};

TEST_F(Flow, VideoThatIsAddedIsRefusedAndItsLineStays) {
    Talk t;
    const Sip *a = t.ask("INVITE", 200, lines("m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 31\r\n"));
    ASSERT_NE(a, nullptr);
    EXPECT_NE(a->body().find("m=video 0 RTP/AVP 31"), std::string::npos) << a->body();
    t.ack(a);
    ASSERT_EQ(t.change(UA_ON, 1), 0);
    const Sip *i = t.offer();
    ASSERT_NE(i, nullptr);
    EXPECT_NE(i->body().find("m=video 0 "), std::string::npos) << i->body();
    t.accept(*i, lines("m=audio 4000 RTP/AVP 0\r\na=recvonly\r\nm=video 0 RTP/AVP 31\r\n"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_UPDATED), 0u) << "the audio is as it was";
    /* the peer takes its line back, and later uses it for more audio */
    a = t.ask("INVITE", 200, lines("m=audio 4000 RTP/AVP 0\r\na=recvonly\r\nm=audio 4004 RTP/AVP 0\r\n"));
    ASSERT_NE(a, nullptr);
    EXPECT_NE(a->body().find("m=audio 0 RTP/AVP 0"), std::string::npos) << "one audio at a time: " << a->body();
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000);
}

TEST_F(Flow, AudioBehindARefusedLineIsReceivableFromOurOfferOn) {
    Talk t(false, lines("m=video 4002 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 0\r\n"));
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000);
    ASSERT_EQ(ua_call_change(t.c, nullptr, 1), 0);
    const Sip *i = t.offer();
    ASSERT_NE(i, nullptr);
    EXPECT_LT(i->body().find("m=video 0 "), i->body().find("m=audio ")) << i->body();
    EXPECT_GE(t.p.look(t.c).offered.n, 2u);
    t.accept(*i, lines("m=video 0 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 8\r\n"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_UPDATED), nullptr);
    EXPECT_EQ(t.p.look(t.c).config.sending.pt, 8);
}

/* ---- audio taken away: m=audio 0 (RFC 3264 8.2) ---- */

std::string no_audio() { return sdp(PEER, 0); }

TEST_F(Flow, APeerMayTakeTheAudioAwayAndBringItBack) {
    for (bool update : {false, true}) {
        SCOPED_TRACE(update ? "UPDATE" : "INVITE");
        fake_net_begin(1);
        Talk t;
        const char *method = update ? "UPDATE" : "INVITE";
        const Sip *a = t.ask(method, 200, no_audio());
        ASSERT_NE(a, nullptr);
        EXPECT_NE(a->body().find("m=audio 0 "), std::string::npos) << a->body();
        EXPECT_EQ(t.number(a->body()), t.number(t.first->body()) + 1);
        if (!update) t.ack(a);
        ASSERT_EQ(t.p.count(UA_EV_CALL_HELD), 1u);
        EXPECT_EQ(t.p.last(UA_EV_CALL_HELD)->originator, UA_REMOTE);
        EXPECT_FALSE(t.p.look(t.c).config.send);
        EXPECT_FALSE(t.p.look(t.c).config.receive);
        EXPECT_TRUE(t.p.look(t.c).config.held) << "or it would be told as stalled";
        a = t.ask(method, 200, no_audio());
        ASSERT_NE(a, nullptr) << "again, and nothing new";
        if (!update) t.ack(a);
        fake_run_for(3600000);
        t.stands();
        EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 1u);
        EXPECT_EQ(t.p.count(UA_EV_CALL_UPDATED), 0u);
        a = t.ask(method, 200, sdp(PEER, 4010));
        ASSERT_NE(a, nullptr);
        EXPECT_EQ(a->body().find("m=audio 0 "), std::string::npos) << a->body();
        if (!update) t.ack(a);
        ASSERT_EQ(t.p.count(UA_EV_CALL_RESUMED), 1u);
        EXPECT_EQ(t.p.last(UA_EV_CALL_RESUMED)->originator, UA_REMOTE);
        EXPECT_TRUE(t.p.look(t.c).config.send);
        EXPECT_TRUE(t.p.look(t.c).config.receive);
        EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4010);
        t.stands();
    }
}

TEST_F(Flow, WhileTheAudioIsAwayWeMayHoldRefreshAndAskForItBack) {
    Talk t;
    t.ack(t.ask("INVITE", 200, no_audio()));
    ASSERT_EQ(t.p.count(UA_EV_CALL_HELD), 1u);
    ASSERT_EQ(t.change(UA_ON, 3), 0);
    ASSERT_NE(t.offer(), nullptr);
    t.accept(*t.offer(), no_audio());
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD, 5000, 2), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_HELD)->tag, 3u);
    EXPECT_EQ(t.p.count(UA_EV_CALL_CHANGE_FAILED), 0u);
    EXPECT_FALSE(t.p.look(t.c).config.receive);
    ASSERT_EQ(t.change(UA_OFF, 4), 0);
    ASSERT_NE(t.offer(2), nullptr);
    EXPECT_EQ(t.offer(2)->body().find("m=audio 0 "), std::string::npos) << "ours is there";
    t.accept(*t.offer(2), sdp(PEER, 4012));
    ASSERT_NE(t.p.wait(UA_EV_CALL_RESUMED, 5000, 2), nullptr) << "ours, and theirs";
    EXPECT_TRUE(t.p.look(t.c).config.send);
    EXPECT_TRUE(t.p.look(t.c).config.receive);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4012);
    t.stands();
}

TEST_F(Flow, AnAnswerOfNoUseWhileTheAudioIsAwayIsTakenBackToNoAudio) {
    Talk t;
    t.ack(t.ask("INVITE", 200, no_audio()));
    ASSERT_EQ(t.change(UA_AS_IS, 3), 0);
    ASSERT_NE(t.offer(), nullptr);
    t.accept(*t.offer(), sdp(PEER, 4000, "18"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_CHANGE_FAILED), nullptr);
    ASSERT_NE(t.offer(2), nullptr);
    EXPECT_NE(t.offer(2)->body().find("m=audio 0 "), std::string::npos);
    t.accept(*t.offer(2), no_audio());
    fake_run_for(1000);
    EXPECT_EQ(t.r.count("INVITE"), 2u);
    t.stands();
    t.ack(t.ask("INVITE", 200, sdp(PEER, 4000)));
    EXPECT_TRUE(t.p.look(t.c).config.send);
}

TEST_F(Flow, AnOfferlessReInviteMayTakeTheAudioAwayInItsAckOrAgreeOnNothing) {
    Talk t;
    const Sip *a = t.ask("INVITE", 200);
    ASSERT_NE(a, nullptr);
    t.ack(a, no_audio());
    ASSERT_EQ(t.p.count(UA_EV_CALL_HELD), 1u);
    EXPECT_FALSE(t.p.look(t.c).config.send);
    a = t.ask("INVITE", 200);
    ASSERT_NE(a, nullptr);
    t.ack(a, sdp(PEER, 4006));
    EXPECT_EQ(t.p.count(UA_EV_CALL_RESUMED), 1u);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4006);
    a = t.ask("INVITE", 200);
    ASSERT_NE(a, nullptr);
    uint64_t said = t.number(a->body());
    t.ack(a, sdp(PEER, 4000, "18"));
    ASSERT_NE(t.offer(), nullptr) << "what stood is put back";
    EXPECT_GT(t.number(t.offer()->body()), said);
    t.accept(*t.offer(), sdp(PEER, 4006));
    fake_run_for(1000);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4006);
    EXPECT_EQ(t.r.count("INVITE"), 1u);
    t.stands();
}

TEST_F(Flow, TheProgramIsAskedWhenThePeerWantsToTakeTheAudioAway) {
    Talk t;
    ua_agent_ask(t.p.agent, 1u << UA_ASK_CALL | 1u << UA_ASK_CHANGE);
    t.r.send(OLD, t.inside("INVITE", no_audio()));
    const Event *e = t.p.wait(UA_EV_CALL_CHANGE_REQUESTED);
    ASSERT_NE(e, nullptr);
    EXPECT_TRUE(e->flags & UA_FLAG_HOLD);
    ASSERT_EQ(ua_call_accept_change(t.c, nullptr), 0);
    ASSERT_NE(t.r.wait("200 INVITE"), nullptr);
    t.ack(t.r.last("200 INVITE"));
    EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 1u);
    t.r.send(OLD, t.inside("INVITE", sdp(PEER, 4000)));
    ASSERT_NE(t.p.wait(UA_EV_CALL_CHANGE_REQUESTED, 1000, 2), nullptr);
    EXPECT_TRUE(t.p.last(UA_EV_CALL_CHANGE_REQUESTED)->flags & UA_FLAG_RESUME);
}

TEST_F(Flow, ARefusedOfferSaysWhyInItsWarning) {
    struct {
        const char *body, *warning;
    } rows[] = {{"m=audio 4000 RTP/AVP 18\r\n", "305"},
                {"m=video 4000 RTP/AVP 31\r\n", "304"},
                {"m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n", "302"},
                {"m=image 4000 udptl t38\r\n", "304"},
                {"m=audio 0 RTP/AVP 0\r\nm=image 4000 udptl t38\r\n", "304"}};
    for (bool inside : {true, false}) {
        Talk t;
        for (auto &row : rows) {
            SCOPED_TRACE(row.body);
            const Sip *a;
            if (inside) {
                a = t.ask("INVITE", 488, lines(row.body));
            } else {
                t.r.got.clear();
                t.r.send(OLD,
                         t.r.invite("sip:x@10.0.0.1", std::string("new") + row.warning + row.body[2], lines(row.body)));
                a = t.r.wait("488 INVITE");
            }
            ASSERT_NE(a, nullptr);
            EXPECT_EQ(a->header("Warning").substr(0, 3), row.warning);
        }
        const Sip *a = t.ask("INVITE", 488, "garbage");
        ASSERT_NE(a, nullptr);
        EXPECT_EQ(a->header("Warning").substr(0, 3), "399");
        EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000);
        t.stands();
    }
}

TEST_F(Flow, TheProgramTakesAChangeOrRefusesIt) {
    for (bool out : {true, false}) {
        SCOPED_TRACE(out);
        fake_net_begin(1);
        Asked t(out);
        const Event *e = t.question("INVITE", t.sdp_with("sendonly"));
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->call, t.c);
        EXPECT_EQ(e->flags, (uint32_t)UA_FLAG_HOLD);
        EXPECT_EQ(e->default_status, 488);
        EXPECT_EQ(e->deadline_ms, 30000);
        EXPECT_NE(e->body.find("a=sendonly"), std::string::npos);
        fake_run_for(1000);
        EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 0u);
        EXPECT_TRUE(t.p.look(t.c).config.send);
        ua_pair h[] = {{"X-Why", "because"}};
        ua_reply reply = {};
        reply.headers = h;
        reply.header_count = 1;
        ASSERT_EQ(ua_call_accept_change(t.c, &reply), 0);
        const Sip *a = t.r.wait("200 INVITE");
        ASSERT_NE(a, nullptr);
        EXPECT_EQ(a->header("X-Why"), "because");
        EXPECT_NE(a->body().find("a=recvonly"), std::string::npos);
        t.ack(a);
        EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 1u);
        EXPECT_EQ(ua_call_accept_change(t.c, nullptr), SX_E_STATE) << "decided already";
        e = t.question("INVITE", sdp(PEER, 4000), 2);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->flags, (uint32_t)UA_FLAG_RESUME);
        reply.status = 486;
        ASSERT_EQ(ua_call_accept_change(t.c, &reply), SX_E_INVALID);
        h[0].name = "Via";
        reply.status = 0;
        ASSERT_EQ(ua_call_accept_change(t.c, &reply), SX_E_HEADER) << "and it may still be decided";
        ASSERT_EQ(ua_call_reject_change(t.c, nullptr), 0);
        a = t.r.wait("488 INVITE");
        ASSERT_NE(a, nullptr);
        EXPECT_EQ(a->header("Warning").substr(0, 3), "399");
        fake_run_for(1000);
        EXPECT_EQ(t.p.count(UA_EV_CALL_RESUMED), 0u);
        EXPECT_FALSE(t.p.look(t.c).config.send);
        t.stands();
    }
}

TEST_F(Flow, WhatChangesNothingOrCannotBeTakenIsNotAsked) {
    Asked t;
    const Sip *a = t.ask("INVITE", 200, sdp(PEER, 4000));
    ASSERT_NE(a, nullptr) << "a refresh";
    t.ack(a);
    ASSERT_NE(t.ask("UPDATE", 200, sdp(PEER, 4000)), nullptr);
    ASSERT_NE(t.ask("UPDATE", 200), nullptr);
    ASSERT_NE(t.ask("INVITE", 488, sdp(PEER, 4000, "18")), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_CHANGE_REQUESTED), 0u);
    t.r.send(OLD, t.inside("INVITE"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_CHANGE_REQUESTED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_CHANGE_REQUESTED)->flags, (uint32_t)UA_FLAG_OFFERLESS);
    ASSERT_EQ(ua_call_accept_change(t.c, nullptr), 0);
    a = t.r.wait("200 INVITE", 2000, 2);
    ASSERT_NE(a, nullptr);
    EXPECT_NE(a->body().find("opus"), std::string::npos);
    t.ack(a, sdp(PEER, 4000, "8"));
    EXPECT_EQ(t.p.last(UA_EV_CALL_UPDATED)->codec, "PCMA");
}

TEST_F(Flow, SilenceTakesTheDefaultAndSaysSo) {
    Asked t;
    ASSERT_NE(t.question("INVITE", sdp(PEER, 4002)), nullptr);
    fake_run_for(29000);
    EXPECT_EQ(t.r.count("488 INVITE"), 0u);
    ASSERT_NE(t.r.wait("488 INVITE"), nullptr);
    const Event *e = t.p.wait(UA_EV_CALL_CHANGE_FAILED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->tag, 0u);
    EXPECT_EQ(e->status, 488);
    EXPECT_NE(e->flags & UA_FLAG_DEFAULT, 0u);
    EXPECT_EQ(ua_call_accept_change(t.c, nullptr), SX_E_STATE);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000);
    /* an UPDATE may not wait for a person (RFC 3311 5.2) */
    e = t.question("UPDATE", sdp(PEER, 4002), 2);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->deadline_ms, 2000);
    EXPECT_EQ(e->default_status, 504);
    ASSERT_NE(t.r.wait("504 UPDATE", 2500), nullptr);
    t.stands();
    ASSERT_NE(t.question("UPDATE", sdp(PEER, 4002), 3), nullptr);
    ASSERT_EQ(ua_call_accept_change(t.c, nullptr), 0);
    ASSERT_NE(t.r.wait("200 UPDATE"), nullptr);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4002);
}

TEST_F(Flow, AReInviteThatIsCancelledWhileTheProgramThinksChangesNothing) {
    Asked t;
    std::string invite = t.inside("INVITE", sdp(PEER, 4002));
    t.r.send(OLD, invite);
    ASSERT_NE(t.p.wait(UA_EV_CALL_CHANGE_REQUESTED), nullptr);
    ASSERT_EQ(t.change(UA_ON, 1), 0);
    fake_run_for(1000);
    EXPECT_EQ(t.r.count("INVITE"), 0u) << "ours waits";
    /* the CANCEL has the INVITE's branch and CSeq */
    std::string cancel = "CANCEL" + invite.substr(6, invite.find("\r\nContact:") - 6);
    cancel.replace(cancel.find(" INVITE", cancel.find("CSeq:")), 7, " CANCEL");
    t.r.send(OLD, cancel + "\r\nContent-Length: 0\r\n\r\n");
    ASSERT_NE(t.r.wait("200 CANCEL"), nullptr);
    ASSERT_NE(t.r.wait("487 INVITE"), nullptr);
    const Event *e = t.p.wait(UA_EV_CALL_CHANGE_FAILED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 487);
    EXPECT_EQ(e->originator, UA_REMOTE);
    EXPECT_EQ(ua_call_accept_change(t.c, nullptr), SX_E_STATE);
    ASSERT_NE(t.offer(), nullptr) << "and goes now";
    t.accept(*t.offer(), t.sdp_with("recvonly"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
    t.stands();
}

TEST_F(Flow, Field7_WhatOverlapsAnUndecidedChangeGets500WithRetryAfter) {
    Asked t;
    ASSERT_NE(t.question("INVITE", sdp(PEER, 4002)), nullptr);
    const Sip *a = t.ask("INVITE", 500, sdp(PEER, 4004));
    ASSERT_NE(a, nullptr);
    EXPECT_FALSE(a->header("Retry-After").empty());
    ASSERT_NE(a = t.ask("UPDATE", 500, sdp(PEER, 4004)), nullptr);
    EXPECT_FALSE(a->header("Retry-After").empty());
    ASSERT_NE(t.ask("UPDATE", 200), nullptr) << "a refresh is none";
    ASSERT_NE(t.ask("OPTIONS", 200), nullptr);
    ASSERT_EQ(ua_call_accept_change(t.c, nullptr), 0);
    ASSERT_NE(t.r.wait("200 INVITE"), nullptr);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4002);
}

TEST_F(Flow, ACallThatEndsWhileTheProgramThinksAnswers487) {
    for (bool ours : {true, false}) {
        SCOPED_TRACE(ours ? "we hang up" : "they hang up");
        fake_net_begin(1);
        Asked t;
        ASSERT_NE(t.question("INVITE", sdp(PEER, 4002)), nullptr);
        if (ours) {
            ASSERT_EQ(ua_call_hangup(t.c, nullptr), 0);
            ASSERT_NE(t.r.wait("BYE"), nullptr);
            t.r.reply(Sip(*t.r.last("BYE")), 200);
        } else {
            ASSERT_NE(t.ask("BYE", 200), nullptr);
        }
        EXPECT_NE(t.r.wait("487 INVITE"), nullptr);
        t.ended(UA_CAUSE_TERMINATED);
    }
    fake_net_begin(1);
    Asked t; /* the program hangs up while it hears of it */
    t.p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_CALL_CHANGE_REQUESTED) ua_call_hangup(ev.call, nullptr);
    };
    ASSERT_NE(t.question("INVITE", sdp(PEER, 4002)), nullptr);
    EXPECT_NE(t.r.wait("487 INVITE"), nullptr);
    ASSERT_NE(t.r.wait("BYE"), nullptr);
}

TEST_F(Flow, AnAgentMayGoWhileTheProgramThinks) {
    Asked t;
    ASSERT_NE(t.question("INVITE", sdp(PEER, 4002)), nullptr);
    ASSERT_EQ(t.change(UA_ON, 1), 0);
    t.p.destroy();
}

TEST_F(Flow, ASignallingOnlyProgramAnswersAChangeWithItsOwnWords) {
    Phone p(OLD, true);
    Raw r(PEER);
    std::string body = sdp(OLD, 5000), other = sdp(OLD, 5002);
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5", [&](ua_call_config &cfg) {
        cfg.media_none = true;
        cfg.media_default = false;
        cfg.body = sx_slice_of(body.data(), body.size());
    });
    ua_agent_ask(p.agent, 1u << UA_ASK_CHANGE);
    ASSERT_NE(r.wait("INVITE"), nullptr);
    Sip first(*r.last("INVITE"));
    r.reply(first, 200, "peer", r.contact(), sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    r.send(OLD, r.inside_uas("INVITE", first, "peer", 2, sdp(PEER, 4002)));
    const Event *e = p.wait(UA_EV_CALL_CHANGE_REQUESTED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->body, sdp(PEER, 4002));
    EXPECT_EQ(e->content_type, "application/sdp");
    ua_reply reply = {};
    reply.body = sx_slice_of(other.data(), other.size());
    ASSERT_EQ(ua_call_accept_change(c, &reply), 0);
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    EXPECT_EQ(r.last("200 INVITE")->body(), other);
}

TEST_F(Flow, AStormOfOffersIsBounded) {
    for (const char *method : {"UPDATE", "INVITE"}) {
        SCOPED_TRACE(method);
        fake_net_begin(1);
        Talk t;
        for (int n = 0; n < 1000; n++) {
            t.r.send(OLD, t.inside(method, t.sdp_with(n & 1 ? "sendrecv" : "sendonly")));
            fake_run_for(1);
        }
        fake_run_for(100);
        size_t taken = t.p.count(UA_EV_CALL_HELD) + t.p.count(UA_EV_CALL_RESUMED);
        EXPECT_GE(taken, 16u);
        EXPECT_LE(taken, 60u);
        const Sip *a = t.r.last(std::string("500 ") + method);
        ASSERT_NE(a, nullptr);
        EXPECT_FALSE(a->header("Retry-After").empty());
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
        fake_run_for(5000);
        ASSERT_NE(t.ask("UPDATE", 200, sdp(PEER, 4006)), nullptr) << "and it calms down";
        EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4006);
    }
}

TEST_F(Flow, AReInviteDuringOurCancelIsRefusedAndTheCallEnds) {
    Raw r(PEER);
    Phone p(OLD);
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    Sip inv(*r.last("INVITE"));
    r.reply(inv, 180, "t", r.contact());
    fake_run_for(50);
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    ASSERT_NE(r.wait("CANCEL"), nullptr);
    r.send(OLD, r.inside_uas("INVITE", inv, "t", 1, sdp(PEER, 4000)));
    ASSERT_NE(r.wait("491 INVITE"), nullptr);
    r.reply(Sip(*r.last("CANCEL")), 200, "t");
    r.reply(inv, 487, "t");
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_CANCELED);
}

TEST_F(Flow, AnAckThatNeverComesEndsTheCall) {
    Talk t;
    ASSERT_NE(t.ask("INVITE", 200, sdp(PEER, 4002)), nullptr);
    ASSERT_NE(t.r.wait("BYE", 40000), nullptr);
    t.r.reply(Sip(*t.r.last("BYE")), 200);
    t.ended(UA_CAUSE_NO_ACK);
}

/* RFC 3311 5.2, 3264: their UPDATE comes before their ACK: offer and answer are complete, so it is taken. */
TEST_F(Flow, AnUpdateBeforeTheAckOfAReInviteIsTaken) {
    Talk t(false);
    ASSERT_NE(t.ask("INVITE", 200, held("sendonly")), nullptr);
    Sip ok(*t.r.last("200 INVITE"));
    ASSERT_NE(t.ask("UPDATE", 200, held("sendrecv", 4020)), nullptr);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4020);
    t.r.send(OLD, t.r.inside("ACK", *t.first, (int)ok.cseq()));
    fake_run_for(100);
    EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 1u);
    EXPECT_EQ(t.p.count(UA_EV_CALL_RESUMED), 1u);
    size_t n = t.r.count("200 INVITE");
    fake_run_for(40000);
    EXPECT_EQ(t.r.count("200 INVITE"), n);
    t.stands();
    /* an offer of ours in the 200 is open until the ACK */
    ASSERT_NE(t.ask("INVITE", 200), nullptr);
    ASSERT_NE(t.ask("UPDATE", 491, held("sendonly")), nullptr);
    t.r.send(OLD, t.r.inside("ACK", *t.first, t.cseq - 1, sdp(PEER, 4030)));
    fake_run_for(100);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4030);
    t.stands();
}

/* The ACK of the call is lost, and a re-INVITE is there first. */
TEST_F(Flow, AReInviteBeforeTheAckOfTheCallIsTaken) {
    Phone p(OLD, true);
    Raw r(PEER);
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    r.send(OLD, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    Sip ok(*r.last("200 INVITE"));
    r.send(OLD, r.inside("INVITE", ok, 2, held("sendonly")));
    fake_run_for(100);
    const Sip *second = r.last("200 INVITE");
    ASSERT_EQ(second->cseq(), 2u);
    r.send(OLD, r.inside("ACK", ok, 2));
    fake_run_for(100);
    r.ack(OLD, ok);
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_NE(p.wait(UA_EV_CALL_HELD), nullptr);
    fake_run_for(40000);
    EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u);
    EXPECT_EQ(p.count(UA_EV_CALL_CONFIRMED), 1u);
}

} // namespace
