/* Subscriptions of ours: what a program that watches somebody would miss. */
#include "flow/watch.h"

namespace {

TEST_F(Flow, SubscribeSaysWhatIsWantedAndTellsWhatComes) {
    Watch w(3600, "presence;id=7");
    const Sip *s = w.sub();
    EXPECT_EQ(s->header("Event"), "presence;id=7");
    EXPECT_EQ(s->header("Expires"), "3600");
    EXPECT_EQ(s->header("Accept"), "application/pidf+xml");
    EXPECT_NE(s->header("Allow").find("NOTIFY"), std::string::npos);
    EXPECT_FALSE(s->contact_uri().empty());
    w.accept(1800, "t", 202);
    const Event *e = w.state("pending");
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 202);
    EXPECT_EQ(e->expires, 1800);
    EXPECT_EQ(e->event, "presence");
    w.r.send(US, w.notify_of(*s, "pending;expires=1799", "", "t", "presence;id=7"));
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY), nullptr);
    EXPECT_NE(w.r.wait("200 NOTIFY"), nullptr);
    w.r.send(US, w.notify_of(*s, "active;expires=1700", "<presence/>", "t", "presence;id=7"));
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY, 5000, 2), nullptr);
    e = w.p.last(UA_EV_NOTIFY);
    EXPECT_EQ(e->subscription, w.s);
    EXPECT_EQ(e->state, "active");
    EXPECT_EQ(e->expires, 1700);
    EXPECT_EQ(e->body, "<presence/>");
    EXPECT_EQ(e->content_type, "application/pidf+xml");
    EXPECT_EQ(e->fork, 0);
    ASSERT_NE(w.state("active"), nullptr);
    /* another id is another subscription, which nobody has here */
    w.r.send(US, w.notify_of(*s, "active", "<no/>", "t", "presence;id=8"));
    ASSERT_NE(w.r.wait("481 NOTIFY"), nullptr);
    EXPECT_EQ(w.p.count(UA_EV_NOTIFY), 2u);
}

TEST_F(Flow, ANotifyBeforeTheAnswerMakesTheDialog) {
    Watch w;
    w.notify("active;expires=3600", "<early/>");
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY), nullptr);
    EXPECT_NE(w.r.wait("200 NOTIFY"), nullptr);
    EXPECT_EQ(w.p.last(UA_EV_NOTIFY)->body, "<early/>");
    w.accept(600);
    ASSERT_NE(w.state("active"), nullptr);
    EXPECT_EQ(ua_subscription_refresh(w.s, 0), 0);
    const Sip *again = w.sub(2);
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(again->to_tag(), "t") << "inside the dialog of that NOTIFY";
    EXPECT_EQ(again->cseq(), w.r.got[0]->cseq() + 1);
}

TEST_F(Flow, TheAnswerMayBeLostForEverIfANotifyCame) {
    Watch w;
    w.notify("active;expires=3600", "<a/>");
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY), nullptr);
    fake_run_for(40000); /* timer F */
    EXPECT_FALSE(w.over());
    ASSERT_NE(w.state("active"), nullptr);
    w.notify("active", "<b/>");
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY, 5000, 2), nullptr);
}

TEST_F(Flow, EachForkIsADialogOfItsOwnAndIsRefreshedByItself) {
    Watch w(600);
    std::string first = w.sub()->raw;
    w.accept(600, "one");
    w.notify("active;expires=600", "<one/>", "one");
    w.notify("active;expires=600", "<two/>", "two");
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY, 5000, 2), nullptr);
    EXPECT_EQ(w.p.last(UA_EV_NOTIFY)->fork, 1);
    ASSERT_NE(w.r.wait("200 NOTIFY", 5000, 2), nullptr);
    ASSERT_NE(w.sub(3, 599000), nullptr);
    std::string tags = w.r.got[w.r.got.size() - 1]->to_tag();
    size_t n = 0;
    for (auto &m : w.r.got)
        if (m->method() == "SUBSCRIBE" && (m->to_tag() == "one" || m->to_tag() == "two")) n++;
    EXPECT_EQ(n, 2u);
    /* one of them ends: the other goes on, and so does the subscription */
    Sip s(first);
    w.r.send(US, w.notify_of(s, "terminated;reason=noresource", "", "two"));
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY, 5000, 3), nullptr);
    EXPECT_EQ(w.p.last(UA_EV_NOTIFY)->state, "terminated");
    EXPECT_FALSE(w.over());
    w.r.send(US, w.notify_of(s, "terminated;reason=noresource", "", "one"));
    ASSERT_NE(w.state("terminated"), nullptr);
}

