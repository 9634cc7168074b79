/* Before the answer: reliable provisional answers, offers in early dialogs, forks, preconditions. */
#include "flow/flow_fixture.h"

namespace {

const char *const kPhone = "10.0.0.1", *const kPeer = "10.0.0.5";
const char *const kRel = "Supported: 100rel\r\n", *const kMust = "Require: 100rel\r\n";

std::string reliable(unsigned rseq) { return "Require: 100rel\r\nRSeq: " + std::to_string(rseq) + "\r\n"; }
std::string rack(unsigned rseq, unsigned cseq) {
    return "RAck: " + std::to_string(rseq) + " " + std::to_string(cseq) + " INVITE\r\n";
}

void set(Phone &p, const char *key, const char *value) {
    ASSERT_EQ(ua_option_set(p.agent, nullptr, nullptr, key, value), 0) << sx_last_error_text();
}

/* A raw caller of a phone that has been told of the call. */
struct Incoming {
    Phone p{kPhone, true};
    Raw r{kPeer};
    ua_call *c = nullptr;
    unsigned cseq = 1;
    void call(const std::string &lines = kRel, const std::string &body = sdp(kPeer, 4000)) {
        r.send(kPhone, r.invite("sip:x@10.0.0.1", "a", body, lines));
        const Event *e = p.wait(UA_EV_INCOMING_CALL);
        ASSERT_NE(e, nullptr);
        c = e->call;
    }
    void ring(int status = 180, bool early = false) {
        ua_reply reply = {};
        reply.status = status;
        reply.early_media = early;
        ASSERT_EQ(ua_call_ring(c, &reply), 0) << sx_last_error_text();
    }
    const Sip *ask(const std::string &method, const Sip &of, const std::string &lines, int status,
                   const std::string &body = "") {
        std::string what = std::to_string(status) + " " + method;
        size_t n = r.count(what);
        r.send(kPhone, r.inside(method, of, (int)++cseq, body, lines));
        return r.wait(what, 2000, n + 1);
    }
    const Sip *prack(const Sip &of, int status = 200, const std::string &body = "") {
        return ask("PRACK", of, rack((unsigned)atoi(of.header("RSeq").c_str()), of.cseq()), status, body);
    }
};

/* A raw callee that has our INVITE. */
struct Outgoing {
    Phone p{kPhone, true};
    Raw r{kPeer};
    ua_call *c = nullptr;
    std::unique_ptr<Sip> invite;
    unsigned cseq = 100;
    void call(std::function<void(ua_call_config &)> more = nullptr) {
        c = p.call(nullptr, "sip:x@10.0.0.5", more);
        ASSERT_NE(r.wait("INVITE"), nullptr);
        invite.reset(new Sip(*r.last("INVITE")));
    }
    void say(int status, const std::string &tag, const std::string &lines = "", const std::string &body = "") {
        r.reply(*invite, status, tag, r.contact(tag) + lines, body);
        fake_run_for(20);
    }
    const Sip *ask(const std::string &method, const std::string &tag, int status, const std::string &body = "",
                   const std::string &lines = "") {
        std::string what = std::to_string(status) + " " + method;
        size_t n = r.count(what);
        r.send(kPhone, r.inside_uas(method, *invite, tag, (int)++cseq, body, lines));
        return r.wait(what, 2000, n + 1);
    }
    int heard() { return port_of(p.look(c).config.remote_rtp); }
};

/* ---- ours */

TEST_F(Flow, JsSip6_Require100relIsObeyedAndEachReliable1xxWaitsForThePrackBefore) {
    Incoming t;
    t.call(kMust);
    t.ring(180);
    t.ring(183);
    const Sip *ringing = t.r.wait("180 INVITE");
    ASSERT_NE(ringing, nullptr);
    EXPECT_EQ(ringing->header("Require"), "100rel");
    unsigned rseq = (unsigned)atoi(ringing->header("RSeq").c_str());
    EXPECT_GT(rseq, 0u);
    fake_run_for(400);
    EXPECT_EQ(t.r.count("183 INVITE"), 0u) << "not before the first PRACK";
    Sip first(*ringing);
    ASSERT_NE(t.prack(first), nullptr);
    const Sip *progress = t.r.wait("183 INVITE");
    ASSERT_NE(progress, nullptr);
    EXPECT_EQ((unsigned)atoi(progress->header("RSeq").c_str()), rseq + 1);
    ASSERT_NE(t.prack(Sip(*progress)), nullptr);
    fake_run_for(4000);
    EXPECT_EQ(t.r.count("183 INVITE"), 1u) << "acknowledged: not sent again";
    ASSERT_EQ(ua_call_answer(t.c, nullptr), 0);
    const Sip *ok = t.r.wait("200 INVITE");
    ASSERT_NE(ok, nullptr);
    EXPECT_NE(ok->body(), "");
    t.r.ack(kPhone, *ok);
    ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
}

TEST_F(Flow, AReliable1xxIsRepeatedAtT1DoublingAndEndsTheCallWith504) {
    Incoming t;
    t.call(kMust);
    uint64_t at = fake_now();
    t.ring();
    std::vector<uint64_t> times;
    t.r.on = [&](const Sip &m) {
        if (m.status() == 180) times.push_back(fake_now() - at);
    };
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED, 40000), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->status, 504);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_REQUEST_TIMEOUT);
    ASSERT_NE(t.r.wait("504 INVITE"), nullptr);
    ASSERT_EQ(times.size(), 7u);
    const uint64_t want[] = {1, 501, 1501, 3501, 7501, 15501, 31501};
    for (size_t i = 0; i < 7; i++) EXPECT_EQ(times[i], want[i]);
    EXPECT_NEAR((double)(fake_now() - at), 32000, 50);
}

