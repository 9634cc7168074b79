#include "flow/flow_fixture.h"

namespace {

const char *kReg = "10.0.0.9";

struct Pair {
    Registrar reg{kReg};
    Phone alice{"10.0.0.1"}, bob{"10.0.0.2"};
    ua_account *a, *b;
    Pair() {
        a = alice.account("sip:alice@10.0.0.9", "secret");
        b = bob.account("sip:bob@10.0.0.9", "hunter2");
        EXPECT_EQ(ua_account_register(a), 0);
        EXPECT_EQ(ua_account_register(b), 0);
        EXPECT_NE(alice.wait(UA_EV_REGISTERED), nullptr);
        EXPECT_NE(bob.wait(UA_EV_REGISTERED), nullptr);
    }
};

std::string order(const Phone &p, ua_call *call) {
    std::string s;
    for (auto &e : p.events) {
        if (e.call != call) continue;
        const char *n = e.type == UA_EV_CALL_SENDING     ? "sending "
                        : e.type == UA_EV_CALL_PROGRESS  ? "progress "
                        : e.type == UA_EV_MEDIA_READY    ? "ready "
                        : e.type == UA_EV_CALL_ACCEPTED  ? "accepted "
                        : e.type == UA_EV_CALL_CONFIRMED ? "confirmed "
                        : e.type == UA_EV_STATS          ? "stats "
                        : e.type == UA_EV_CALL_ENDED     ? "ended "
                        : e.type == UA_EV_INCOMING_CALL  ? "incoming "
                                                         : "";
        s += n;
    }
    return s;
}

TEST_F(Flow, ACallIsSetUpAndEndedThroughTheRegistrar) {
    Pair p;
    ua_call *out = p.alice.call(p.a, "bob");
    const Event *e = p.bob.wait(UA_EV_INCOMING_CALL);
    ASSERT_NE(e, nullptr);
    ua_call *in = e->call;
    EXPECT_EQ(e->from, "sip:alice@10.0.0.9");
    EXPECT_EQ(e->account, p.b);
    EXPECT_EQ(e->deadline_ms, 60000);
    EXPECT_EQ(e->default_status, 480);
    media_audio *audio = ua_call_audio(in);
    ASSERT_NE(audio, nullptr);
    media_audio_unref(audio);
    ASSERT_EQ(ua_call_ring(in, nullptr), 0);
    e = p.alice.wait(UA_EV_CALL_PROGRESS);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 180);
    EXPECT_EQ(e->flags & UA_FLAG_EARLY_MEDIA, 0u);
    ASSERT_EQ(ua_call_answer(in, nullptr), 0);
    ASSERT_NE(p.alice.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_NE(p.bob.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(p.alice.last(UA_EV_MEDIA_READY)->codec, "opus");
    EXPECT_TRUE(p.alice.look(out).started);
    EXPECT_TRUE(p.bob.look(in).started);
    EXPECT_EQ(port_of(p.alice.look(out).config.remote_rtp), port_of(p.bob.look(in).rtp));
    EXPECT_EQ(port_of(p.bob.look(in).config.remote_rtp), port_of(p.alice.look(out).rtp));
    fake_run_for(5000);
    ASSERT_EQ(ua_call_hangup(out, nullptr), 0);
    ASSERT_NE(p.alice.wait(UA_EV_CALL_ENDED), nullptr);
    ASSERT_NE(p.bob.wait(UA_EV_CALL_ENDED), nullptr);
    e = p.bob.last(UA_EV_CALL_ENDED);
    EXPECT_EQ(e->cause, UA_CAUSE_TERMINATED);
    EXPECT_EQ(e->originator, UA_REMOTE);
    EXPECT_NE(e->flags & UA_FLAG_ESTABLISHED, 0u);
    EXPECT_GE(e->duration_ms, 5000u);
    EXPECT_LT(e->duration_ms, 5200u);
    EXPECT_EQ(order(p.alice, out), "sending progress ready accepted confirmed stats ended ");
    EXPECT_EQ(order(p.bob, in), "incoming progress ready accepted confirmed stats ended ");
    EXPECT_NE(p.bob.last(UA_EV_STATS)->flags & UA_FLAG_FINAL, 0u);
    EXPECT_EQ(fake_media_sessions(p.alice.media), 0u);
    EXPECT_EQ(fake_media_sessions(p.bob.media), 0u);
}

TEST_F(Flow, CallsSurviveLossDuplicatesAndReordering) {
    Pair p;
    fake_link l = {};
    l.latency_ms = 30;
    l.jitter_ms = 80;
    l.loss_percent = 20;
    l.dup_percent = 20;
    fake_link_set(nullptr, nullptr, &l);
    p.bob.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) {
            ua_call_ring(ev.call, nullptr);
            ua_call_answer(ev.call, nullptr);
        }
    };
    for (int i = 0; i < 10; i++) {
        ua_call *c = p.alice.call(p.a, "bob");
        ASSERT_NE(p.alice.wait(UA_EV_CALL_CONFIRMED, 40000, (size_t)i + 1), nullptr);
        ASSERT_NE(p.bob.wait(UA_EV_CALL_CONFIRMED, 40000, (size_t)i + 1), nullptr);
        ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
        ASSERT_NE(p.alice.wait(UA_EV_CALL_ENDED, 40000, (size_t)i + 1), nullptr);
        ASSERT_NE(p.bob.wait(UA_EV_CALL_ENDED, 40000, (size_t)i + 1), nullptr);
    }
    EXPECT_EQ(p.bob.count(UA_EV_INCOMING_CALL), 10u);
}

