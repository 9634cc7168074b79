/* Peers' subscriptions to us: what a busy lamp on another phone would miss. */
#include "flow/flow_fixture.h"

namespace {

const char *const ME = "10.0.0.1", *const WATCHER = "10.0.0.5";

/* A phone that may be watched, and a watcher that a test plays by hand. */
struct Lamp {
    Phone p{ME, true, ME};
    Raw r{WATCHER};
    ua_notifier *n = nullptr;
    int cseq = 1;
    std::unique_ptr<Sip> ok; /* the 200 to the SUBSCRIBE */
    explicit Lamp(bool ask = true) {
        ua_agent_ask(p.agent, ask ? 1u << UA_ASK_SUBSCRIBE : 0);
        p.on = [this](const ua_event &ev) {
            if (ev.type == UA_EV_SUBSCRIBE_REQUESTED) n = ev.notifier;
        };
    }
    void subscribe(const std::string &lines = "Expires: 600\r\n", const std::string &event = "dialog",
                   const std::string &call_id = "s1") {
        r.send(ME, r.request("SUBSCRIBE", "sip:me@10.0.0.1", "\"Anna\" <sip:raw@10.0.0.5>;tag=w", "<sip:me@10.0.0.1>",
                             call_id, cseq, r.contact() + (event.empty() ? "" : "Event: " + event + "\r\n") + lines));
    }
    const Event *asked() { return p.wait(UA_EV_SUBSCRIBE_REQUESTED); }
    int accept(const char *body = "one", const char *state = nullptr, int expires = 0) {
        ua_notify_config c = {};
        c.state = state;
        c.content_type = "text/plain";
        if (body) c.body = sx_slice_str(body);
        c.expires = expires;
        int rc = ua_notifier_accept(n, &c);
        const Sip *m = r.wait("200 SUBSCRIBE");
        if (m) ok.reset(new Sip(*m));
        return rc;
    }
    int notify(const char *body, const char *state = nullptr, const char *reason = nullptr) {
        ua_notify_config c = {};
        c.state = state;
        c.reason = reason;
        c.content_type = "text/plain";
        c.body = sx_slice_str(body);
        return ua_notifier_notify(n, &c);
    }
    const Sip *notified(size_t nth = 1, uint64_t ms = 5000) { return r.wait("NOTIFY", ms, nth); }
    void answer(int status = 200, const std::string &lines = "") { r.reply(Sip(*r.last("NOTIFY")), status, "", lines); }
    void open() {
        subscribe();
        ASSERT_NE(asked(), nullptr);
        EXPECT_EQ(accept(), 0);
        ASSERT_NE(notified(), nullptr);
        answer();
        fake_run_for(10);
    }
    void again(const std::string &lines, const std::string &event = "dialog") {
        r.send(ME, r.inside("SUBSCRIBE", *ok, ++cseq, "", "Event: " + event + "\r\n" + lines));
    }
    std::string state() const {
        const Event *e = p.last(UA_EV_SUBSCRIPTION_STATE);
        return e ? e->state : "";
    }
};

TEST_F(Flow, ASubscriptionToUsIsAQuestionAndTheFirstNotifyComesAtOnce) {
    Lamp l;
    l.subscribe("Expires: 600\r\nContent-Type: a/b\r\n", "dialog;id=3");
    const Event *e = l.asked();
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->event, "dialog");
    EXPECT_EQ(e->expires, 600);
    EXPECT_EQ(e->from, "sip:raw@10.0.0.5");
    EXPECT_EQ(e->from_name, "Anna");
    EXPECT_EQ(e->target, "sip:me@10.0.0.1");
    EXPECT_EQ(e->default_status, 403);
    EXPECT_EQ(e->deadline_ms, 30000);
    ASSERT_EQ(l.accept(), 0);
    EXPECT_EQ(l.ok->header("Expires"), "600");
    EXPECT_FALSE(l.ok->contact_uri().empty());
    EXPECT_FALSE(l.ok->to_tag().empty());
    const Sip *m = l.notified();
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->header("Event"), "dialog;id=3");
    EXPECT_EQ(m->header("Subscription-State"), "active;expires=600");
    EXPECT_EQ(m->header("Content-Type"), "text/plain");
    EXPECT_EQ(m->body(), "one");
    EXPECT_EQ(m->from_tag(), l.ok->to_tag());
    EXPECT_EQ(m->to_tag(), "w");
    EXPECT_EQ(m->uri(), "sip:raw@10.0.0.5:5060");
    EXPECT_EQ(l.state(), "active");
    EXPECT_EQ(ua_notifier_accept(l.n, nullptr), SX_E_STATE);
    EXPECT_EQ(ua_notifier_reject(l.n, nullptr), SX_E_STATE);
}