TEST_F(Flow, APrackThatFitsNoneGets481AndOneWithoutRAck400) {
    Incoming t;
    t.call(kMust);
    t.ring();
    Sip ringing(*t.r.wait("180 INVITE"));
    unsigned rseq = (unsigned)atoi(ringing.header("RSeq").c_str());
    EXPECT_NE(t.ask("PRACK", ringing, rack(rseq + 1, 1), 481), nullptr);
    EXPECT_NE(t.ask("PRACK", ringing, rack(rseq, 7), 481), nullptr);
    EXPECT_NE(t.ask("PRACK", ringing, "RAck: " + std::to_string(rseq) + " 1 UPDATE\r\n", 481), nullptr);
    EXPECT_NE(t.ask("PRACK", ringing, "", 400), nullptr);
    EXPECT_NE(t.ask("PRACK", ringing, "RAck: x\r\n", 400), nullptr);
    EXPECT_NE(t.prack(ringing), nullptr);
    EXPECT_NE(t.prack(ringing, 481), nullptr) << "it was acknowledged already";
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, EarlyMediaGoesReliablyWhereTheCallerCanAndThe200WaitsForThePrack) {
    Incoming t;
    t.call();
    t.ring(180);
    ASSERT_NE(t.r.wait("180 INVITE"), nullptr);
    EXPECT_EQ(t.r.last("180 INVITE")->header("Require"), "") << "nothing to agree on: no round trip";
    t.ring(183, true);
    Sip progress(*t.r.wait("183 INVITE"));
    EXPECT_EQ(progress.header("Require"), "100rel");
    EXPECT_NE(progress.body(), "");
    ASSERT_NE(t.p.last(UA_EV_MEDIA_READY), nullptr);
    ua_reply reply = {};
    ua_pair extra = {"X-Late", "1"};
    reply.headers = &extra;
    reply.header_count = 1;
    ASSERT_EQ(ua_call_answer(t.c, &reply), 0);
    EXPECT_EQ(ua_call_answer(t.c, nullptr), SX_E_STATE);
    EXPECT_EQ(ua_call_ring(t.c, nullptr), SX_E_STATE);
    fake_run_for(300);
    EXPECT_EQ(t.r.count("200 INVITE"), 0u);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ACCEPTED), 0u);
    ASSERT_NE(t.prack(progress), nullptr);
    const Sip *ok = t.r.wait("200 INVITE");
    ASSERT_NE(ok, nullptr);
    EXPECT_EQ(ok->header("X-Late"), "1");
    EXPECT_EQ(ok->body(), "") << "the answer was given, reliably";
    t.r.ack(kPhone, *ok);
    ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(t.p.look(t.c).configures, 1u);
}

TEST_F(Flow, AHeldAnswerGivesWayToAHangUpAndToTheCallersCancel) {
    for (bool cancel : {false, true}) {
        SCOPED_TRACE(cancel);
        Incoming t;
        t.call();
        t.ring(183, true);
        ASSERT_NE(t.r.wait("183 INVITE"), nullptr);
        ASSERT_EQ(ua_call_answer(t.c, nullptr), 0);
        if (cancel) {
            std::string m = t.r.invite("sip:x@10.0.0.1", "a"), inv = m;
            Sip sent(inv);
            /* the CANCEL has the INVITE's branch: take it from the answer */
            Sip answer(*t.r.last("183 INVITE"));
            t.r.send(kPhone, "CANCEL sip:x@10.0.0.1 SIP/2.0\r\nVia: " + answer.header("Via") +
                                 "\r\nFrom: " + answer.header("From") +
                                 "\r\nTo: <sip:x@10.0.0.1>\r\nCall-ID: a\r\nCSeq: 1 "
                                 "CANCEL\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
        } else {
            ASSERT_EQ(ua_call_hangup(t.c, nullptr), 0);
        }
        ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
        EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->flags & UA_FLAG_ESTABLISHED, 0u);
        EXPECT_EQ(t.r.count("200 INVITE"), 0u);
    }
}

