/* Subscriptions of ours when messages cross, come late, or come from somewhere else by now. */
#include "flow/watch.h"

namespace {

TEST_F(Flow, ANotifyFromAnotherPlaceMovesTheRefreshThere) {
    Watch w(3600);
    Raw moved("10.0.0.6");
    std::string first = w.sub()->raw;
    w.open(600);
    w.r.send(US, w.r.request("NOTIFY", Sip(first).contact_uri(), Sip(first).header("To") + ";tag=t",
                             Sip(first).header("From"), Sip(first).header("Call-ID"), ++w.cseq,
                             moved.contact() + "Event: presence\r\nSubscription-State: active;expires=600\r\n"));
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY, 5000, 2), nullptr);
    /* one that is refused changes nothing */
    w.r.send(US, w.r.request("NOTIFY", Sip(first).contact_uri(), Sip(first).header("To") + ";tag=t",
                             Sip(first).header("From"), Sip(first).header("Call-ID"), ++w.cseq,
                             "Contact: <sip:nowhere@10.0.0.77>\r\nEvent: presence\r\nSubscription-State: active\r\n"
                             "Content-Encoding: gzip\r\nContent-Type: a/b\r\n",
                             "zip"));
    ASSERT_NE(w.r.wait("415 NOTIFY"), nullptr);
    ASSERT_EQ(ua_subscription_refresh(w.s, 0), 0);
    const Sip *s = moved.wait("SUBSCRIBE");
    ASSERT_NE(s, nullptr);
    EXPECT_EQ(s->uri().find("sip:raw@10.0.0.6"), 0u) << s->uri();
}

TEST_F(Flow, ATerminationThatCrossesARefreshMakesOneNewSubscription) {
    for (int status : {0, 200, 481, 503}) {
        SCOPED_TRACE(status);
        fake_net_begin(1);
        Watch w(3600);
        std::string first = w.sub()->raw;
        w.open(600);
        ASSERT_EQ(ua_subscription_refresh(w.s, 0), 0);
        ASSERT_NE(w.sub(2), nullptr);
        std::string refresh = w.r.last("SUBSCRIBE")->raw;
        w.r.send(US, w.notify_of(Sip(first), "terminated;reason=deactivated"));
        ASSERT_NE(w.sub(3), nullptr);
        if (status) w.r.reply(Sip(refresh), status, "", w.r.contact() + "Expires: 600\r\n");
        const Sip *s = w.r.last("SUBSCRIBE");
        EXPECT_EQ(s->to_tag(), "");
        EXPECT_NE(s->header("Call-ID"), Sip(first).header("Call-ID"));
        std::string anew = s->header("Call-ID");
        w.accept(600, "u");
        w.notify("active;expires=600", "<b/>", "u");
        ASSERT_NE(w.state("active"), nullptr);
        fake_run_for(60000);
        for (size_t i = 0; i < w.r.got.size(); i++) {
            if (w.r.got[i]->method() == "SUBSCRIBE") {
                EXPECT_TRUE(w.r.got[i]->header("Call-ID") == anew ||
                            w.r.got[i]->header("Call-ID") == Sip(first).header("Call-ID"));
            }
        }
        EXPECT_FALSE(w.over());
    }
}

TEST_F(Flow, WhatComesForADialogThatHasEndedGets481) {
    Watch w(3600);
    std::string first = w.sub()->raw;
    w.accept(600, "one");
    w.notify("active;expires=600", "<a/>", "one");
    w.notify("active;expires=600", "<b/>", "two");
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY, 5000, 2), nullptr);
    w.r.send(US, w.notify_of(Sip(first), "terminated;reason=noresource", "", "two"));
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY, 5000, 3), nullptr);
    w.r.send(US, w.notify_of(Sip(first), "active", "<late/>", "two"));
    EXPECT_NE(w.r.wait("481 NOTIFY"), nullptr);
    EXPECT_EQ(w.p.count(UA_EV_NOTIFY), 3u);
    EXPECT_FALSE(w.over());
}

TEST_F(Flow, AnOldNotifyThatWasOvertakenIsNotTheNewest) {
    Watch w(3600);
    std::string first = w.sub()->raw;
    w.open(600);
    w.cseq += 5;
    w.r.send(US, w.notify_of(Sip(first), "active", "<new/>"));
    ASSERT_NE(w.p.wait(UA_EV_NOTIFY, 5000, 2), nullptr);
    w.cseq -= 3;
    w.r.send(US, w.notify_of(Sip(first), "active", "<old/>"));
    EXPECT_NE(w.r.wait("500 NOTIFY"), nullptr);
    EXPECT_EQ(w.p.last(UA_EV_NOTIFY)->body, "<new/>");
}

TEST_F(Flow, NoNumberOfAPeerOverflowsOurTime) {
    for (const char *n : {"0", "1000000", "4294967", "4294967295", "4294967296", "99999999999999999999", "-1", "x"}) {
        SCOPED_TRACE(n);
        fake_net_begin(1);
        Watch w(3600);
        w.open(3600);
        ASSERT_EQ(ua_subscription_refresh(w.s, 0), 0);
        ASSERT_NE(w.sub(2), nullptr);
        w.r.reply(Sip(*w.r.last("SUBSCRIBE")), 503, "", std::string("Retry-After: ") + n + "\r\n");
        fake_run_for(100);
        const Event *e = w.p.last(UA_EV_SUBSCRIPTION_STATE);
        EXPECT_GE(e->retry_ms, 0);
        EXPECT_LE(e->retry_ms, 1000001000);
        w.notify(std::string("terminated;reason=giveup;retry-after=") + n);
        ASSERT_NE(w.state("pending"), nullptr);
        e = w.p.last(UA_EV_SUBSCRIPTION_STATE);
        EXPECT_GT(e->retry_ms, 0);
        EXPECT_LE(e->retry_ms, 1000001000);
        size_t before = w.r.count("SUBSCRIBE");
        fake_run_for(500);
        EXPECT_EQ(w.r.count("SUBSCRIBE"), before) << "not at once";
    }
}

TEST_F(Flow, AServerThatDemandsALittleMoreEachTimeIsNotFollowedForEver) {
    Watch w(60);
    size_t asked = 0;
    for (int least = 61; least < 200 && !w.over(); least++) {
        if (w.r.count("SUBSCRIBE") > asked) {
            asked = w.r.count("SUBSCRIBE");
            w.r.reply(Sip(*w.r.last("SUBSCRIBE")), 423, "x", "Min-Expires: " + std::to_string(least) + "\r\n");
        }
        fake_run_for(20);
    }
    EXPECT_TRUE(w.over());
    EXPECT_LE(w.r.count("SUBSCRIBE"), 12u);
}

} // namespace