TEST_F(Flow, WithoutAskingASubscriptionGets489) {
    Lamp l(false);
    l.subscribe();
    ASSERT_NE(l.r.wait("489 SUBSCRIBE"), nullptr);
    EXPECT_EQ(l.r.last("489 SUBSCRIBE")->header("Allow-Events"), "refer");
}

TEST_F(Flow, ASubscriptionToNothingGets489WithWhatThereIs) {
    Lamp m;
    m.subscribe("", "");
    ASSERT_NE(m.r.wait("489 SUBSCRIBE"), nullptr);
    EXPECT_NE(m.r.last("489 SUBSCRIBE")->header("Allow-Events").find("dialog"), std::string::npos);
    EXPECT_EQ(m.p.count(UA_EV_SUBSCRIBE_REQUESTED), 0u);
}

TEST_F(Flow, ARejectionAndSilenceEndTheQuestion) {
    Lamp l;
    l.subscribe();
    ASSERT_NE(l.asked(), nullptr);
    ua_reply no = {};
    no.status = 200;
    EXPECT_EQ(ua_notifier_reject(l.n, &no), SX_E_INVALID);
    no.status = 489;
    ASSERT_EQ(ua_notifier_reject(l.n, &no), 0);
    ASSERT_NE(l.r.wait("489 SUBSCRIBE"), nullptr);
    EXPECT_FALSE(l.r.last("489 SUBSCRIBE")->header("Allow-Events").empty());
    ASSERT_NE(l.p.wait(UA_EV_SUBSCRIPTION_STATE), nullptr);
    EXPECT_EQ(l.state(), "terminated");
    EXPECT_EQ(l.p.last(UA_EV_SUBSCRIPTION_STATE)->status, 489);
    l.subscribe("", "dialog", "s2");
    ASSERT_NE(l.p.wait(UA_EV_SUBSCRIBE_REQUESTED, 5000, 2), nullptr);
    EXPECT_EQ(l.p.last(UA_EV_SUBSCRIBE_REQUESTED)->expires, 3600) << "what a SUBSCRIBE without Expires means";
    ASSERT_NE(l.r.wait("403 SUBSCRIBE", 31000), nullptr);
    EXPECT_EQ(l.state(), "terminated");
    EXPECT_NE(l.p.last(UA_EV_SUBSCRIPTION_STATE)->flags & UA_FLAG_DEFAULT, 0u);
}

TEST_F(Flow, PendingBecomesActive) {
    Lamp l;
    l.subscribe();
    ASSERT_NE(l.asked(), nullptr);
    ASSERT_EQ(l.accept(nullptr, "pending"), 0);
    ASSERT_NE(l.notified(), nullptr);
    EXPECT_EQ(l.r.last("NOTIFY")->header("Subscription-State"), "pending;expires=600");
    EXPECT_EQ(l.r.last("NOTIFY")->body(), "");
    EXPECT_EQ(l.state(), "pending");
    l.answer();
    ASSERT_EQ(l.notify("now", "active"), 0);
    ASSERT_NE(l.notified(2), nullptr);
    EXPECT_EQ(l.r.last("NOTIFY")->header("Subscription-State").substr(0, 6), "active");
    EXPECT_EQ(l.state(), "active");
}