TEST_F(Flow, AnInviteWithoutOfferIsOfferedInTheReliable1xxAndAnsweredInThePrack) {
    Incoming t;
    t.call(kMust, "");
    t.ring(180);
    Sip ringing(*t.r.wait("180 INVITE"));
    EXPECT_NE(ringing.body().find("opus"), std::string::npos) << "RFC 3261 13.2.1: in the first reliable answer";
    ASSERT_NE(t.prack(ringing, 200, sdp(kPeer, 4000)), nullptr);
    fake_run_for(10);
    ASSERT_NE(t.p.last(UA_EV_MEDIA_READY), nullptr);
    ASSERT_EQ(ua_call_answer(t.c, nullptr), 0);
    const Sip *ok = t.r.wait("200 INVITE");
    ASSERT_NE(ok, nullptr);
    EXPECT_EQ(ok->body(), "");
    t.r.ack(kPhone, *ok);
    ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000);
}

TEST_F(Flow, AnOffered1xxWithoutAnswerInThePrackRefusesTheCall) {
    Incoming t;
    t.call(kMust, "");
    t.ring(180);
    EXPECT_NE(t.prack(Sip(*t.r.wait("180 INVITE")), 400), nullptr);
    ASSERT_NE(t.r.wait("488 INVITE"), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_MISSING_SDP);
}

TEST_F(Flow, WhoMustTakeReliableAnswersAndCannotGets421) {
    Incoming t;
    set(t.p, "reliable_1xx", "required");
    t.r.send(kPhone, t.r.invite("sip:x@10.0.0.1", "a", sdp(kPeer, 4000)));
    ASSERT_NE(t.r.wait("421 INVITE"), nullptr);
    EXPECT_EQ(t.r.last("421 INVITE")->header("Require"), "100rel");
    t.r.send(kPhone, t.r.invite("sip:x@10.0.0.1", "b", sdp(kPeer, 4000), kRel));
    ASSERT_NE(t.p.wait(UA_EV_INCOMING_CALL), nullptr);
    t.c = t.p.last(UA_EV_INCOMING_CALL)->call;
    t.ring();
    ASSERT_NE(t.r.wait("180 INVITE"), nullptr);
    EXPECT_EQ(t.r.last("180 INVITE")->header("Require"), "100rel");
}

TEST_F(Flow, ThePrackThatTheFinalAnswerOvertookIsStillAnswered) {
    Incoming t;
    t.call(kMust);
    t.ring();
    Sip ringing(*t.r.wait("180 INVITE"));
    ASSERT_EQ(ua_call_answer(t.c, nullptr), 0);
    ASSERT_NE(t.r.wait("200 INVITE"), nullptr) << "without a description in the 1xx nothing waits";
    fake_run_for(400);
    EXPECT_EQ(t.r.count("180 INVITE"), 1u);
    EXPECT_NE(t.prack(ringing), nullptr);
}

TEST_F(Flow, ACallThatRingsForLongTellsTheProxiesSo) {
    for (bool must : {false, true}) {
        SCOPED_TRACE(must ? "reliably" : "every minute");
        Incoming t;
        set(t.p, "no_answer_ms", "3600000");
        t.call(must ? kMust : "");
        t.r.on = [&](const Sip &m) {
            if (m.status() == 180 && must)
                t.r.send(kPhone, t.r.inside("PRACK", m, (int)++t.cseq, "",
                                            rack((unsigned)atoi(m.header("RSeq").c_str()), m.cseq())));
        };
        fake_host(kPhone); /* what is called from here is done there */
        t.ring();
        fake_run_for(600 * 1000 + 500);
        EXPECT_EQ(t.r.count("180 INVITE"), must ? 5u : 11u);
        EXPECT_EQ(t.p.count(UA_EV_CALL_PROGRESS), 1u);
        ASSERT_EQ(ua_call_answer(t.c, nullptr), 0);
        ASSERT_NE(t.r.wait("200 INVITE"), nullptr);
        t.r.ack(kPhone, *t.r.last("200 INVITE"));
        fake_run_for(300 * 1000);
        EXPECT_EQ(t.r.count("180 INVITE"), must ? 5u : 11u);
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
    }
}

TEST_F(Flow, ManyProvisionalAnswersAreBoundedWhileTheFirstIsNotAcknowledged) {
    Incoming t;
    t.call(kMust);
    int rc = 0, n = 0;
    for (; rc == 0 && n < 100; n++) {
        ua_reply reply = {};
        reply.status = 183;
        rc = ua_call_ring(t.c, &reply);
    }
    EXPECT_EQ(rc, SX_E_FULL);
    EXPECT_LT(n, 20);
}

/* ---- offers before the answer, to us */

