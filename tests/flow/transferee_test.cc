/* We are asked to call somebody: RFC 3515, 3892, 4488. */
#include "flow/transfer.h"

namespace {

/* The phone places the call that a REFER asks for, to a second raw peer. */
struct Transferee : Talk {
    Raw target{TARGET};
    ua_transfer *x = nullptr;
    ua_call *placed = nullptr;
    std::unique_ptr<Sip> invite;
    std::vector<std::string> told; /* "active 180", "terminated 200" */
    Transferee() {
        r.on = [&](const Sip &m) {
            if (m.method() != "NOTIFY") return;
            std::string s = m.header("Subscription-State"), line = m.body();
            told.push_back(s.substr(0, s.find(';')) + " " + line.substr(8, 3));
            r.reply(m, 200);
        };
        p.on = [&](const ua_event &ev) {
            if (ev.type == UA_EV_TRANSFER_REQUESTED) x = ev.transfer;
        };
    }
    const Sip *refer(int status, const std::string &lines = "Refer-To: <sip:carol@10.0.0.6>\r\n") {
        return ask("REFER", status, lines);
    }
    void asked(const std::string &lines = "Refer-To: <sip:carol@10.0.0.6>\r\n") {
        size_t n = p.count(UA_EV_TRANSFER_REQUESTED);
        r.send(PHONE, inside("REFER", lines));
        ASSERT_NE(p.wait(UA_EV_TRANSFER_REQUESTED, 2000, n + 1), nullptr);
        ASSERT_NE(x, nullptr);
    }
    void accept(int status = 202) {
        ASSERT_EQ(ua_transfer_accept(x, nullptr, 77, &placed), SX_OK) << sx_last_error_text();
        ASSERT_NE(r.wait(std::to_string(status) + " REFER"), nullptr);
        ASSERT_NE(target.wait("INVITE"), nullptr);
        invite.reset(new Sip(*target.last("INVITE")));
        fake_run_for(50);
    }
    void answered(int status, const std::string &body = "") {
        target.reply(*invite, status, "t", target.contact(), body);
        fake_run_for(50);
    }
};

TEST_F(Flow, AnIncomingTransferIsAQuestionAndItsCallIsToldOfInNotifies) {
    Transferee t;
    t.asked("Refer-To: \"Carol\" <sip:carol@10.0.0.6;method=INVITE>\r\nReferred-By: <sip:boss@10.0.0.5>\r\n");
    const Event *e = t.p.last(UA_EV_TRANSFER_REQUESTED);
    EXPECT_EQ(e->target, "sip:carol@10.0.0.6");
    EXPECT_EQ(e->referred_by, "sip:boss@10.0.0.5");
    EXPECT_EQ(e->replaces, "");
    EXPECT_EQ(e->call, t.c);
    EXPECT_EQ(e->from, "sip:raw@10.0.0.5");
    EXPECT_EQ(e->deadline_ms, 30000);
    EXPECT_EQ(e->default_status, 603);
    t.accept();
    EXPECT_NE(t.r.last("202 REFER")->contact_uri(), "");
    EXPECT_EQ(t.invite->header("Referred-By"), "<sip:boss@10.0.0.5>");
    EXPECT_EQ(t.invite->uri(), "sip:carol@10.0.0.6");
    EXPECT_EQ(ua_call_id(t.placed), 77u);
    t.answered(180);
    t.answered(180);
    t.answered(200, sdp(TARGET, 5000));
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 200);
    EXPECT_EQ(t.told, (std::vector<std::string>{"active 100", "active 180", "terminated 200"}));
    const Sip *last = t.r.last("NOTIFY");
    EXPECT_EQ(last->header("Event"), "refer");
    EXPECT_EQ(last->header("Subscription-State"), "terminated;reason=noresource");
    EXPECT_EQ(last->header("Content-Type"), "message/sipfrag;version=2.0");
    EXPECT_EQ(last->body(), "SIP/2.0 200 OK\r\n");
    EXPECT_NE(last->header("Contact"), "");
    fake_run_for(5000);
    t.stands();
    ASSERT_NE(t.ask("BYE", 200), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 1u) << "the new call goes on";
}

