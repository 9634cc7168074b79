/* Bridges: ringing, answer, hold, digits and hang-up pass; what the program sees of it. */
#include "flow/bridge.h"

namespace {

TEST_F(Bridge, RingingAnswerAndHangUpPassAcross) {
    begin();
    EXPECT_EQ(caller->count("180 INVITE"), 0u);
    callee->reply(*invite, 180, "t", callee->contact());
    ASSERT_NE(caller->wait("180 INVITE"), nullptr);
    EXPECT_EQ(caller->count("200 INVITE"), 0u);
    EXPECT_EQ(p->last(UA_EV_BRIDGE_CHANGED)->state, "waiting");
    answer();
    EXPECT_EQ(p->look(a).linked_with, b);
    EXPECT_TRUE(p->look(a).untouched);
    EXPECT_TRUE(p->look(a).events);
    linked(true);
    EXPECT_EQ(p->last(UA_EV_BRIDGE_CHANGED)->state, "untouched");
    EXPECT_EQ(p->last(UA_EV_BRIDGE_CHANGED)->codec, "PCMU");
    EXPECT_EQ(p->last(UA_EV_BRIDGE_CHANGED)->bridge, br);
    linked(false, "PCMA");
    EXPECT_EQ(p->last(UA_EV_BRIDGE_CHANGED)->state, "transcoded");
    agree();
    caller->send("10.0.0.1", caller->inside("BYE", *ok, 2));
    ASSERT_NE(callee->wait("BYE"), nullptr);
    ASSERT_NE(p->wait(UA_EV_CALL_ENDED, 2000, 2), nullptr);
    ASSERT_EQ(p->count(UA_EV_BRIDGE_ENDED), 1u);
    EXPECT_EQ(p->last(UA_EV_BRIDGE_ENDED)->code, 0);
}

TEST_F(Bridge, TheCalleeIsOfferedFirstWhatTheCallerSpeaksAndTheCallerAnsweredWithWhatTheCalleeTook) {
    begin();
    const std::string &offered = invite->body();
    size_t at = offered.find("m=audio ");
    ASSERT_NE(at, std::string::npos);
    std::string line = offered.substr(at, offered.find('\r', at) - at);
    EXPECT_NE(line.find("RTP/AVP 0 8 "), std::string::npos) << line << ": opus, which the caller has not, comes last";
    answer(); /* with PCMU alone, though the caller would rather have PCMA */
    EXPECT_EQ(p->look(a).config.sending.codec.info->id, CODEC_PCMU);
    EXPECT_NE(ok->body().find("RTP/AVP 0"), std::string::npos) << ok->body();
}

TEST_F(Bridge, WhatTheCalleeDidBeforeThereWasABridgeIsMadeUpFor) {
    for (int status : {180, 183, 200}) {
        SCOPED_TRACE(status);
        a = b = nullptr;
        p->on = [this](const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL && !a) a = ev.call, b = p->call(nullptr, "sip:callee@10.0.0.9");
        };
        begin();
        callee->reply(*invite, status, "t", callee->contact(), status > 180 ? callee_sdp() : "");
        fake_run_for(50);
        make(a, b);
        std::string what = std::to_string(status) + " INVITE";
        ASSERT_NE(caller->wait(what), nullptr);
        EXPECT_EQ(status > 180, !caller->last(what)->body().empty());
        agree();
        ua_call_hangup(b, nullptr);
        caller.reset();
        callee.reset();
        fake_run_for(80000);
    }
}

TEST_F(Bridge, EarlyMediaPassesToTheCaller) {
    begin();
    callee->reply(*invite, 183, "t", callee->contact(), callee_sdp());
    const Sip *m = caller->wait("183 INVITE");
    ASSERT_NE(m, nullptr);
    EXPECT_NE(m->body().find("m=audio"), std::string::npos);
    callee->reply(*invite, 180, "t", callee->contact()); /* a later one without SDP does not stop it */
    fake_run_for(20);
    EXPECT_TRUE(p->look(a).config.send);
    answer();
}

