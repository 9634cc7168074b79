/* We transfer, in calls and outside of them: RFC 3515, 3892, 4488, 5589. */
#include "flow/transfer.h"

namespace {

TEST_F(Flow, ATransferIsDoneOnTheFinalNotifyOnlyAndHangsUpThen) {
    for (bool out : {true, false}) {
        SCOPED_TRACE(out ? "our call" : "their call");
        fake_net_begin(1);
        Talk t(out);
        ua_transfer *x = t.transfer();
        ASSERT_NE(x, nullptr);
        EXPECT_EQ(ua_transfer_id(x), 31u);
        ASSERT_NE(t.refer(), nullptr);
        const Sip refer = *t.refer();
        EXPECT_EQ(refer.header("Refer-To"), "<sip:carol@10.0.0.6>");
        EXPECT_NE(refer.header("Referred-By"), "");
        EXPECT_NE(refer.header("Contact"), "");
        EXPECT_NE(refer.header("Supported").find("norefersub"), std::string::npos);
        EXPECT_EQ(refer.header("Refer-Sub"), "");
        t.r.reply(refer, 202, "", t.r.contact());
        fake_run_for(5000);
        EXPECT_EQ(t.p.count(UA_EV_TRANSFER_DONE), 0u) << "a 202 says nothing about the result";
        ASSERT_NE(t.notify("active;expires=60", "SIP/2.0 100 Trying"), nullptr);
        ASSERT_NE(t.notify("active;expires=60", "SIP/2.0 180 Ringing"), nullptr);
        ASSERT_EQ(t.p.count(UA_EV_TRANSFER_PROGRESS), 1u);
        EXPECT_EQ(t.p.last(UA_EV_TRANSFER_PROGRESS)->status, 180);
        EXPECT_EQ(t.p.last(UA_EV_TRANSFER_PROGRESS)->reason, "Ringing");
        t.stands();
        ASSERT_NE(t.notify("terminated;reason=noresource", "SIP/2.0 200 OK"), nullptr);
        const Event *e = t.p.wait(UA_EV_TRANSFER_DONE);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->status, 200);
        EXPECT_EQ(e->code, 0);
        EXPECT_EQ(e->call, t.c);
        t.bye();
        EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_TRANSFERRED);
        EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->originator, UA_LOCAL);
        EXPECT_EQ(t.p.count(UA_EV_TRANSFER_DONE), 1u);
    }
}

TEST_F(Flow, AFailedTransferLeavesTheCallAsItWas) {
    struct {
        const char *what;
        std::function<void(Talk &, const Sip &)> play;
        int status, code;
        ua_cause cause;
    } rows[] = {
        {"refused", [](Talk &t, const Sip &refer) { t.r.reply(refer, 603); }, 603, 0, UA_CAUSE_REJECTED},
        {"a server in the way does not know REFER", [](Talk &t, const Sip &refer) { t.r.reply(refer, 405); }, 405, 0,
         UA_CAUSE_SIP_FAILURE_CODE},
        {"the target is busy",
         [](Talk &t, const Sip &refer) {
             t.r.reply(refer, 202, "", t.r.contact());
             t.notify("terminated;reason=noresource", "SIP/2.0 486 Busy Here");
         },
         486, 0, UA_CAUSE_BUSY},
        {"the peer says no more",
         [](Talk &t, const Sip &refer) {
             t.r.reply(refer, 202, "", t.r.contact());
             t.notify("terminated;reason=noresource", "SIP/2.0 100 Trying");
         },
         0, SX_E_PROTOCOL, UA_CAUSE_CONNECTION_ERROR},
        {"its subscription runs out",
         [](Talk &t, const Sip &refer) {
             t.r.reply(refer, 202, "", t.r.contact());
             t.notify("terminated;reason=timeout", "");
         },
         0, SX_E_TIMEOUT, UA_CAUSE_REQUEST_TIMEOUT},
        {"it says nothing at all",
         [](Talk &t, const Sip &refer) {
             t.r.reply(refer, 202, "", t.r.contact());
             fake_run_for(89000);
             EXPECT_EQ(t.p.count(UA_EV_TRANSFER_DONE), 0u);
         },
         0, SX_E_TIMEOUT, UA_CAUSE_REQUEST_TIMEOUT},
    };
    for (auto &row : rows) {
        SCOPED_TRACE(row.what);
        fake_net_begin(1);
        Talk t;
        t.transfer();
        ASSERT_NE(t.refer(), nullptr);
        row.play(t, Sip(*t.refer()));
        const Event *e = t.p.wait(UA_EV_TRANSFER_DONE, 40000);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->status, row.status);
        EXPECT_EQ(e->code, row.code);
        EXPECT_EQ(e->cause, row.cause);
        EXPECT_NE(e->words, "");
        fake_run_for(1000);
        t.stands();
        EXPECT_NE(t.ask("INFO", 200), nullptr) << "the call goes on";
    }
}