TEST_F(Flow, RefusalsCarryStatusReasonAndCause) {
    Pair p;
    int status = 486;
    const char *reason = nullptr;
    p.bob.on = [&](const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        ua_reply r = {};
        r.status = status;
        r.reason = reason;
        EXPECT_EQ(ua_call_reject(ev.call, &r), 0);
    };
    struct {
        int status;
        ua_cause cause;
    } rows[] = {{486, UA_CAUSE_BUSY},
                {603, UA_CAUSE_REJECTED},
                {404, UA_CAUSE_NOT_FOUND},
                {480, UA_CAUSE_UNAVAILABLE},
                {488, UA_CAUSE_INCOMPATIBLE_SDP},
                {500, UA_CAUSE_SIP_FAILURE_CODE},
                {484, UA_CAUSE_ADDRESS_INCOMPLETE}};
    size_t n = 0;
    for (auto &row : rows) {
        status = row.status;
        reason = row.status == 500 ? "Out of tea" : nullptr;
        p.alice.call(p.a, "bob");
        const Event *e = p.alice.wait(UA_EV_CALL_ENDED, 5000, ++n);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->status, row.status);
        EXPECT_EQ(e->cause, row.cause) << row.status;
        EXPECT_EQ(e->originator, UA_REMOTE);
        EXPECT_EQ(e->flags & UA_FLAG_ESTABLISHED, 0u);
        if (reason) {
            EXPECT_EQ(e->reason, "Out of tea");
        }
        fake_run_for(10);
    }
    EXPECT_EQ(p.bob.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_REJECTED);
    EXPECT_EQ(p.bob.last(UA_EV_CALL_ENDED)->originator, UA_LOCAL);
}

TEST_F(Flow, AHangUpWhileItRingsCancels) {
    Pair p;
    p.bob.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_ring(ev.call, nullptr);
    };
    ua_call *c = p.alice.call(p.a, "bob");
    ASSERT_NE(p.alice.wait(UA_EV_CALL_PROGRESS), nullptr);
    ua_reply r = {};
    r.status = 200;
    r.reason = "Call completed elsewhere";
    ASSERT_EQ(ua_call_hangup(c, &r), 0);
    ASSERT_NE(p.alice.wait(UA_EV_CALL_ENDED), nullptr);
    ASSERT_NE(p.bob.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.alice.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_CANCELED);
    EXPECT_EQ(p.alice.last(UA_EV_CALL_ENDED)->originator, UA_LOCAL);
    EXPECT_EQ(p.bob.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_CANCELED);
    EXPECT_EQ(p.bob.last(UA_EV_CALL_ENDED)->originator, UA_REMOTE);
    EXPECT_EQ(p.bob.last(UA_EV_CALL_ENDED)->status, 487);
}

TEST_F(Flow, AHangUpMayHaveABody) {
    Raw r("10.0.0.5");
    Phone p("10.0.0.1");
    r.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, 200, "t", r.contact(), sdp("10.0.0.5", 4000));
        if (m.method() == "BYE") r.reply(m, 200);
    };
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_ACCEPTED), nullptr);
    ua_reply reply = {};
    reply.content_type = "application/json";
    reply.body = SX_LIT("{\"rating\":5}");
    ASSERT_EQ(ua_call_hangup(c, &reply), 0);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    fake_run_for(100);
    const Sip *bye = r.last("BYE");
    ASSERT_NE(bye, nullptr);
    EXPECT_EQ(bye->header("Content-Type"), "application/json");
    EXPECT_EQ(bye->body(), "{\"rating\":5}");
}

TEST_F(Flow, JsSip1_A200ThatCrossesTheCancelGetsAckAndBye) {
    Raw r("10.0.0.5");
    Phone p("10.0.0.1");
    r.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, 180, "t", r.contact());
        if (m.method() == "CANCEL") {
            r.reply(m, 200, "t");
            r.reply(*r.last("INVITE"), 200, "t", r.contact(), sdp("10.0.0.5", 4000));
        }
        if (m.method() == "BYE") r.reply(m, 200);
    };
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    ASSERT_NE(r.wait("ACK"), nullptr);
    ASSERT_NE(r.wait("BYE"), nullptr);
    const Event *e = p.wait(UA_EV_CALL_ENDED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_CANCELED);
    EXPECT_EQ(e->flags & UA_FLAG_ESTABLISHED, 0u);
    EXPECT_EQ(p.count(UA_EV_CALL_ACCEPTED), 0u);
    EXPECT_EQ(fake_media_sessions(p.media), 0u);
}

TEST_F(Flow, JsSip10_ACancelThatNobodyAnswersStillEndsTheCall) {
    Raw r("10.0.0.5");
    Phone p("10.0.0.1");
    r.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, 180, "t", r.contact());
    };
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    const Event *e = p.wait(UA_EV_CALL_ENDED, 6000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_CANCELED);
    fake_run_for(40000);
}