TEST_F(Flow, WhoDidNotOptInRefusesTransfersForFearOfTollFraud) {
    Transferee t;
    ua_agent_ask(t.p.agent, 1u << UA_ASK_CALL);
    ASSERT_NE(t.refer(603), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_TRANSFER_REQUESTED), 0u);
    ua_agent_ask(t.p.agent, ASK_ALL);
    t.asked();
    const Event *e = t.p.wait(UA_EV_TRANSFER_DONE, 31000);
    ASSERT_NE(e, nullptr) << "an undecided one is refused in time";
    EXPECT_EQ(e->status, 603);
    EXPECT_NE(t.r.wait("603 REFER", 100, 2), nullptr);
    t.asked();
    ua_reply reply = {};
    reply.status = 403;
    ASSERT_EQ(ua_transfer_reject(t.x, &reply), SX_OK);
    EXPECT_NE(t.r.wait("403 REFER"), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE, 1000, 2), nullptr);
    EXPECT_EQ(t.target.count("INVITE"), 0u);
    t.stands();
}

TEST_F(Flow, AReferThatCannotBeMeantIsRefusedWithoutAQuestion) {
    struct {
        const char *what, *lines;
        int status;
    } rows[] = {
        {"no Refer-To", "", 400},
        {"two", "Refer-To: <sip:a@b>\r\nRefer-To: <sip:c@d>\r\n", 400},
        {"two in one", "Refer-To: <sip:a@b>, <sip:c@d>\r\n", 400},
        {"no URI", "Refer-To: <nothing at all>\r\n", 400},
        {"an unclosed one", "Refer-To: <sip:a@b\r\n", 400},
        {"another scheme", "Refer-To: <http://example.org/>\r\n", 416},
        {"another method", "Refer-To: <sip:a@b;method=BYE>\r\n", 603},
        {"a broken Replaces", "Refer-To: <sip:a@b?Replaces=x>\r\n", 400},
        {"two Replaces", "Refer-To: <sip:a@b?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2&Replaces=y>\r\n", 400},
        {"Replaces and Join",
         "Refer-To: <sip:a@b?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2&Join=x%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n", 400},
        {"a broken Join", "Refer-To: <sip:a@b?Join=x>\r\n", 400},
        {"a line break in it", "Refer-To: <sip:a@b?Replaces=x%3Bto-tag%3D1%0D%0AX%3Ay%3Bfrom-tag%3D2>\r\n", 400},
        {"an extension of others", "Refer-To: <sip:a@b>\r\nRequire: explicitsub\r\n", 420},
    };
    Transferee t;
    for (auto &row : rows) {
        SCOPED_TRACE(row.what);
        EXPECT_NE(t.refer(row.status, row.lines), nullptr);
    }
    std::string own = "Refer-To: <" + t.first->contact_uri() + ">\r\n";
    EXPECT_NE(t.refer(482, own), nullptr) << "to call oneself";
    EXPECT_EQ(t.p.count(UA_EV_TRANSFER_REQUESTED), 0u);
    t.stands();
}

TEST_F(Flow, AReferBeforeTheAnswerOrAfterTheHangUpIsNoQuestion) {
    Phone p(PHONE, true);
    Raw r(PEER);
    ua_agent_ask(p.agent, ASK_ALL);
    r.send(PHONE, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    ua_call *c = p.last(UA_EV_INCOMING_CALL)->call;
    ua_call_ring(c, nullptr);
    ASSERT_NE(r.wait("180 INVITE"), nullptr);
    Sip ringing(*r.last("180 INVITE"));
    r.send(PHONE, r.inside("REFER", ringing, 2, "", "Refer-To: <sip:carol@10.0.0.6>\r\n"));
    ASSERT_NE(r.wait("480 REFER"), nullptr);
    ua_transfer_config cfg = {};
    cfg.target = "sip:carol@10.0.0.6";
    ua_transfer *t = nullptr;
    EXPECT_EQ(ua_call_transfer(c, &cfg, 1, &t), SX_E_STATE);
    ASSERT_EQ(ua_call_answer(c, nullptr), SX_OK);
    ua_call_hangup(c, nullptr); /* the BYE waits for the ACK */
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    r.send(PHONE, r.inside("REFER", ringing, 3, "", "Refer-To: <sip:carol@10.0.0.6>\r\n"));
    ASSERT_NE(r.wait("480 REFER", 1000, 2), nullptr);
    EXPECT_EQ(p.count(UA_EV_TRANSFER_REQUESTED), 0u);
}

TEST_F(Flow, OfTheHeadersInAReferToOnlyReplacesAndJoinAreObeyed) {
    Transferee t;
    t.asked("Refer-To: "
            "<sip:carol@10.0.0.6?Replaces=abc%40h%3Bto-tag%3D1%3Bfrom-tag%3D2&Subject=x&Route=%3Csip%3Aevil%3E>\r\n");
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_REQUESTED)->replaces, "abc@h;to-tag=1;from-tag=2");
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_REQUESTED)->target, "sip:carol@10.0.0.6");
    t.accept();
    EXPECT_EQ(t.invite->header("Replaces"), "abc@h;to-tag=1;from-tag=2");
    EXPECT_EQ(t.invite->header("Require"), "replaces");
    EXPECT_EQ(t.invite->header("Subject"), "");
    EXPECT_EQ(t.invite->header("Route"), "");
}

