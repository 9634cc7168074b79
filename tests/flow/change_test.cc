#include "flow/flow_fixture.h"

namespace {

/* A phone in a call that a raw peer placed, confirmed. */
struct InCall {
    Phone p{"10.0.0.1", true};
    Raw r{"10.0.0.5"};
    ua_call *c = nullptr;
    std::unique_ptr<Sip> ok;
    int cseq = 1;
    explicit InCall(const std::string &body = sdp("10.0.0.5", 4000)) {
        p.on = [&](const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
        };
        r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", body));
        EXPECT_NE(r.wait("200 INVITE"), nullptr);
        ok.reset(new Sip(r.last("200 INVITE")->raw));
        r.ack("10.0.0.1", *ok);
        EXPECT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        c = p.last(UA_EV_INCOMING_CALL)->call;
    }
    /* Sends a request inside the dialog and returns the answer of that status. */
    const Sip *ask(const std::string &method, int status, const std::string &body = "", const std::string &lines = "") {
        std::string what = std::to_string(status) + " " + method;
        size_t n = r.count(what);
        r.send("10.0.0.1", r.inside(method, *ok, ++cseq, body, lines));
        return r.wait(what, 2000, n + 1);
    }
    void ack(const Sip *answer, const std::string &body = "") {
        r.ack("10.0.0.1", *answer, body);
        fake_run_for(20);
    }
};

std::string hold_sdp(const std::string &dir, const std::string &host = "10.0.0.5") {
    return sdp(host, 4000, "0", dir.empty() ? "" : "a=" + dir + "\r\n");
}

TEST_F(Flow, Field5_EveryFormOfHoldIsHoldAndTheReturnRestoresTheMedia) {
    struct {
        const char *what;
        std::string body;
        const char *answer;
        bool send, receive;
    } rows[] = {
        {"sendonly", hold_sdp("sendonly"), "a=recvonly", false, true},
        {"inactive", hold_sdp("inactive"), "a=inactive", false, false},
        {"0.0.0.0", hold_sdp("", "0.0.0.0"), "", false, true},
        {"last line without an end", sdp("10.0.0.5", 4000, "0", "a=sendonly"), "a=recvonly", false, true},
        {"at session level",
         "v=0\r\no=- 1 2 IN IP4 10.0.0.5\r\ns=-\r\nc=IN IP4 10.0.0.5\r\nt=0 0\r\na=sendonly\r\nm=audio 4000 RTP/AVP "
         "0\r\n",
         "a=recvonly", false, true},
    };
    InCall t;
    size_t n = 0;
    for (auto &row : rows) {
        SCOPED_TRACE(row.what);
        const Sip *a = t.ask("INVITE", 200, row.body);
        ASSERT_NE(a, nullptr);
        if (*row.answer) {
            EXPECT_NE(a->body().find(row.answer), std::string::npos) << a->body();
        }
        t.ack(a);
        n++;
        ASSERT_EQ(t.p.count(UA_EV_CALL_HELD), n);
        EXPECT_EQ(t.p.last(UA_EV_CALL_HELD)->originator, UA_REMOTE);
        EXPECT_EQ(t.p.look(t.c).config.send, row.send);
        a = t.ask("INVITE", 200, sdp("10.0.0.5", 4000));
        ASSERT_NE(a, nullptr);
        t.ack(a);
        ASSERT_EQ(t.p.count(UA_EV_CALL_RESUMED), n);
        EXPECT_TRUE(t.p.look(t.c).config.send);
        EXPECT_TRUE(t.p.look(t.c).config.receive);
        EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000);
    }
    EXPECT_EQ(t.p.count(UA_EV_CALL_UPDATED), 0u) << "hold is told as hold";
}

TEST_F(Flow, Field4_AnOfferlessReInviteInHoldGetsOurFullWish) {
    InCall t;
    t.ack(t.ask("INVITE", 200, hold_sdp("sendonly")));
    const Sip *a = t.ask("INVITE", 200);
    ASSERT_NE(a, nullptr);
    EXPECT_EQ(a->body().find("a=recvonly"), std::string::npos);
    EXPECT_EQ(a->body().find("a=inactive"), std::string::npos);
    EXPECT_NE(a->body().find("opus"), std::string::npos) << "all our codecs, not only the one in use";
    t.ack(a, sdp("10.0.0.5", 4000));
    EXPECT_EQ(t.p.count(UA_EV_CALL_RESUMED), 1u);
    EXPECT_TRUE(t.p.look(t.c).config.send);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, Field4_AnOfferlessReInviteWithoutAnswerInTheAckEndsTheCall) {
    InCall t;
    t.ack(t.ask("INVITE", 200));
    ASSERT_NE(t.r.wait("BYE"), nullptr);
    t.r.reply(*t.r.last("BYE"), 200);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_MISSING_SDP);
}