TEST_F(Flow, JsSip2_Field2_MediaFollowsTheConfirmedForkAndTheOtherIsHungUp) {
    Raw r("10.0.0.5");
    Phone p("10.0.0.1");
    r.on = [&](const Sip &m) {
        if (m.method() == "BYE") r.reply(m, 200);
        if (m.method() != "INVITE") return;
        r.reply(m, 183, "A", r.contact("a"), sdp("10.0.0.5", 4000, "0"));
        r.reply(m, 183, "B", r.contact("b"), sdp("10.0.0.6", 4002, "8"));
        r.reply(m, 200, "B", r.contact("b")); /* no SDP here: it was in this fork's 183 */
        r.reply(m, 200, "C", r.contact("c"), sdp("10.0.0.7", 4004, "0"));
    };
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_run_for(200);
    fake_media_look l = p.look(c);
    EXPECT_EQ(net_addr_port(&l.config.remote_rtp), 4002);
    EXPECT_EQ(l.config.sending.pt, 8);
    size_t b = 0, cc = 0;
    std::string bye_tag;
    for (auto &m : r.got) {
        if (m->method() == "ACK") {
            b += m->to_tag() == "B";
            cc += m->to_tag() == "C";
            EXPECT_EQ(m->uri(), m->to_tag() == "B" ? "sip:b@10.0.0.5:5060" : "sip:c@10.0.0.5:5060");
        }
        if (m->method() == "BYE") bye_tag = m->to_tag();
    }
    EXPECT_EQ(b, 1u);
    EXPECT_EQ(cc, 1u);
    EXPECT_EQ(bye_tag, "C") << "the good call lives";
    EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u);
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    ASSERT_NE(r.wait("BYE", 5000, 2), nullptr);
    EXPECT_EQ(r.last("BYE")->to_tag(), "B");
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
}

TEST_F(Flow, Field3_EarlyMediaIsToldBySdpAndALater180DoesNotStopIt) {
    Raw r("10.0.0.5");
    Phone p("10.0.0.1");
    r.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, 183, "t", r.contact());
    };
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_PROGRESS)->flags & UA_FLAG_EARLY_MEDIA, 0u) << "183 without SDP";
    EXPECT_EQ(p.count(UA_EV_MEDIA_READY), 0u);
    r.reply(*r.last("INVITE"), 180, "t", r.contact(), sdp("10.0.0.5", 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS, 5000, 2), nullptr);
    EXPECT_NE(p.last(UA_EV_CALL_PROGRESS)->flags & UA_FLAG_EARLY_MEDIA, 0u) << "180 with SDP";
    ASSERT_EQ(p.count(UA_EV_MEDIA_READY), 1u);
    EXPECT_NE(p.last(UA_EV_MEDIA_READY)->flags & UA_FLAG_EARLY_MEDIA, 0u);
    r.reply(*r.last("INVITE"), 180, "t", r.contact());
    ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS, 5000, 3), nullptr);
    EXPECT_TRUE(p.look(c).started);
    EXPECT_FALSE(p.look(c).stopped);
    EXPECT_TRUE(p.look(c).config.receive);
    r.reply(*r.last("INVITE"), 200, "t", r.contact(), sdp("10.0.0.5", 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(p.look(c).configures, 1u) << "the same SDP restarts nothing";
}

TEST_F(Flow, Field1_TheAckFollowsContactAndRouteSetAndIsRepeated) {
    Raw r("10.0.0.5"), phone("10.0.0.6", 5082);
    Phone p("10.0.0.1");
    std::string rr = "Record-Route: <sip:10.0.0.5;lr;p=2>\r\nRecord-Route: <sip:10.0.0.8;lr>\r\n";
    r.on = [&](const Sip &m) {
        if (m.method() == "INVITE")
            r.reply(m, 200, "t", rr + "Contact: <sip:me@10.0.0.6:5082>\r\n", sdp("10.0.0.6", 4000));
    };
    Raw first("10.0.0.8");
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_NE(first.wait("ACK"), nullptr) << "the route set is reversed for the caller";
    EXPECT_EQ(first.last("ACK")->uri(), "sip:me@10.0.0.6:5082");
    EXPECT_EQ(first.last("ACK")->header("Route").find("<sip:10.0.0.8;lr>"), 0u);
    for (int i = 0; i < 3; i++) {
        r.reply(*r.last("INVITE"), 200, "t", rr + "Contact: <sip:me@10.0.0.6:5082>\r\n", sdp("10.0.0.6", 4000));
        fake_run_for(1000);
    }
    EXPECT_EQ(first.count("ACK"), 4u);
    fake_run_for(40000);
    EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u) << "no drop at 32 s";
}

TEST_F(Flow, A200WithoutSdpIsAckedAndHungUpWithMissingSdp) {
    Raw r("10.0.0.5");
    Phone p("10.0.0.1");
    std::string body;
    r.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, 200, "t", r.contact(), body);
        if (m.method() == "BYE") r.reply(m, 200);
    };
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_MISSING_SDP);
    fake_run_for(100);
    EXPECT_EQ(r.count("ACK"), 1u);
    EXPECT_EQ(r.count("BYE"), 1u);
    body = "this is no SDP";
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 5000, 2), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_BAD_MEDIA);
    body = sdp("10.0.0.5", 0);
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 5000, 3), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_INCOMPATIBLE_SDP);
}