/* RFC 3261 12.2.1.2, RFC 5057 5.1. */
TEST_F(Flow, AReferThatFindsNoDialogEndsTheTransferFirstAndThenTheCall) {
    for (bool out : {true, false}) {
        for (int status : {481, 408, 0}) {
            SCOPED_TRACE(std::to_string(status) + (out ? " to our call" : " to their call"));
            fake_net_begin(1);
            Talk t(out);
            t.transfer();
            ASSERT_NE(t.refer(), nullptr);
            if (status) t.r.reply(Sip(*t.refer()), status);
            ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED, 40000), nullptr);
            EXPECT_NE(t.r.wait("BYE"), nullptr) << "a peer that is there after all hears of it";
            ASSERT_EQ(t.p.count(UA_EV_TRANSFER_DONE), 1u);
            const Event *done = t.p.last(UA_EV_TRANSFER_DONE), *ended = t.p.last(UA_EV_CALL_ENDED);
            EXPECT_LT(done, ended);
            EXPECT_EQ(done->call, t.c);
            EXPECT_EQ(done->status, status ? status : 408);
            if (status != 408) EXPECT_EQ(done->cause, ended->cause);
            EXPECT_EQ(ended->status, done->status);
            EXPECT_EQ(ended->originator, status ? UA_REMOTE : UA_SYSTEM);
            EXPECT_EQ(ended->cause, status == 481 ? UA_CAUSE_DIALOG_ERROR : UA_CAUSE_REQUEST_TIMEOUT);
        }
    }
}

TEST_F(Flow, TheProgramsOwnPatienceWithATransferDoesNotEndTheCall) {
    Talk t;
    t.transfer([](ua_transfer_config &c) { c.timeout_ms = 2000; });
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE, 3000), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->code, SX_E_TIMEOUT);
    fake_run_for(60000);
    t.stands();
}

TEST_F(Flow, AReferThatFindsNoDialogAfterTheCallsEndEndsTheTransferAlone) {
    Talk t;
    t.transfer();
    ASSERT_NE(t.refer(), nullptr);
    const Sip refer = *t.refer();
    ua_call_hangup(t.c, nullptr);
    t.bye();
    t.r.reply(refer, 481);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 481);
    fake_run_for(1000);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 1u);
    EXPECT_EQ(t.r.count("BYE"), 1u);
}

TEST_F(Flow, ANotifyMayComeBeforeThe202AndItsRequestMayBeLostOrCarryNothing) {
    Talk t;
    t.transfer();
    ASSERT_NE(t.refer(), nullptr);
    Sip refer(*t.refer());
    ASSERT_NE(t.notify("active", "SIP/2.0 183 Session Progress"), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_PROGRESS)->status, 183);
    ASSERT_NE(t.notify("active", "", 200), nullptr) << "no body: nothing new";
    ASSERT_NE(t.ask("NOTIFY", 415, sub_state("active") + "Content-Type: text/plain\r\n", "hello"), nullptr);
    ASSERT_NE(t.notify("active", "SIP/3.0 what", 400), nullptr);
    ASSERT_NE(t.ask("NOTIFY", 400, "Event: refer\r\n"), nullptr) << "without Subscription-State";
    ASSERT_NE(t.ask("NOTIFY", 200, "Event: refer;id=999\r\nSubscription-State: active\r\n"), nullptr)
        << "a stray one does no harm";
    EXPECT_EQ(t.p.count(UA_EV_TRANSFER_DONE), 0u);
    ASSERT_NE(
        t.notify("terminated;reason=noresource", "SIP/2.0 200 OK", 200, "refer;id=" + std::to_string(refer.cseq())),
        nullptr);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 200);
    t.r.reply(refer, 202, "", t.r.contact()); /* too late, and harmless */
    t.bye();
}