TEST_F(Flow, AnUnchangedReInviteRestartsNothingAndKeepsTheVersion) {
    InCall t;
    unsigned before = t.p.look(t.c).configures;
    const Sip *a = t.ask("INVITE", 200, sdp("10.0.0.5", 4000));
    ASSERT_NE(a, nullptr);
    EXPECT_EQ(a->body(), t.ok->body());
    t.ack(a);
    EXPECT_EQ(t.p.look(t.c).configures, before);
    EXPECT_EQ(t.p.count(UA_EV_CALL_UPDATED), 0u);
}

TEST_F(Flow, AMovedPeerIsFollowedAndTold) {
    InCall t;
    t.ack(t.ask("INVITE", 200, sdp("10.0.0.6", 4010, "8")));
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4010);
    ASSERT_EQ(t.p.count(UA_EV_CALL_UPDATED), 1u);
    EXPECT_EQ(t.p.last(UA_EV_CALL_UPDATED)->codec, "PCMA");
    EXPECT_EQ(t.p.last(UA_EV_CALL_UPDATED)->originator, UA_REMOTE);
}

TEST_F(Flow, AReInviteWithNothingInCommonLeavesTheCallAsItWas) {
    InCall t;
    const Sip *a = t.ask("INVITE", 488, sdp("10.0.0.5", 4000, "18"));
    ASSERT_NE(a, nullptr);
    t.r.send("10.0.0.1", t.r.inside("ACK", *a, t.cseq));
    ASSERT_NE(t.ask("INVITE", 415, "x", "Content-Type: text/plain\r\n"), nullptr);
    ASSERT_NE(t.ask("INVITE", 420, sdp("10.0.0.5", 4000), "Require: something\r\n"), nullptr);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
    a = t.ask("INVITE", 200, sdp("10.0.0.5", 4002));
    ASSERT_NE(a, nullptr) << "and a later one is taken";
}

TEST_F(Flow, Field7_AReInviteWhileTheFirstIsUndecidedGets500WithRetryAfter) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    const Event *e = p.wait(UA_EV_INCOMING_CALL);
    ASSERT_NE(e, nullptr);
    ASSERT_EQ(ua_call_ring(e->call, nullptr), 0);
    const Sip *ring = r.wait("180 INVITE");
    ASSERT_NE(ring, nullptr);
    r.send("10.0.0.1", r.inside("INVITE", *ring, 2, sdp("10.0.0.5", 4002)));
    ASSERT_NE(r.wait("500 INVITE"), nullptr);
    EXPECT_FALSE(r.last("500 INVITE")->header("Retry-After").empty());
    ASSERT_EQ(ua_call_answer(p.last(UA_EV_INCOMING_CALL)->call, nullptr), 0);
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    EXPECT_EQ(port_of(p.look(p.last(UA_EV_INCOMING_CALL)->call).config.remote_rtp), 4000);
}

TEST_F(Flow, Field7_JsSip9_AnOfferThatMeetsOursGets491AndIsNotProcessed) {
    InCall t;
    const Sip *a = t.ask("INVITE", 200); /* our offer is out and waits for the ACK */
    ASSERT_NE(a, nullptr);
    Sip first(a->raw);
    ASSERT_NE(t.ask("INVITE", 491, sdp("10.0.0.66", 4066)), nullptr);
    ASSERT_NE(t.ask("UPDATE", 491, sdp("10.0.0.66", 4066)), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_UPDATED), 0u);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000);
    t.ack(&first, sdp("10.0.0.5", 4000));
    a = t.ask("INVITE", 200, sdp("10.0.0.66", 4066)); /* state intact: the next one is taken */
    ASSERT_NE(a, nullptr);
    t.ack(a);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4066);
}

TEST_F(Flow, Field7_AnInviteInAnEarlyDialogOfOursGets491) {
    Raw r("10.0.0.5");
    Phone p("10.0.0.1");
    r.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, 180, "t", r.contact());
    };
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
    Sip inv(r.last("INVITE")->raw);
    r.on = nullptr;
    r.send("10.0.0.1", r.inside_uas("INVITE", inv, "t", 1, sdp("10.0.0.5", 4000)));
    ASSERT_NE(r.wait("491 INVITE"), nullptr);
    r.send("10.0.0.1", r.inside_uas("UPDATE", inv, "t", 2, sdp("10.0.0.5", 4000)));
    ASSERT_NE(r.wait("491 UPDATE"), nullptr);
    EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, UpdateWithAnOfferIsAnsweredAndWithoutOneIsARefresh) {
    InCall t;
    const Sip *a = t.ask("UPDATE", 200, hold_sdp("sendonly"));
    ASSERT_NE(a, nullptr);
    EXPECT_NE(a->body().find("a=recvonly"), std::string::npos);
    EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 1u);
    a = t.ask("UPDATE", 200);
    ASSERT_NE(a, nullptr);
    EXPECT_TRUE(a->body().empty());
    EXPECT_FALSE(a->header("Contact").empty());
}