TEST_F(Flow, NobodyAnswersInTimeIsNoAnswer) {
    Raw r("10.0.0.5");
    Phone p("10.0.0.1");
    r.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, 180, "t", r.contact());
        if (m.method() == "CANCEL") {
            r.reply(m, 200, "t");
            r.reply(*r.last("INVITE"), 487, "t");
        }
    };
    p.call(nullptr, "sip:x@10.0.0.5", [](ua_call_config &c) { c.timeout_ms = 4000; });
    const Event *e = p.wait(UA_EV_CALL_ENDED, 6000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_NO_ANSWER);
    EXPECT_EQ(e->status, 487);
    EXPECT_EQ(r.count("CANCEL"), 1u);
}

TEST_F(Flow, ARedirectIsShownAndEndsTheCall) {
    Raw r("10.0.0.5");
    Phone p("10.0.0.1");
    r.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, 302, "t", "Contact: <sip:new@10.0.0.77>;q=0.9\r\n");
    };
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_REDIRECTED)->target, "sip:new@10.0.0.77");
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_REDIRECTED);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->status, 302);
}

TEST_F(Flow, AHostThatIsNotThereEndsTheCallWithWords) {
    Phone p("10.0.0.1");
    p.call(nullptr, "sip:x@nowhere.example");
    const Event *e = p.wait(UA_EV_CALL_ENDED, 60000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_CONNECTION_ERROR);
    EXPECT_FALSE(e->words.empty());
    fake_icmp(false);
    p.call(nullptr, "sip:x@10.0.0.77");
    e = p.wait(UA_EV_CALL_ENDED, 60000, 2);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_REQUEST_TIMEOUT);
}

TEST_F(Flow, AHangUpBeforeAnythingWasSentNeedsNoNetwork) {
    Phone p("10.0.0.1");
    uint64_t sent = fake_sent();
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.77");
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 100), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_CANCELED);
    EXPECT_EQ(fake_sent(), sent);
}

/* ---- incoming ---- */

TEST_F(Flow, ACallNobodyTakesIsRefusedByDefault) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    ua_agent_ask(p.agent, 0);
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    ASSERT_NE(r.wait("480 INVITE"), nullptr);
    r.send("10.0.0.1", r.inside("ACK", *r.last("480 INVITE"), 1));
    EXPECT_EQ(p.count(UA_EV_INCOMING_CALL), 0u);
    ua_agent_ask(p.agent, 1u << UA_ASK_CALL);
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "b", sdp("10.0.0.5", 4000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    const Event *e = p.wait(UA_EV_CALL_ENDED, 70000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_NO_ANSWER);
    EXPECT_EQ(e->status, 480);
}

TEST_F(Flow, TheCallersExpiresEndsARingingCall) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_ring(ev.call, nullptr);
    };
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000), "Expires: 10\r\n"));
    const Event *e = p.wait(UA_EV_CALL_ENDED, 11000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_EXPIRES);
    EXPECT_EQ(p.last(UA_EV_CALL_PROGRESS)->status, 180);
    ASSERT_NE(r.wait("487 INVITE"), nullptr);
}

TEST_F(Flow, JsSip6_RequiredExtensionsWeLackGet420) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    ASSERT_EQ(ua_option_set(p.agent, nullptr, nullptr, "reliable_1xx", "off"), 0);
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000), "Require: 100rel\r\n"));
    ASSERT_NE(r.wait("420 INVITE"), nullptr);
    EXPECT_EQ(r.last("420 INVITE")->header("Unsupported"), "100rel");
    EXPECT_EQ(p.count(UA_EV_INCOMING_CALL), 0u);
}

TEST_F(Flow, JsSip7_SdpWithACharsetOrInsideMultipartIsTaken) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    std::string s = sdp("10.0.0.5", 4000);
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", s, "Content-Type: application/sdp; charset=utf-8\r\n"));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "b",
                                "--xx\r\nContent-Type: application/isup;version=itu\r\n\r\n\x01\x02\r\n--xx\r\n"
                                "Content-Type: application/sdp\r\nContent-Disposition: session\r\n\r\n" +
                                    s + "\r\n--xx--\r\n",
                                "Content-Type: multipart/mixed;boundary=xx\r\n"));
    const Event *e = p.wait(UA_EV_INCOMING_CALL, 1000, 2);
    ASSERT_NE(e, nullptr);
    ASSERT_EQ(ua_call_answer(e->call, nullptr), 0);
    const Sip *ok = r.wait("200 INVITE");
    ASSERT_NE(ok, nullptr);
    EXPECT_NE(ok->body().find("m=audio"), std::string::npos);
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "c", "hello", "Content-Type: text/plain\r\n"));
    ASSERT_NE(r.wait("415 INVITE"), nullptr);
    EXPECT_NE(r.last("415 INVITE")->header("Accept").find("application/sdp"), std::string::npos);
}

TEST_F(Flow, NothingInCommonIs488AndTheProgramIsNotBothered) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000, "18", "a=rtpmap:18 G729/8000\r\n")));
    ASSERT_NE(r.wait("488 INVITE"), nullptr);
    EXPECT_EQ(p.count(UA_EV_INCOMING_CALL), 0u);
    EXPECT_EQ(fake_media_sessions(p.media), 0u);
}