TEST_F(Flow, AnUpdateBeforeTheAnswerIsTakenOnceOfferAndAnswerAreComplete) {
    Incoming t;
    t.call();
    t.ring(180);
    Sip ringing(*t.r.wait("180 INVITE"));
    const Sip *a = t.ask("UPDATE", ringing, "", 500, sdp(kPeer, 4002));
    ASSERT_NE(a, nullptr) << "the INVITE's offer has no answer (RFC 3311 5.2)";
    EXPECT_NE(a->header("Retry-After"), "");
    EXPECT_NE(t.ask("UPDATE", ringing, "", 200), nullptr) << "without an offer it only refreshes the target";
    t.ring(183, true);
    Sip progress(*t.r.wait("183 INVITE"));
    ASSERT_NE(t.prack(progress), nullptr);
    a = t.ask("UPDATE", progress, "", 200, sdp(kPeer, 4004, "8"));
    ASSERT_NE(a, nullptr);
    EXPECT_NE(a->body().find("m=audio"), std::string::npos);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4004);
    EXPECT_NE(t.ask("UPDATE", progress, "", 488, sdp(kPeer, 4006, "18")), nullptr);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4004) << "as it was";
    ASSERT_EQ(ua_call_answer(t.c, nullptr), 0);
    const Sip *ok = t.r.wait("200 INVITE");
    ASSERT_NE(ok, nullptr);
    EXPECT_EQ(ok->body(), "");
    t.r.ack(kPhone, *ok);
    ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4004);
}

TEST_F(Flow, AStormOfUpdatesBeforeTheAnswerIsToldToComeLater) {
    Incoming t;
    t.call();
    t.ring(183, true);
    Sip progress(*t.r.wait("183 INVITE"));
    ASSERT_NE(t.prack(progress), nullptr);
    for (int i = 0; i < 500; i++) {
        t.r.send(kPhone, t.r.inside("UPDATE", progress, (int)++t.cseq, sdp(kPeer, 4000 + 2 * i), ""));
        fake_run_for(1);
    }
    fake_run_for(100);
    EXPECT_GT(t.r.count("500 UPDATE"), 300u);
    EXPECT_LT(t.p.look(t.c).configures, 200u);
    fake_run_for(10000);
    EXPECT_NE(t.ask("UPDATE", progress, "", 200, sdp(kPeer, 4002)), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, AReInviteBeforeTheFinalAnswerAndDuringACancelIsRefusedByTheRfc) {
    Outgoing t;
    t.call();
    t.say(183, "a", reliable(1), sdp(kPeer, 5000));
    t.r.reply(Sip(*t.r.last("PRACK")), 200);
    EXPECT_NE(t.ask("INVITE", "a", 491, sdp(kPeer, 5002)), nullptr);
    ASSERT_EQ(ua_call_hangup(t.c, nullptr), 0);
    ASSERT_NE(t.r.wait("CANCEL"), nullptr);
    EXPECT_NE(t.ask("INVITE", "a", 491, sdp(kPeer, 5002)), nullptr);
    EXPECT_NE(t.ask("UPDATE", "a", 491, sdp(kPeer, 5002)), nullptr);
    EXPECT_NE(t.ask("PRACK", "a", 481, "", "RAck: 1 1 INVITE\r\n"), nullptr) << "we sent no reliable answer";
    t.r.reply(Sip(*t.r.last("CANCEL")), 200);
    t.say(487, "a");
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_CANCELED);
    EXPECT_EQ(t.heard(), 0) << "the media is gone";
}

TEST_F(Flow, ACallersByeWhileAReliable1xxIsOpenEndsTheCall) {
    Incoming t;
    t.call(kMust);
    t.ring(183, true);
    Sip progress(*t.r.wait("183 INVITE"));
    EXPECT_NE(t.ask("BYE", progress, "", 200), nullptr);
    ASSERT_NE(t.r.wait("487 INVITE"), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    size_t n = t.r.count("183 INVITE");
    fake_run_for(10000);
    EXPECT_EQ(t.r.count("183 INVITE"), n);
}

TEST_F(Flow, Field11_AnInviteWithAllOfThisStillFitsIntoADatagram) {
    Outgoing t;
    t.call();
    EXPECT_LT(t.invite->raw.size(), 1200u) << t.invite->raw;
}

TEST_F(Flow, APrackMayBringANewOffer) {
    Incoming t;
    t.call();
    t.ring(183, true);
    Sip progress(*t.r.wait("183 INVITE"));
    const Sip *a = t.prack(progress, 200, sdp(kPeer, 4008));
    ASSERT_NE(a, nullptr);
    EXPECT_NE(a->body().find("m=audio"), std::string::npos);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4008);
}

/* ---- theirs */