TEST_F(Flow, ForksAreBounded) {
    Watch w(600);
    for (int i = 0; i < 30; i++) w.notify("active", "", "tag" + std::to_string(i));
    fake_run_for(200);
    EXPECT_EQ(w.r.count("200 NOTIFY"), 16u);
    EXPECT_EQ(w.r.count("481 NOTIFY"), 14u);
    /* and when timer N has run out nobody is let in any more */
    w.accept(600, "tag0");
    fake_run_for(40000);
    w.notify("active", "", "late");
    fake_run_for(200);
    EXPECT_EQ(w.r.count("481 NOTIFY"), 15u);
}

TEST_F(Flow, ARefreshComesBeforeTheGrantedTimeIsOver) {
    Watch w(3600);
    w.open(120);
    uint64_t since = fake_now();
    const Sip *s = w.sub(2, 200000);
    ASSERT_NE(s, nullptr);
    EXPECT_GT(fake_now() - since, 80000u);
    EXPECT_LT(fake_now() - since, 105000u);
    EXPECT_EQ(s->header("Expires"), "3600") << "what is wanted, not what was given";
    w.accept(240);
    w.notify("active;expires=240", "<b/>");
    const Event *e = w.p.wait(UA_EV_SUBSCRIPTION_STATE, 5000, w.p.count(UA_EV_SUBSCRIPTION_STATE) + 1);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->state, "active");
    EXPECT_NE(e->flags & UA_FLAG_REFRESH, 0u);
    EXPECT_EQ(e->expires, 240);
    since = fake_now();
    ASSERT_NE(w.sub(3, 300000), nullptr);
    EXPECT_GT(fake_now() - since, 160000u);
}

TEST_F(Flow, ANotifyMayShortenTheTime) {
    Watch w(3600);
    w.open(3600);
    w.notify("active;expires=60", "<b/>");
    uint64_t since = fake_now();
    ASSERT_NE(w.sub(2, 100000), nullptr);
    EXPECT_LT(fake_now() - since, 60000u);
}

TEST_F(Flow, ARefreshThatIsWantedBeforeTheAnswerComesAfterIt) {
    Watch w(3600);
    ASSERT_EQ(ua_subscription_refresh(w.s, 900), 0);
    fake_run_for(100);
    EXPECT_EQ(w.r.count("SUBSCRIBE"), 1u);
    w.accept(3600);
    const Sip *s = w.sub(2);
    ASSERT_NE(s, nullptr);
    EXPECT_EQ(s->header("Expires"), "900");
    EXPECT_EQ(s->to_tag(), "t");
}

TEST_F(Flow, AServerThatGrantsNothingIsNotFlooded) {
    Watch w(3600);
    w.r.on = [&](const Sip &m) {
        if (m.method() != "SUBSCRIBE") return;
        w.r.reply(m, 200, "t", w.r.contact() + "Expires: 0\r\n");
        w.r.send(US, w.notify_of(m, "active;expires=0"));
    };
    w.accept(0);
    w.notify("active;expires=0");
    fake_run_for(300000);
    EXPECT_LE(w.r.count("SUBSCRIBE"), 12u);
    EXPECT_GE(w.r.count("SUBSCRIBE"), 5u);
    EXPECT_FALSE(w.over());
}

TEST_F(Flow, A423IsAskedAgainWithWhatIsDemanded) {
    Watch w(60);
    w.r.reply(*w.sub(), 423, "x", "Min-Expires: 300\r\n");
    const Sip *s = w.sub(2);
    ASSERT_NE(s, nullptr);
    EXPECT_EQ(s->header("Expires"), "300");
    w.open(300);
    ASSERT_NE(w.state("active"), nullptr);
    /* demanding the same again is no reason to go on for ever */
    EXPECT_EQ(ua_subscription_refresh(w.s, 0), 0);
    ASSERT_NE(w.sub(3), nullptr);
    EXPECT_EQ(w.r.last("SUBSCRIBE")->header("Expires"), "300");
    w.r.reply(Sip(*w.r.last("SUBSCRIBE")), 423, "", "Min-Expires: 300\r\n");
    ASSERT_NE(w.state("terminated"), nullptr);
    EXPECT_EQ(w.p.last(UA_EV_SUBSCRIPTION_STATE)->status, 423);
}

