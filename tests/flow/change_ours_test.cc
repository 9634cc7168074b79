/* What the program wants changed: hold, resume, other codecs, its own description, by re-INVITE or UPDATE. */
#include "flow/change_talk.h"

namespace {

TEST_F(Flow, ACallIsHeldAndResumed) {
    for (bool out : {true, false}) {
        for (auto method : {UA_CHANGE_INVITE, UA_CHANGE_UPDATE}) {
            SCOPED_TRACE(std::string(out ? "our call" : "their call") + (method == UA_CHANGE_UPDATE ? ", UPDATE" : ""));
            fake_net_begin(1);
            Talk t(out);
            const char *name = method == UA_CHANGE_UPDATE ? "UPDATE" : "INVITE";
            std::string before = t.first->body();
            ASSERT_EQ(t.change(UA_ON, 7, method), 0);
            const Sip *i = t.r.wait(name);
            ASSERT_NE(i, nullptr);
            EXPECT_NE(i->body().find("a=sendonly"), std::string::npos) << i->body();
            EXPECT_EQ(t.number(i->body()), t.number(before) + 1);
            EXPECT_TRUE(t.p.look(t.c).config.receive) << "not before it is agreed";
            t.accept(*i, t.sdp_with("recvonly"));
            const Event *e = t.p.wait(UA_EV_CALL_HELD);
            ASSERT_NE(e, nullptr);
            EXPECT_EQ(e->tag, 7u);
            EXPECT_EQ(e->originator, UA_LOCAL);
            EXPECT_EQ(e->call, t.c);
            if (method == UA_CHANGE_INVITE) {
                EXPECT_NE(t.r.wait("ACK"), nullptr);
            }
            EXPECT_TRUE(t.p.look(t.c).config.send);
            EXPECT_FALSE(t.p.look(t.c).config.receive);
            ASSERT_EQ(t.change(UA_OFF, 8, method), 0);
            i = t.r.wait(name, 5000, 2);
            ASSERT_NE(i, nullptr);
            EXPECT_NE(i->body().find("a=sendrecv"), std::string::npos) << i->body();
            EXPECT_EQ(t.number(i->body()), t.number(before) + 2);
            t.accept(*i);
            ASSERT_NE(t.p.wait(UA_EV_CALL_RESUMED), nullptr);
            EXPECT_EQ(t.p.last(UA_EV_CALL_RESUMED)->tag, 8u);
            EXPECT_TRUE(t.p.look(t.c).config.send);
            EXPECT_TRUE(t.p.look(t.c).config.receive);
            EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000);
            EXPECT_EQ(t.p.count(UA_EV_CALL_UPDATED), 0u) << "hold is told as hold";
            EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 1u);
            t.stands();
        }
    }
}

/* ---- answers that cannot be used ---- */

std::string without_version(std::string body) {
    size_t at = body.find("o=- ");
    at = body.find(' ', at + 4) + 1;
    return body.erase(at, body.find(' ', at) - at);
}

const char *const kUnusable[] = {"no codec in common", "the line refused", "another medium", "no SDP at all"};

std::string unusable(int i) {
    std::string video = sdp(PEER, 4000);
    video.replace(video.find("m=audio"), 7, "m=video");
    const std::string bodies[] = {sdp(PEER, 4000, "18"), sdp(PEER, 0), video, "hello"};
    return bodies[i];
}