TEST_F(Flow, AJoinInAReferToIsHandedOnToo) {
    Transferee t;
    t.asked("Refer-To: <sip:carol@10.0.0.6?Join=abc%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n");
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_REQUESTED)->replaces, "abc@h;to-tag=1;from-tag=2");
    EXPECT_TRUE(t.p.last(UA_EV_TRANSFER_REQUESTED)->flags & UA_FLAG_JOIN);
    t.accept();
    EXPECT_EQ(t.invite->header("Join"), "abc@h;to-tag=1;from-tag=2");
    EXPECT_EQ(t.invite->header("Require"), "join");
    EXPECT_EQ(t.invite->header("Replaces"), "");
}

TEST_F(Flow, WithNosubNothingIsToldAndTheAnswerIsA200) {
    Transferee t;
    t.asked("Refer-To: <sip:carol@10.0.0.6>\r\nRequire: nosub\r\n");
    t.accept(200);
    EXPECT_EQ(t.r.last("200 REFER")->header("Refer-Sub"), "") << "that is another extension";
    EXPECT_NE(t.r.last("200 REFER")->header("Supported").find("nosub"), std::string::npos);
    t.answered(200, sdp(TARGET, 5000));
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 200);
    EXPECT_EQ(t.r.count("NOTIFY"), 0u);
    EXPECT_NE(t.ask("SUBSCRIBE", 481, "Event: refer\r\nExpires: 60\r\n"), nullptr);
    EXPECT_NE(t.ask("INFO", 420, "Require: nosub\r\n"), nullptr) << "means nothing there";
}

/* RFC 4538: click-to-dial boxes and PBXs that send their REFERs beside the call. */
TEST_F(Flow, AReferBesideTheCallMayNameItByTargetDialog) {
    Transferee t;
    Raw box("10.0.0.7");
    std::vector<std::string> told;
    box.on = [&](const Sip &m) {
        if (m.method() == "NOTIFY") {
            told.push_back(m.body());
            box.reply(m, 200);
        }
    };
    std::string good = t.first->header("Call-ID") + ";local-tag=" + t.first->to_tag() +
                       ";remote-tag=" + t.first->from_tag(),
                swapped = t.first->header("Call-ID") + ";remote-tag=" + t.first->to_tag() +
                          ";local-tag=" + t.first->from_tag();
    int n = 0;
    auto refer = [&](const std::string &dialog, const std::string &more = "") {
        box.send(PHONE, box.request("REFER", "sip:x@10.0.0.1", "<sip:box@10.0.0.7>;tag=bt", "<sip:x@10.0.0.1>",
                                    "box" + std::to_string(++n), 5,
                                    box.contact() + "Refer-To: <sip:carol@10.0.0.6>\r\nTarget-Dialog: " + dialog +
                                        "\r\n" + more));
    };
    refer(swapped, "Require: tdialog\r\n");
    ASSERT_NE(box.wait("481 REFER"), nullptr) << "who insists is told that there is none";
    refer(swapped);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_REQUESTED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_REQUESTED)->call, nullptr) << "an unknown one: a REFER like any other";
    ASSERT_EQ(ua_transfer_reject(t.p.last(UA_EV_TRANSFER_REQUESTED)->transfer, nullptr), SX_OK);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    refer(good, "Require: tdialog\r\n");
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_REQUESTED, 1000, 2), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_REQUESTED)->call, t.c);
    EXPECT_NE(t.ask("SUBSCRIBE", 481, "Event: refer\r\nExpires: 60\r\n"), nullptr) << "it is no part of the call";
    ua_call *placed = nullptr;
    ASSERT_EQ(ua_transfer_accept(t.p.last(UA_EV_TRANSFER_REQUESTED)->transfer, nullptr, 77, &placed), SX_OK);
    ASSERT_NE(t.target.wait("INVITE"), nullptr);
    ASSERT_NE(t.ask("BYE", 200), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    t.target.reply(Sip(*t.target.last("INVITE")), 200, "t", t.target.contact(), sdp(TARGET, 5000));
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE, 1000, 2), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 200);
    EXPECT_EQ(told.back(), "SIP/2.0 200 OK\r\n") << "beside the call, and after it";
    EXPECT_EQ(t.r.count("NOTIFY"), 0u);
}

