/* Transfers in both roles: RFC 3515, 3892, 4488, 5589. */
#include "flow/flow_fixture.h"

namespace {

const char *const PHONE = "10.0.0.1", *const PEER = "10.0.0.5", *const TARGET = "10.0.0.6";
const unsigned ASK_ALL = 1u << UA_ASK_CALL | 1u << UA_ASK_MESSAGE | 1u << UA_ASK_TRANSFER;

std::string sub_state(const std::string &state) { return "Event: refer\r\nSubscription-State: " + state + "\r\n"; }

/* A phone in a call with a raw peer, outgoing or incoming. */
struct Talk {
    Phone p{PHONE, true};
    Raw r{PEER};
    ua_call *c = nullptr;
    std::unique_ptr<Sip> first;
    bool outgoing;
    int cseq = 1;
    explicit Talk(bool out = false) : outgoing(out) {
        ua_agent_ask(p.agent, ASK_ALL);
        if (out) {
            c = p.call(nullptr, "sip:x@10.0.0.5");
            EXPECT_NE(r.wait("INVITE"), nullptr);
            first.reset(new Sip(*r.last("INVITE")));
            r.reply(*first, 200, "peer", r.contact(), sdp(PEER, 4000));
        } else {
            p.on = [&](const ua_event &ev) {
                if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
            };
            r.send(PHONE, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
            EXPECT_NE(r.wait("200 INVITE"), nullptr);
            first.reset(new Sip(*r.last("200 INVITE")));
            r.ack(PHONE, *first);
        }
        EXPECT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        if (!out) c = p.last(UA_EV_INCOMING_CALL)->call;
        p.on = nullptr;
        fake_run_for(100);
        r.got.clear();
        p.events.clear();
    }
    std::string inside(const std::string &method, const std::string &lines = "", const std::string &body = "") {
        return outgoing ? r.inside_uas(method, *first, "peer", ++cseq, body, lines)
                        : r.inside(method, *first, ++cseq, body, lines);
    }
    const Sip *ask(const std::string &method, int status, const std::string &lines = "", const std::string &body = "") {
        std::string what = std::to_string(status) + " " + method;
        size_t n = r.count(what);
        r.send(PHONE, inside(method, lines, body));
        return r.wait(what, 2000, n + 1);
    }
    const Sip *notify(const std::string &state, const std::string &line, int status = 200,
                      const std::string &event = "refer") {
        return ask("NOTIFY", status,
                   "Event: " + event + "\r\nSubscription-State: " + state +
                       "\r\nContent-Type: message/sipfrag;version=2.0\r\n",
                   line.empty() ? "" : line + "\r\n");
    }
    ua_transfer *transfer(std::function<void(ua_transfer_config &)> more = nullptr, int want = SX_OK) {
        ua_transfer_config cfg = {};
        cfg.target = "sip:carol@10.0.0.6";
        cfg.subscribe = cfg.hangup = true;
        if (more) more(cfg);
        ua_transfer *t = nullptr;
        EXPECT_EQ(ua_call_transfer(c, &cfg, 31, &t), want) << sx_last_error_text();
        return t;
    }
    const Sip *refer() { return r.wait("REFER"); }
    void bye() {
        ASSERT_NE(r.wait("BYE"), nullptr);
        r.reply(Sip(*r.last("BYE")), 200);
        ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    }
    void stands() {
        EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u);
        EXPECT_EQ(r.count("BYE"), 0u);
        EXPECT_FALSE(p.look(c).stopped);
    }
};

/* ---- transferor ---- */

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
        {"it does not even answer", [](Talk &, const Sip &) {}, 408, SX_E_TIMEOUT, UA_CAUSE_REQUEST_TIMEOUT},
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
    ASSERT_NE(t.notify("terminated;reason=noresource", "SIP/2.0 200 OK", 200,
                       "refer;id=" + std::to_string(refer.cseq())),
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

/* ---- transferee ---- */

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
    void accept() {
        ASSERT_EQ(ua_transfer_accept(x, nullptr, 77, &placed), SX_OK) << sx_last_error_text();
        ASSERT_NE(r.wait("202 REFER"), nullptr);
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

TEST_F(Flow, OfTheHeadersInAReferToOnlyReplacesIsObeyed) {
    Transferee t;
    t.asked("Refer-To: <sip:carol@10.0.0.6?Replaces=abc%40h%3Bto-tag%3D1%3Bfrom-tag%3D2&Subject=x&Route=%3Csip%3Aevil%3E>\r\n");
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_REQUESTED)->replaces, "abc@h;to-tag=1;from-tag=2");
    EXPECT_EQ(t.p.last(UA_EV_TRANSFER_REQUESTED)->target, "sip:carol@10.0.0.6");
    t.accept();
    EXPECT_EQ(t.invite->header("Replaces"), "abc@h;to-tag=1;from-tag=2");
    EXPECT_EQ(t.invite->header("Require"), "replaces");
    EXPECT_EQ(t.invite->header("Subject"), "");
    EXPECT_EQ(t.invite->header("Route"), "");
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

TEST_F(Flow, EveryMessageOfATransferMayBeLostOrDoubledOnceAsTransferee) {
    const char *const lost[][2] = {{PHONE, "SIP/2.0 202"}, {PHONE, "NOTIFY "}, {PEER, "SIP/2.0 200 OK"}, {PEER, "REFER "}};
    for (auto &row : lost) {
        for (unsigned skip = 0; skip < 3; skip++) {
            for (bool dup : {false, true}) {
                SCOPED_TRACE(std::string(row[1]) + " from " + row[0] + " no. " + std::to_string(skip) + (dup ? " and all doubled" : ""));
                fake_net_begin(3);
                Transferee t;
                std::vector<std::string> seen;
                t.r.on = [&](const Sip &m) {
                    if (m.method() == "NOTIFY") t.r.reply(m, 200);
                };
                fake_link link = {};
                link.latency_ms = 1;
                link.dup_percent = dup ? 100 : 0;
                fake_link_set(nullptr, nullptr, &link);
                fake_drop_starting(row[0], nullptr, row[1], skip, 1);
                std::string refer = t.inside("REFER", "Refer-To: <sip:carol@10.0.0.6>\r\n");
                t.p.on = [&](const ua_event &ev) {
                    if (ev.type == UA_EV_TRANSFER_REQUESTED) {
                        ASSERT_EQ(ua_transfer_accept(ev.transfer, nullptr, 1, &t.placed), SX_OK);
                    }
                };
                for (int i = 0; i < 3 && !t.r.count("202 REFER"); i++) {
                    t.r.send(PHONE, refer);
                    fake_run_for(500);
                }
                ASSERT_NE(t.target.wait("INVITE"), nullptr);
                t.invite.reset(new Sip(*t.target.last("INVITE")));
                t.answered(180);
                t.answered(200, sdp(TARGET, 5000));
                const Event *e = t.p.wait(UA_EV_TRANSFER_DONE, 33000);
                ASSERT_NE(e, nullptr);
                EXPECT_EQ(e->status, 200);
                EXPECT_EQ(t.p.count(UA_EV_TRANSFER_REQUESTED), 1u);
                EXPECT_EQ(t.p.count(UA_EV_TRANSFER_DONE), 1u);
                EXPECT_EQ(t.r.last("NOTIFY")->body(), "SIP/2.0 200 OK\r\n");
                t.stands();
            }
        }
    }
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
        r.send(PHONE, r.request("REFER", "sip:x@10.0.0.1", "<sip:raw@10.0.0.5>;tag=rt", "<sip:x@10.0.0.1>", id, 5, lines));
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

} // namespace