TEST_F(Flow, AnOldPhoneSaysItIsOverWithoutSubscriptionState) {
    Talk t;
    t.transfer();
    t.r.reply(Sip(*t.refer()), 202, "", t.r.contact());
    ASSERT_NE(t.ask("NOTIFY", 200, "Event: refer\r\nContent-Type: message/sipfrag\r\n", "SIP/2.0 200 OK"), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 200);
    t.bye();
}

TEST_F(Flow, WithoutProgressTheTransferIsDoneAtThe2xx) {
    Talk t;
    t.transfer([](ua_transfer_config &c) { c.subscribe = false; });
    ASSERT_NE(t.refer(), nullptr);
    EXPECT_EQ(t.refer()->header("Refer-Sub"), "false");
    t.r.reply(Sip(*t.refer()), 200, "", t.r.contact() + "Refer-Sub: false\r\n");
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 200);
    t.bye();
}

TEST_F(Flow, APeerThatIgnoresReferSubIsListenedTo) {
    Talk t;
    t.transfer([](ua_transfer_config &c) { c.subscribe = false; });
    t.r.reply(Sip(*t.refer()), 202, "", t.r.contact());
    fake_run_for(1000);
    EXPECT_EQ(t.p.count(UA_EV_TRANSFER_DONE), 0u);
    ASSERT_NE(t.notify("terminated;reason=noresource", "SIP/2.0 404 Not Found"), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 404);
    t.stands();
}

TEST_F(Flow, ATransferCanLeaveTheCallUp) {
    Talk t;
    t.transfer([](ua_transfer_config &c) {
        c.hangup = false;
        c.referred_by = "";
    });
    EXPECT_EQ(t.refer()->header("Referred-By"), "");
    t.r.reply(Sip(*t.refer()), 202, "", t.r.contact());
    ASSERT_NE(t.notify("terminated;reason=noresource", "SIP/2.0 200 OK"), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    fake_run_for(3000);
    t.stands();
}

TEST_F(Flow, WhoIsHungUpBeforeTheEndOfATransferStillHearsOfIt) {
    for (bool theirs : {true, false}) {
        SCOPED_TRACE(theirs ? "the peer hangs up" : "we hang up");
        fake_net_begin(1);
        Talk t;
        t.transfer();
        t.r.reply(Sip(*t.refer()), 202, "", t.r.contact());
        fake_run_for(100);
        if (theirs) {
            ASSERT_NE(t.ask("BYE", 200), nullptr);
        } else {
            ua_call_hangup(t.c, nullptr);
            t.bye();
        }
        ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
        EXPECT_EQ(t.p.count(UA_EV_TRANSFER_DONE), 0u);
        ASSERT_NE(t.notify("active;expires=60", "SIP/2.0 180 Ringing"), nullptr);
        EXPECT_EQ(t.p.last(UA_EV_TRANSFER_PROGRESS)->status, 180);
        EXPECT_EQ(t.p.last(UA_EV_TRANSFER_PROGRESS)->call, nullptr);
        ASSERT_NE(t.ask("INFO", 481), nullptr) << "the call is over";
        ASSERT_NE(t.notify("terminated;reason=noresource", "SIP/2.0 200 OK"), nullptr);
        ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
        EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 200);
        fake_run_for(100);
        ASSERT_NE(t.notify("terminated", "SIP/2.0 200 OK", 481), nullptr) << "and now the dialog too";
    }
}