TEST_F(Flow, AQuestionBesideTheCallEndsWithTheCallThatItNames) {
    Transferee t;
    Raw box("10.0.0.7");
    box.send(PHONE, box.request("REFER", "sip:x@10.0.0.1", "<sip:box@10.0.0.7>;tag=bt", "<sip:x@10.0.0.1>", "box", 5,
                                box.contact() +
                                    "Refer-To: <sip:carol@10.0.0.6>\r\nTarget-Dialog: " + t.first->header("Call-ID") +
                                    ";local-tag=" + t.first->to_tag() + ";remote-tag=" + t.first->from_tag() + "\r\n"));
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_REQUESTED), nullptr);
    ASSERT_NE(t.ask("BYE", 200), nullptr);
    ASSERT_NE(box.wait("487 REFER"), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->code, SX_E_CANCELED);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
}

TEST_F(Flow, AFailedCallIsReportedAsItFailed) {
    struct {
        const char *what;
        std::function<void(Transferee &)> play;
        const char *said;
        int status;
    } rows[] = {
        {"busy", [](Transferee &t) { t.answered(486); }, "terminated 486", 486},
        {"hung up by us",
         [](Transferee &t) {
             t.answered(180);
             ua_call_hangup(t.placed, nullptr);
             fake_run_for(50);
             t.target.reply(Sip(*t.target.last("CANCEL")), 200);
             t.answered(487);
         },
         "terminated 487", 487},
        {"redirected", [](Transferee &t) { t.answered(302); }, "terminated 302", 302},
        {"dead", [](Transferee &t) { fake_run_for(33000); }, "terminated 408", 408},
    };
    for (auto &row : rows) {
        SCOPED_TRACE(row.what);
        fake_net_begin(1);
        Transferee t;
        t.asked();
        t.accept();
        row.play(t);
        const Event *e = t.p.wait(UA_EV_TRANSFER_DONE, 40000);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->status, row.status);
        EXPECT_EQ(t.told.front(), "active 100");
        EXPECT_EQ(t.told.back(), row.said);
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 1u) << "the new one";
        EXPECT_NE(t.ask("INFO", 200), nullptr) << "the call that asked goes on";
    }
}

TEST_F(Flow, WithReferSubFalseNothingIsTold) {
    Transferee t;
    t.asked("Refer-To: <sip:carol@10.0.0.6>\r\nRefer-Sub: false\r\nRequire: norefersub\r\n");
    t.accept();
    EXPECT_EQ(t.r.last("202 REFER")->header("Refer-Sub"), "false");
    t.answered(200, sdp(TARGET, 5000));
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 200);
    EXPECT_EQ(t.r.count("NOTIFY"), 0u);
}

TEST_F(Flow, ATransfereeGoesOnTellingAfterTheCallHasEnded) {
    for (bool theirs : {true, false}) {
        SCOPED_TRACE(theirs ? "the peer hangs up" : "we hang up");
        fake_net_begin(1);
        Transferee t;
        t.asked();
        t.accept();
        if (theirs) {
            ASSERT_NE(t.ask("BYE", 200), nullptr);
        } else {
            ua_call_hangup(t.c, nullptr);
            t.bye();
        }
        t.answered(180);
        t.answered(200, sdp(TARGET, 5000));
        ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
        EXPECT_EQ(t.told, (std::vector<std::string>{"active 100", "active 180", "terminated 200"}));
        fake_run_for(1000);
        ASSERT_NE(t.ask("INFO", 481), nullptr) << "then the dialog is gone";
    }
}