TEST_F(Flow, AnAnswerThatCannotBeUsedIsTakenBackAndTheCallGoesOnAsItWas) {
    for (ua_change_method method : {UA_CHANGE_INVITE, UA_CHANGE_UPDATE}) {
        for (int kind = 0; kind < 4; kind++) {
            SCOPED_TRACE(kUnusable[kind]);
            fake_net_begin(1);
            Talk t;
            std::string name = method == UA_CHANGE_INVITE ? "INVITE" : "UPDATE", before = t.first->body();
            unsigned configured = t.p.look(t.c).configures;
            ASSERT_EQ(t.change(UA_ON, 3, method), 0);
            ASSERT_EQ(t.change(UA_AS_IS, 4, method), 0) << "waits until the two agree again";
            ASSERT_NE(t.r.wait(name), nullptr);
            const Sip offer(*t.r.last(name));
            t.r.got.clear();
            t.accept(offer, unusable(kind));
            const Event *e = t.p.wait(UA_EV_CALL_CHANGE_FAILED);
            ASSERT_NE(e, nullptr);
            EXPECT_EQ(e->tag, 3u);
            EXPECT_EQ(e->code, kind == 3 ? SX_E_FORMAT : SX_E_MEDIA);
            EXPECT_EQ(e->cause, kind == 3 ? UA_CAUSE_BAD_MEDIA : UA_CAUSE_INCOMPATIBLE_SDP);
            EXPECT_EQ(e->originator, UA_LOCAL);
            EXPECT_EQ(t.r.wait("ACK", 1000) != nullptr, method == UA_CHANGE_INVITE);
            ASSERT_NE(t.offer(), nullptr);
            const Sip back(*t.offer());
            EXPECT_EQ(without_version(back.body()), without_version(before)) << "the description that stood";
            EXPECT_EQ(t.number(back.body()), t.number(offer.body()) + 1);
            t.accept(back);
            ASSERT_NE(t.r.wait(name, 5000, method == UA_CHANGE_INVITE ? 2 : 1), nullptr);
            EXPECT_NE(t.r.last(name)->body().find("a=sendrecv"), std::string::npos) << "nothing of the hold is left";
            t.accept(Sip(*t.r.last(name)));
            ASSERT_NE(t.p.wait(UA_EV_CALL_UPDATED), nullptr);
            EXPECT_EQ(t.p.last(UA_EV_CALL_UPDATED)->tag, 4u);
            EXPECT_EQ(t.p.count(UA_EV_CALL_UPDATED), 1u);
            EXPECT_EQ(t.p.count(UA_EV_CALL_CHANGE_FAILED), 1u);
            EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 0u);
            EXPECT_EQ(t.p.look(t.c).configures, configured);
            EXPECT_TRUE(t.p.look(t.c).config.receive);
            t.stands();
        }
    }
}

TEST_F(Flow, AChangeThatThePeerNeverDecidesOnIsTakenBackAndTheCallGoesOn) {
    Talk t;
    ASSERT_EQ(t.change(UA_ON, 3), 0);
    ASSERT_NE(t.offer(), nullptr);
    const Sip offer(*t.offer());
    t.r.reply(offer, 100);
    ASSERT_NE(t.r.wait("CANCEL", 200000), nullptr);
    t.r.reply(Sip(*t.r.last("CANCEL")), 200);
    t.r.reply(offer, 487);
    ASSERT_NE(t.p.wait(UA_EV_CALL_CHANGE_FAILED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_CHANGE_FAILED)->tag, 3u);
    EXPECT_EQ(t.p.last(UA_EV_CALL_CHANGE_FAILED)->status, 487);
    t.stands();
    EXPECT_NE(t.ask("INVITE", 200, sdp(PEER, 4002)), nullptr) << "nothing is in its way any more";
}

TEST_F(Flow, WhoCannotBeBroughtBackToWhatStoodIsHungUp) {
    struct {
        const char *what;
        int status;
        std::string body;
    } rows[] = {{"again an answer that cannot be used", 200, sdp(PEER, 0)}, {"refused", 488, ""}};
    for (auto &row : rows) {
        SCOPED_TRACE(row.what);
        fake_net_begin(1);
        Talk t;
        ASSERT_EQ(t.change(UA_ON, 3), 0);
        ASSERT_NE(t.offer(), nullptr);
        t.accept(*t.offer(), sdp(PEER, 4000, "18"));
        ASSERT_NE(t.offer(2), nullptr);
        t.r.reply(Sip(*t.offer(2)), row.status, "", t.r.contact(), row.body);
        ASSERT_NE(t.r.wait("BYE"), nullptr);
        EXPECT_NE(t.r.last("BYE")->header("Reason").find("cause=488"), std::string::npos);
        t.r.reply(Sip(*t.r.last("BYE")), 200);
        t.ended(UA_CAUSE_INCOMPATIBLE_SDP);
        EXPECT_EQ(t.p.count(UA_EV_CALL_CHANGE_FAILED), 1u);
        EXPECT_EQ(t.r.count("INVITE"), 2u);
    }
}

TEST_F(Flow, WhatStoodIsNotPutBackWhenTheTwoHaveAgreedMeanwhile) {
    Talk t;
    ASSERT_EQ(t.change(UA_ON, 3), 0);
    ASSERT_NE(t.offer(), nullptr);
    const Sip offer(*t.offer());
    t.accept(offer, sdp(PEER, 4000, "18"));
    ASSERT_NE(t.offer(2), nullptr);
    t.r.reply(Sip(*t.offer(2)), 491);
    fake_run_for(100);
    const Sip *a = t.ask("INVITE", 200, sdp(PEER, 4002));
    ASSERT_NE(a, nullptr);
    EXPECT_GT(t.number(a->body()), t.number(offer.body()) + 1) << "not a number that the peer has seen";
    t.ack(a);
    fake_run_for(10000);
    EXPECT_EQ(t.r.count("INVITE"), 2u);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4002);
    t.stands();
}