TEST_F(Flow, TwoTransfersOfOneCallAreToldApart) {
    Talk t;
    ua_transfer *a = t.transfer();
    ASSERT_NE(t.refer(), nullptr);
    unsigned first = t.refer()->cseq();
    t.r.reply(Sip(*t.refer()), 202, "", t.r.contact());
    ua_transfer *b = t.transfer([](ua_transfer_config &c) { c.target = "sip:dave@10.0.0.7"; });
    ASSERT_NE(t.r.wait("REFER", 1000, 2), nullptr);
    unsigned second = t.refer()->cseq();
    t.r.reply(Sip(*t.refer()), 202, "", t.r.contact());
    ASSERT_NE(t.notify("terminated", "SIP/2.0 603 Decline", 200, "refer;id=" + std::to_string(second)), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->transfer, b);
    ASSERT_NE(t.ask("BYE", 200), nullptr) << "and both may outlive the call";
    ASSERT_NE(t.notify("terminated", "SIP/2.0 200 OK", 200, "refer;id=" + std::to_string(first)), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE, 1000, 2), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->transfer, a);
}

TEST_F(Flow, WhatCannotBeATransferIsRefusedAtOnce) {
    Talk t;
    t.transfer([](ua_transfer_config &c) { c.target = nullptr; }, SX_E_INVALID);
    t.transfer([](ua_transfer_config &c) { c.target = "sip:a@b\r\nX: y"; }, SX_E_URI);
    t.transfer([](ua_transfer_config &c) { c.referred_by = "no uri at all"; }, SX_E_URI);
    t.transfer([&](ua_transfer_config &c) { c.consult = t.c; }, SX_E_INVALID);
    ua_pair bad = {"X-A", "b\r\nc"};
    t.transfer(
        [&](ua_transfer_config &c) {
            c.headers = &bad;
            c.header_count = 1;
        },
        SX_E_HEADER);
    ua_call *ringing = t.p.call(nullptr, "sip:y@10.0.0.5");
    t.transfer([&](ua_transfer_config &c) { c.consult = ringing; }, SX_E_STATE);
    for (int i = 0; i < 8; i++) t.transfer();
    t.transfer(nullptr, SX_E_LIMIT);
    t.stands();
}

TEST_F(Flow, ANotifyOutOfOrderIsNotTakenForNews) {
    Talk t;
    t.transfer();
    t.r.reply(Sip(*t.refer()), 202, "", t.r.contact());
    std::string lines = sub_state("active") + "Content-Type: message/sipfrag\r\n";
    std::string early = t.inside("NOTIFY", lines, "SIP/2.0 180 Ringing\r\n"),
                late = t.inside("NOTIFY", lines, "SIP/2.0 183 Session Progress\r\n");
    t.r.send(PHONE, late);
    ASSERT_NE(t.r.wait("200 NOTIFY"), nullptr);
    t.r.send(PHONE, early);
    ASSERT_NE(t.r.wait("500 NOTIFY"), nullptr);
    t.r.send(PHONE, late);
    fake_run_for(100);
    ASSERT_EQ(t.p.count(UA_EV_TRANSFER_PROGRESS), 1u);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_PROGRESS)->status, 183);
}

/* ---- a call that was just answered: call.answer(); call.transfer("sip:desk@pbx") ---- */