TEST_F(Flow, OneNotifyIsOnItsWayAndTheNewestComesAfterIt) {
    Lamp l;
    l.open();
    for (const char *b : {"two", "three", "four"}) ASSERT_EQ(l.notify(b), 0);
    ASSERT_NE(l.notified(2), nullptr);
    EXPECT_EQ(l.r.last("NOTIFY")->body(), "two");
    fake_run_for(300);
    EXPECT_EQ(l.r.count("NOTIFY"), 2u);
    l.answer();
    ASSERT_NE(l.notified(3), nullptr);
    EXPECT_EQ(l.r.last("NOTIFY")->body(), "four");
    l.answer();
    fake_run_for(2000);
    EXPECT_EQ(l.r.count("NOTIFY"), 3u);
}

TEST_F(Flow, ARefreshIsAnsweredWithTheLastBody) {
    Lamp l;
    l.open();
    ASSERT_EQ(l.notify("two"), 0);
    ASSERT_NE(l.notified(2), nullptr);
    l.answer();
    fake_run_for(10);
    l.again("Expires: 300\r\n");
    ASSERT_NE(l.r.wait("200 SUBSCRIBE", 5000, 2), nullptr);
    EXPECT_EQ(l.r.last("200 SUBSCRIBE")->header("Expires"), "300");
    ASSERT_NE(l.notified(3), nullptr);
    EXPECT_EQ(l.r.last("NOTIFY")->body(), "two");
    EXPECT_EQ(l.r.last("NOTIFY")->header("Subscription-State"), "active;expires=300");
    const Event *e = l.p.last(UA_EV_SUBSCRIPTION_STATE);
    EXPECT_EQ(e->state, "active");
    EXPECT_NE(e->flags & UA_FLAG_REFRESH, 0u);
    EXPECT_EQ(e->expires, 300);
    EXPECT_EQ(l.p.count(UA_EV_SUBSCRIBE_REQUESTED), 1u);
}

TEST_F(Flow, AnUnrefreshedSubscriptionTimesOut) {
    Lamp l;
    l.open();
    fake_run_for(599000);
    EXPECT_EQ(l.r.count("NOTIFY"), 1u);
    ASSERT_NE(l.notified(2, 3000), nullptr);
    EXPECT_EQ(l.r.last("NOTIFY")->header("Subscription-State"), "terminated;reason=timeout");
    EXPECT_EQ(l.r.last("NOTIFY")->body(), "one");
    l.answer();
    fake_run_for(100);
    EXPECT_EQ(l.state(), "terminated");
    EXPECT_EQ(l.p.last(UA_EV_SUBSCRIPTION_STATE)->code, 0);
    l.again("Expires: 600\r\n");
    ASSERT_NE(l.r.wait("481 SUBSCRIBE"), nullptr);
}

TEST_F(Flow, ExpiresOfAllKindsAreReadAsTheRfcSays) {
    struct {
        const char *lines, *granted;
        int told;
    } all[] = {{"Expires: 4294967295\r\n", "604800", INT32_MAX},
               {"Expires: 4294967296\r\n", "604800", INT32_MAX},
               {"Expires: 99999999999999999999\r\n", "604800", INT32_MAX},
               {"Expires: 1\r\n", "1", 1},
               {"Expires: 0\r\n", "0", 0},
               {"", "3600", 3600}};
    for (auto &one : all) {
        SCOPED_TRACE(one.lines);
        fake_net_begin(1);
        Lamp l;
        l.subscribe(one.lines);
        ASSERT_NE(l.asked(), nullptr);
        EXPECT_EQ(l.p.last(UA_EV_SUBSCRIBE_REQUESTED)->expires, one.told);
        ASSERT_EQ(l.accept(), 0);
        EXPECT_EQ(l.ok->header("Expires"), one.granted);
        ASSERT_NE(l.notified(), nullptr);
    }
    for (const char *bad : {"Expires: soon\r\n", "Expires: -1\r\n", "Expires: 5x\r\n"}) {
        SCOPED_TRACE(bad);
        fake_net_begin(1);
        Lamp l;
        l.subscribe(bad);
        ASSERT_NE(l.r.wait("400 SUBSCRIBE"), nullptr);
        EXPECT_EQ(l.p.count(UA_EV_SUBSCRIBE_REQUESTED), 0u);
    }
}