TEST_F(Flow, PuttingBackWhatStoodSurvivesGlareAndABye) {
    Talk t;
    ASSERT_EQ(t.change(UA_ON, 3), 0);
    ASSERT_NE(t.offer(), nullptr);
    t.accept(*t.offer(), sdp(PEER, 4000, "18"));
    ASSERT_NE(t.offer(2), nullptr);
    t.r.reply(Sip(*t.offer(2)), 491);
    ASSERT_NE(t.offer(3), nullptr);
    ASSERT_EQ(t.change(UA_ON, 5), 0);
    ASSERT_NE(t.ask("BYE", 200), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_TERMINATED);
    EXPECT_EQ(t.p.last(UA_EV_CALL_CHANGE_FAILED)->tag, 5u);
    EXPECT_EQ(t.p.count(UA_EV_CALL_CHANGE_FAILED), 2u);
}

TEST_F(Flow, ARefusedHoldLeavesTheCallAsItWas) {
    for (int status : {488, 403, 500, 600}) {
        SCOPED_TRACE(status);
        fake_net_begin(1);
        Talk t;
        unsigned configured = t.p.look(t.c).configures;
        ASSERT_EQ(t.change(UA_ON, 3), 0);
        const Sip *i = t.r.wait("INVITE");
        ASSERT_NE(i, nullptr);
        EXPECT_TRUE(t.p.look(t.c).pending);
        t.r.reply(Sip(*i), status);
        const Event *e = t.p.wait(UA_EV_CALL_CHANGE_FAILED);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->tag, 3u);
        EXPECT_EQ(e->status, status);
        EXPECT_EQ(e->code, 0) << "a refusal is no fault";
        EXPECT_NE(t.r.wait("ACK"), nullptr);
        EXPECT_EQ(t.p.look(t.c).configures, configured);
        EXPECT_TRUE(t.p.look(t.c).config.receive);
        EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 0u);
        t.stands();
        const Sip *a = t.ask("INVITE", 200, sdp(PEER, 4002));
        ASSERT_NE(a, nullptr);
        EXPECT_NE(a->body().find("a=sendrecv"), std::string::npos) << "nothing of the hold is left";
        EXPECT_EQ(t.number(a->body()), t.number(t.first->body()) + 1);
    }
}

TEST_F(Flow, BothHoldAndResumeInEitherOrder) {
    for (bool we_first : {true, false})
        for (bool we_resume_first : {true, false}) {
            SCOPED_TRACE(std::string(we_first ? "we hold first" : "they hold first") +
                         (we_resume_first ? ", we resume first" : ", they resume first"));
            fake_net_begin(1);
            Talk t;
            auto ours = [&](int hold, const char *offered, const char *answered, uint64_t tag) {
                size_t n = t.r.count("INVITE");
                ASSERT_EQ(t.change(hold, tag), 0);
                const Sip *i = t.r.wait("INVITE", 5000, n + 1);
                ASSERT_NE(i, nullptr);
                EXPECT_NE(i->body().find(std::string("a=") + offered), std::string::npos) << i->body();
                t.accept(*i, t.sdp_with(answered));
                fake_run_for(100);
            };
            auto theirs = [&](const char *offered, const char *answered) {
                const Sip *a = t.ask("INVITE", 200, t.sdp_with(offered));
                ASSERT_NE(a, nullptr);
                EXPECT_NE(a->body().find(std::string("a=") + answered), std::string::npos) << a->body();
                t.ack(a);
            };
            if (we_first) {
                ours(UA_ON, "sendonly", "recvonly", 1);
                theirs("inactive", "inactive");
            } else {
                theirs("sendonly", "recvonly");
                ours(UA_ON, "inactive", "inactive", 1);
            }
            EXPECT_FALSE(t.p.look(t.c).config.send);
            EXPECT_FALSE(t.p.look(t.c).config.receive);
            EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 2u);
            if (we_resume_first) {
                ours(UA_OFF, "sendrecv", "sendonly", 2);
                EXPECT_FALSE(t.p.look(t.c).config.send) << "they still hold";
                EXPECT_TRUE(t.p.look(t.c).config.receive);
                EXPECT_EQ(t.p.count(UA_EV_CALL_RESUMED), 1u);
                EXPECT_EQ(t.p.last(UA_EV_CALL_RESUMED)->originator, UA_LOCAL);
                theirs("sendrecv", "sendrecv");
                EXPECT_EQ(t.p.last(UA_EV_CALL_RESUMED)->originator, UA_REMOTE);
            } else {
                theirs("sendrecv", "sendonly");
                EXPECT_TRUE(t.p.look(t.c).config.send);
                EXPECT_FALSE(t.p.look(t.c).config.receive) << "we still hold";
                EXPECT_EQ(t.p.last(UA_EV_CALL_RESUMED)->originator, UA_REMOTE);
                ours(UA_OFF, "sendrecv", "sendrecv", 2);
                EXPECT_EQ(t.p.last(UA_EV_CALL_RESUMED)->originator, UA_LOCAL);
            }
            EXPECT_EQ(t.p.count(UA_EV_CALL_RESUMED), 2u);
            EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 2u);
            EXPECT_TRUE(t.p.look(t.c).config.send);
            EXPECT_TRUE(t.p.look(t.c).config.receive);
            t.stands();
        }
}