TEST_F(Flow, MoreThanMaxCallsAndNoMoreDescriptorsAre486) {
    Phone p("10.0.0.1", true, nullptr, 1);
    Raw r("10.0.0.5");
    fake_media_fail(p.media, SX_E_LIMIT);
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    ASSERT_NE(r.wait("486 INVITE"), nullptr);
    fake_media_fail(p.media, SX_OK);
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "b", sdp("10.0.0.5", 4000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "c", sdp("10.0.0.5", 4000)));
    ASSERT_NE(r.wait("486 INVITE", 5000, 2), nullptr);
    ua_call_config c = {};
    c.target = "sip:x@10.0.0.5";
    ua_call *out;
    EXPECT_EQ(ua_call_create(p.agent, nullptr, &c, 1, &out), SX_E_LIMIT);
}

TEST_F(Flow, NoAckEndsTheCallWithBye) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    const Event *e = p.wait(UA_EV_CALL_ENDED, 40000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_NO_ACK);
    fake_run_for(10);
    EXPECT_GE(r.count("200 INVITE"), 8u) << "our 200 is repeated until its ACK";
    EXPECT_GE(r.count("BYE"), 1u);
}

TEST_F(Flow, AHangUpBeforeTheAckWaitsForIt) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) {
            ua_call_answer(ev.call, nullptr);
            ua_call_hangup(ev.call, nullptr);
        }
    };
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    fake_run_for(3000);
    EXPECT_EQ(r.count("BYE"), 0u) << "RFC 3261 15";
    r.ack("10.0.0.1", *r.last("200 INVITE"));
    ASSERT_NE(r.wait("BYE"), nullptr);
    r.reply(*r.last("BYE"), 200);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_TERMINATED);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->originator, UA_LOCAL);
}

TEST_F(Flow, Field4_AnOfferlessInviteIsOfferedInThe200AndAnsweredInTheAck) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) {
            EXPECT_EQ(ua_call_answer(ev.call, nullptr), 0);
        }
    };
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a"));
    const Sip *ok = r.wait("200 INVITE");
    ASSERT_NE(ok, nullptr);
    EXPECT_NE(ok->body().find("m=audio"), std::string::npos);
    ua_call *c = p.last(UA_EV_INCOMING_CALL)->call;
    EXPECT_TRUE(p.look(c).pending) << "what we offered is received from now on";
    EXPECT_FALSE(p.look(c).started);
    r.ack("10.0.0.1", *ok, sdp("10.0.0.5", 4444));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_TRUE(p.look(c).started);
    EXPECT_EQ(port_of(p.look(c).config.remote_rtp), 4444);
    ASSERT_EQ(p.count(UA_EV_MEDIA_READY), 1u);
}

TEST_F(Flow, Field4_AnAckWithoutTheAnswerEndsTheCall) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a"));
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    r.ack("10.0.0.1", *r.last("200 INVITE"));
    ASSERT_NE(r.wait("BYE"), nullptr);
    r.reply(*r.last("BYE"), 200);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_MISSING_SDP);
}

TEST_F(Flow, EarlyMediaOfOursIsTheSameInThe200) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    const Event *e = p.wait(UA_EV_INCOMING_CALL);
    ASSERT_NE(e, nullptr);
    ua_call *c = e->call;
    ua_reply ring = {};
    ring.status = 183;
    ring.early_media = true;
    ASSERT_EQ(ua_call_ring(c, &ring), 0);
    ASSERT_NE(r.wait("183 INVITE"), nullptr);
    std::string early = r.last("183 INVITE")->body();
    EXPECT_NE(early.find("m=audio"), std::string::npos);
    EXPECT_TRUE(p.look(c).started);
    EXPECT_NE(p.last(UA_EV_MEDIA_READY)->flags & UA_FLAG_EARLY_MEDIA, 0u);
    ASSERT_EQ(ua_call_answer(c, nullptr), 0);
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    EXPECT_EQ(r.last("200 INVITE")->body(), early);
    EXPECT_EQ(p.look(c).configures, 1u);
}