TEST_F(Flow, A481InsideTheDialogSubscribesAnew) {
    Watch w;
    w.open();
    std::string call_id = w.r.last("SUBSCRIBE")->header("Call-ID");
    EXPECT_EQ(ua_subscription_refresh(w.s, 0), 0);
    ASSERT_NE(w.sub(2), nullptr);
    w.r.reply(Sip(*w.r.last("SUBSCRIBE")), 481);
    const Sip *s = w.sub(3);
    ASSERT_NE(s, nullptr);
    EXPECT_EQ(s->to_tag(), "");
    EXPECT_NE(s->header("Call-ID"), call_id);
    const Event *e = w.p.last(UA_EV_SUBSCRIPTION_STATE);
    EXPECT_EQ(e->state, "pending");
    EXPECT_EQ(e->status, 481);
    w.open();
    ASSERT_NE(w.state("active"), nullptr);
}

TEST_F(Flow, ARefusalIsTheEndWithItsStatus) {
    for (int status : {403, 404, 489, 405, 603}) {
        SCOPED_TRACE(status);
        fake_net_begin(1);
        Watch w;
        w.r.reply(*w.sub(), status, "x");
        ASSERT_NE(w.state("terminated"), nullptr);
        EXPECT_EQ(w.p.last(UA_EV_SUBSCRIPTION_STATE)->status, status);
        EXPECT_EQ(w.p.last(UA_EV_SUBSCRIPTION_STATE)->retry_ms, -1);
        fake_run_for(100000);
        EXPECT_EQ(w.r.count("SUBSCRIBE"), 1u);
    }
}

TEST_F(Flow, RetryAfterIsWaitedFor) {
    Watch w;
    w.r.reply(*w.sub(), 480, "x", "Retry-After: 20\r\n");
    const Event *e = w.state("pending");
    ASSERT_NE(e, nullptr);
    EXPECT_GE(e->retry_ms, 20000);
    uint64_t since = fake_now();
    ASSERT_NE(w.sub(2, 30000), nullptr);
    EXPECT_GE(fake_now() - since, 19900u);
}

TEST_F(Flow, EachReasonOfATerminationMeansWhatTheRfcSays) {
    struct {
        const char *state;
        uint64_t least_ms, most_ms; /* until the next SUBSCRIBE; 0, 0: none */
    } all[] = {
        {"terminated;reason=deactivated", 0, 50},
        {"terminated;reason=timeout", 0, 50},
        {"terminated;reason=probation;retry-after=30", 29900, 31000},
        {"terminated;reason=probation", 500, 2000},
        {"terminated;reason=giveup;retry-after=5", 4900, 6000},
        {"terminated;reason=giveup", 500, 2000},
        {"terminated;reason=deactivated;retry-after=9", 8900, 10000},
        {"terminated", 500, 2000},
        {"terminated;reason=whatever", 500, 2000},
        {"terminated;reason=rejected", 0, 0},
        {"terminated;reason=noresource;retry-after=3", 0, 0},
        {"terminated;reason=invariant", 0, 0},
    };
    for (auto &one : all) {
        SCOPED_TRACE(one.state);
        fake_net_begin(1);
        Watch w;
        w.open();
        w.notify(one.state);
        ASSERT_NE(w.p.wait(UA_EV_NOTIFY, 5000, 2), nullptr);
        EXPECT_NE(w.p.last(UA_EV_NOTIFY)->flags & UA_FLAG_FINAL, 0u);
        uint64_t since = fake_now();
        bool came = w.sub(2, 60000) != nullptr;
        EXPECT_EQ(came, one.most_ms != 0);
        EXPECT_EQ(w.over(), !came);
        if (!came) {
            EXPECT_FALSE(w.p.last(UA_EV_SUBSCRIPTION_STATE)->reason.empty());
            continue;
        }
        EXPECT_GE(fake_now() - since, one.least_ms);
        EXPECT_LE(fake_now() - since, one.most_ms);
        EXPECT_EQ(w.r.last("SUBSCRIBE")->to_tag(), "");
    }
}