TEST_F(Flow, AByeWhileTheTransferIsUndecidedEndsIt) {
    Transferee t;
    t.asked();
    ASSERT_NE(t.ask("BYE", 200), nullptr);
    EXPECT_NE(t.r.wait("487 REFER"), nullptr);
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->code, SX_E_CANCELED);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
}

TEST_F(Flow, ASubscriberThatIsGoneDoesNotEndTheNewCall) {
    Transferee t;
    t.r.on = [&](const Sip &m) {
        if (m.method() == "NOTIFY") t.r.reply(m, 481);
    };
    t.asked();
    t.accept();
    t.answered(180);
    t.answered(200, sdp(TARGET, 5000));
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_DONE)->status, 200);
    EXPECT_EQ(t.r.count("NOTIFY"), 1u) << "nobody listens any more";
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, TheSubscriptionOfATransferRunsOutAndCanBeRefreshedAndEnded) {
    for (bool ended : {true, false}) {
        SCOPED_TRACE(ended ? "ended by the peer" : "over by itself");
        fake_net_begin(1);
        Transferee t;
        t.p.on = [&](const ua_event &ev) {
            if (ev.type != UA_EV_TRANSFER_REQUESTED) return;
            ua_call_config c = {};
            c.media_default = true;
            c.timeout_ms = -1;
            ASSERT_EQ(ua_transfer_accept(ev.transfer, &c, 1, &t.placed), SX_OK);
        };
        ASSERT_NE(t.refer(202), nullptr);
        ASSERT_NE(t.target.wait("INVITE"), nullptr);
        t.invite.reset(new Sip(*t.target.last("INVITE")));
        t.answered(180);
        const Sip *ok = t.ask("SUBSCRIBE", 200, "Event: refer\r\nExpires: 10\r\n");
        ASSERT_NE(ok, nullptr);
        EXPECT_EQ(ok->header("Expires"), "10");
        ASSERT_NE(t.r.wait("NOTIFY", 500, 3), nullptr);
        EXPECT_EQ(t.told.back(), "active 180");
        ASSERT_NE(t.ask("SUBSCRIBE", 489, "Event: presence\r\n"), nullptr);
        if (ended) {
            ASSERT_NE(t.ask("SUBSCRIBE", 200, "Event: refer\r\nExpires: 0\r\n"), nullptr);
        }
        const Event *e = t.p.wait(UA_EV_TRANSFER_DONE, 11000);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->code, SX_E_TIMEOUT);
        EXPECT_EQ(t.r.last("NOTIFY")->header("Subscription-State"), "terminated;reason=timeout");
        t.answered(200, sdp(TARGET, 5000));
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u) << "the call goes on";
        EXPECT_EQ(t.p.last(UA_EV_CALL_CONFIRMED)->call, t.placed);
    }
}

TEST_F(Flow, WhoSubscribesInsideACallIsSentOutsideIfWeTakeSubscriptions) {
    Transferee t;
    ASSERT_NE(t.ask("SUBSCRIBE", 489, "Event: kpml\r\n"), nullptr);
    EXPECT_EQ(t.r.last("489 SUBSCRIBE")->header("Allow-Events"), "refer");
    ua_agent_ask(t.p.agent, 1u << UA_ASK_CALL | 1u << UA_ASK_SUBSCRIBE);
    ASSERT_NE(t.ask("SUBSCRIBE", 403, "Event: kpml\r\n"), nullptr);
    ASSERT_NE(t.ask("SUBSCRIBE", 489, ""), nullptr);
    ASSERT_NE(t.ask("NOTIFY", 489, "Event: kpml\r\nSubscription-State: active\r\n"), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_SUBSCRIBE_REQUESTED), 0u);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u) << "the call goes on";
}

TEST_F(Flow, TwoRefersAtOnceAreTwoQuestionsAndAreToldApart) {
    Transferee t;
    t.asked();
    ua_transfer *a = t.x;
    t.r.send(PHONE, t.inside("REFER", "Refer-To: <sip:dave@10.0.0.6>\r\n"));
    int second = t.cseq;
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_REQUESTED, 1000, 2), nullptr);
    ua_transfer *b = t.x;
    ua_call *ca = nullptr, *cb = nullptr;
    ASSERT_EQ(ua_transfer_accept(b, nullptr, 1, &cb), SX_OK);
    ASSERT_EQ(ua_transfer_accept(a, nullptr, 2, &ca), SX_OK);
    ASSERT_NE(t.target.wait("INVITE", 1000, 2), nullptr);
    fake_run_for(100);
    std::map<std::string, int> events;
    for (auto &m : t.r.got)
        if (m->method() == "NOTIFY") events[m->header("Event")]++;
    EXPECT_EQ(events["refer"], 1);
    EXPECT_EQ(events["refer;id=" + std::to_string(second)], 1);
}