TEST_F(Flow, AReliable1xxIsAcknowledgedOnceAndInOrderForEachFork) {
    Outgoing t;
    t.call();
    EXPECT_NE(t.invite->header("Supported").find("100rel"), std::string::npos);
    t.say(183, "a", reliable(10), sdp(kPeer, 5000));
    ASSERT_EQ(t.r.count("PRACK"), 1u);
    Sip prack(*t.r.last("PRACK"));
    EXPECT_EQ(prack.header("RAck"), "10 " + std::to_string(t.invite->cseq()) + " INVITE");
    EXPECT_EQ(prack.to_tag(), "a");
    EXPECT_EQ(prack.cseq(), t.invite->cseq() + 1);
    EXPECT_EQ(prack.uri(), "sip:a@10.0.0.5:5060");
    t.r.reply(prack, 200);
    t.say(183, "a", reliable(10), sdp(kPeer, 5000));
    EXPECT_EQ(t.r.count("PRACK"), 1u) << "again the same";
    t.say(180, "a", reliable(12));
    EXPECT_EQ(t.r.count("PRACK"), 1u) << "11 is missing";
    EXPECT_EQ(t.p.count(UA_EV_CALL_PROGRESS), 1u) << "and nothing is told twice or too early";
    t.say(180, "b", reliable(500));
    ASSERT_EQ(t.r.count("PRACK"), 2u) << "another fork counts for itself";
    EXPECT_EQ(t.r.last("PRACK")->header("RAck"), "500 " + std::to_string(t.invite->cseq()) + " INVITE");
    EXPECT_EQ(t.r.last("PRACK")->to_tag(), "b");
    t.r.reply(Sip(*t.r.last("PRACK")), 200);
    t.say(180, "a", reliable(11));
    ASSERT_EQ(t.r.count("PRACK"), 3u);
    t.r.reply(Sip(*t.r.last("PRACK")), 200);
    t.say(200, "a", "", sdp(kPeer, 5000));
    ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
}

TEST_F(Flow, WithReliable1xxOffNothingIsSaidAndNothingAcknowledged) {
    Outgoing t;
    set(t.p, "reliable_1xx", "off");
    t.call();
    EXPECT_EQ(t.invite->header("Supported").find("100rel"), std::string::npos);
    t.say(183, "a", reliable(10), sdp(kPeer, 5000));
    EXPECT_EQ(t.r.count("PRACK"), 0u);
    EXPECT_EQ(t.p.count(UA_EV_CALL_PROGRESS), 1u);
}

TEST_F(Flow, WithReliable1xxRequiredTheInviteSaysSo) {
    Outgoing t;
    set(t.p, "reliable_1xx", "required");
    t.call();
    EXPECT_EQ(t.invite->header("Require"), "100rel");
    t.say(420, "a", "Unsupported: 100rel\r\n");
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->status, 420);
}

TEST_F(Flow, ACallWithoutOfferAnswersTheReliable1xxInItsPrack) {
    Outgoing t;
    t.call([](ua_call_config &c) {
        c.media_default = false;
        c.media_none = true;
    });
    t.say(183, "a", reliable(1), sdp(kPeer, 5000));
    ASSERT_EQ(t.r.count("PRACK"), 1u);
    EXPECT_NE(t.r.last("PRACK")->body().find("a=inactive"), std::string::npos);
}

TEST_F(Flow, AReliable1xxAfterOurCancelIsAcknowledgedToo) {
    Outgoing t;
    t.call();
    t.say(180, "a");
    ASSERT_EQ(ua_call_hangup(t.c, nullptr), 0);
    ASSERT_NE(t.r.wait("CANCEL"), nullptr);
    t.say(183, "a", reliable(1), sdp(kPeer, 5000));
    EXPECT_EQ(t.r.count("PRACK"), 1u);
    EXPECT_EQ(t.p.count(UA_EV_MEDIA_READY), 0u);
    t.say(487, "a");
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
}

/* ---- forks */

TEST_F(Flow, Field2_EachForkHasItsOwnDescriptionAndTheConfirmedOneIsHeard) {
    for (bool rel : {false, true}) {
        SCOPED_TRACE(rel ? "reliable" : "unreliable");
        Outgoing t;
        t.call();
        t.say(183, "a", rel ? reliable(1) : "", sdp(kPeer, 5000, "0"));
        EXPECT_EQ(t.heard(), 5000);
        t.say(183, "b", rel ? reliable(1) : "", sdp(kPeer, 5002, "8"));
        EXPECT_EQ(t.heard(), 5002) << "the newest with media";
        t.say(183, "a", rel ? reliable(2) : "", sdp(kPeer, 5000, "0"));
        EXPECT_EQ(t.heard(), 5002) << "the same again is no news";
        t.say(180, "b");
        EXPECT_EQ(t.heard(), 5002);
        EXPECT_EQ(t.p.last(UA_EV_CALL_PROGRESS)->flags & UA_FLAG_EARLY_MEDIA, 0u) << "the 180 had no SDP";
        t.say(200, "a");
        ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        EXPECT_EQ(t.heard(), 5000) << "without SDP in the 200 it is the fork's own";
        ASSERT_NE(t.r.wait("ACK"), nullptr);
        EXPECT_EQ(t.r.last("ACK")->to_tag(), "a");
        t.say(200, "c", "", sdp(kPeer, 5004));
        ASSERT_NE(t.r.wait("BYE"), nullptr);
        EXPECT_EQ(t.r.last("BYE")->to_tag(), "c");
        EXPECT_EQ(t.r.last("ACK")->to_tag(), "c");
        EXPECT_EQ(t.heard(), 5000);
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
    }
}

