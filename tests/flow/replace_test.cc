/* INVITEs with Replaces and Join (RFC 3891, 3911), attended transfer between three agents, and call pickup. */
#include "flow/flow_fixture.h"

namespace {

const char *const PHONE = "10.0.0.1", *const PEER = "10.0.0.5", *const OTHER = "10.0.0.6";

/* A phone in a call with one raw peer; a second one knows of it. */
struct Known {
    Phone p{PHONE, true};
    Raw r{PEER}, o{OTHER};
    ua_call *c = nullptr;
    std::unique_ptr<Sip> first;
    bool outgoing;
    std::string call_id, local, remote;
    explicit Known(bool out = false) : outgoing(out) {
        if (out) {
            c = p.call(nullptr, "sip:x@10.0.0.5");
            EXPECT_NE(r.wait("INVITE"), nullptr);
            first.reset(new Sip(*r.last("INVITE")));
            r.reply(*first, 200, "peer", r.contact(), sdp(PEER, 4000));
            local = first->from_tag();
            remote = "peer";
        } else {
            p.on = [&](const ua_event &ev) {
                if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
            };
            r.send(PHONE, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
            EXPECT_NE(r.wait("200 INVITE"), nullptr);
            first.reset(new Sip(*r.last("200 INVITE")));
            r.ack(PHONE, *first);
            local = first->to_tag();
            remote = "rawtag";
        }
        call_id = first->header("Call-ID");
        EXPECT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        if (!out) c = p.last(UA_EV_INCOMING_CALL)->call;
        p.on = nullptr;
        fake_run_for(100);
        p.events.clear();
    }
    std::string ref(const std::string &more = "") {
        return call_id + ";to-tag=" + local + ";from-tag=" + remote + more;
    }
    /* Sends the INVITE of a third one and returns the answer of that status. */
    const Sip *invite(const std::string &lines, int status, const std::string &body = sdp(OTHER, 5000)) {
        static int n = 0;
        std::string what = std::to_string(status) + " INVITE";
        size_t before = o.count(what);
        o.send(PHONE, o.invite("sip:x@10.0.0.1", "third" + std::to_string(++n), body, lines));
        const Sip *a = o.wait(what, 3000, before + 1);
        if (a) o.ack(PHONE, *a);
        return a;
    }
};

TEST_F(Flow, ACallIsReplacedAtOnceByAnInviteThatNamesIt) {
    for (bool out : {true, false}) {
        SCOPED_TRACE(out ? "our call" : "their call");
        fake_net_begin(1);
        Known k(out);
        ua_agent_ask(k.p.agent, 0); /* nobody need ask the program */
        ASSERT_NE(k.invite("Replaces: " + k.ref() + "\r\nRequire: replaces\r\nReferred-By: <sip:boss@h>\r\n", 200),
                  nullptr);
        ASSERT_NE(k.p.wait(UA_EV_CALL_REPLACED), nullptr);
        const Event e = *k.p.last(UA_EV_CALL_REPLACED);
        EXPECT_EQ(e.other, k.c);
        EXPECT_NE(e.call, k.c);
        EXPECT_EQ(e.from, "sip:raw@10.0.0.6");
        EXPECT_EQ(k.p.events.front().type, UA_EV_CALL_REPLACED) << "the first that is heard of the new call";
        EXPECT_EQ(k.p.count(UA_EV_INCOMING_CALL), 0u);
        ASSERT_NE(k.r.wait("BYE"), nullptr);
        k.r.reply(*k.r.last("BYE"), 200);
        ASSERT_NE(k.p.wait(UA_EV_CALL_ENDED), nullptr);
        const Event *end = k.p.last(UA_EV_CALL_ENDED);
        EXPECT_EQ(end->call, k.c);
        EXPECT_EQ(end->other, e.call);
        EXPECT_EQ(end->cause, UA_CAUSE_REPLACED);
        EXPECT_EQ(end->originator, UA_REMOTE);
        ASSERT_NE(k.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        EXPECT_EQ(k.p.last(UA_EV_CALL_CONFIRMED)->call, e.call);
        EXPECT_EQ(port_of(k.p.look(e.call).config.remote_rtp), 5000);
        EXPECT_NE(k.invite("Replaces: " + k.ref() + "\r\n", 603), nullptr) << "it has ended";
        EXPECT_EQ(k.p.count(UA_EV_CALL_ENDED), 1u);
    }
}

TEST_F(Flow, JsSip12_OnlyTheVeryDialogIsReplaced) {
    struct {
        const char *what;
        std::function<std::string(Known &)> lines;
        int status;
    } rows[] = {
        {"swapped tags",
         [](Known &k) { return "Replaces: " + k.call_id + ";to-tag=" + k.remote + ";from-tag=" + k.local + "\r\n"; },
         481},
        {"another Call-ID", [](Known &k) { return "Replaces: x" + k.ref() + "\r\n"; }, 481},
        {"another tag", [](Known &k) { return "Replaces: " + k.call_id + ";to-tag=" + k.local + ";from-tag=no\r\n"; },
         481},
        {"early only, and it is not", [](Known &k) { return "Replaces: " + k.ref(";early-only") + "\r\n"; }, 486},
        {"unreadable", [](Known &) { return std::string("Replaces: \r\n"); }, 400},
        {"without tags", [](Known &k) { return "Replaces: " + k.call_id + "\r\n"; }, 400},
        {"twice", [](Known &k) { return "Replaces: " + k.ref() + "\r\nReplaces: " + k.ref() + "\r\n"; }, 400},
        {"with Join", [](Known &k) { return "Replaces: " + k.ref() + "\r\nJoin: " + k.ref() + "\r\n"; }, 400},
        {"Join that nobody takes", [](Known &k) { return "Join: " + k.ref() + "\r\n"; }, 488},
        {"with no audio in common", [](Known &k) { return "Replaces: " + k.ref() + "\r\n"; }, 488},
    };
    for (auto &row : rows) {
        SCOPED_TRACE(row.what);
        fake_net_begin(1);
        Known k;
        std::string body =
            std::string(row.what) == "with no audio in common" ? sdp(OTHER, 5000, "98") : sdp(OTHER, 5000);
        EXPECT_NE(k.invite(row.lines(k), row.status, body), nullptr);
        fake_run_for(1000);
        EXPECT_TRUE(k.p.events.empty()) << "nothing has happened to anybody";
        EXPECT_EQ(k.r.count("BYE"), 0u);
    }
}

TEST_F(Flow, AnIncomingCallThatRingsIsNotReplacedByAStranger) {
    Phone p(PHONE, true);
    Raw r(PEER), o(OTHER);
    r.send(PHONE, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    ua_call_ring(p.last(UA_EV_INCOMING_CALL)->call, nullptr);
    ASSERT_NE(r.wait("180 INVITE"), nullptr);
    Sip ringing(*r.last("180 INVITE"));
    for (const char *id : {"b", "d"}) {
        o.send(PHONE, o.invite("sip:x@10.0.0.1", id, sdp(OTHER, 5000),
                               "Replaces: a;to-tag=" + ringing.to_tag() + ";from-tag=rawtag\r\n"));
        ASSERT_NE(o.wait("481 INVITE", 3000, id[0] == 'b' ? 1 : 2), nullptr);
        EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u);
        if (id[0] != 'b') break;
        r.send(PHONE, r.inside("UPDATE", ringing, 2)); /* answered, it still only rings */
        ASSERT_NE(r.wait("200 UPDATE"), nullptr);
    }
}

/* A program that serves dialog-info documents, or hands a call on, needs both tags: also our own of a call that rings
 * here, which no message of the peer's holds yet. */
TEST_F(Flow, WhatNamesACallIsToldOfEachCall) {
    fake_net_begin(1);
    Phone p(PHONE, true);
    Raw r(PEER), o(OTHER);
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    Sip invite(*r.last("INVITE"));
    std::string ours = invite.header("Call-ID") + ";to-tag=" + invite.from_tag() + ";from-tag=";
    r.reply(invite, 180, "fork", r.contact());
    ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_PROGRESS)->dialog, ours + "fork");
    r.reply(invite, 200, "peer", r.contact(), sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_ACCEPTED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ACCEPTED)->dialog, ours + "peer");
    EXPECT_EQ(p.last(UA_EV_CALL_ACCEPTED)->call, c);