TEST_F(Bridge, ARefusalIsTheCallersWithItsStatusAndReason) {
    struct {
        int status;
        const char *lines;
        int expect;
    } rows[] = {{486, "", 486}, {603, "Reason: Q.850;cause=21\r\n", 603}, {404, "", 404}, {302, "Contact: <sip:z@10.9.9.9>\r\n", 480}};
    for (auto &row : rows) {
        SCOPED_TRACE(row.status);
        a = nullptr;
        begin();
        callee->reply(*invite, row.status, "t", row.lines);
        std::string what = std::to_string(row.expect) + " INVITE";
        const Sip *m = caller->wait(what);
        ASSERT_NE(m, nullptr);
        if (row.status == 603) {
            EXPECT_NE(m->header("Reason").find("Q.850;cause=21"), std::string::npos);
        }
        caller->send("10.0.0.1", caller->request("ACK", "sip:x@10.0.0.1", m->header("From"), m->header("To"), "a", 1));
        fake_run_for(100);
        EXPECT_EQ(p->count(UA_EV_BRIDGE_ENDED), p->count(UA_EV_INCOMING_CALL));
        EXPECT_EQ(p->count(UA_EV_CALL_ENDED), 2 * p->count(UA_EV_INCOMING_CALL));
        caller.reset();
        callee.reset();
        fake_run_for(40000);
    }
}

TEST_F(Bridge, ACallerWhoGivesUpCancelsTheOtherCall) {
    begin();
    callee->reply(*invite, 180, "t", callee->contact());
    ASSERT_NE(caller->wait("180 INVITE"), nullptr);
    Sip m(sent);
    caller->send("10.0.0.1", "CANCEL " + m.uri() + " SIP/2.0\r\nVia: " + m.header("Via") + "\r\nMax-Forwards: 70\r\nFrom: " +
                                 m.header("From") + "\r\nTo: " + m.header("To") +
                                 "\r\nCall-ID: a\r\nCSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n");
    ASSERT_NE(caller->wait("487 INVITE"), nullptr);
    ASSERT_NE(callee->wait("CANCEL"), nullptr);
    callee->reply(*callee->last("CANCEL"), 200, "t");
    callee->reply(*invite, 487, "t");
    ASSERT_NE(p->wait(UA_EV_CALL_ENDED, 2000, 2), nullptr);
    EXPECT_EQ(p->count(UA_EV_BRIDGE_ENDED), 1u);
}

TEST_F(Bridge, AnAnswerThatCrossesTheCancelIsHungUp) {
    begin();
    callee->reply(*invite, 180, "t", callee->contact());
    ASSERT_NE(caller->wait("180 INVITE"), nullptr);
    ua_call_hangup(a, nullptr); /* the same as a CANCEL of the caller from the bridge's view */
    ASSERT_NE(callee->wait("CANCEL"), nullptr);
    callee->reply(*invite, 200, "t", callee->contact(), callee_sdp()); /* its 200 was on its way */
    ASSERT_NE(callee->wait("ACK"), nullptr);
    ASSERT_NE(callee->wait("BYE"), nullptr);
    callee->reply(*callee->last("BYE"), 200);
    ASSERT_NE(p->wait(UA_EV_CALL_ENDED, 5000, 2), nullptr);
    EXPECT_EQ(p->count(UA_EV_BRIDGE_ENDED), 1u);
    EXPECT_EQ(caller->count("200 INVITE"), 0u);
}

TEST_F(Bridge, BothHangUpAtOnce) {
    up();
    agree();
    caller->send("10.0.0.1", caller->inside("BYE", *ok, 2));
    callee->send("10.0.0.1", from_callee("BYE", 1));
    ASSERT_NE(caller->wait("200 BYE"), nullptr);
    ASSERT_NE(p->wait(UA_EV_CALL_ENDED, 2000, 2), nullptr);
    fake_run_for(100);
    EXPECT_EQ(callee->count("200 BYE") + callee->count("481 BYE"), 1u) << "481 where ours was first";
    EXPECT_EQ(p->count(UA_EV_BRIDGE_ENDED), 1u);
    EXPECT_EQ(p->count(UA_EV_CALL_ENDED), 2u);
}

TEST_F(Bridge, TheCalleeHangsUpBeforeTheCallersAck) {
    begin();
    agree();
    callee->reply(*invite, 200, "t", callee->contact(), callee_sdp());
    ASSERT_NE(caller->wait("200 INVITE"), nullptr);
    callee->send("10.0.0.1", from_callee("BYE", 1));
    ASSERT_NE(callee->wait("200 BYE"), nullptr);
    fake_run_for(50);
    EXPECT_EQ(caller->count("BYE"), 0u) << "RFC 3261 15: not before the ACK";
    caller->ack("10.0.0.1", *caller->last("200 INVITE"));
    ASSERT_NE(caller->wait("BYE"), nullptr);
    caller->reply(*caller->last("BYE"), 200);
    ASSERT_NE(p->wait(UA_EV_CALL_ENDED, 2000, 2), nullptr);
    EXPECT_EQ(p->count(UA_EV_BRIDGE_ENDED), 1u);
}