TEST_F(Flow, AnUpdateOfAForkIsTakenByItselfAndKeptWhenItIsConfirmed) {
    Outgoing t;
    t.call();
    t.say(183, "a", "", sdp(kPeer, 5000, "0"));
    EXPECT_NE(t.ask("UPDATE", "a", 491, sdp(kPeer, 5006)), nullptr) << "an unreliable answer settles nothing";
    EXPECT_NE(t.ask("UPDATE", "a", 200), nullptr);
    t.say(183, "a", reliable(1), sdp(kPeer, 5000, "0"));
    t.say(183, "b", reliable(1), sdp(kPeer, 5002, "8"));
    const Sip *a = t.ask("UPDATE", "a", 200, sdp(kPeer, 5010, "8"));
    ASSERT_NE(a, nullptr);
    EXPECT_NE(a->body().find("RTP/AVP 8"), std::string::npos) << a->body();
    EXPECT_EQ(t.heard(), 5010);
    t.say(183, "b", reliable(2), sdp(kPeer, 5012, "0"));
    EXPECT_EQ(t.heard(), 5012) << "measured against the INVITE's offer, not against the answer to the UPDATE";
    EXPECT_EQ(t.p.last(UA_EV_MEDIA_READY)->codec, "PCMU");
    t.say(200, "a", "", sdp(kPeer, 5000, "0"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(t.heard(), 5010) << "the negotiation has gone on since";
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, AnUpdateOfOursThatThe200OvertakesStillCounts) {
    for (bool other : {false, true}) {
        SCOPED_TRACE(other ? "another fork answers" : "the same fork answers");
        Outgoing t;
        t.call();
        t.say(183, "a", reliable(1), sdp(kPeer, 5000, "0"));
        ua_change change = {};
        const char *codecs[] = {"PCMA"};
        change.codecs = codecs;
        change.codec_count = 1;
        ASSERT_EQ(ua_call_change(t.c, &change, 5), 0);
        fake_run_for(200);
        EXPECT_EQ(t.r.count("UPDATE"), 0u) << "it would overtake the PRACK";
        t.r.reply(Sip(*t.r.last("PRACK")), 200);
        ASSERT_NE(t.r.wait("UPDATE"), nullptr);
        Sip update(*t.r.last("UPDATE"));
        EXPECT_EQ(update.to_tag(), "a");
        if (other) {
            t.say(200, "b", "", sdp(kPeer, 5002, "0"));
            ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
            ASSERT_NE(t.r.wait("INVITE", 5000, 2), nullptr) << "who answered is asked anew";
            Sip again(*t.r.last("INVITE"));
            EXPECT_EQ(again.to_tag(), "b");
            t.r.reply(again, 200, "", t.r.contact("b"), sdp(kPeer, 5002, "8"));
        } else {
            t.say(200, "a");
            ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
            EXPECT_EQ(t.p.last(UA_EV_MEDIA_READY)->codec, "PCMU");
            t.r.reply(update, 200, "", t.r.contact("a"), sdp(kPeer, 5000, "8"));
        }
        ASSERT_NE(t.p.wait(UA_EV_CALL_UPDATED), nullptr);
        EXPECT_EQ(t.p.last(UA_EV_CALL_UPDATED)->codec, "PCMA");
        EXPECT_EQ(t.heard(), other ? 5002 : 5000);
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED) + t.p.count(UA_EV_CALL_CHANGE_FAILED), 0u);
    }
}

TEST_F(Flow, AnUpdateBeforeTheAnswerThatIsAnsweredByNonsenseIsTakenBack) {
    for (int kind = 0; kind < 4; kind++) {
        SCOPED_TRACE(kind);
        fake_net_begin(1);
        Outgoing t;
        t.call();
        t.say(183, "a", reliable(1), sdp(kPeer, 5000, "0"));
        t.r.reply(Sip(*t.r.last("PRACK")), 200);
        ua_change change = {};
        change.hold = UA_ON;
        ASSERT_EQ(ua_call_change(t.c, &change, 5), 0);
        ASSERT_NE(t.r.wait("UPDATE"), nullptr);
        t.r.reply(Sip(*t.r.last("UPDATE")), 200, "", t.r.contact("a"), sdp(kPeer, 5000, "18"));
        ASSERT_NE(t.p.wait(UA_EV_CALL_CHANGE_FAILED), nullptr);
        EXPECT_EQ(t.p.last(UA_EV_CALL_CHANGE_FAILED)->tag, 5u);
        ASSERT_NE(t.r.wait("UPDATE", 5000, 2), nullptr);
        Sip back(*t.r.last("UPDATE"));
        EXPECT_EQ(back.body().find("a=sendonly"), std::string::npos);
        if (kind == 0) t.r.reply(back, 200, "", t.r.contact("a"), sdp(kPeer, 5000, "0"));
        if (kind == 1) {
            t.r.reply(back, 488);
            ASSERT_NE(t.r.wait("CANCEL"), nullptr) << "the two do not agree on anything";
            t.r.reply(Sip(*t.r.last("CANCEL")), 200);
            t.say(487, "a");
            ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
            EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_INCOMPATIBLE_SDP);
            continue;
        }
        t.say(200, kind == 3 ? "b" : "a", "", kind == 3 ? sdp(kPeer, 5002, "0") : "");
        ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        if (kind == 2) t.r.reply(back, 200, "", t.r.contact("a"), sdp(kPeer, 5000, "0"));
        fake_run_for(3000);
        EXPECT_EQ(t.heard(), kind == 3 ? 5002 : 5000);
        EXPECT_EQ(t.r.count("INVITE"), 1u);
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
        EXPECT_FALSE(t.p.look(t.c).pending);
    }
}