    o.send(PHONE, o.invite("sip:x@10.0.0.1", "b", sdp(OTHER, 5000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    std::string named = p.last(UA_EV_INCOMING_CALL)->dialog;
    ASSERT_EQ(ua_call_ring(p.last(UA_EV_INCOMING_CALL)->call, nullptr), SX_OK);
    ASSERT_NE(o.wait("180 INVITE"), nullptr);
    Sip ringing(*o.last("180 INVITE"));
    EXPECT_EQ(named, ringing.header("Call-ID") + ";to-tag=" + ringing.to_tag() + ";from-tag=" + ringing.from_tag());

    std::string ref = ours + "peer";
    o.send(PHONE, o.invite("sip:x@10.0.0.1", "c", sdp(OTHER, 5000), "Replaces: " + ref + "\r\n"));
    ASSERT_NE(p.wait(UA_EV_CALL_REPLACED), nullptr) << "as told, so taken";
    EXPECT_EQ(p.last(UA_EV_CALL_REPLACED)->other, c);
    EXPECT_NE(p.last(UA_EV_CALL_REPLACED)->dialog, "");
    EXPECT_NE(p.last(UA_EV_CALL_REPLACED)->dialog, ref);
}

/* Pickup: who rings somewhere is asked by a third one to ring no more, and talks to that one. */
TEST_F(Flow, ACallThatRingsElsewhereIsPickedUp) {
    for (bool early_only : {true, false}) {
        SCOPED_TRACE(early_only);
        fake_net_begin(1);
        Phone p(PHONE, true);
        Raw r(PEER), o(OTHER);
        ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
        ASSERT_NE(r.wait("INVITE"), nullptr);
        Sip invite(*r.last("INVITE"));
        r.reply(invite, 180, "peer", r.contact());
        ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
        std::string ref = invite.header("Call-ID") + ";to-tag=" + invite.from_tag() + ";from-tag=peer";
        if (early_only) ref += ";early-only";
        o.send(PHONE, o.invite("sip:x@10.0.0.1", "b", sdp(OTHER, 5000), "Replaces: " + ref + "\r\n"));
        ASSERT_NE(o.wait("200 INVITE"), nullptr);
        o.ack(PHONE, *o.last("200 INVITE"));
        ASSERT_NE(p.wait(UA_EV_CALL_REPLACED), nullptr);
        EXPECT_EQ(p.last(UA_EV_CALL_REPLACED)->other, c);
        ASSERT_NE(r.wait("CANCEL"), nullptr);
        r.reply(*r.last("CANCEL"), 200);
        r.reply(invite, 487, "peer");
        ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
        EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->call, c);
        EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_REPLACED);
        EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->other, p.last(UA_EV_CALL_REPLACED)->call);
        EXPECT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    }
}