TEST_F(Flow, ANotifierThatEndsEverySubscriptionAtOnceIsNotFlooded) {
    Watch w;
    w.open();
    w.r.on = [&](const Sip &m) {
        if (m.method() != "SUBSCRIBE") return;
        w.r.reply(m, 200, "t", w.r.contact() + "Expires: 3600\r\n");
        w.r.send(US, w.notify_of(m, "terminated;reason=deactivated"));
    };
    w.notify("terminated;reason=deactivated");
    fake_run_for(60000);
    EXPECT_LE(w.r.count("SUBSCRIBE"), 10u);
    EXPECT_GE(w.r.count("SUBSCRIBE"), 4u);
    fake_run_for(3600000);
    EXPECT_LE(w.r.count("SUBSCRIBE"), 40u);
}

TEST_F(Flow, AskingOnceIsOverWithTheAnswer) {
    for (bool early : {false, true}) {
        SCOPED_TRACE(early ? "NOTIFY first" : "200 first");
        fake_net_begin(1);
        Watch w(0);
        EXPECT_EQ(w.sub()->header("Expires"), "0");
        std::string note = w.notify_of(*w.sub(), "terminated;reason=timeout", "<now/>");
        if (early) w.r.send(US, note);
        w.accept(0);
        if (!early) w.r.send(US, note);
        ASSERT_NE(w.state("terminated"), nullptr);
        EXPECT_EQ(w.p.last(UA_EV_NOTIFY)->body, "<now/>");
        EXPECT_EQ(w.p.last(UA_EV_SUBSCRIPTION_STATE)->code, 0);
        fake_run_for(100000);
        EXPECT_EQ(w.r.count("SUBSCRIBE"), 1u);
    }
}

TEST_F(Flow, AskingOnceIsOverToWhateverStateTheServerSays) {
    for (bool early : {false, true}) {
        SCOPED_TRACE(early ? "NOTIFY first" : "200 first");
        fake_net_begin(1);
        Watch w(0);
        std::string note = w.notify_of(*w.sub(), "active;expires=0", "<now/>"); /* ought to be "terminated" */
        if (early) w.r.send(US, note);
        w.accept(0);
        if (!early) w.r.send(US, note);
        ASSERT_NE(w.state("terminated", 40000), nullptr);
        EXPECT_EQ(w.p.last(UA_EV_NOTIFY)->body, "<now/>");
        EXPECT_EQ(w.p.last(UA_EV_SUBSCRIPTION_STATE)->code, 0);
        fake_run_for(100000);
        EXPECT_EQ(w.r.count("SUBSCRIBE"), 1u);
    }
}

TEST_F(Flow, UnsubscribingWaitsForTheLastNotify) {
    Watch w;
    w.open();
    ASSERT_EQ(ua_subscription_end(w.s), 0);
    const Sip *s = w.sub(2);
    ASSERT_NE(s, nullptr);
    EXPECT_EQ(s->header("Expires"), "0");
    EXPECT_EQ(s->to_tag(), "t");
    w.accept(0);
    fake_run_for(1000);
    EXPECT_FALSE(w.over());
    w.notify("terminated;reason=timeout", "<last/>");
    ASSERT_NE(w.state("terminated"), nullptr);
    EXPECT_EQ(w.p.last(UA_EV_NOTIFY)->body, "<last/>");
    EXPECT_EQ(w.p.events.back().type, UA_EV_SUBSCRIPTION_STATE) << "the terminal event is the last";
    EXPECT_EQ(w.p.last(UA_EV_SUBSCRIPTION_STATE)->code, 0);
}

TEST_F(Flow, UnsubscribingEndsWithoutALastNotifyToo) {
    for (int status : {200, 481, 0}) {
        SCOPED_TRACE(status);
        fake_net_begin(1);
        Watch w;
        w.open();
        ASSERT_EQ(ua_subscription_end(w.s), 0);
        ASSERT_NE(w.sub(2), nullptr);
        if (status) w.r.reply(Sip(*w.r.last("SUBSCRIBE")), status, "", w.r.contact() + "Expires: 0\r\n");
        ASSERT_NE(w.state("terminated", 40000), nullptr);
        fake_run_for(1000);
        EXPECT_EQ(w.p.count(UA_EV_SUBSCRIPTION_STATE), 3u);
    }
}

TEST_F(Flow, EndingBeforeTheAnswerUnsubscribesAfterIt) {
    Watch w;
    ASSERT_EQ(ua_subscription_end(w.s), 0);
    w.accept();
    const Sip *s = w.sub(2);
    ASSERT_NE(s, nullptr);
    EXPECT_EQ(s->header("Expires"), "0");
    w.accept(0);
    w.notify("terminated;reason=timeout");
    ASSERT_NE(w.state("terminated"), nullptr);
}