TEST_F(Flow, AByeOfAForkBeforeTheAnswerEndsOnlyThatFork) {
    Outgoing t;
    t.call();
    t.say(183, "a", "", sdp(kPeer, 5000));
    ASSERT_NE(t.ask("BYE", "a", 200), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
    t.say(200, "b", "", sdp(kPeer, 5002));
    ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(t.heard(), 5002);
}

TEST_F(Flow, JsSip10_ARepeated200HasAllItsHeaders) {
    Incoming t;
    t.call("Supported: timer\r\nSession-Expires: 1800\r\n");
    ua_reply reply = {};
    ua_pair extra = {"X-Extra", "yes"};
    reply.headers = &extra;
    reply.header_count = 1;
    ASSERT_EQ(ua_call_answer(t.c, &reply), 0);
    fake_run_for(2000);
    ASSERT_GE(t.r.count("200 INVITE"), 3u);
    std::string first;
    for (auto &m : t.r.got) {
        if (m->status() != 200) continue;
        if (first.empty()) first = m->raw;
        EXPECT_EQ(m->raw, first);
        EXPECT_EQ(m->header("X-Extra"), "yes");
        EXPECT_EQ(m->header("Session-Expires"), "1800;refresher=uac");
    }
}

/* ---- preconditions */

std::string qos(const std::string &curr, const std::string &des, int port = 4000) {
    return sdp(kPeer, port, "0",
               "a=curr:qos local " + curr + "\r\na=curr:qos remote none\r\na=des:qos " + des +
                   " local sendrecv\r\na=des:qos optional remote sendrecv\r\n");
}

TEST_F(Flow, ACallerWithSomethingToReserveIsToldOfWhenThatIsDone) {
    Incoming t;
    t.r.send(kPhone, t.r.invite("sip:x@10.0.0.1", "a", qos("none", "mandatory"), "Require: 100rel, precondition\r\n"));
    const Sip *progress = t.r.wait("183 INVITE");
    ASSERT_NE(progress, nullptr);
    Sip p(*progress);
    EXPECT_NE(p.body().find("a=curr:qos local sendrecv"), std::string::npos) << p.body();
    EXPECT_NE(p.body().find("a=curr:qos remote none"), std::string::npos);
    EXPECT_NE(p.body().find("a=des:qos mandatory remote sendrecv"), std::string::npos);
    EXPECT_NE(p.body().find("a=conf:qos remote sendrecv"), std::string::npos);
    ASSERT_NE(t.prack(p), nullptr);
    fake_run_for(500);
    EXPECT_EQ(t.p.count(UA_EV_INCOMING_CALL), 0u);
    const Sip *a = t.ask("UPDATE", p, "", 200, qos("sendrecv", "mandatory"));
    ASSERT_NE(a, nullptr);
    EXPECT_NE(a->body().find("a=curr:qos remote sendrecv"), std::string::npos) << a->body();
    ASSERT_NE(t.p.wait(UA_EV_INCOMING_CALL), nullptr);
    t.c = t.p.last(UA_EV_INCOMING_CALL)->call;
    t.ring();
    const Sip *ringing = t.r.wait("180 INVITE");
    ASSERT_NE(ringing, nullptr);
    ASSERT_NE(t.prack(Sip(*ringing)), nullptr);
    ASSERT_EQ(ua_call_answer(t.c, nullptr), 0);
    ASSERT_NE(t.r.wait("200 INVITE"), nullptr);
    t.r.ack(kPhone, *t.r.last("200 INVITE"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_MEDIA_READY), 1u);
}

TEST_F(Flow, AReservationThatIsReadyBeforeThePrackIsToldOfWithIt) {
    Incoming t;
    t.r.send(kPhone, t.r.invite("sip:x@10.0.0.1", "a", qos("none", "mandatory"), "Require: 100rel, precondition\r\n"));
    Sip p(*t.r.wait("183 INVITE"));
    ASSERT_NE(t.ask("UPDATE", p, "", 200, qos("sendrecv", "mandatory")), nullptr);
    fake_run_for(100);
    EXPECT_EQ(t.p.count(UA_EV_INCOMING_CALL), 0u);
    ASSERT_NE(t.prack(p), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_INCOMING_CALL), nullptr);
}