TEST_F(Flow, APickupThatTheProgramHasNotDecidedOnComesTooLateOnceSomebodyAnswers) {
    for (bool early_only : {true, false}) {
        SCOPED_TRACE(early_only);
        fake_net_begin(1);
        Phone p(PHONE, true);
        Raw r(PEER), o(OTHER);
        ua_agent_ask(p.agent, 1u << UA_ASK_CALL | 1u << UA_ASK_REPLACE);
        ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
        ASSERT_NE(r.wait("INVITE"), nullptr);
        Sip invite(*r.last("INVITE"));
        r.reply(invite, 180, "peer", r.contact());
        ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
        std::string ref = invite.header("Call-ID") + ";to-tag=" + invite.from_tag() + ";from-tag=peer";
        if (early_only) ref += ";early-only";
        o.send(PHONE, o.invite("sip:x@10.0.0.1", "b", sdp(OTHER, 5000), "Replaces: " + ref + "\r\n"));
        ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
        ua_call *rival = p.last(UA_EV_INCOMING_CALL)->call;
        r.reply(invite, 200, "peer", r.contact(), sdp(PEER, 4000));
        ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        if (early_only) {
            ASSERT_NE(o.wait("486 INVITE"), nullptr);
            ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
            EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->call, rival);
            EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->status, 486);
        } else {
            ASSERT_EQ(ua_call_answer(rival, nullptr), SX_OK);
            ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
            EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->call, c);
            EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_REPLACED);
        }
        fake_run_for(1000);
        EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 1u);
    }
}