TEST_F(Flow, AnAutoAnsweringAccountAnswersWithoutTheProgram) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    ua_agent_ask(p.agent, 0);
    p.account("sip:bench@10.0.0.1", nullptr, nullptr, [](ua_account_config &c) {
        c.auto_answer = true;
        c.media_none = true;
    });
    r.send("10.0.0.1", r.invite("sip:bench@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    const Sip *ok = r.wait("200 INVITE", 100);
    ASSERT_NE(ok, nullptr);
    EXPECT_NE(ok->body().find("a=inactive"), std::string::npos) << "an answer, in which nothing flows";
    r.ack("10.0.0.1", *ok);
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(fake_media_sessions(p.media), 0u);
    EXPECT_EQ(ua_call_audio(p.last(UA_EV_INCOMING_CALL)->call), nullptr);
    r.send("10.0.0.1", r.inside("BYE", *ok, 2));
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(order(p, p.last(UA_EV_CALL_ENDED)->call), "incoming accepted confirmed ended ");
}

TEST_F(Flow, ASignallingOnlyCallCarriesTheProgramsSdp) {
    Phone a("10.0.0.1"), b("10.0.0.2", true);
    std::string offer = sdp("10.0.0.1", 6000), answer = sdp("10.0.0.2", 7000);
    b.on = [&](const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        EXPECT_EQ(text(ev.body), offer);
        ua_reply r = {};
        r.media_none = true;
        r.body = sx_slice_of(answer.data(), answer.size());
        EXPECT_EQ(ua_call_answer(ev.call, &r), 0);
    };
    a.call(nullptr, "sip:x@10.0.0.2", [&](ua_call_config &c) {
        c.media_default = false;
        c.media_none = true;
        c.body = sx_slice_of(offer.data(), offer.size());
    });
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(a.last(UA_EV_CALL_ACCEPTED)->body, answer);
    EXPECT_EQ(fake_media_sessions(a.media), 0u);
    fake_run_for(10);
    EXPECT_EQ(fake_media_sessions(b.media), 0u);
    EXPECT_EQ(b.count(UA_EV_CALL_ENDED), 0u) << "leaving the media is not the call's end";
}

TEST_F(Flow, ACallToItselfThroughItsOwnRegistrarWorks) {
    Registrar reg(kReg);
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9", "secret"), *b = p.account("sip:bob@10.0.0.9", "hunter2");
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_EQ(ua_account_register(b), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED, 5000, 2), nullptr);
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    ua_call *c = p.call(a, "bob");
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED, 5000, 2), nullptr);
    EXPECT_EQ(p.last(UA_EV_INCOMING_CALL)->account, b);
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 5000, 2), nullptr);
    c = p.call(a, "alice"); /* even the very same account */
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED, 5000, 4), nullptr);
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 5000, 4), nullptr);
}

TEST_F(Flow, JsSip3and4_RegistrarAndProxyMayHaveRealmsOfTheirOwn) {
    Raw r("10.0.0.9");
    Phone p("10.0.0.1");
    r.on = [&](const Sip &m) {
        if (m.method() != "INVITE") return;
        if (m.header("Proxy-Authorization").empty()) {
            r.reply(m, 407, "t", "Proxy-Authenticate: Digest realm=\"proxy\", nonce=\"n1\", qop=\"auth\"\r\n");
        } else if (m.header("Authorization").empty()) {
            r.reply(m, 401, "t",
                    "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n2\", algorithm=MD5\r\n"
                    "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n2\", algorithm=SHA-256, qop=\"auth\"\r\n");
        } else {
            EXPECT_NE(m.header("Authorization").find("SHA-256"), std::string::npos) << "JsSIP 5: the strongest";
            EXPECT_FALSE(m.header("Proxy-Authorization").empty());
            r.reply(m, 200, "t", r.contact(), sdp("10.0.0.9", 4000));
        }
    };
    p.call(p.account("sip:alice@10.0.0.9", "secret"), "bob");
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(r.count("INVITE"), 3u);
}

TEST_F(Flow, ACallWithoutAnswerableCredentialsIsAnAuthenticationError) {
    Raw r("10.0.0.9");
    Phone p("10.0.0.1");
    r.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, 407, "t", "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n1\"\r\n");
    };
    p.call(p.account("sip:alice@10.0.0.9"), "bob");
    const Event *e = p.wait(UA_EV_CALL_ENDED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->cause, UA_CAUSE_AUTHENTICATION);
    EXPECT_EQ(e->status, 407);
}

TEST_F(Flow, HeadersOfTheProgramGoOutAndBadOnesAreRefused) {
    Phone a("10.0.0.1"), b("10.0.0.2", true);
    ua_pair h[] = {{"X-Id", "17"}, {"Subject", "tea"}};
    b.on = [&](const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        ua_pair bad[] = {{"X-A", "b\nc"}};
        ua_reply r = {};
        r.headers = bad;
        r.header_count = 1;
        EXPECT_EQ(ua_call_ring(ev.call, &r), SX_E_HEADER);
        EXPECT_EQ(ua_call_answer(ev.call, &r), SX_E_HEADER);
        EXPECT_EQ(ua_call_reject(ev.call, &r), SX_E_HEADER);
        ua_pair good[] = {{"X-Back", "yes"}};
        r.headers = good;
        EXPECT_EQ(ua_call_answer(ev.call, &r), 0) << "a refused answer leaves the call as it was";
    };
    a.call(nullptr, "sip:x@10.0.0.2", [&](ua_call_config &c) {
        c.headers = h;
        c.header_count = 2;
    });
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(b.count(UA_EV_MEDIA_READY), 1u);
    Sip in(b.last(UA_EV_INCOMING_CALL)->raw);
    EXPECT_EQ(in.header("X-Id"), "17");
    EXPECT_EQ(in.header("Subject"), "tea");
    EXPECT_FALSE(in.header("Allow").empty());
    EXPECT_FALSE(in.header("Supported").empty());
    EXPECT_EQ(in.header("User-Agent"), "test");
    EXPECT_EQ(Sip(a.last(UA_EV_CALL_ACCEPTED)->raw).header("X-Back"), "yes");
    ua_call *c;
    ua_call_config cfg = {};
    ua_pair via[] = {{"Via", "x"}};
    cfg.target = "sip:x@10.0.0.2";
    cfg.headers = via;
    cfg.header_count = 1;
    EXPECT_EQ(ua_call_create(a.agent, nullptr, &cfg, 1, &c), SX_E_HEADER);
    cfg.header_count = 0;
    cfg.target = "what is this";
    EXPECT_EQ(ua_call_create(a.agent, nullptr, &cfg, 1, &c), SX_E_URI);
    const char *codecs[] = {"mp3"};
    cfg.target = "sip:x@10.0.0.2";
    cfg.codecs = codecs;
    cfg.codec_count = 1;
    EXPECT_EQ(ua_call_create(a.agent, nullptr, &cfg, 1, &c), SX_E_FORMAT);
}