TEST_F(Flow, AnAnswerOfInactiveToOurHoldIsNotTheirHold) {
    Talk t;
    ASSERT_EQ(t.change(UA_ON, 1), 0);
    t.accept(*t.offer(), t.sdp_with("inactive"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
    ASSERT_EQ(t.change(UA_OFF, 2), 0);
    ASSERT_NE(t.offer(2), nullptr);
    EXPECT_NE(t.offer(2)->body().find("a=sendrecv"), std::string::npos);
    t.accept(*t.offer(2));
    ASSERT_NE(t.p.wait(UA_EV_CALL_RESUMED), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 1u);
    EXPECT_EQ(t.p.count(UA_EV_CALL_RESUMED), 1u);
    EXPECT_EQ(t.p.last(UA_EV_CALL_RESUMED)->originator, UA_LOCAL);
}

TEST_F(Flow, AHoldThatIsTakenWithoutSdpHolds) {
    Talk t;
    ASSERT_EQ(t.change(UA_ON, 1), 0);
    ASSERT_NE(t.offer(), nullptr);
    t.r.reply(Sip(*t.offer()), 200, "", t.r.contact());
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
    EXPECT_FALSE(t.p.look(t.c).config.receive);
    ASSERT_EQ(t.change(UA_OFF, 2), 0);
    ASSERT_NE(t.offer(2), nullptr);
    t.r.reply(Sip(*t.offer(2)), 200, "", t.r.contact());
    ASSERT_NE(t.p.wait(UA_EV_CALL_RESUMED), nullptr);
    EXPECT_TRUE(t.p.look(t.c).config.receive);
    EXPECT_TRUE(t.p.look(t.c).config.send);
}

TEST_F(Flow, Field4_AnOfferlessReInviteWhileWeHoldGetsAllCodecsAndOurHold) {
    Talk t;
    ASSERT_EQ(t.change(UA_ON, 1), 0);
    t.accept(*t.offer(), t.sdp_with("recvonly"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
    const Sip *a = t.ask("INVITE", 200);
    ASSERT_NE(a, nullptr);
    EXPECT_NE(a->body().find("opus"), std::string::npos);
    EXPECT_NE(a->body().find("a=sendonly"), std::string::npos) << a->body();
    t.ack(a, t.sdp_with("recvonly"));
    EXPECT_FALSE(t.p.look(t.c).config.receive);
    EXPECT_EQ(t.p.count(UA_EV_CALL_RESUMED), 0u);
    t.stands();
}

TEST_F(Flow, OtherCodecsAreOfferedAndTakenOrForgotten) {
    const char *want[] = {"PCMA"};
    for (bool taken : {true, false}) {
        SCOPED_TRACE(taken);
        fake_net_begin(1);
        Talk t;
        ua_change w = {};
        w.codecs = want;
        w.codec_count = 1;
        ASSERT_EQ(ua_call_change(t.c, &w, 5), 0);
        const Sip *i = t.offer();
        ASSERT_NE(i, nullptr);
        EXPECT_NE(i->body().find("RTP/AVP 8 "), std::string::npos) << i->body();
        EXPECT_TRUE(t.p.look(t.c).pending) << "receivable from the offer on";
        EXPECT_EQ(t.p.look(t.c).config.sending.pt, 0);
        if (taken) {
            t.accept(*i, sdp(PEER, 4000, "8"));
            const Event *e = t.p.wait(UA_EV_CALL_UPDATED);
            ASSERT_NE(e, nullptr);
            EXPECT_EQ(e->tag, 5u);
            EXPECT_EQ(e->codec, "PCMA");
            EXPECT_EQ(e->originator, UA_LOCAL);
            EXPECT_EQ(t.p.look(t.c).config.sending.pt, 8);
            EXPECT_EQ(t.p.count(UA_EV_CALL_UPDATED), 1u);
            ASSERT_NE(t.ask("INVITE", 488, sdp(PEER, 4000, "0")), nullptr) << "from now on these only";
        } else {
            t.r.reply(Sip(*i), 488);
            ASSERT_NE(t.p.wait(UA_EV_CALL_CHANGE_FAILED), nullptr);
            EXPECT_EQ(t.p.look(t.c).config.sending.pt, 0);
            const Sip *a = t.ask("INVITE", 200, sdp(PEER, 4000, "0"));
            ASSERT_NE(a, nullptr) << "all the old ones";
        }
        t.stands();
    }
}

TEST_F(Flow, EverythingIsOfferedAnewOnRequest) {
    Talk t;
    ASSERT_EQ(ua_call_change(t.c, nullptr, 9), 0);
    const Sip *i = t.offer();
    ASSERT_NE(i, nullptr);
    EXPECT_EQ(i->body(), t.first->body()) << "nothing changed, so the version did not";
    t.accept(*i);
    ASSERT_NE(t.p.wait(UA_EV_CALL_UPDATED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_UPDATED)->tag, 9u);
}

TEST_F(Flow, WishesAreServedInTheirOrderOneAtATime) {
    Talk t;
    std::vector<uint64_t> tags;
    t.p.on = [&](const ua_event &ev) {
        if (ev.tag) tags.push_back(ev.tag);
    };
    t.r.on = [&](const Sip &m) {
        if (m.method() != "INVITE") return;
        bool holds = m.body().find("a=sendonly") != std::string::npos;
        if (m.header("X-N") == "2")
            t.r.reply(m, 488);
        else
            t.accept(m, t.sdp_with(holds ? "recvonly" : "sendrecv"));
    };
    ua_change w = {};
    ua_pair h[] = {{"X-N", "1"}};
    w.headers = h;
    w.header_count = 1;
    w.hold = UA_ON;
    ASSERT_EQ(ua_call_change(t.c, &w, 1), 0);
    h[0].value = "2";
    w.hold = UA_OFF;
    ASSERT_EQ(ua_call_change(t.c, &w, 2), 0);
    h[0].value = "3";
    ASSERT_EQ(ua_call_change(t.c, &w, 3), 0);
    ASSERT_NE(t.p.wait(UA_EV_CALL_RESUMED), nullptr);
    EXPECT_EQ(tags, (std::vector<uint64_t>{1, 2, 3}));
    EXPECT_EQ(t.r.count("INVITE"), 3u);
    t.r.on = nullptr;
    for (int n = 0; n < 32; n++) ASSERT_EQ(t.change(UA_ON, 100 + n), 0);
    EXPECT_EQ(t.change(UA_ON, 200), SX_E_LIMIT);
    h[0].name = "Via";
    EXPECT_EQ(ua_call_change(t.c, &w, 201), SX_E_LIMIT);
    ASSERT_EQ(ua_call_hangup(t.c, nullptr), 0);
    ASSERT_NE(t.r.wait("BYE"), nullptr);
    t.r.reply(Sip(*t.r.last("BYE")), 200);
    t.ended(UA_CAUSE_TERMINATED);
    EXPECT_EQ(tags.size(), 3u + 32) << "whoever waits for one is told";
}

TEST_F(Flow, AWrongChangeIsRefusedAtOnce) {
    Talk t;
    ua_change w = {};
    w.body = SX_LIT("v=0");
    EXPECT_EQ(ua_call_change(t.c, &w, 1), SX_E_INVALID);
    const char *no[] = {"no-such-codec"};
    w = {};
    w.codecs = no;
    w.codec_count = 1;
    EXPECT_EQ(ua_call_change(t.c, &w, 1), SX_E_FORMAT);
    ua_pair h[] = {{"Via", "x"}};
    w = {};
    w.headers = h;
    w.header_count = 1;
    EXPECT_EQ(ua_call_change(t.c, &w, 1), SX_E_HEADER);
    w = {};
    w.method = (ua_change_method)9;
    EXPECT_EQ(ua_call_change(t.c, &w, 1), SX_E_INVALID);
    EXPECT_EQ(ua_call_accept_change(t.c, nullptr), SX_E_STATE);
    EXPECT_EQ(ua_call_reject_change(t.c, nullptr), SX_E_STATE);
    fake_run_for(1000);
    EXPECT_EQ(t.r.count("INVITE"), 0u);
}

TEST_F(Flow, AChangeBeforeTheAnswerIsAnErrorAndOneBeforeTheAckWaits) {
    Phone p(OLD, true);
    Raw r(PEER);
    p.on = [&](const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        ua_change w = {};
        w.hold = UA_ON;
        EXPECT_EQ(ua_call_change(ev.call, &w, 1), SX_E_STATE);
        EXPECT_EQ(ua_call_answer(ev.call, nullptr), 0);
        EXPECT_EQ(ua_call_change(ev.call, &w, 2), 0);
    };
    r.send(OLD, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    fake_run_for(3000);
    EXPECT_EQ(r.count("INVITE"), 0u);
    r.ack(OLD, *r.last("200 INVITE"));
    ASSERT_NE(r.wait("INVITE"), nullptr);
    r.reply(Sip(*r.last("INVITE")), 200, "", r.contact(), sdp(PEER, 4000, "0", "a=recvonly\r\n"));
    ASSERT_NE(p.wait(UA_EV_CALL_HELD), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_HELD)->tag, 2u);
}

TEST_F(Flow, APeerThatDoesNotKnowUpdateIsAskedByReInvite) {
    for (int status : {405, 501, 504}) {
        SCOPED_TRACE(status);
        fake_net_begin(1);
        Talk t;
        ASSERT_EQ(t.change(UA_ON, 4, UA_CHANGE_UPDATE), 0);
        const Sip *u = t.r.wait("UPDATE");
        ASSERT_NE(u, nullptr);
        t.r.reply(Sip(*u), status);
        const Sip *i = t.r.wait("INVITE");
        ASSERT_NE(i, nullptr);
        EXPECT_EQ(i->body(), u->body());
        t.accept(*i, t.sdp_with("recvonly"));
        ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
        EXPECT_EQ(t.p.last(UA_EV_CALL_HELD)->tag, 4u);
        EXPECT_EQ(t.p.count(UA_EV_CALL_CHANGE_FAILED), 0u);
        if (status != 504) { /* and it is remembered */
            ASSERT_EQ(t.change(UA_OFF, 5, UA_CHANGE_UPDATE), 0);
            ASSERT_NE(t.r.wait("INVITE", 5000, 2), nullptr);
            EXPECT_EQ(t.r.count("UPDATE"), 1u);
        }
    }
}

TEST_F(Flow, APeerWhoseAllowLeavesUpdateOutGetsNone) {
    Talk t;
    ASSERT_NE(t.ask("UPDATE", 200, "", "Allow: INVITE, ACK, BYE\r\n"), nullptr);
    ASSERT_EQ(t.change(UA_ON, 4, UA_CHANGE_UPDATE), 0);
    ASSERT_NE(t.offer(), nullptr);
    EXPECT_EQ(t.r.count("UPDATE"), 0u);
}

TEST_F(Flow, APeerThatDoesNotKnowReInviteIsAskedByUpdateOnce) {
    Talk t;
    ASSERT_EQ(t.change(UA_ON, 4), 0);
    t.r.reply(Sip(*t.offer()), 501);
    const Sip *u = t.r.wait("UPDATE");
    ASSERT_NE(u, nullptr);
    t.r.reply(Sip(*u), 405);
    ASSERT_NE(t.p.wait(UA_EV_CALL_CHANGE_FAILED), nullptr);
    fake_run_for(10000);
    EXPECT_EQ(t.r.count("INVITE"), 1u);
    EXPECT_EQ(t.r.count("UPDATE"), 1u);
    t.stands();
}

TEST_F(Flow, Field7_AHoldThatMeetsTheirsWaitsAndIsTakenLater) {
    for (bool out : {true, false})
        for (auto method : {UA_CHANGE_INVITE, UA_CHANGE_UPDATE}) {
            SCOPED_TRACE(out ? "owner: 2.1 to 4 s" : "not owner: 0 to 2 s");
            fake_net_begin(3);
            Talk t(out);
            const char *name = method == UA_CHANGE_UPDATE ? "UPDATE" : "INVITE";
            ASSERT_EQ(t.change(UA_ON, 1, method), 0);
            const Sip *i = t.r.wait(name);
            ASSERT_NE(i, nullptr);
            t.r.reply(Sip(*i), 491);
            fake_run_for(5);
            uint64_t at = fake_now();
            ASSERT_EQ(t.change(UA_OFF, 2, method), 0) << "another wish does not shorten the pause";
            ASSERT_NE(t.r.wait(name, 5000, 2), nullptr);
            uint64_t waited = fake_now() - at;
            EXPECT_GE(waited + 10, out ? 2100u : 0u);
            EXPECT_LE(waited, out ? 4010u : 2010u);
            EXPECT_NE(t.r.last(name)->body().find("a=sendonly"), std::string::npos) << "first things first";
            t.accept(*t.r.last(name), t.sdp_with("recvonly"));
            ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
            ASSERT_NE(t.r.wait(name, 5000, 3), nullptr);
            t.accept(*t.r.last(name));
            ASSERT_NE(t.p.wait(UA_EV_CALL_RESUMED), nullptr);
            EXPECT_EQ(t.p.count(UA_EV_CALL_CHANGE_FAILED), 0u);
        }
}

TEST_F(Flow, Field7_AnUpdateWithAnOfferThatMeetsOursGets491) {
    Talk t;
    ASSERT_EQ(t.change(UA_ON, 1, UA_CHANGE_UPDATE), 0);
    ASSERT_NE(t.r.wait("UPDATE"), nullptr);
    ASSERT_NE(t.ask("UPDATE", 491, sdp(PEER, 4002)), nullptr);
    ASSERT_NE(t.ask("INVITE", 491, sdp(PEER, 4002)), nullptr);
    ASSERT_NE(t.ask("UPDATE", 200), nullptr) << "one without an offer collides with nothing";
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000);
    t.accept(*t.r.last("UPDATE"), t.sdp_with("recvonly"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
    ASSERT_NE(t.ask("UPDATE", 200, sdp(PEER, 4002, "0", "a=recvonly\r\n")), nullptr);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4002);
}

TEST_F(Flow, AHoldWaitsForTheirOpenReInvite) {
    Talk t;
    const Sip *a = t.ask("INVITE", 200, sdp(PEER, 4002));
    ASSERT_NE(a, nullptr);
    Sip ok(*a);
    ASSERT_EQ(t.change(UA_ON, 1), 0);
    fake_run_for(3000);
    EXPECT_EQ(t.r.count("INVITE"), 0u) << "their ACK is not there yet";
    t.ack(&ok);
    ASSERT_NE(t.offer(), nullptr);
}

TEST_F(Flow, AMovedAddressAndAWishGoOneAfterTheOther) {
    Talk t;
    fake_host_move(OLD, "10.0.0.2");
    ASSERT_EQ(ua_network_changed(t.p.agent), 0);
    ASSERT_EQ(t.change(UA_ON, 6), 0);
    const Sip *i = t.offer();
    ASSERT_NE(i, nullptr);
    EXPECT_NE(i->body().find("a=sendrecv"), std::string::npos) << "first where we are";
    t.accept(*i);
    ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED), nullptr);
    i = t.offer(2);
    ASSERT_NE(i, nullptr);
    EXPECT_NE(i->body().find("a=sendonly"), std::string::npos);
    t.accept(*i, t.sdp_with("recvonly"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
    /* and a held call that moves stays held */
    fake_host_move("10.0.0.2", "10.0.0.3");
    ASSERT_EQ(ua_network_changed(t.p.agent), 0);
    i = t.offer(3);
    ASSERT_NE(i, nullptr);
    EXPECT_NE(i->body().find("a=sendonly"), std::string::npos);
    t.accept(*i, t.sdp_with("recvonly"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED, 5000, 2), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 1u);
    EXPECT_EQ(t.p.count(UA_EV_CALL_RESUMED), 0u);
}

TEST_F(Flow, AHoldWithoutAnyAnswerEndsTheCall) {
    for (auto method : {UA_CHANGE_INVITE, UA_CHANGE_UPDATE}) {
        fake_net_begin(1);
        Talk t;
        ASSERT_EQ(t.change(UA_ON, 6, method), 0);
        t.ended(UA_CAUSE_REQUEST_TIMEOUT);
        ASSERT_EQ(t.p.count(UA_EV_CALL_CHANGE_FAILED), 1u);
        EXPECT_EQ(t.p.last(UA_EV_CALL_CHANGE_FAILED)->tag, 6u);
    }
}

TEST_F(Flow, TwoOfOursHoldEachOtherAtTheSameMoment) {
    for (int seed = 1; seed <= 20; seed++) {
        fake_net_begin(seed);
        Phone a("10.0.0.1", true), b("10.0.0.2", true);
        fake_link link = {};
        link.latency_ms = 30;
        fake_link_set(nullptr, nullptr, &link);
        b.on = [](const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
        };
        ua_call *ca = a.call(nullptr, "sip:x@10.0.0.2");
        ASSERT_NE(b.wait(UA_EV_CALL_CONFIRMED), nullptr);
        ua_call *cb = b.last(UA_EV_INCOMING_CALL)->call;
        ua_change w = {};
        w.hold = UA_ON;
        ASSERT_EQ(ua_call_change(ca, &w, 1), 0);
        ASSERT_EQ(ua_call_change(cb, &w, 1), 0);
        ASSERT_NE(a.wait(UA_EV_CALL_HELD, 20000, 2), nullptr) << seed;
        ASSERT_NE(b.wait(UA_EV_CALL_HELD, 20000, 2), nullptr) << seed;
        EXPECT_FALSE(a.look(ca).config.send || a.look(ca).config.receive);
        EXPECT_FALSE(b.look(cb).config.send || b.look(cb).config.receive);
        w.hold = UA_OFF;
        ASSERT_EQ(ua_call_change(ca, &w, 2), 0);
        ASSERT_EQ(ua_call_change(cb, &w, 2), 0);
        ASSERT_NE(a.wait(UA_EV_CALL_RESUMED, 20000, 2), nullptr) << seed;
        ASSERT_NE(b.wait(UA_EV_CALL_RESUMED, 20000, 2), nullptr) << seed;
        fake_run_for(100);
        for (auto look : {a.look(ca), b.look(cb)}) {
            EXPECT_TRUE(look.config.send);
            EXPECT_TRUE(look.config.receive);
            EXPECT_FALSE(look.pending);
        }
        EXPECT_EQ(a.count(UA_EV_CALL_CHANGE_FAILED) + b.count(UA_EV_CALL_CHANGE_FAILED), 0u);
    }
}

TEST_F(Flow, ASignallingOnlyCallHoldsAndRenegotiatesWithItsOwnWords) {
    Phone p(OLD, true);
    Raw r(PEER);
    std::string body = sdp(OLD, 5000), other = sdp(OLD, 5002);
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5", [&](ua_call_config &cfg) {
        cfg.media_none = true;
        cfg.media_default = false;
        cfg.body = sx_slice_of(body.data(), body.size());
    });
    ASSERT_NE(r.wait("INVITE"), nullptr);
    r.reply(Sip(*r.last("INVITE")), 200, "peer", r.contact(), sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ua_change w = {};
    w.hold = UA_ON;
    ASSERT_EQ(ua_call_change(c, &w, 1), 0);
    ASSERT_NE(r.wait("INVITE", 5000, 2), nullptr);
    EXPECT_NE(r.last("INVITE")->body().find("a=sendonly"), std::string::npos);
    EXPECT_NE(r.last("INVITE")->body().find("m=audio 5000"), std::string::npos);
    r.reply(Sip(*r.last("INVITE")), 200, "", r.contact(), sdp(PEER, 4000, "0", "a=recvonly\r\n"));
    const Event *e = p.wait(UA_EV_CALL_HELD);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->tag, 1u);
    EXPECT_NE(e->body.find("a=recvonly"), std::string::npos) << "the answer is the program's to read";
    w = {};
    w.body = sx_slice_of(other.data(), other.size());
    ASSERT_EQ(ua_call_change(c, &w, 2), 0);
    ASSERT_NE(r.wait("INVITE", 5000, 3), nullptr);
    EXPECT_EQ(r.last("INVITE")->body(), other);
    r.reply(Sip(*r.last("INVITE")), 488);
    ASSERT_NE(p.wait(UA_EV_CALL_CHANGE_FAILED), nullptr);
    ASSERT_EQ(ua_call_change(c, nullptr, 3), 0);
    ASSERT_NE(r.wait("INVITE", 5000, 4), nullptr);
    EXPECT_NE(r.last("INVITE")->body().find("m=audio 5000"), std::string::npos) << "what was agreed before";
    r.reply(Sip(*r.last("INVITE")), 200, "", r.contact(), sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_UPDATED), nullptr);
}

TEST_F(Flow, ASignallingOnlyProgramHearsWhatThePeerChanges) {
    Phone p(OLD, true);
    Raw r(PEER);
    std::string body = sdp(OLD, 5000);
    p.call(nullptr, "sip:x@10.0.0.5", [&](ua_call_config &cfg) {
        cfg.media_none = true;
        cfg.media_default = false;
        cfg.body = sx_slice_of(body.data(), body.size());
    });
    ASSERT_NE(r.wait("INVITE"), nullptr);
    Sip first(*r.last("INVITE"));
    r.reply(first, 200, "peer", r.contact(), sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    int cseq = 1;
    auto ask = [&](const std::string &offer) {
        r.send(OLD, r.inside_uas("UPDATE", first, "peer", ++cseq, offer));
        EXPECT_NE(r.wait("200 UPDATE", 2000, (size_t)cseq - 1), nullptr);
    };
    ask(sdp(PEER, 4000));
    EXPECT_EQ(p.count(UA_EV_CALL_UPDATED), 0u) << "a refresh";
    ask(sdp(PEER, 4000, "0", "a=sendonly\r\n"));
    ASSERT_EQ(p.count(UA_EV_CALL_HELD), 1u);
    EXPECT_NE(p.last(UA_EV_CALL_HELD)->body.find("a=sendonly"), std::string::npos);
    ask(sdp(PEER, 4000));
    EXPECT_EQ(p.count(UA_EV_CALL_RESUMED), 1u);
    ask(sdp(PEER, 4002));
    ASSERT_EQ(p.count(UA_EV_CALL_UPDATED), 1u);
    EXPECT_EQ(p.last(UA_EV_CALL_UPDATED)->body, sdp(PEER, 4002));
    EXPECT_EQ(p.last(UA_EV_CALL_UPDATED)->originator, UA_REMOTE);
}

} // namespace