TEST_F(Bridge, HoldAndReturnOfOneSideReachTheOther) {
    up();
    agree();
    linked(true);
    caller->send("10.0.0.1", caller->inside("INVITE", *ok, 2, sdp("10.0.0.5", 4000, "0", "a=sendonly\r\n")));
    ASSERT_NE(caller->wait("200 INVITE", 2000, 2), nullptr);
    caller->ack("10.0.0.1", *caller->last("200 INVITE"));
    ASSERT_NE(callee->wait("INVITE", 2000, 2), nullptr);
    EXPECT_NE(callee->last("INVITE")->body().find("a=sendonly"), std::string::npos);
    ASSERT_NE(p->wait(UA_EV_CALL_HELD, 2000, 2), nullptr);
    fake_run_for(20);
    EXPECT_EQ(p->last(UA_EV_BRIDGE_CHANGED)->state, "held");
    caller->send("10.0.0.1", caller->inside("INVITE", *ok, 3, sdp("10.0.0.5", 4000)));
    ASSERT_NE(caller->wait("200 INVITE", 2000, 3), nullptr);
    caller->ack("10.0.0.1", *caller->last("200 INVITE"));
    ASSERT_NE(callee->wait("INVITE", 2000, 3), nullptr);
    EXPECT_EQ(callee->last("INVITE")->body().find("a=sendonly"), std::string::npos);
    ASSERT_NE(p->wait(UA_EV_CALL_RESUMED, 2000, 2), nullptr);
    fake_run_for(20);
    EXPECT_EQ(p->last(UA_EV_BRIDGE_CHANGED)->state, "untouched");
}

/* The callee is slow: its 200 to the hold comes when the caller has returned already. */
TEST_F(Bridge, AHoldThatIsOverBeforeTheOtherSideHasAnsweredItIsOnePause) {
    for (bool refused : {false, true}) {
        SCOPED_TRACE(refused ? "and refused" : "");
        SetUpAgain();
        up();
        linked(true);
        size_t told = p->count(UA_EV_BRIDGE_CHANGED);
        auto offer = [&](int cseq, bool hold) {
            caller->send("10.0.0.1", caller->inside("INVITE", *ok, cseq, sdp("10.0.0.5", 4000, "0", hold ? "a=sendonly\r\n" : "")));
            ASSERT_NE(caller->wait("200 INVITE", 2000, (size_t)cseq), nullptr);
            caller->ack("10.0.0.1", *caller->last("200 INVITE"));
            fake_run_for(20);
        };
        offer(2, true);
        ASSERT_NE(callee->wait("INVITE", 2000, 2), nullptr);
        Sip hold = *callee->last("INVITE");
        offer(3, false);
        EXPECT_EQ(p->count(UA_EV_BRIDGE_CHANGED), told + 1);
        EXPECT_EQ(p->last(UA_EV_BRIDGE_CHANGED)->state, "held");
        agree();
        callee->reply(hold, refused ? 488 : 200, "", callee->contact(), refused ? "" : sdp("10.0.0.9", 6000, "0", "a=recvonly\r\n"));
        ASSERT_NE(callee->wait("INVITE", 2000, 3), nullptr);
        EXPECT_EQ(callee->last("INVITE")->body().find("a=sendonly"), std::string::npos);
        ASSERT_NE(p->wait(UA_EV_CALL_RESUMED, 2000, 2), nullptr);
        fake_run_for(50);
        EXPECT_EQ(p->count(UA_EV_BRIDGE_CHANGED), told + 2) << "held, untouched";
        EXPECT_EQ(p->last(UA_EV_BRIDGE_CHANGED)->state, "untouched");
    }
}