TEST_F(Flow, TransfersInARowAreLimited) {
    Transferee t;
    ASSERT_EQ(ua_option_set(t.p.agent, nullptr, nullptr, "max_transfers", "1"), SX_OK);
    t.asked();
    t.accept();
    t.answered(200, sdp(TARGET, 5000));
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    t.target.send(PHONE, t.target.inside_uas("REFER", *t.invite, "t", 1, "", "Refer-To: <sip:raw@10.0.0.5>\r\n"));
    ASSERT_NE(t.target.wait("482 REFER"), nullptr) << "round and round";
    EXPECT_EQ(t.p.count(UA_EV_TRANSFER_REQUESTED), 1u);
    for (int i = 0; i < 20; i++) t.r.send(PHONE, t.inside("REFER", "Refer-To: <sip:x@10.0.0.6>\r\n"));
    fake_run_for(100);
    EXPECT_EQ(t.p.count(UA_EV_TRANSFER_REQUESTED), 9u) << "and at one time";
    EXPECT_EQ(t.r.count("503 REFER"), 12u);
}

TEST_F(Flow, ACallOnHoldCanBeTransferredBothWays) {
    Transferee t;
    ASSERT_NE(t.ask("INVITE", 200, "", sdp(PEER, 4000, "0", "a=sendonly\r\n")), nullptr);
    t.r.ack(PHONE, *t.r.last("200 INVITE"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
    t.asked();
    t.accept();
    t.answered(200, sdp(TARGET, 5000));
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    t.transfer();
    ASSERT_NE(t.r.wait("REFER"), nullptr);
}

TEST_F(Flow, TransfersUnderWayDoNotHoldUpAShutdownNorOutliveTheAgent) {
    for (int way = 0; way < 3; way++) {
        SCOPED_TRACE(way);
        fake_net_begin(1);
        Transferee t;
        t.asked();
        if (way) t.accept();
        t.transfer();
        fake_run_for(50);
        if (way == 2) {
            t.p.destroy();
            continue;
        }
        ua_agent_shutdown(t.p.agent, 2000);
        ASSERT_NE(t.p.wait(UA_EV_SHUTDOWN, 5000), nullptr);
        EXPECT_EQ(t.p.count(UA_EV_TRANSFER_DONE), 2u);
    }
}

/* The transferor goes before it has answered our hold, and the target redirects: a redirect that is followed is no end.
 */
TEST_F(Flow, ATransferIsFollowedThroughARedirectWhenTheTransferorHasGone) {
    Talk t;
    Raw o(TARGET), n("10.0.0.7");
    ua_change hold = {};
    hold.hold = UA_ON;
    ASSERT_EQ(ua_call_change(t.c, &hold, 8), 0);
    ASSERT_NE(t.r.wait("INVITE"), nullptr);
    t.r.send(PHONE, t.inside("REFER", "Refer-To: <sip:carol@10.0.0.6>\r\n"));
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_REQUESTED), nullptr);
    ua_call *fresh = nullptr;
    ua_call_config more = {};
    more.media_default = true;
    more.max_redirects = 3;
    ASSERT_EQ(ua_transfer_accept(t.p.last(UA_EV_TRANSFER_REQUESTED)->transfer, &more, 5, &fresh), SX_OK);
    std::string told;
    t.r.on = [&](const Sip &m) {
        if (m.method() == "NOTIFY") told += m.body().substr(8, 4), t.r.reply(m, 200);
    };
    ASSERT_NE(t.ask("BYE", 200), nullptr);
    t.r.reply(Sip(*t.r.last("INVITE")), 487);
    ASSERT_NE(o.wait("INVITE"), nullptr);
    o.reply(Sip(*o.last("INVITE")), 302, "o", "Contact: <sip:carol@10.0.0.7>\r\n");
    ASSERT_NE(n.wait("INVITE"), nullptr);
    n.reply(Sip(*n.last("INVITE")), 200, "n", n.contact(), sdp("10.0.0.7", 4000));
    ASSERT_NE(t.p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(told, "100 200 ");
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 1u);
}

} // namespace