TEST_F(Flow, AProgramThatAsksDecidesWhetherACallIsReplaced) {
    for (bool yes : {true, false}) {
        SCOPED_TRACE(yes);
        fake_net_begin(1);
        Known k;
        ua_agent_ask(k.p.agent, 1u << UA_ASK_CALL | 1u << UA_ASK_REPLACE);
        k.o.send(PHONE, k.o.invite("sip:x@10.0.0.1", "b", sdp(OTHER, 5000), "Replaces: " + k.ref() + "\r\n"));
        ASSERT_NE(k.p.wait(UA_EV_INCOMING_CALL), nullptr);
        const Event e = *k.p.last(UA_EV_INCOMING_CALL);
        EXPECT_EQ(e.other, k.c);
        EXPECT_EQ(e.replaces, k.ref());
        EXPECT_EQ(e.flags & UA_FLAG_JOIN, 0u);
        fake_run_for(1000);
        EXPECT_EQ(k.r.count("BYE"), 0u);
        if (yes) {
            ASSERT_EQ(ua_call_answer(e.call, nullptr), SX_OK);
            ASSERT_NE(k.o.wait("200 INVITE"), nullptr);
            k.o.ack(PHONE, *k.o.last("200 INVITE"));
            ASSERT_NE(k.r.wait("BYE"), nullptr);
            ASSERT_NE(k.p.wait(UA_EV_CALL_ENDED), nullptr);
            EXPECT_EQ(k.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_REPLACED);
            EXPECT_EQ(k.p.last(UA_EV_CALL_ENDED)->other, e.call);
            EXPECT_EQ(k.p.count(UA_EV_CALL_REPLACED), 0u);
        } else {
            ASSERT_EQ(ua_call_reject(e.call, nullptr), SX_OK);
            ASSERT_NE(k.o.wait("486 INVITE"), nullptr);
            ASSERT_NE(k.p.wait(UA_EV_CALL_ENDED), nullptr);
            EXPECT_EQ(k.p.last(UA_EV_CALL_ENDED)->call, e.call);
            EXPECT_EQ(k.r.count("BYE"), 0u);
        }
    }
}