TEST_F(Flow, ASubscriptionThatAsksOnceGetsOneNotifyAndIsOver) {
    Lamp l;
    l.subscribe("Expires: 0\r\n");
    ASSERT_NE(l.asked(), nullptr);
    ASSERT_EQ(l.accept("once"), 0);
    ASSERT_NE(l.notified(), nullptr);
    EXPECT_EQ(l.r.last("NOTIFY")->header("Subscription-State"), "terminated;reason=timeout");
    EXPECT_EQ(l.r.last("NOTIFY")->body(), "once");
    l.answer();
    fake_run_for(100);
    EXPECT_EQ(l.state(), "terminated");
    EXPECT_EQ(l.p.count(UA_EV_SUBSCRIPTION_STATE), 1u);
}

TEST_F(Flow, UnsubscribingIsAnsweredWithALastNotify) {
    Lamp l;
    l.open();
    l.again("Expires: 0\r\n");
    ASSERT_NE(l.r.wait("200 SUBSCRIBE", 5000, 2), nullptr);
    EXPECT_EQ(l.r.last("200 SUBSCRIBE")->header("Expires"), "0");
    ASSERT_NE(l.notified(2), nullptr);
    EXPECT_EQ(l.r.last("NOTIFY")->header("Subscription-State"), "terminated;reason=timeout");
    l.answer();
    fake_run_for(100);
    EXPECT_EQ(l.state(), "terminated");
}

TEST_F(Flow, TheProgramEndsASubscriptionWithItsReason) {
    Lamp l;
    l.open();
    ua_notify_config c = {};
    c.state = "terminated";
    c.reason = "probation";
    c.retry_after_s = 120;
    ASSERT_EQ(ua_notifier_notify(l.n, &c), 0);
    EXPECT_EQ(l.notify("no"), SX_E_STATE);
    ASSERT_NE(l.notified(2), nullptr);
    EXPECT_EQ(l.r.last("NOTIFY")->header("Subscription-State"), "terminated;reason=probation;retry-after=120");
    l.answer();
    fake_run_for(100);
    EXPECT_EQ(l.state(), "terminated");
    EXPECT_EQ(l.p.last(UA_EV_SUBSCRIPTION_STATE)->reason, "probation");
}

TEST_F(Flow, ANotifyThatGets481OrNoAnswerEndsTheSubscription) {
    for (int status : {481, 489, 0}) {
        SCOPED_TRACE(status);
        fake_net_begin(1);
        Lamp l;
        l.open();
        ASSERT_EQ(l.notify("two"), 0);
        ASSERT_NE(l.notified(2), nullptr);
        if (status) l.answer(status);
        fake_run_for(status ? 100 : 40000);
        EXPECT_EQ(l.state(), "terminated");
        const Event *e = l.p.last(UA_EV_SUBSCRIPTION_STATE);
        EXPECT_EQ(e->status, status ? status : 408);
        EXPECT_EQ(e->code, status ? 0 : SX_E_TIMEOUT);
        l.again("Expires: 600\r\n");
        ASSERT_NE(l.r.wait("481 SUBSCRIBE"), nullptr);
    }
}

TEST_F(Flow, ARefusalThatMayPassIsTriedAgainWithTheNewest) {
    Lamp l;
    l.open();
    ASSERT_EQ(l.notify("two"), 0);
    ASSERT_NE(l.notified(2), nullptr);
    l.answer(500, "Retry-After: 3\r\n");
    fake_run_for(1000);
    EXPECT_EQ(l.r.count("NOTIFY"), 2u);
    ASSERT_NE(l.notified(3, 4000), nullptr);
    EXPECT_EQ(l.r.last("NOTIFY")->body(), "two");
    l.answer(200);
    fake_run_for(1000);
    EXPECT_EQ(l.state(), "active");
}