/* A bot that answers and transfers in one breath; the caller's ACK is the test's affair. */
struct Hasty {
    Phone p{PHONE, true};
    Raw r{PEER};
    ua_call *c = nullptr;
    ua_transfer *x = nullptr;
    int rc = 1;
    explicit Hasty(const std::string &lines = "", bool early = false, ua_call *consult = nullptr) {
        p.on = [this, early, consult](const ua_event &ev) {
            if (ev.type != UA_EV_INCOMING_CALL) return;
            ua_reply ring = {};
            ring.status = 183;
            ring.early_media = true;
            c = ev.call;
            if (early) ua_call_ring(c, &ring);
            EXPECT_EQ(ua_call_answer(c, nullptr), 0);
            rc = transfer(consult);
        };
        r.send(PHONE, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000), lines));
    }
    int transfer(ua_call *consult = nullptr) {
        ua_transfer_config cfg = {};
        cfg.target = consult ? nullptr : "sip:desk@10.0.0.6";
        cfg.consult = consult;
        cfg.subscribe = cfg.hangup = true;
        return ua_call_transfer(c, &cfg, 31, &x);
    }
    void canceled() {
        const Event *e = p.wait(UA_EV_CALL_ENDED, 40000);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(r.count("REFER"), 0u);
        ASSERT_EQ(p.count(UA_EV_TRANSFER_DONE), 1u);
        EXPECT_EQ(p.last(UA_EV_TRANSFER_DONE)->code, SX_E_CANCELED);
        EXPECT_EQ(p.last(UA_EV_TRANSFER_DONE)->cause, UA_CAUSE_CANCELED);
    }
};

TEST_F(Flow, ABotAnswersAndTransfersInOneBreathAndTheReferWaitsForTheAck) {
    Hasty t;
    ASSERT_NE(t.r.wait("200 INVITE"), nullptr);
    ASSERT_EQ(t.rc, SX_OK);
    const Sip ok(*t.r.last("200 INVITE"));
    fake_run_for(3000); /* the ACK is late */
    EXPECT_EQ(t.r.count("REFER"), 0u) << "it could overtake the 200";
    t.r.send(PHONE, t.r.inside("NOTIFY", ok, 2, "SIP/2.0 200 OK\r\n",
                               sub_state("terminated") + "Content-Type: message/sipfrag\r\n"));
    ASSERT_NE(t.r.wait("481 NOTIFY"), nullptr) << "about a REFER that nobody has sent";
    t.r.ack(PHONE, ok);
    ASSERT_NE(t.r.wait("REFER"), nullptr);
    EXPECT_EQ(t.r.last("REFER")->header("Refer-To"), "<sip:desk@10.0.0.6>");
    EXPECT_EQ(t.r.count("REFER"), 1u);
    t.r.reply(Sip(*t.r.last("REFER")), 202, "", t.r.contact());
    t.r.send(PHONE, t.r.inside("NOTIFY", ok, 3, "SIP/2.0 200 OK\r\n",
                               sub_state("terminated;reason=noresource") + "Content-Type: message/sipfrag\r\n"));
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 200);
    ASSERT_NE(t.r.wait("BYE"), nullptr);
    t.r.reply(Sip(*t.r.last("BYE")), 200);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_TRANSFERRED);
}

TEST_F(Flow, ATransferThatWaitsForTheAckEndsWithItsCall) {
    {
        SCOPED_TRACE("the caller hangs up instead of the ACK");
        Hasty t;
        ASSERT_NE(t.r.wait("200 INVITE"), nullptr);
        t.r.send(PHONE, t.r.inside("BYE", *t.r.last("200 INVITE"), 2));
        t.canceled();
    }
    fake_net_begin(1);
    {
        SCOPED_TRACE("no ACK at all");
        Hasty t;
        ASSERT_NE(t.r.wait("200 INVITE"), nullptr);
        t.canceled();
        EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_NO_ACK);
    }
    fake_net_begin(1);
    {
        SCOPED_TRACE("the program changes its mind");
        Hasty t;
        ASSERT_NE(t.r.wait("200 INVITE"), nullptr);
        ua_call_hangup(t.c, nullptr);
        EXPECT_EQ(t.transfer(), SX_E_STATE) << "and wants it back";
        t.r.ack(PHONE, Sip(*t.r.last("200 INVITE")));
        t.canceled();
    }
    fake_net_begin(1);
    {
        SCOPED_TRACE("its own patience ends first");
        Phone p(PHONE, true);
        Raw r(PEER);
        p.on = [&](const ua_event &ev) {
            if (ev.type != UA_EV_INCOMING_CALL) return;
            ua_transfer_config cfg = {};
            ua_transfer *x;
            cfg.target = "sip:desk@10.0.0.6";
            cfg.timeout_ms = 2000;
            ua_call_answer(ev.call, nullptr);
            EXPECT_EQ(ua_call_transfer(ev.call, &cfg, 31, &x), SX_OK);
        };
        r.send(PHONE, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
        ASSERT_NE(p.wait(UA_EV_TRANSFER_DONE), nullptr);
        EXPECT_EQ(p.last(UA_EV_TRANSFER_DONE)->code, SX_E_TIMEOUT);
        r.ack(PHONE, Sip(*r.last("200 INVITE")));
        ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        fake_run_for(100);
        EXPECT_EQ(r.count("REFER"), 0u);
    }
}