TEST_F(Flow, WhoAnswersAfterTheOtherHasHungUpHasAnOrdinaryCall) {
    Known k;
    ua_agent_ask(k.p.agent, 1u << UA_ASK_CALL | 1u << UA_ASK_REPLACE);
    k.o.send(PHONE, k.o.invite("sip:x@10.0.0.1", "b", sdp(OTHER, 5000), "Replaces: " + k.ref() + "\r\n"));
    ASSERT_NE(k.p.wait(UA_EV_INCOMING_CALL), nullptr);
    ua_call *c = k.p.last(UA_EV_INCOMING_CALL)->call;
    k.r.send(PHONE, k.r.inside("BYE", *k.first, 2));
    ASSERT_NE(k.p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(k.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_TERMINATED);
    ASSERT_EQ(ua_call_answer(c, nullptr), SX_OK);
    ASSERT_NE(k.o.wait("200 INVITE"), nullptr);
    k.o.ack(PHONE, *k.o.last("200 INVITE"));
    ASSERT_NE(k.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
}

TEST_F(Flow, AJoinIsAQuestionAndEndsNothing) {
    Known k;
    ua_agent_ask(k.p.agent, 1u << UA_ASK_CALL | 1u << UA_ASK_JOIN);
    k.o.send(PHONE, k.o.invite("sip:x@10.0.0.1", "b", sdp(OTHER, 5000), "Join: " + k.ref() + "\r\nRequire: join\r\n"));
    ASSERT_NE(k.p.wait(UA_EV_INCOMING_CALL), nullptr);
    const Event e = *k.p.last(UA_EV_INCOMING_CALL);
    EXPECT_EQ(e.other, k.c);
    EXPECT_EQ(e.flags & UA_FLAG_JOIN, (uint32_t)UA_FLAG_JOIN);
    ASSERT_EQ(ua_call_answer(e.call, nullptr), SX_OK);
    ASSERT_NE(k.o.wait("200 INVITE"), nullptr);
    k.o.ack(PHONE, *k.o.last("200 INVITE"));
    fake_run_for(2000);
    EXPECT_EQ(k.p.count(UA_EV_CALL_ENDED), 0u) << "two calls, to be put into a conference";
    EXPECT_EQ(k.r.count("BYE"), 0u);
    EXPECT_NE(k.invite("Join: x" + k.ref() + "\r\n", 481), nullptr);
}

TEST_F(Flow, WeReplaceAndJoinCallsOfOthers) {
    Phone p(PHONE, true);
    Raw r(PEER);
    p.call(nullptr, "sip:x@10.0.0.5", [](ua_call_config &c) { c.replaces = "abc@h;to-tag=1;from-tag=2;early-only"; });
    ASSERT_NE(r.wait("INVITE"), nullptr);
    EXPECT_EQ(r.last("INVITE")->header("Replaces"), "abc@h;to-tag=1;from-tag=2;early-only");
    EXPECT_EQ(r.last("INVITE")->header("Require"), "replaces");
    p.call(nullptr, "sip:y@10.0.0.5", [](ua_call_config &c) { c.join = "abc@h;to-tag=1;from-tag=2"; });
    ASSERT_NE(r.wait("INVITE", 1000, 2), nullptr);
    EXPECT_EQ(r.last("INVITE")->header("Join"), "abc@h;to-tag=1;from-tag=2");
    EXPECT_EQ(r.last("INVITE")->header("Require"), "join");
    for (const char *bad : {"abc", "abc;to-tag=1", "a\r\nb;to-tag=1;from-tag=2", ";to-tag=1;from-tag=2"}) {
        ua_call_config c = {};
        c.target = "sip:x@10.0.0.5";
        c.media_default = true;
        c.replaces = bad;
        ua_call *out = nullptr;
        EXPECT_EQ(ua_call_create(p.agent, nullptr, &c, 1, &out), SX_E_INVALID) << bad;
        c.join = "abc;to-tag=1;from-tag=2";
        c.replaces = c.join;
        EXPECT_EQ(ua_call_create(p.agent, nullptr, &c, 1, &out), SX_E_INVALID);
    }
}

TEST_F(Flow, AFullHouseStillTakesAReplacement) {
    Phone p(PHONE, true, nullptr, 1);
    Raw r(PEER), o(OTHER);
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    r.send(PHONE, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    Sip ok(*r.last("200 INVITE"));
    r.ack(PHONE, ok);
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    o.send(PHONE, o.invite("sip:x@10.0.0.1", "b", sdp(OTHER, 5000)));
    ASSERT_NE(o.wait("486 INVITE"), nullptr);
    o.send(PHONE, o.invite("sip:x@10.0.0.1", "c", sdp(OTHER, 5000),
                           "Replaces: a;to-tag=" + ok.to_tag() + ";from-tag=rawtag\r\n"));
    ASSERT_NE(o.wait("200 INVITE"), nullptr);
}

/* ---- attended transfer: alice talks with bob, consults dora, and connects the two ---- */

struct Three {
    Registrar reg{"10.0.0.9"};
    Phone a{"10.0.0.1"}, b{"10.0.0.2"}, c{"10.0.0.3"};
    ua_account *aa, *bb, *cc;
    ua_call *ab = nullptr, *ac = nullptr;
    Three() {
        aa = a.account("sip:alice@10.0.0.9", "secret");
        bb = b.account("sip:bob@10.0.0.9", "hunter2");
        cc = c.account("sip:dora@10.0.0.9", "hunter2");
        for (auto *p : {&a, &b, &c}) {
            ua_agent_ask(p->agent, 1u << UA_ASK_CALL | 1u << UA_ASK_TRANSFER);
            EXPECT_EQ(ua_account_register(p == &a ? aa : p == &b ? bb : cc), SX_OK);
            EXPECT_NE(p->wait(UA_EV_REGISTERED), nullptr);
        }
        b.on = c.on = [](const ua_event &ev) {
            ua_call *out;
            if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
            if (ev.type == UA_EV_TRANSFER_REQUESTED) {
                EXPECT_EQ(ua_transfer_accept(ev.transfer, nullptr, 5, &out), SX_OK);
            }
        };
        ab = a.call(aa, "bob");
        EXPECT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
        ac = a.call(aa, "dora");
        EXPECT_NE(a.wait(UA_EV_CALL_CONFIRMED, 5000, 2), nullptr);
        fake_run_for(200);
    }
    int transfer() {
        ua_transfer_config cfg = {};
        cfg.consult = ac;
        cfg.subscribe = cfg.hangup = true;
        ua_transfer *t = nullptr;
        return ua_call_transfer(ab, &cfg, 3, &t);
    }
    void connected() {
        ASSERT_NE(a.wait(UA_EV_TRANSFER_DONE, 40000), nullptr);
        EXPECT_EQ(a.last(UA_EV_TRANSFER_DONE)->status, 200);
        EXPECT_EQ(a.last(UA_EV_TRANSFER_DONE)->code, 0);
        ASSERT_NE(a.wait(UA_EV_CALL_ENDED, 40000, 2), nullptr) << "alice is out of it";
        ASSERT_NE(b.wait(UA_EV_CALL_ENDED, 40000), nullptr);
        ASSERT_NE(c.wait(UA_EV_CALL_ENDED, 40000), nullptr);
        ASSERT_EQ(c.count(UA_EV_CALL_REPLACED), 1u);
        EXPECT_EQ(c.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_REPLACED);
        fake_run_for(2000);
        EXPECT_EQ(b.count(UA_EV_TRANSFER_DONE), 1u);
        EXPECT_EQ(b.count(UA_EV_CALL_ENDED), 1u) << "bob and dora talk";
        EXPECT_EQ(c.count(UA_EV_CALL_ENDED), 1u);
        auto *at_bob = b.last(UA_EV_CALL_CONFIRMED), *at_dora = c.last(UA_EV_CALL_CONFIRMED);
        EXPECT_EQ(port_of(b.look(at_bob->call).config.remote_rtp), port_of(c.look(at_dora->call).rtp));
        EXPECT_EQ(port_of(c.look(at_dora->call).config.remote_rtp), port_of(b.look(at_bob->call).rtp));
    }
};

TEST_F(Flow, AnAttendedTransferConnectsTheTwoOthers) {
    Three t;
    ASSERT_EQ(t.transfer(), SX_OK) << sx_last_error_text();
    t.connected();
    for (auto &e : t.a.events) {
        if (e.type == UA_EV_CALL_ENDED && e.call == t.ab) {
            EXPECT_EQ(e.cause, UA_CAUSE_TRANSFERRED);
        }
    }
}

TEST_F(Flow, AnAttendedTransferFailsWellWhenTheConsultedOneHasGone) {
    Three t;
    ASSERT_EQ(t.transfer(), SX_OK);
    ua_call_hangup(t.c.last(UA_EV_INCOMING_CALL)->call, nullptr);
    ASSERT_NE(t.a.wait(UA_EV_TRANSFER_DONE, 40000), nullptr);
    EXPECT_GE(t.a.last(UA_EV_TRANSFER_DONE)->status, 400);
    fake_run_for(2000);
    EXPECT_EQ(t.a.count(UA_EV_CALL_ENDED), 1u) << "alice still has bob";
    EXPECT_EQ(t.b.count(UA_EV_CALL_REPLACED), 0u);
}

/* RFC 3261 25.1: what may stand in a Call-ID and in a tag, here escaped in a Refer-To and plain in a Replaces. */
TEST_F(Flow, ACallIdOfAllSignsIsNamedByReplacesAndEscaped) {
    Phone p(PHONE, true);
    Raw r(PEER), o(OTHER);
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    std::string id = "a\"<b>\\(c)/[d]?{e}%41:*+`'~!@x.y";
    r.send(PHONE, r.request("INVITE", "sip:x@10.0.0.1", "<sip:raw@10.0.0.5>;tag=t%41*~", "<sip:x@10.0.0.1>", id, 1,
                            r.contact(), sdp(PEER, 4000)));
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    Sip ok(*r.last("200 INVITE"));
    EXPECT_EQ(ok.header("Call-ID"), id);
    r.ack(PHONE, ok);
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ua_call *c = p.last(UA_EV_INCOMING_CALL)->call;
    /* as the consultation of a transfer */
    ua_call *second = p.call(nullptr, "sip:y@10.0.0.6");
    ASSERT_NE(o.wait("INVITE"), nullptr);
    o.reply(Sip(*o.last("INVITE")), 200, "o", o.contact(), sdp(OTHER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED, 1000, 2), nullptr);
    ua_transfer_config cfg = {};
    cfg.consult = c;
    cfg.subscribe = true;
    ua_transfer *t = nullptr;
    ASSERT_EQ(ua_call_transfer(second, &cfg, 3, &t), 0);
    ASSERT_NE(o.wait("REFER"), nullptr);
    std::string to = o.last("REFER")->header("Refer-To");
    for (const char *bad : {"\"", "\\", "{", "[", "?{"}) EXPECT_EQ(to.find(bad), std::string::npos) << to;
    EXPECT_NE(to.find("%2541"), std::string::npos) << to;
    o.reply(Sip(*o.last("REFER")), 603);
    /* and replaced */
    o.send(PHONE, o.invite("sip:x@10.0.0.1", "b", sdp(OTHER, 5000),
                           "Replaces: " + id + ";to-tag=" + ok.to_tag() + ";from-tag=t%41*~\r\n"));
    ASSERT_NE(o.wait("200 INVITE"), nullptr);
    ASSERT_NE(p.wait(UA_EV_CALL_REPLACED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_REPLACED)->other, c);
}

TEST_F(Flow, ACallThatIsReplacedBeforeItsAckWaitsForIt) {
    for (bool acked : {true, false}) {
        SCOPED_TRACE(acked);
        fake_net_begin(1);
        Phone p(PHONE, true);
        Raw r(PEER), o(OTHER);
        p.on = [&](const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
        };
        r.send(PHONE, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
        ASSERT_NE(r.wait("200 INVITE"), nullptr);
        Sip ok(*r.last("200 INVITE"));
        o.send(PHONE, o.invite("sip:x@10.0.0.1", "b", sdp(OTHER, 5000),
                               "Replaces: a;to-tag=" + ok.to_tag() + ";from-tag=rawtag\r\n"));
        ASSERT_NE(o.wait("200 INVITE"), nullptr);
        o.ack(PHONE, *o.last("200 INVITE"));
        fake_run_for(1000);
        EXPECT_EQ(r.count("BYE"), 0u) << "not before the ACK (RFC 3261 15)";
        if (acked) r.ack(PHONE, ok);
        ASSERT_NE(r.wait("BYE", 40000), nullptr);
        r.reply(Sip(*r.last("BYE")), 200);
        ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
        EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_REPLACED);
        fake_run_for(40000);
        EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 1u);
    }
}

} // namespace