TEST_F(Flow, EndingBeforeAnAnswerThatIsLostUnsubscribesWhatANotifyMade) {
    Watch w;
    std::string first = w.sub()->raw;
    w.notify("active;expires=3600", "<a/>");
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY), nullptr);
    ASSERT_EQ(ua_subscription_end(w.s), 0);
    const Sip *s = nullptr;
    for (int ms = 0; ms < 80000 && !s; ms += 1000) {
        fake_run_for(1000);
        for (auto &m : w.r.got)
            if (m->method() == "SUBSCRIBE" && m->to_tag() == "t") s = m.get();
    }
    ASSERT_NE(s, nullptr) << "it would be refreshed for ever";
    EXPECT_EQ(s->header("Expires"), "0");
    w.r.reply(Sip(*s), 200, "", w.r.contact() + "Expires: 0\r\n");
    w.r.send(US, w.notify_of(Sip(first), "terminated;reason=timeout"));
    ASSERT_NE(w.state("terminated"), nullptr);
}

TEST_F(Flow, AForkThatShowsItselfAfterTheEndIsNotKept) {
    Watch w;
    std::string first = w.sub()->raw;
    w.open();
    ASSERT_EQ(ua_subscription_end(w.s), 0);
    ASSERT_NE(w.sub(2), nullptr);
    w.accept(0);
    w.r.send(US, w.notify_of(Sip(first), "active;expires=3600", "<other/>", "late"));
    ASSERT_NE(w.r.wait("481 NOTIFY"), nullptr) << "the notifier forgets it by that";
    w.r.send(US, w.notify_of(Sip(first), "terminated;reason=timeout", "", "t"));
    ASSERT_NE(w.state("terminated", 40000), nullptr);
    EXPECT_EQ(w.p.count(UA_EV_NOTIFY), 2u);
}

TEST_F(Flow, ARefreshThatIsWantedBeforeAnAnswerThatIsLostIsSentAllTheSame) {
    Watch w(3600);
    w.notify("active;expires=3600", "<a/>");
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY), nullptr);
    ASSERT_EQ(ua_subscription_refresh(w.s, 900), 0);
    bool sent = false;
    for (int ms = 0; ms < 80000 && !sent; ms += 1000) {
        fake_run_for(1000);
        for (auto &m : w.r.got) sent = sent || (m->method() == "SUBSCRIBE" && m->to_tag() == "t");
    }
    EXPECT_TRUE(sent);
    EXPECT_EQ(w.r.last("SUBSCRIBE")->header("Expires"), "900");
}

TEST_F(Flow, EndingWhileItWaitsForTheNextAttemptIsTheEnd) {
    Watch w;
    w.open();
    w.notify("terminated;reason=probation;retry-after=100");
    ASSERT_NE(w.state("pending"), nullptr);
    ASSERT_EQ(ua_subscription_end(w.s), 0);
    ASSERT_NE(w.state("terminated"), nullptr);
    fake_run_for(200000);
    EXPECT_EQ(w.r.count("SUBSCRIBE"), 1u);
}

TEST_F(Flow, WithoutANotifyTheSubscriptionHasFailed) { /* timer N */
    Watch w;
    w.accept();
    ASSERT_NE(w.state("pending"), nullptr);
    ASSERT_NE(w.state("terminated", 40000), nullptr);
    EXPECT_EQ(w.p.last(UA_EV_SUBSCRIPTION_STATE)->code, SX_E_TIMEOUT);
}

TEST_F(Flow, AServerThatStopsAnsweringIsAskedAnewAndTheProgramIsTold) {
    Watch w(60);
    w.open(60);
    ASSERT_NE(w.sub(2, 60000), nullptr); /* the refresh: no answer at all */
    const Event *e = w.state("pending", 40000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->code, SX_E_TIMEOUT);
    EXPECT_GE(e->retry_ms, 0);
    size_t before = w.r.count("SUBSCRIBE");
    ASSERT_NE(w.sub(before + 1, 10000), nullptr);
    EXPECT_EQ(w.r.last("SUBSCRIBE")->to_tag(), "");
    w.open(60);
    ASSERT_NE(w.state("active"), nullptr);
}