TEST_F(Flow, OddSubscribesInsideTheDialogDoNoHarm) {
    Lamp l;
    l.open();
    l.again("Expires: 600\r\n", "presence");
    ASSERT_NE(l.r.wait("481 SUBSCRIBE"), nullptr) << "one dialog, one subscription";
    l.again("Expires: often\r\n");
    ASSERT_NE(l.r.wait("400 SUBSCRIBE"), nullptr);
    l.r.send(ME, l.r.inside("BYE", *l.ok, ++l.cseq));
    ASSERT_NE(l.r.wait("405 BYE"), nullptr);
    l.r.send(ME, l.r.inside("OPTIONS", *l.ok, ++l.cseq));
    ASSERT_NE(l.r.wait("200 OPTIONS"), nullptr);
    EXPECT_EQ(l.state(), "active");
    /* the same Call-ID without a To tag is another subscription */
    l.subscribe("Expires: 60\r\n");
    l.cseq += 10;
    l.subscribe("Expires: 60\r\n");
    ASSERT_NE(l.p.wait(UA_EV_SUBSCRIBE_REQUESTED, 5000, 2), nullptr);
    ASSERT_EQ(l.accept(), 0);
    /* and one without a Contact cannot be answered */
    l.r.send(ME, l.r.request("SUBSCRIBE", "sip:me@10.0.0.1", "<sip:raw@10.0.0.5>;tag=q", "<sip:me@10.0.0.1>", "s9", 1,
                             "Event: dialog\r\n"));
    ASSERT_NE(l.r.wait("400 SUBSCRIBE", 5000, 2), nullptr);
}

TEST_F(Flow, SubscriptionsToUsAreBounded) {
    Lamp l;
    ASSERT_EQ(ua_option_set(l.p.agent, nullptr, nullptr, "max_subscriptions", "1"), 0);
    l.open();
    l.subscribe("", "dialog", "s2");
    ASSERT_NE(l.r.wait("503 SUBSCRIBE"), nullptr);
    EXPECT_FALSE(l.r.last("503 SUBSCRIBE")->header("Retry-After").empty());
    EXPECT_EQ(l.p.count(UA_EV_SUBSCRIBE_REQUESTED), 1u);
}

TEST_F(Flow, WhatIsTooMuchToSayIsRefusedAtOnce) {
    Lamp l;
    l.open();
    std::string big(70000, 'x');
    EXPECT_EQ(l.notify(big.c_str()), SX_E_LIMIT);
    EXPECT_EQ(l.notify("x", "gone"), SX_E_INVALID);
    EXPECT_EQ(l.notify("x", "terminated", "a b"), SX_E_INVALID);
    ua_notify_config c = {};
    c.body = SX_LIT("x");
    EXPECT_EQ(ua_notifier_notify(l.n, &c), SX_E_INVALID) << "a body without its type";
    fake_run_for(1000);
    EXPECT_EQ(l.r.count("NOTIFY"), 1u);
    EXPECT_EQ(l.state(), "active");
}

TEST_F(Flow, OurShutdownSendsWatchersElsewhere) {
    Lamp l;
    l.open();
    l.subscribe("", "dialog", "s2");
    ASSERT_NE(l.p.wait(UA_EV_SUBSCRIBE_REQUESTED, 5000, 2), nullptr);
    ua_agent_shutdown(l.p.agent, 2000);
    ASSERT_NE(l.notified(2), nullptr);
    EXPECT_EQ(l.r.last("NOTIFY")->header("Subscription-State"), "terminated;reason=probation;retry-after=60");
    EXPECT_NE(l.r.wait("480 SUBSCRIBE"), nullptr) << "the one that was not decided yet";
    l.answer();
    ASSERT_NE(l.p.wait(UA_EV_SHUTDOWN, 1000), nullptr);
}

TEST_F(Flow, WatchersHearWhereWeHaveMovedTo) {
    Lamp l;
    l.open();
    fake_host_move(ME, "10.0.0.2");
    ASSERT_EQ(ua_network_changed(l.p.agent), 0);
    const Sip *m = l.notified(2, 10000);
    ASSERT_NE(m, nullptr);
    net_addr there;
    net_addr_parse_host(&there, sx_slice_str("10.0.0.2"), 5060);
    EXPECT_TRUE(net_addr_eq(&m->from, &there));
    EXPECT_EQ(m->body(), "one");
}