TEST_F(Flow, AnAnswerThatWaitsForAPrackMayBeFollowedByTransferAndHoldAtOnce) {
    Hasty t("Supported: 100rel\r\n", true);
    ASSERT_NE(t.r.wait("183 INVITE"), nullptr);
    const Sip early(*t.r.last("183 INVITE"));
    ASSERT_EQ(t.rc, SX_OK) << "the 200 waits too";
    ua_change hold = {};
    hold.hold = UA_ON;
    EXPECT_EQ(ua_call_change(t.c, &hold, 5), SX_OK);
    fake_run_for(300);
    EXPECT_EQ(t.r.count("200 INVITE"), 0u);
    t.r.send(PHONE, t.r.inside("PRACK", early, 2, "", "RAck: " + early.header("RSeq") + " 1 INVITE\r\n"));
    ASSERT_NE(t.r.wait("200 INVITE"), nullptr);
    fake_run_for(200);
    EXPECT_EQ(t.r.count("REFER") + t.r.count("INVITE") + t.r.count("UPDATE"), 0u);
    t.r.ack(PHONE, Sip(*t.r.last("200 INVITE")));
    ASSERT_NE(t.r.wait("REFER"), nullptr);
    ASSERT_NE(t.r.wait("INVITE"), nullptr);
    t.r.reply(Sip(*t.r.last("INVITE")), 200, "", t.r.contact(), sdp(PEER, 4000));
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_HELD)->tag, 5u);
}

TEST_F(Flow, BothSidesOfAnAttendedTransferMayHaveBeenAnsweredJustNow) {
    Phone p(PHONE, true);
    Raw a(PEER), b(TARGET);
    std::vector<ua_call *> calls;
    p.on = [&](const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        ua_call_answer(ev.call, nullptr);
        calls.push_back(ev.call);
    };
    a.send(PHONE, a.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
    b.send(PHONE, b.invite("sip:x@10.0.0.1", "b", sdp(TARGET, 4000)));
    ASSERT_NE(a.wait("200 INVITE"), nullptr);
    ASSERT_NE(b.wait("200 INVITE"), nullptr);
    ASSERT_EQ(calls.size(), 2u);
    ua_transfer_config cfg = {};
    ua_transfer *x;
    cfg.consult = calls[1];
    cfg.subscribe = cfg.hangup = true;
    ASSERT_EQ(ua_call_transfer(calls[0], &cfg, 31, &x), SX_OK) << sx_last_error_text();
    a.ack(PHONE, Sip(*a.last("200 INVITE")));
    ASSERT_NE(a.wait("REFER"), nullptr);
    EXPECT_NE(a.last("REFER")->header("Refer-To").find("?Replaces=b%3Bto-tag%3Drawtag"), std::string::npos)
        << a.last("REFER")->header("Refer-To");
}

/* ---- outside calls ---- */

TEST_F(Flow, AReferOutsideCallsIsAnsweredAndToldInADialogOfItsOwn) {
    Phone p(PHONE, true);
    Raw r(PEER), target(TARGET);
    ua_agent_ask(p.agent, ASK_ALL);
    ua_transfer *x = nullptr;
    ua_call *placed = nullptr;
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_TRANSFER_REQUESTED) x = ev.transfer;
    };
    r.on = [&](const Sip &m) {
        if (m.method() == "NOTIFY") r.reply(m, 200);
    };
    auto refer = [&](const char *id, const std::string &lines) {
        r.send(PHONE,
               r.request("REFER", "sip:x@10.0.0.1", "<sip:raw@10.0.0.5>;tag=rt", "<sip:x@10.0.0.1>", id, 5, lines));
    };
    refer("r0", r.contact());
    ASSERT_NE(r.wait("400 REFER"), nullptr);
    refer("r0b", "Refer-To: <sip:carol@10.0.0.6>\r\n");
    ASSERT_NE(r.wait("400 REFER", 1000, 2), nullptr) << "without Contact";
    refer("r1", r.contact() + "Refer-To: <sip:carol@10.0.0.6>\r\n");
    ASSERT_NE(p.wait(UA_EV_TRANSFER_REQUESTED), nullptr);
    EXPECT_EQ(p.last(UA_EV_TRANSFER_REQUESTED)->call, nullptr);
    ASSERT_EQ(ua_transfer_accept(x, nullptr, 1, &placed), SX_OK);
    const Sip *ok = r.wait("202 REFER");
    ASSERT_NE(ok, nullptr);
    EXPECT_NE(ok->to_tag(), "");
    ASSERT_NE(r.wait("NOTIFY"), nullptr);
    EXPECT_EQ(r.last("NOTIFY")->from_tag(), ok->to_tag());
    EXPECT_EQ(r.last("NOTIFY")->to_tag(), "rt");
    ASSERT_NE(target.wait("INVITE"), nullptr);
    target.reply(*target.last("INVITE"), 486, "t");
    ASSERT_NE(p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(p.last(UA_EV_TRANSFER_DONE)->status, 486);
    EXPECT_EQ(r.last("NOTIFY")->body(), "SIP/2.0 486 Busy Here\r\n");
}

