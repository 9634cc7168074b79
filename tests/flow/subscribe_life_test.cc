/* Subscriptions of ours: other networks, closing, lost and overtaking messages, memory that runs out. */
#include "flow/watch.h"

namespace {

TEST_F(Flow, TheSubscriptionFollowsToAnotherNetwork) {
    Watch w;
    w.open();
    fake_host_move(US, "10.0.0.2");
    ASSERT_EQ(ua_network_changed(w.p.agent), 0);
    const Sip *s = w.sub(2, 10000);
    ASSERT_NE(s, nullptr);
    EXPECT_NE(s->contact_uri().find("10.0.0.2"), std::string::npos) << s->contact_uri();
    EXPECT_EQ(s->to_tag(), "t");
    w.r.reply(Sip(*s), 200, "", w.r.contact() + "Expires: 3600\r\n");
    w.r.send("10.0.0.2", w.notify_of(*s, "active", "<moved/>"));
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY, 5000, 2), nullptr);
    /* nothing moves: nothing is sent */
    ASSERT_EQ(ua_network_changed(w.p.agent), 0);
    fake_run_for(5000);
    EXPECT_EQ(w.r.count("SUBSCRIBE"), 2u);
}

TEST_F(Flow, ThousandsFollowInTurn) {
    Phone p(US, true);
    Raw r(PEER);
    int cseq = 0;
    r.on = [&](const Sip &m) {
        if (m.method() != "SUBSCRIBE") return;
        r.reply(m, 200, "t", r.contact() + "Expires: 3600\r\n");
        std::string to = m.header("To");
        if (m.to_tag().empty()) to += ";tag=t";
        net_addr a = m.from;
        char host[72];
        sx_buf b;
        sx_buf_init_fixed(&b, host, sizeof host);
        net_addr_write_host(&a, &b);
        r.send(text(sx_buf_view(&b)),
               r.request("NOTIFY", m.contact_uri(), to, m.header("From"), m.header("Call-ID"), ++cseq,
                         r.contact() + "Event: dialog\r\nSubscription-State: active\r\n"));
    };
    for (int i = 0; i < 500; i++) {
        ua_subscribe_config c = {};
        ua_subscription *s;
        c.target = "sip:bob@10.0.0.5";
        c.event = "dialog";
        c.expires = 3600;
        ASSERT_EQ(ua_subscription_create(p.agent, nullptr, &c, 100 + i, &s), 0);
        if (i % 50 == 0) fake_run_for(10);
    }
    ASSERT_NE(p.wait(UA_EV_NOTIFY, 10000, 500), nullptr);
    fake_host_move(US, "10.0.0.2");
    size_t before = r.count("SUBSCRIBE");
    ASSERT_EQ(ua_network_changed(p.agent), 0);
    fake_run_for(1000);
    EXPECT_GT(r.count("SUBSCRIBE") - before, 100u);
    EXPECT_LT(r.count("SUBSCRIBE") - before, 300u) << "200 a second";
    fake_run_for(5000);
    EXPECT_EQ(r.count("SUBSCRIBE") - before, 500u);
}

TEST_F(Flow, ClosingTheAccountUnsubscribesFirst) {
    Phone p(US);
    Raw r(PEER);
    ua_account *acc = p.account("sip:alice@10.0.0.5");
    ua_subscribe_config c = {};
    ua_subscription *s;
    c.target = "bob";
    c.event = "dialog";
    c.expires = 600;
    ASSERT_EQ(ua_subscription_create(p.agent, acc, &c, 1, &s), 0);
    const Sip *sub = r.wait("SUBSCRIBE");
    ASSERT_NE(sub, nullptr);
    EXPECT_EQ(sub->uri(), "sip:bob@10.0.0.5");
    int cseq = 0;
    auto notify = [&](const Sip &m, const std::string &state) {
        std::string to = m.header("To") + (m.to_tag().empty() ? ";tag=t" : "");
        r.send(US, r.request("NOTIFY", m.contact_uri(), to, m.header("From"), m.header("Call-ID"), ++cseq,
                             r.contact() + "Event: dialog\r\nSubscription-State: " + state + "\r\n"));
    };
    r.reply(*sub, 200, "t", r.contact() + "Expires: 600\r\n");
    notify(*sub, "active");
    ASSERT_NE(p.wait(UA_EV_NOTIFY), nullptr);
    ASSERT_EQ(ua_account_close(acc), 0);
    ASSERT_NE(r.wait("SUBSCRIBE", 5000, 2), nullptr);
    Sip last(*r.last("SUBSCRIBE"));
    EXPECT_EQ(last.header("Expires"), "0");
    EXPECT_EQ(p.count(UA_EV_ACCOUNT_CLOSED), 0u);
    r.reply(last, 200, "", r.contact() + "Expires: 0\r\n");
    notify(last, "terminated;reason=timeout");
    ASSERT_NE(p.wait(UA_EV_ACCOUNT_CLOSED), nullptr);
    EXPECT_EQ(p.last(UA_EV_SUBSCRIPTION_STATE)->state, "terminated");
}