TEST_F(Flow, AReservationThatNeverComesIs580AndNobodyIsBothered) {
    Incoming t;
    t.r.send(kPhone, t.r.invite("sip:x@10.0.0.1", "a", qos("none", "mandatory"), "Require: 100rel, precondition\r\n"));
    Sip p(*t.r.wait("183 INVITE"));
    ASSERT_NE(t.prack(p), nullptr);
    ASSERT_NE(t.r.wait("580 INVITE", 30000), nullptr);
    fake_run_for(100);
    EXPECT_EQ(t.p.events.size(), t.p.count(UA_EV_LISTENING)) << "nobody was told of it";
    ua_counters n;
    ua_agent_get_counters(t.p.agent, &n);
    EXPECT_EQ(n.calls_now, 0u);
}

TEST_F(Flow, PreconditionsThatAreMetOrOptionalDelayNothing) {
    for (const char *what : {"sendrecv mandatory", "none optional"}) {
        SCOPED_TRACE(what);
        Incoming t;
        std::string w = what;
        size_t at = w.find(' ');
        t.call("Require: precondition\r\nSupported: 100rel\r\n", qos(w.substr(0, at), w.substr(at + 1)));
        t.ring(183, true);
        const Sip *p = t.r.wait("183 INVITE");
        ASSERT_NE(p, nullptr);
        EXPECT_NE(p->body().find("a=curr:qos local sendrecv"), std::string::npos);
        EXPECT_EQ(p->body().find("a=conf"), std::string::npos);
    }
}

TEST_F(Flow, MandatoryPreconditionsWithout100relGet421) {
    Incoming t;
    t.r.send(kPhone, t.r.invite("sip:x@10.0.0.1", "a", qos("none", "mandatory"), "Require: precondition\r\n"));
    ASSERT_NE(t.r.wait("421 INVITE"), nullptr);
    EXPECT_EQ(t.r.last("421 INVITE")->header("Require"), "100rel");
    fake_run_for(100);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

/* Field quirk 3: a peer promises early media and sends none: the program rings back by itself. */
TEST_F(Flow, FieldQuirk3_EarlyMediaThatDoesNotComeIsToldAfterASecond) {
    media_event packet = {};
    packet.type = MEDIA_STARTED;
    packet.u.started.received = true;
    for (bool late : {true, false}) {
        SCOPED_TRACE(late ? "it comes late" : "it comes at once");
        fake_net_begin(1);
        Outgoing t;
        t.call();
        t.say(180, "a");
        fake_run_for(2000);
        EXPECT_EQ(t.p.count(UA_EV_MEDIA_STALLED), 0u) << "nothing was promised";
        t.say(183, "a", "", sdp(kPeer, 4000));
        ASSERT_NE(t.p.wait(UA_EV_MEDIA_READY), nullptr);
        fake_run_for(900);
        EXPECT_EQ(t.p.count(UA_EV_MEDIA_STALLED), 0u);
        if (!late) fake_media_say(t.p.media, t.c, packet);
        fake_run_for(200);
        EXPECT_EQ(t.p.count(UA_EV_MEDIA_STALLED), late ? 1u : 0u);
        if (late) {
            EXPECT_EQ(t.p.last(UA_EV_MEDIA_STALLED)->flags, (uint32_t)UA_FLAG_EARLY_MEDIA);
            EXPECT_EQ(t.p.last(UA_EV_MEDIA_STALLED)->duration_ms, 1000u);
            t.say(180, "a");
            fake_media_say(t.p.media, t.c, packet);
            fake_run_for(10);
            ASSERT_EQ(t.p.count(UA_EV_MEDIA_RESUMED), 1u);
            EXPECT_EQ(t.p.last(UA_EV_MEDIA_RESUMED)->flags, (uint32_t)UA_FLAG_EARLY_MEDIA);
        }
        fake_run_for(5000);
        EXPECT_EQ(t.p.count(UA_EV_MEDIA_STALLED), late ? 1u : 0u);
    }
}

/* What a peer asks in an early dialog, and is answered, does not make it outlive the call. */
TEST_F(Flow, AnEarlyDialogThatHasHadARequestAnsweredEndsWithItsCall) {
    for (const char *method : {"UPDATE", "BYE", "OPTIONS"}) {
        for (bool refused : {true, false}) {
            Phone p("10.0.0.1", true);
            Raw r("10.0.0.5");
            ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
            ASSERT_NE(r.wait("INVITE"), nullptr);
            Sip invite(*r.last("INVITE"));
            r.reply(invite, 180, "t", r.contact());
            ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
            r.send("10.0.0.1", r.inside_uas(method, invite, "t", 1));
            ASSERT_NE(r.wait(std::string("200 ") + method), nullptr) << method;
            if (refused) {
                r.reply(invite, 486, "t");
            } else {
                ua_call_hangup(c, nullptr);
                ASSERT_NE(r.wait("CANCEL"), nullptr);
                r.reply(*r.last("CANCEL"), 200, "t");
            }
            ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 60000), nullptr);
            fake_run_for(100);
            r.send("10.0.0.1", r.inside_uas("INFO", invite, "t", 2));
            EXPECT_NE(r.wait("481 INFO"), nullptr) << method << refused;
        }
    }
}

} // namespace