TEST_F(Flow, A503AtARefreshLeavesTheSubscriptionAsItIs) {
    Watch w(600);
    w.open(600);
    EXPECT_EQ(ua_subscription_refresh(w.s, 0), 0);
    ASSERT_NE(w.sub(2), nullptr);
    w.r.reply(Sip(*w.r.last("SUBSCRIBE")), 503, "", "Retry-After: 7\r\n");
    uint64_t since = fake_now();
    ASSERT_NE(w.sub(3, 30000), nullptr);
    EXPECT_GE(fake_now() - since, 6900u);
    EXPECT_EQ(w.r.last("SUBSCRIBE")->to_tag(), "t") << "still the same dialog";
    w.accept(600);
    w.notify("active;expires=600", "<b/>");
    ASSERT_NE(w.state("active"), nullptr);
}

TEST_F(Flow, OddNotifiesAreRefusedWithoutHarm) {
    Watch w;
    w.open();
    const Sip &s = *w.r.last("SUBSCRIBE");
    auto odd = [&](const std::string &lines, const std::string &body = "") {
        w.r.send(US, w.r.request("NOTIFY", s.contact_uri(), s.header("To") + ";tag=t", s.header("From"),
                                 s.header("Call-ID"), ++w.cseq, w.r.contact() + lines, body));
    };
    odd("Subscription-State: active\r\n");
    EXPECT_NE(w.r.wait("489 NOTIFY"), nullptr) << "no Event";
    odd("Event: presence\r\n");
    EXPECT_NE(w.r.wait("400 NOTIFY"), nullptr) << "no state";
    odd("Event: presence\r\nSubscription-State: ;;;\r\n");
    EXPECT_NE(w.r.wait("400 NOTIFY", 5000, 2), nullptr);
    odd("Event: presence\r\nSubscription-State: active\r\nContent-Type: a/b\r\nContent-Encoding: gzip\r\n", "zip");
    EXPECT_NE(w.r.wait("415 NOTIFY"), nullptr);
    odd("Event: presence\r\nSubscription-State: active\r\nRequire: eventlist\r\n");
    EXPECT_NE(w.r.wait("420 NOTIFY"), nullptr);
    EXPECT_EQ(w.p.count(UA_EV_NOTIFY), 1u);
    odd("Event: presence\r\nSubscription-State: active;expires=99999999999999999999\r\n");
    EXPECT_NE(w.r.wait("200 NOTIFY", 5000, 2), nullptr);
    odd("Event: presence\r\nSubscription-State: strange;expires=x\r\n");
    EXPECT_NE(w.r.wait("200 NOTIFY", 5000, 3), nullptr);
    EXPECT_EQ(w.p.last(UA_EV_NOTIFY)->state, "strange");
    EXPECT_FALSE(w.over());
    /* not ours at all */
    w.r.send(US, w.r.request("NOTIFY", "sip:x@10.0.0.1", "<sip:b@x>;tag=1", "<sip:a@x>;tag=nobody", "zzz", 1,
                             w.r.contact() + "Event: presence\r\nSubscription-State: active\r\n"));
    EXPECT_NE(w.r.wait("481 NOTIFY"), nullptr);
}

TEST_F(Flow, ANotifyThatNobodyAskedForIsToldOrRefused) {
    Phone p(US, true);
    Raw r(PEER);
    auto mwi = [&](int n) {
        r.send(US, r.request("NOTIFY", "sip:me@10.0.0.1", "<sip:pbx@10.0.0.5>;tag=1", "<sip:me@10.0.0.1>",
                             "mwi" + std::to_string(n), 1,
                             r.contact() + "Event: message-summary\r\nSubscription-State: active\r\nContent-Type: "
                                           "application/simple-message-summary\r\n",
                             "Messages-Waiting: yes\r\n"));
    };
    mwi(1);
    ASSERT_NE(p.wait(UA_EV_NOTIFY), nullptr);
    EXPECT_EQ(p.last(UA_EV_NOTIFY)->subscription, nullptr);
    EXPECT_EQ(p.last(UA_EV_NOTIFY)->event, "message-summary");
    EXPECT_EQ(p.last(UA_EV_NOTIFY)->body, "Messages-Waiting: yes\r\n");
    ASSERT_NE(r.wait("200 NOTIFY"), nullptr);
    ASSERT_EQ(ua_option_set(p.agent, nullptr, nullptr, "unsolicited_notify", "off"), 0);
    mwi(2);
    ASSERT_NE(r.wait("481 NOTIFY"), nullptr);
    EXPECT_EQ(p.count(UA_EV_NOTIFY), 1u);
}

} // namespace