TEST_F(Flow, OptionsSayWhatAnInviteWouldGetAndWhatWeCanDo) {
    Phone p(ME, true, nullptr, 1);
    Raw r(WATCHER);
    int n = 0;
    auto options = [&](const std::string &lines = "") {
        r.send(ME, r.request("OPTIONS", "sip:me@10.0.0.1", "<sip:raw@10.0.0.5>;tag=o", "<sip:me@10.0.0.1>",
                             "o" + std::to_string(++n), 1, lines));
    };
    options();
    const Sip *m = r.wait("200 OPTIONS");
    ASSERT_NE(m, nullptr);
    for (const char *h : {"Allow", "Accept", "Accept-Encoding", "Accept-Language", "Allow-Events", "Supported"})
        EXPECT_FALSE(m->header(h).empty()) << h;
    EXPECT_FALSE(m->contact_uri().empty());
    EXPECT_EQ(m->header("Content-Type"), "application/sdp");
    EXPECT_NE(m->body().find("m=audio 0 RTP/AVP"), std::string::npos) << m->body();
    EXPECT_NE(m->body().find("PCMU/8000"), std::string::npos) << m->body();
    options("Accept: text/plain\r\n");
    m = r.wait("200 OPTIONS", 5000, 2);
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->body(), "");
    r.send(ME, r.invite("sip:me@10.0.0.1", "busy", sdp(WATCHER, 4000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    options();
    ASSERT_NE(r.wait("486 OPTIONS"), nullptr);
    ua_call_hangup(p.last(UA_EV_INCOMING_CALL)->call, nullptr);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    ua_agent_ask(p.agent, 0);
    options();
    ASSERT_NE(r.wait("200 OPTIONS", 5000, 3), nullptr) << "an agent that only places calls is there too";
}

TEST_F(Flow, ThePathToTheServerIsMeasured) {
    Phone p(ME);
    Raw r(WATCHER);
    ua_account *acc = p.account("sip:alice@10.0.0.5");
    fake_run_for(5000);
    EXPECT_EQ(r.count("OPTIONS"), 0u);
    ASSERT_EQ(ua_option_set(p.agent, acc, nullptr, "qualify_s", "10"), 0);
    const Sip *o = r.wait("OPTIONS", 3000);
    ASSERT_NE(o, nullptr);
    EXPECT_EQ(o->uri(), "sip:10.0.0.5");
    fake_run_for(40);
    r.reply(Sip(*o), 200, "x");
    const Event *e = p.wait(UA_EV_PATH_QUALITY);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->account, acc);
    EXPECT_EQ(e->status, 200);
    EXPECT_GE(e->duration_ms, 40u);
    EXPECT_LE(e->duration_ms, 60u);
    EXPECT_EQ(e->count, 0u);
    uint64_t since = fake_now();
    ASSERT_NE(r.wait("OPTIONS", 20000, 2), nullptr);
    EXPECT_GE(fake_now() - since, 9000u);
    ASSERT_NE(p.wait(UA_EV_PATH_QUALITY, 10000, 2), nullptr);
    e = p.last(UA_EV_PATH_QUALITY);
    EXPECT_EQ(e->count, 1u);
    EXPECT_EQ(e->code, SX_E_TIMEOUT);
    ASSERT_NE(p.wait(UA_EV_PATH_QUALITY, 20000, 3), nullptr);
    EXPECT_EQ(p.last(UA_EV_PATH_QUALITY)->count, 2u);
    ASSERT_EQ(ua_option_set(p.agent, acc, nullptr, "qualify_s", "0"), 0);
    fake_run_for(40000); /* repetitions of what was on its way */
    size_t before = r.count("OPTIONS");
    fake_run_for(60000);
    EXPECT_EQ(r.count("OPTIONS"), before);
    EXPECT_EQ(p.count(UA_EV_PATH_QUALITY), 3u);
}

} // namespace