/* hold, return and hold of the caller while the callee has not answered the first hold, which it then refuses. */
TEST_F(Bridge, WhoIsHeldAfterARefusalIsReturnedToo) {
    up();
    linked(true);
    for (int cseq = 2; cseq < 5; cseq++) {
        caller->send("10.0.0.1", caller->inside("INVITE", *ok, cseq, sdp("10.0.0.5", 4000, "0", cseq % 2 ? "" : "a=sendonly\r\n")));
        ASSERT_NE(caller->wait("200 INVITE", 2000, (size_t)cseq), nullptr);
        caller->ack("10.0.0.1", *caller->last("200 INVITE"));
        fake_run_for(20);
    }
    ASSERT_NE(callee->wait("INVITE", 2000, 2), nullptr);
    agree();
    callee->reply(*callee->last("INVITE"), 488);
    fake_run_for(1000);
    EXPECT_NE(callee->last("INVITE")->body().find("a=sendonly"), std::string::npos);
    EXPECT_EQ(p->last(UA_EV_BRIDGE_CHANGED)->state, "held");
    caller->send("10.0.0.1", caller->inside("INVITE", *ok, 5, sdp("10.0.0.5", 4000, "0")));
    ASSERT_NE(caller->wait("200 INVITE", 2000, 5), nullptr);
    caller->ack("10.0.0.1", *caller->last("200 INVITE"));
    fake_run_for(1000);
    EXPECT_EQ(callee->last("INVITE")->body().find("a=sendonly"), std::string::npos);
    EXPECT_EQ(p->last(UA_EV_BRIDGE_CHANGED)->state, "untouched");
}