TEST_F(Flow, WeAskSomebodyOutsideACallAndHearOfIt) {
    for (bool before : {true, false}) {
        SCOPED_TRACE(before ? "NOTIFY before the 202" : "NOTIFY after the 202");
        fake_net_begin(1);
        Phone p(PHONE, true);
        Raw r(PEER);
        ua_transfer_config cfg = {};
        cfg.target = "sip:carol@10.0.0.6";
        cfg.recipient = "sip:raw@10.0.0.5";
        cfg.subscribe = true;
        ua_transfer *x = nullptr;
        ASSERT_EQ(ua_transfer_send(p.agent, nullptr, &cfg, 4, &x), SX_OK) << sx_last_error_text();
        ASSERT_NE(r.wait("REFER"), nullptr);
        Sip refer(*r.last("REFER"));
        EXPECT_EQ(refer.header("Refer-To"), "<sip:carol@10.0.0.6>");
        std::string lines = "Content-Type: message/sipfrag\r\n";
        auto notify = [&](int cseq, const std::string &state, const std::string &line) {
            r.send(PHONE, r.inside_uas("NOTIFY", refer, "n", cseq, line, sub_state(state) + lines));
        };
        if (!before) r.reply(refer, 202, "n", r.contact());
        notify(1, "active", "SIP/2.0 180 Ringing\r\n");
        ASSERT_NE(r.wait("200 NOTIFY"), nullptr);
        if (before) r.reply(refer, 202, "n", r.contact());
        fake_run_for(100);
        notify(2, "terminated", "SIP/2.0 200 OK\r\n");
        ASSERT_NE(r.wait("200 NOTIFY", 1000, 2), nullptr);
        ASSERT_NE(p.wait(UA_EV_TRANSFER_DONE), nullptr);
        EXPECT_EQ(p.last(UA_EV_TRANSFER_PROGRESS)->status, 180);
        EXPECT_EQ(p.last(UA_EV_TRANSFER_DONE)->status, 200);
        fake_run_for(100);
        notify(3, "terminated", "SIP/2.0 200 OK\r\n");
        ASSERT_NE(r.wait("481 NOTIFY"), nullptr);
    }
}

} // namespace