TEST_F(Flow, SubscriptionsAnswerChallengesOfAnyRequest) {
    Phone p(US);
    Raw r(PEER);
    ua_account *acc = p.account("sip:alice@10.0.0.5", "secret");
    int cseq = 0;
    std::string nonce = "one";
    bool never = false;
    r.on = [&](const Sip &m) {
        if (m.method() != "SUBSCRIBE") return;
        if (never || m.header("Authorization").find("nonce=\"" + nonce) == std::string::npos) {
            r.reply(m, 401, "c", "WWW-Authenticate: Digest realm=\"x\", nonce=\"" + nonce + "\", qop=\"auth\"\r\n");
            return;
        }
        std::string to = m.header("To") + (m.to_tag().empty() ? ";tag=t" : "");
        r.reply(m, 200, "t", r.contact() + "Expires: 600\r\n");
        r.send(US, r.request("NOTIFY", m.contact_uri(), to, m.header("From"), m.header("Call-ID"), ++cseq,
                             r.contact() + "Event: presence\r\nSubscription-State: active\r\n"));
    };
    ua_subscribe_config c = {};
    ua_subscription *s;
    c.target = "bob";
    c.event = "presence";
    c.expires = 600;
    ASSERT_EQ(ua_subscription_create(p.agent, acc, &c, 1, &s), 0);
    ASSERT_NE(p.wait(UA_EV_NOTIFY), nullptr);
    nonce = "two"; /* the refresh is challenged anew */
    ASSERT_EQ(ua_subscription_refresh(s, 0), 0);
    ASSERT_NE(p.wait(UA_EV_NOTIFY, 5000, 2), nullptr);
    EXPECT_EQ(r.count("SUBSCRIBE"), 4u);
    EXPECT_EQ(r.last("SUBSCRIBE")->to_tag(), "t");
    never = true; /* and refused for good: the end, with the reason */
    ASSERT_EQ(ua_subscription_refresh(s, 0), 0);
    fake_run_for(2000);
    EXPECT_EQ(p.last(UA_EV_SUBSCRIPTION_STATE)->state, "terminated");
    EXPECT_EQ(p.last(UA_EV_SUBSCRIPTION_STATE)->code, SX_E_AUTH);
}

TEST_F(Flow, SubscriptionsComeBackWithTheConnectionOfTheirAccounts) {
    Registrar reg("10.0.0.9");
    Phone alice(US), bob(PEER);
    auto tcp = [](ua_account_config &c) { c.transport = STACK_TCP; };
    ua_account *a = alice.account("sip:alice@10.0.0.9", "secret", nullptr, tcp);
    ua_account *b = bob.account("sip:bob@10.0.0.9", "hunter2", nullptr, tcp);
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_EQ(ua_account_register(b), 0);
    ASSERT_NE(alice.wait(UA_EV_REGISTERED), nullptr);
    ASSERT_NE(bob.wait(UA_EV_REGISTERED), nullptr);
    ua_agent_ask(bob.agent, 1u << UA_ASK_SUBSCRIBE);
    ua_notifier *of = nullptr;
    bob.on = [&](const ua_event &ev) {
        if (ev.type != UA_EV_SUBSCRIBE_REQUESTED) return;
        of = ev.notifier;
        EXPECT_EQ(ua_notifier_accept(of, nullptr), 0);
    };
    ua_subscribe_config c = {};
    ua_subscription *s;
    c.target = "bob";
    c.event = "dialog";
    c.expires = 3600;
    ASSERT_EQ(ua_subscription_create(alice.agent, a, &c, 1, &s), 0);
    ASSERT_NE(alice.wait(UA_EV_NOTIFY), nullptr);
    size_t states = alice.count(UA_EV_SUBSCRIPTION_STATE);
    EXPECT_GE(fake_tcp_reset("10.0.0.9"), 2u);
    fake_run_for(15000);
    EXPECT_GT(alice.count(UA_EV_SUBSCRIPTION_STATE), states) << "refreshed over the new connection";
    EXPECT_EQ(alice.last(UA_EV_SUBSCRIPTION_STATE)->state, "active");
    ua_notify_config next = {};
    next.content_type = "text/plain";
    next.body = SX_LIT("after");
    ASSERT_EQ(ua_notifier_notify(of, &next), 0);
    fake_run_for(2000);
    EXPECT_EQ(alice.last(UA_EV_NOTIFY)->body, "after");
    EXPECT_EQ(bob.count(UA_EV_SUBSCRIBE_REQUESTED), 1u) << "still the same subscription";
}