TEST_F(Bridge, ARefusedHoldIsAskedForAgainWhenThePeerHoldsAgain) {
    up();
    callee->on = [this](const Sip &m) {
        if (m.method() == "INVITE" && !m.to_tag().empty()) callee->reply(m, 488);
        if (m.method() == "BYE") callee->reply(m, 200);
    };
    for (int i = 0; i < 2; i++) {
        caller->send("10.0.0.1", caller->inside("INVITE", *ok, 2 + 2 * i, sdp("10.0.0.5", 4000, "0", "a=sendonly\r\n")));
        ASSERT_NE(caller->wait("200 INVITE", 2000, 2 + 2 * (size_t)i), nullptr);
        caller->ack("10.0.0.1", *caller->last("200 INVITE"));
        ASSERT_NE(p->wait(UA_EV_CALL_CHANGE_FAILED, 2000, 1 + (size_t)i), nullptr);
        caller->send("10.0.0.1", caller->inside("INVITE", *ok, 3 + 2 * i, sdp("10.0.0.5", 4000)));
        ASSERT_NE(caller->wait("200 INVITE", 2000, 3 + 2 * (size_t)i), nullptr);
        caller->ack("10.0.0.1", *caller->last("200 INVITE"));
        fake_run_for(100);
    }
    EXPECT_EQ(p->count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Bridge, DigitsThatDidNotPassAsPacketsAreSentOnAndOthersNotTwice) {
    up();
    agree();
    digit(a, '5', true);
    EXPECT_EQ(p->last(UA_EV_DTMF)->digit, '5');
    EXPECT_STREQ(p->look(b).digits, "");
    digit(a, '6', false);
    EXPECT_STREQ(p->look(b).digits, "6");
    digit(b, '7', false);
    EXPECT_STREQ(p->look(a).digits, "7");
    caller->send("10.0.0.1", caller->inside("INFO", *ok, 2, "Signal=8\r\nDuration=160\r\n", "Content-Type: application/dtmf-relay\r\n"));
    ASSERT_NE(caller->wait("200 INFO"), nullptr);
    fake_run_for(20);
    EXPECT_STREQ(p->look(b).digits, "68");
}

TEST_F(Bridge, DigitsGoByInfoWhereTheOtherSideHasNoTelephoneEvent) {
    begin();
    callee->reply(*invite, 180, "t", callee->contact());
    ASSERT_NE(caller->wait("180 INVITE"), nullptr);
    answer(sdp("10.0.0.9", 6000, "0"));
    agree();
    digit(a, '9', false);
    const Sip *m = callee->wait("INFO");
    ASSERT_NE(m, nullptr);
    EXPECT_NE(m->body().find("9"), std::string::npos);
}

TEST_F(Bridge, WhatIsNotToPassStaysOnItsSide) {
    cfg = {false, false, false, false, true, false};
    up();
    agree();
    EXPECT_FALSE(p->look(a).untouched);
    EXPECT_FALSE(p->look(a).events);
    digit(a, '6', false);
    EXPECT_STREQ(p->look(b).digits, "");
    caller->send("10.0.0.1", caller->inside("INVITE", *ok, 2, sdp("10.0.0.5", 4000, "0", "a=sendonly\r\n")));
    ASSERT_NE(caller->wait("200 INVITE", 2000, 2), nullptr);
    caller->ack("10.0.0.1", *caller->last("200 INVITE"));
    fake_run_for(200);
    EXPECT_EQ(callee->count("INVITE"), 1u);
    caller->send("10.0.0.1", caller->inside("BYE", *ok, 3));
    ASSERT_NE(p->wait(UA_EV_BRIDGE_ENDED), nullptr);
    fake_run_for(200);
    EXPECT_EQ(callee->count("BYE"), 0u) << "the other call goes on";
    EXPECT_EQ(p->count(UA_EV_CALL_ENDED), 1u);
}

TEST_F(Flow, ABridgeOfACallWithItsOwnOtherEndDoesNotRingForEver) {
    Phone p("10.0.0.1", true);
    ua_call *out = p.call(nullptr, "sip:me@10.0.0.1");
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    ua_call *in = p.last(UA_EV_INCOMING_CALL)->call;
    ua_bridge_config cfg = {};
    cfg.signalling = cfg.hangup = true;
    ua_bridge *b = nullptr;
    ASSERT_EQ(ua_bridge_create(p.agent, in, out, &cfg, 3, &b), 0) << sx_last_error_text();
    ASSERT_EQ(ua_call_ring(in, nullptr), 0);
    fake_run_for(1000);
    EXPECT_LE(p.count(UA_EV_CALL_PROGRESS), 4u);
    ua_call_hangup(out, nullptr);
    ASSERT_NE(p.wait(UA_EV_BRIDGE_ENDED), nullptr);
    EXPECT_NE(p.wait(UA_EV_CALL_ENDED, 5000, 2), nullptr);
}

TEST_F(Bridge, WithoutSignallingTheProgramRingsAndAnswersItself) {
    cfg.signalling = false;
    begin();
    callee->reply(*invite, 180, "t", callee->contact());
    fake_run_for(100);
    EXPECT_EQ(caller->count("180 INVITE"), 0u);
    callee->reply(*invite, 200, "t", callee->contact(), callee_sdp());
    ASSERT_NE(callee->wait("ACK"), nullptr);
    fake_run_for(100);
    EXPECT_EQ(caller->count("200 INVITE"), 0u);
    ASSERT_EQ(ua_call_answer(a, nullptr), 0);
    ASSERT_NE(caller->wait("200 INVITE"), nullptr);
}

TEST_F(Bridge, TheEndOfTheBridgeLeavesBothCallsAndReturnsWhoWasHeldForIt) {
    up();
    agree();
    caller->send("10.0.0.1", caller->inside("INVITE", *ok, 2, sdp("10.0.0.5", 4000, "0", "a=sendonly\r\n")));
    ASSERT_NE(p->wait(UA_EV_CALL_HELD, 2000, 2), nullptr);
    caller->ack("10.0.0.1", *caller->last("200 INVITE"));
    ASSERT_EQ(ua_bridge_end(br), 0);
    ASSERT_NE(p->wait(UA_EV_BRIDGE_ENDED), nullptr);
    EXPECT_FALSE(p->look(a).linked);
    ASSERT_NE(callee->wait("INVITE", 2000, 3), nullptr);
    EXPECT_EQ(callee->last("INVITE")->body().find("a=sendonly"), std::string::npos);
    fake_run_for(100);
    EXPECT_EQ(p->count(UA_EV_CALL_ENDED), 0u);
    ua_bridge *again = nullptr;
    EXPECT_EQ(ua_bridge_create(p->agent, a, b, nullptr, 78, &again), 0) << "they may be connected again";
}

TEST_F(Bridge, TwoCallsThatAreUpAreConnectedToo) {
    up();
    ua_bridge_end(br);
    ASSERT_NE(p->wait(UA_EV_BRIDGE_ENDED), nullptr);
    make(b, a);
    fake_run_for(10);
    EXPECT_TRUE(p->look(a).linked);
    EXPECT_EQ(ua_bridge_create(p->agent, a, b, nullptr, 78, &br), SX_E_BUSY);
    linked(true);
}

TEST_F(Bridge, ACallThatReplacesASideTakesItsPlace) {
    up();
    agree();
    caller->on = [this](const Sip &m) {
        if (m.method() == "BYE") caller->reply(m, 200);
    };
    /* The caller's phone has transferred him, attended: somebody else calls us in his place. */
    Raw next("10.0.0.6");
    next.send("10.0.0.1", next.invite("sip:x@10.0.0.1", "n", sdp("10.0.0.6", 4000),
                                      "Require: replaces\r\nReplaces: a;to-tag=" + ok->to_tag() + ";from-tag=" +
                                          ok->from_tag() + "\r\n"));
    ASSERT_NE(next.wait("200 INVITE"), nullptr);
    next.ack("10.0.0.1", *next.last("200 INVITE"));
    ASSERT_NE(caller->wait("BYE"), nullptr);
    ASSERT_NE(p->wait(UA_EV_CALL_ENDED), nullptr);
    fake_run_for(200);
    EXPECT_EQ(callee->count("BYE"), 0u);
    EXPECT_EQ(p->count(UA_EV_BRIDGE_ENDED), 0u);
    ASSERT_EQ(p->count(UA_EV_CALL_REPLACED), 1u);
    EXPECT_EQ(p->look(p->last(UA_EV_CALL_REPLACED)->call).linked_with, b);
    callee->send("10.0.0.1", from_callee("BYE", 1));
    ASSERT_NE(next.wait("BYE"), nullptr);
    next.reply(*next.last("BYE"), 200);
    ASSERT_NE(p->wait(UA_EV_CALL_ENDED, 2000, 3), nullptr);
    EXPECT_EQ(p->count(UA_EV_BRIDGE_ENDED), 1u);
}

/* The bridge is asked for a moment too late. */
TEST_F(Bridge, ACallThatWasRefusedBeforeTheBridgeStoodRefusesTheCaller) {
    p->on = [this](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL && !a) a = ev.call;
    };
    for (bool known : {true, false}) {
        SCOPED_TRACE(known ? "it is being ended" : "it is gone altogether");
        a = nullptr;
        caller.reset();
        callee.reset();
        caller.reset(new Raw("10.0.0.5"));
        callee.reset(new Raw("10.0.0.9"));
        caller->send("10.0.0.1", caller->invite("sip:x@10.0.0.1", known ? "a" : "b", sdp("10.0.0.5", 4000)));
        ASSERT_NE(p->wait(UA_EV_INCOMING_CALL, 2000, known ? 1 : 2), nullptr);
        b = p->call(nullptr, "sip:callee@10.0.0.9");
        ASSERT_NE(callee->wait("INVITE"), nullptr);
        if (known) { /* it is on its way out */
            ASSERT_EQ(ua_call_hangup(b, nullptr), SX_OK);
            EXPECT_EQ(ua_bridge_create(p->agent, a, b, nullptr, 77, &br), SX_E_GONE);
        } else {
            callee->reply(*callee->last("INVITE"), 404, "t");
            ASSERT_NE(p->wait(UA_EV_CALL_ENDED, 2000, 3), nullptr);
            EXPECT_EQ(ua_bridge_create(p->agent, a, nullptr, nullptr, 77, &br), SX_E_GONE);
        }
        ASSERT_NE(caller->wait("480 INVITE"), nullptr);
        if (known) callee->reply(*callee->last("INVITE"), 487, "t");
        fake_run_for(1000);
    }
}

/* Its second call is not placed any more, and the caller may come again when others do the work. */
TEST_F(Bridge, ACallerWhoComesInTheMomentOfADrainGets503LikeAllThatFollow) {
    p->on = [this](const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        a = ev.call;
        ua_call_config cfg = {};
        cfg.target = "sip:callee@10.0.0.9";
        ASSERT_EQ(ua_agent_drain(p->agent, true), 0);
        ASSERT_EQ(ua_call_create(p->agent, nullptr, &cfg, 8, &b), SX_E_STATE);
        EXPECT_EQ(ua_bridge_create(p->agent, a, nullptr, nullptr, 77, &br), SX_E_GONE);
    };
    caller.reset(new Raw("10.0.0.5"));
    callee.reset(new Raw("10.0.0.9"));
    caller->send("10.0.0.1", caller->invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    const Sip *m = caller->wait("503 INVITE");
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->header("Retry-After"), "30");
    ASSERT_NE(p->wait(UA_EV_DRAINED), nullptr);
    EXPECT_EQ(callee->count("INVITE"), 0u);
}

} // namespace