TEST_F(Flow, ShutdownSaysByeUnregistersAndIsTheLast) {
    Pair p;
    p.bob.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    p.alice.call(p.a, "bob");
    ASSERT_NE(p.alice.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_NE(p.bob.wait(UA_EV_CALL_CONFIRMED), nullptr);
    p.bob.on = nullptr;
    p.alice.call(p.a, "bob"); /* one that rings */
    ASSERT_NE(p.bob.wait(UA_EV_INCOMING_CALL, 5000, 2), nullptr);
    uint64_t t = fake_now();
    ua_agent_shutdown(p.alice.agent, 2000);
    ASSERT_NE(p.alice.wait(UA_EV_SHUTDOWN), nullptr);
    EXPECT_LT(fake_now() - t, 1000u) << "no longer than the answers take";
    EXPECT_EQ(p.alice.count(UA_EV_CALL_ENDED), 2u);
    EXPECT_EQ(p.alice.count(UA_EV_UNREGISTERED), 1u);
    EXPECT_EQ(p.alice.count(UA_EV_ACCOUNT_CLOSED), 1u);
    EXPECT_EQ(p.alice.events.back().type, UA_EV_SHUTDOWN);
    fake_run_for(100);
    EXPECT_EQ(p.bob.count(UA_EV_CALL_ENDED), 2u);
    EXPECT_EQ(p.alice.events.back().type, UA_EV_SHUTDOWN);
}

TEST_F(Flow, ShutdownDoesNotWaitBeyondItsDeadline) {
    auto p = std::make_unique<Pair>();
    p->bob.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    p->alice.call(p->a, "bob");
    ASSERT_NE(p->alice.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_link cut = {};
    cut.cut = true;
    fake_link_set(nullptr, nullptr, &cut);
    uint64_t t = fake_now();
    ua_agent_shutdown(p->alice.agent, 700);
    ASSERT_NE(p->alice.wait(UA_EV_SHUTDOWN), nullptr);
    EXPECT_LE(fake_now() - t, 710u);
    EXPECT_EQ(p->alice.count(UA_EV_CALL_ENDED), 1u);
    EXPECT_EQ(p->alice.count(UA_EV_ACCOUNT_CLOSED), 1u);
}

/* Its BYE waits for the ACK (RFC 3261 15) and leaves at the deadline: nobody waits for the answer to it. */
TEST_F(Flow, ShutdownKeepsItsDeadlineWithACallThatNobodyAcknowledges) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    uint64_t t = fake_now();
    ua_agent_shutdown(p.agent, 700);
    ASSERT_NE(p.wait(UA_EV_SHUTDOWN), nullptr);
    EXPECT_LE(fake_now() - t, 710u);
    EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 1u);
    EXPECT_NE(r.wait("BYE", 100), nullptr);
}

TEST_F(Flow, AnAgentMayBeDestroyedAtAnyMoment) {
    for (unsigned steps = 0; steps < 120; steps += 3) {
        Pair p;
        p.bob.on = [&](const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL) {
                ua_call_ring(ev.call, nullptr);
                ua_call_answer(ev.call, nullptr);
            }
        };
        ua_call *c = p.alice.call(p.a, "bob");
        for (unsigned i = 0; i < steps; i++) fake_step();
        if (steps % 2 && p.alice.count(UA_EV_CALL_ENDED) == 0) ua_call_hangup(c, nullptr);
        p.bob.destroy();
        for (unsigned i = 0; i < 5; i++) fake_step();
        p.alice.destroy();
    }
}