TEST_F(Flow, ShutdownUnsubscribesAndKeepsItsDeadline) {
    Watch w;
    w.open();
    ua_agent_shutdown(w.p.agent, 2000);
    ASSERT_NE(w.sub(2), nullptr);
    EXPECT_EQ(w.r.last("SUBSCRIBE")->header("Expires"), "0");
    ASSERT_NE(w.p.wait(UA_EV_SHUTDOWN, 2500), nullptr);
    EXPECT_TRUE(w.over());
}

TEST_F(Flow, WrongWishesAreRefusedAtOnce) {
    Phone p(US);
    ua_subscription *s;
    ua_subscribe_config c = {};
    c.target = "sip:bob@10.0.0.5";
    c.expires = 60;
    EXPECT_EQ(ua_subscription_create(p.agent, nullptr, &c, 1, &s), SX_E_INVALID);
    c.event = "presence\r\nX: y";
    EXPECT_EQ(ua_subscription_create(p.agent, nullptr, &c, 1, &s), SX_E_INVALID);
    c.event = "presence";
    c.accept = "a/b\r\nX: y";
    EXPECT_EQ(ua_subscription_create(p.agent, nullptr, &c, 1, &s), SX_E_HEADER);
    c.accept = nullptr;
    c.expires = -2;
    EXPECT_EQ(ua_subscription_create(p.agent, nullptr, &c, 1, &s), SX_E_INVALID);
    c.expires = 60;
    c.target = "";
    EXPECT_EQ(ua_subscription_create(p.agent, nullptr, &c, 1, &s), SX_E_URI);
}

TEST_F(Flow, SubscriptionsLiveWithDoubledAndOvertakingMessages) {
    for (int seed = 1; seed <= 20; seed++) {
        SCOPED_TRACE(seed);
        fake_net_begin(seed);
        fake_link link = {};
        link.latency_ms = 5;
        link.jitter_ms = 30;
        link.dup_percent = 30;
        link.reorder_percent = 30;
        link.reorder_ms = 200;
        link.loss_percent = 10;
        fake_link_set(nullptr, nullptr, &link);
        Phone p(US, true, US), bob(PEER, true, PEER);
        ua_agent_ask(bob.agent, 1u << UA_ASK_SUBSCRIBE);
        ua_notifier *of = nullptr;
        bob.on = [&](const ua_event &ev) {
            if (ev.type != UA_EV_SUBSCRIBE_REQUESTED) return;
            of = ev.notifier;
            EXPECT_EQ(ua_notifier_accept(of, nullptr), 0);
        };
        ua_subscribe_config c = {};
        ua_subscription *s;
        c.target = "sip:bob@10.0.0.5";
        c.event = "presence";
        c.expires = 300;
        ASSERT_EQ(ua_subscription_create(p.agent, nullptr, &c, 1, &s), 0);
        ASSERT_NE(p.wait(UA_EV_NOTIFY, 30000), nullptr);
        std::string body;
        for (int i = 0; i < 30; i++) {
            body = "state " + std::to_string(i);
            ua_notify_config next = {};
            next.content_type = "text/plain";
            next.body = sx_slice_str(body.c_str());
            ASSERT_EQ(ua_notifier_notify(of, &next), 0);
            fake_run_for(i * 20);
        }
        fake_run_for(30000);
        EXPECT_EQ(p.last(UA_EV_NOTIFY)->body, body) << "the newest is what the watcher knows";
        EXPECT_EQ(bob.count(UA_EV_SUBSCRIBE_REQUESTED), 1u);
        fake_run_for(3600000);
        EXPECT_EQ(p.last(UA_EV_SUBSCRIPTION_STATE)->state, "active");
    }
}