TEST_F(Flow, RequestsInsideACallAreAnsweredProperly) {
    InCall t;
    const Sip *a = t.ask("OPTIONS", 200);
    ASSERT_NE(a, nullptr);
    EXPECT_FALSE(a->header("Allow").empty());
    EXPECT_FALSE(a->header("Accept").empty());
    ASSERT_NE(t.ask("INFO", 200, "Signal=5\r\nDuration=160\r\n", "Content-Type: application/dtmf-relay\r\n"), nullptr);
    ASSERT_EQ(t.p.count(UA_EV_DTMF), 1u);
    EXPECT_EQ(t.p.last(UA_EV_DTMF)->digit, '5');
    EXPECT_EQ(t.p.last(UA_EV_DTMF)->duration_ms, 160u);
    EXPECT_NE(t.p.last(UA_EV_DTMF)->raw.find("INFO sip:"), std::string::npos); /* its headers can be read */
    ASSERT_NE(t.ask("INFO", 200, "#", "Content-Type: application/dtmf\r\n"), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_DTMF)->digit, '#');
    ASSERT_NE(t.ask("INFO", 200, "<picture_fast_update/>", "Content-Type: application/media_control+xml\r\n"), nullptr);
    ASSERT_EQ(t.p.count(UA_EV_INFO), 1u);
    EXPECT_EQ(t.p.last(UA_EV_INFO)->body, "<picture_fast_update/>");
    ASSERT_NE(t.ask("REFER", 603, "", "Refer-To: <sip:evil@example.org>\r\n"), nullptr);
    ASSERT_NE(t.ask("DANCE", 501), nullptr);
    ua_agent_ask(t.p.agent, 1u << UA_ASK_CALL);
    ASSERT_NE(t.ask("MESSAGE", 405, "hi", "Content-Type: text/plain\r\n"), nullptr);
    ua_agent_ask(t.p.agent, 1u << UA_ASK_CALL | 1u << UA_ASK_MESSAGE);
    t.r.send("10.0.0.1", t.r.inside("MESSAGE", *t.ok, ++t.cseq, "hi", "Content-Type: text/plain\r\n"));
    const Event *e = t.p.wait(UA_EV_MESSAGE);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->call, t.c);
    ASSERT_EQ(ua_message_accept(e->message, nullptr), 0);
    ASSERT_NE(t.r.wait("200 MESSAGE"), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, AByeBringsQ850AndStrangersInsideGet481) {
    InCall t;
    t.r.send("10.0.0.1", t.r.request("BYE", t.ok->contact_uri(), "<sip:x@x>;tag=foreign", t.ok->header("To"), "a", 9));
    ASSERT_NE(t.r.wait("481 BYE"), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
    ASSERT_NE(t.ask("BYE", 200, "", "Reason: SIP;cause=200, Q.850;cause=16;text=\"Normal\"\r\n"), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->q850, 16);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->originator, UA_REMOTE);
    ASSERT_NE(t.ask("INFO", 481), nullptr) << "and afterwards there is no such call";
}

TEST_F(Flow, AByeInsteadOfACancelEndsARingingCall) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_ring(ev.call, nullptr);
    };
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    const Sip *ring = r.wait("180 INVITE");
    ASSERT_NE(ring, nullptr);
    r.send("10.0.0.1", r.inside("BYE", *ring, 2));
    ASSERT_NE(r.wait("200 BYE"), nullptr);
    ASSERT_NE(r.wait("487 INVITE"), nullptr);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_CANCELED);
}

TEST_F(Flow, ASignallingOnlyCallIsHeldAndResumedForTheProgram) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    std::string own = sdp("10.0.0.1", 7000);
    p.on = [&](const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        ua_reply reply = {};
        reply.media_none = true;
        reply.body = sx_slice_of(own.data(), own.size());
        EXPECT_EQ(ua_call_answer(ev.call, &reply), 0);
    };
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    Sip ok(r.last("200 INVITE")->raw);
    EXPECT_EQ(ok.body(), own);
    r.ack("10.0.0.1", ok);
    r.send("10.0.0.1", r.inside("INVITE", ok, 2, hold_sdp("sendonly")));
    const Sip *a = r.wait("200 INVITE", 2000, 2);
    ASSERT_NE(a, nullptr);
    EXPECT_NE(a->body().find("a=recvonly"), std::string::npos);
    EXPECT_NE(a->body().find("7000"), std::string::npos);
}

TEST_F(Flow, OurByeAfterAnOutgoingCallIsAnsweredToChallenges) {
    Raw r("10.0.0.9");
    Phone p("10.0.0.1");
    r.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, 200, "t", r.contact(), sdp("10.0.0.9", 4000));
        if (m.method() == "BYE") {
            if (m.header("Proxy-Authorization").empty()) {
                r.reply(m, 407, "", "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\n");
            } else {
                r.reply(m, 200);
            }
        }
    };
    ua_call *c = p.call(p.account("sip:alice@10.0.0.9", "secret"), "bob");
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    ASSERT_NE(r.wait("BYE", 2000, 2), nullptr);
    EXPECT_GT(r.last("BYE")->cseq(), r.last("INVITE")->cseq());
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
}

} // namespace