TEST_F(Flow, ClosingAnAccountEndsItsCallsFirst) {
    Pair p;
    p.bob.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    p.alice.call(p.a, "bob");
    ASSERT_NE(p.alice.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_EQ(ua_account_close(p.a), 0);
    ASSERT_NE(p.alice.wait(UA_EV_ACCOUNT_CLOSED), nullptr);
    EXPECT_EQ(p.alice.count(UA_EV_CALL_ENDED), 1u);
    EXPECT_EQ(p.alice.count(UA_EV_UNREGISTERED), 1u);
    EXPECT_EQ(p.alice.events.back().type, UA_EV_ACCOUNT_CLOSED);
}

TEST_F(Flow, DtmfGoesOutInPiecesAndComesBackAsOneEvent) {
    Phone a("10.0.0.1"), b("10.0.0.2", true);
    b.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    ua_call *c = a.call(nullptr, "sip:x@10.0.0.2");
    EXPECT_EQ(ua_call_dtmf(c, "1", 0, 0), SX_E_STATE) << "not before media flows";
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(ua_call_dtmf(c, "12x", 0, 0), SX_E_INVALID);
    EXPECT_EQ(ua_call_dtmf(c, "1", 10, 0), SX_E_INVALID);
    std::string many(100, '5');
    ASSERT_EQ(ua_call_dtmf(c, "1,2", 100, 70), 0);
    ASSERT_EQ(ua_call_dtmf(c, many.c_str(), 100, 70), 0);
    ASSERT_NE(a.wait(UA_EV_DTMF_SENT, 1000, 2), nullptr);
    EXPECT_EQ(std::string(a.look(c).digits), "1,,,,2" + many);
    EXPECT_EQ(a.last(UA_EV_DTMF_SENT)->words, many);
    media_event ev = {};
    ev.type = MEDIA_DTMF;
    ev.u.dtmf.digit = '#';
    ev.u.dtmf.duration_ms = 160;
    fake_media_say(a.media, c, ev);
    ASSERT_NE(a.wait(UA_EV_DTMF, 10), nullptr);
    EXPECT_EQ(a.last(UA_EV_DTMF)->digit, '#');
    EXPECT_EQ(a.last(UA_EV_DTMF)->duration_ms, 160u);
}

TEST_F(Flow, SilentMediaIsToldAndEndsTheCallWhenAskedTo) {
    Phone a("10.0.0.1"), b("10.0.0.2", true);
    b.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    ASSERT_EQ(ua_option_set(a.agent, nullptr, nullptr, "rtp_timeout_ms", "20000"), 0);
    ua_call *c = a.call(nullptr, "sip:x@10.0.0.2");
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    media_event ev = {};
    ev.type = MEDIA_STALLED;
    ev.u.stall.silent_ms = 5000;
    fake_media_say(a.media, c, ev);
    ASSERT_NE(a.wait(UA_EV_MEDIA_STALLED, 10), nullptr);
    ev.type = MEDIA_RESUMED;
    fake_media_say(a.media, c, ev);
    ASSERT_NE(a.wait(UA_EV_MEDIA_RESUMED, 10), nullptr);
    fake_run_for(30000);
    EXPECT_EQ(a.count(UA_EV_CALL_ENDED), 0u);
    ev.type = MEDIA_STALLED;
    fake_media_say(a.media, c, ev);
    uint64_t t = fake_now();
    ASSERT_NE(a.wait(UA_EV_CALL_ENDED, 16000), nullptr);
    EXPECT_NEAR((double)(fake_now() - t), 15000, 50);
    EXPECT_EQ(a.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_RTP_TIMEOUT);
    ASSERT_NE(b.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(b.last(UA_EV_CALL_ENDED)->q850, 102);
}

TEST_F(Flow, MediaThatTakesTimeToPrepareDelaysTheInviteAndCanBeCanceled) {
    Phone p("10.0.0.1");
    Raw r("10.0.0.5");
    fake_media_slow(p.media, true);
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    fake_run_for(1000);
    EXPECT_EQ(r.count("INVITE"), 0u);
    fake_media_prepared(p.media, c);
    ASSERT_NE(r.wait("INVITE"), nullptr);
    ua_call_hangup(c, nullptr);
    ua_call *d = p.call(nullptr, "sip:x@10.0.0.5");
    fake_run_for(100);
    ASSERT_EQ(ua_call_hangup(d, nullptr), 0);
    fake_run_for(10);
    ASSERT_GE(p.count(UA_EV_CALL_ENDED), 1u);
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 6000, 3), nullptr) << "and in the end it is given up";
}

TEST_F(Flow, AdvertisedAddressesStandInContactAndSdp) {
    Phone p("10.0.0.1", false, "203.0.113.7:5070");
    Raw r("10.0.0.5");
    p.call(nullptr, "sip:x@10.0.0.5");
    const Sip *inv = r.wait("INVITE");
    ASSERT_NE(inv, nullptr);
    EXPECT_NE(inv->contact_uri().find("@203.0.113.7:5070"), std::string::npos);
    EXPECT_NE(inv->body().find("c=IN IP4 203.0.113.7"), std::string::npos);
    EXPECT_EQ(inv->raw.find("0.0.0.0"), std::string::npos);
    EXPECT_LT(inv->raw.size(), 1300u) << "a first INVITE fits into one datagram";
}

TEST_F(Flow, Ipv6CallsHaveIpv6Everywhere) {
    Phone a("2001:db8::1", false, nullptr, -1, "::"), b("2001:db8::2", true, nullptr, -1, "::");
    b.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    ua_call *c = a.call(nullptr, "sip:x@[2001:db8::2]");
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_NE(b.last(UA_EV_INCOMING_CALL)->body.find("c=IN IP6 2001:db8::1"), std::string::npos);
    EXPECT_TRUE(is_v6(a.look(c).config.remote_rtp));
}

TEST_F(Flow, AnOverloadedCallIsEndedAsSuch) {
    Phone a("10.0.0.1"), b("10.0.0.2", true);
    b.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
        if (ev.type == UA_EV_CALL_CONFIRMED) ua_call_overload(ev.call);
    };
    a.call(nullptr, "sip:x@10.0.0.2");
    ASSERT_NE(b.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(b.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_OVERLOAD);
    ASSERT_NE(a.wait(UA_EV_CALL_ENDED), nullptr);
}

} // namespace