/* Every allocation of a life failing once, in turn: both sides come to their end, and nothing leaks. */
TEST_F(Flow, ASubscriptionSurvivesEveryFailingAllocation) {
    for (int n = 1; n < 20000; n++) {
        SCOPED_TRACE("allocation " + std::to_string(n));
        fake_net_begin(1);
        bool hit;
        {
            Phone p(US, true, US), bob(PEER, true, PEER);
            ua_agent_ask(bob.agent, 1u << UA_ASK_SUBSCRIBE);
            ua_notifier *of = nullptr;
            bob.on = [&](const ua_event &ev) {
                if (ev.type == UA_EV_SUBSCRIPTION_STATE && ev.retry_ms < 0) of = nullptr;
                if (ev.type != UA_EV_SUBSCRIBE_REQUESTED) return;
                of = ev.notifier;
                ua_notify_config c = {};
                c.content_type = "text/plain";
                c.body = SX_LIT("one");
                if (ua_notifier_accept(of, &c) != SX_OK) ua_notifier_reject(of, nullptr);
            };
            fake_run_for(10);
            oom_after(n);
            ua_subscribe_config c = {};
            ua_subscription *s = nullptr;
            c.target = "sip:bob@10.0.0.5";
            c.event = "presence";
            c.expires = 100;
            int rc = ua_subscription_create(p.agent, nullptr, &c, 1, &s);
            if (rc != SX_OK) {
                EXPECT_EQ(rc, SX_E_NOMEM);
            } else {
                fake_run_for(200);
                ua_notify_config next = {};
                next.content_type = "text/plain";
                next.body = SX_LIT("two");
                if (of) ua_notifier_notify(of, &next);
                fake_run_for(95000);
                const Event *e = p.last(UA_EV_SUBSCRIPTION_STATE);
                if (!e || e->state != "terminated") ua_subscription_end(s);
            }
            fake_run_for(1000);
            hit = oom_hit();
            oom_after(0);
            fake_run_for(150000);
            if (rc == SX_OK) {
                ASSERT_NE(p.last(UA_EV_SUBSCRIPTION_STATE), nullptr);
                EXPECT_EQ(p.last(UA_EV_SUBSCRIPTION_STATE)->state, "terminated");
            }
            EXPECT_EQ(of, nullptr) << "the other side's has ended too";
        }
        ASSERT_TRUE(fake_net_end());
        if (!hit || HasFailure()) break;
    }
    fake_net_begin(1);
}

TEST_F(Flow, APublicationSurvivesEveryFailingAllocation) {
    for (int n = 1; n < 20000; n++) {
        SCOPED_TRACE("allocation " + std::to_string(n));
        fake_net_begin(1);
        bool hit;
        {
            Phone p(US, true, US);
            Raw r(PEER);
            int tag = 0;
            r.on = [&](const Sip &m) {
                if (m.method() != "PUBLISH") return;
                r.reply(m, 200, "x",
                        "SIP-ETag: e" + std::to_string(++tag) + "\r\nExpires: " + m.header("Expires") + "\r\n");
            };
            ua_account *acc = p.account("sip:alice@10.0.0.5");
            oom_after(n);
            ua_publish_config c = {};
            ua_publication *pub = nullptr;
            c.event = "presence";
            c.content_type = "a/b";
            c.body = SX_LIT("one");
            c.expires = 60;
            int rc = ua_publication_create(p.agent, acc, &c, 1, &pub);
            if (rc == SX_OK) {
                fake_run_for(100);
                ua_publication_update(pub, nullptr, SX_LIT("two"));
                fake_run_for(58000);
                ua_publication_end(pub);
            } else {
                EXPECT_EQ(rc, SX_E_NOMEM);
            }
            fake_run_for(1000);
            hit = oom_hit();
            oom_after(0);
            fake_run_for(100000);
            if (rc == SX_OK) {
                ASSERT_NE(p.last(UA_EV_PUBLISH_STATE), nullptr);
                EXPECT_EQ(p.last(UA_EV_PUBLISH_STATE)->state, "removed");
            }
        }
        ASSERT_TRUE(fake_net_end());
        if (!hit || HasFailure()) break;
    }
    fake_net_begin(1);
}

} // namespace
