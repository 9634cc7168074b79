/* Who calls, as proxies and trunks say it (RFC 3325, 3323, 5806, 7044, Remote-Party-ID), who asks for an answer without
 * a hand (Call-Info, Alert-Info, RFC 5373), and headers and reasons in each message of a call. */
#include "flow/flow_fixture.h"

namespace {

const char *const ME = "10.0.0.1", *const PEER = "10.0.0.5";

/* The INCOMING_CALL that an INVITE with these lines makes. */
Event incoming(const std::string &lines) {
    fake_net_begin(1);
    Raw r(PEER);
    Phone p(ME, true);
    r.send(ME, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000), lines));
    const Event *e = p.wait(UA_EV_INCOMING_CALL);
    EXPECT_NE(e, nullptr);
    return e ? *e : Event();
}

/* The INVITE that a call with this configuration sends. */
Sip invite(std::function<void(ua_call_config &)> more, bool account = true) {
    fake_net_begin(1);
    Raw r(PEER);
    Phone p(ME);
    ua_account *acc = account ? p.account("sip:alice@10.0.0.5", nullptr, nullptr,
                                          [](ua_account_config &c) { c.display_name = "Alice"; })
                              : nullptr;
    p.call(acc, "sip:x@10.0.0.5", more);
    const Sip *m = r.wait("INVITE");
    EXPECT_NE(m, nullptr);
    return Sip(m ? m->raw : "");
}

int refused(std::function<void(ua_call_config &)> more) {
    fake_net_begin(1);
    Phone p(ME);
    ua_call_config c = {};
    c.target = "sip:x@10.0.0.5";
    c.media_default = true;
    more(c);
    ua_call *out = nullptr;
    return ua_call_create(p.agent, nullptr, &c, 9, &out);
}

TEST_F(Flow, WhoCallsIsReadFromWhatTheProxyAsserts) {
    Event e =
        incoming("P-Asserted-Identity: \"B\\\"oss\" <sip:boss@pbx.example>, <tel:+4930123>\r\nPrivacy: id;user\r\n"
                 "Remote-Party-ID: <sip:old@pbx.example>\r\nReferred-By: <sip:ref@pbx.example>;cid=1\r\n");
    EXPECT_EQ(e.identity, "sip:boss@pbx.example");
    EXPECT_EQ(e.identity_name, "B\"oss");
    EXPECT_EQ(e.privacy, "id;user");
    EXPECT_EQ(e.referred_by, "sip:ref@pbx.example");
    EXPECT_EQ(e.diversion, "");
    e = incoming("Remote-Party-ID: \"Old\" <sip:old@pbx.example>;party=calling;privacy=off\r\n");
    EXPECT_EQ(e.identity, "sip:old@pbx.example");
    EXPECT_EQ(e.identity_name, "Old");
    e = incoming("P-Asserted-Identity: <sip:broken\r\n");
    EXPECT_EQ(e.identity, "");
    e = incoming("");
    EXPECT_EQ(e.identity + e.identity_name + e.privacy + e.diversion + e.replaces, "");
}

TEST_F(Flow, WhoDivertedTheCallLastIsReadFromEveryFormOfIt) {
    EXPECT_EQ(incoming("Diversion: <sip:last@x.example>;reason=no-answer, <sip:first@x.example>\r\n").diversion,
              "sip:last@x.example");
    /* RFC 7044: the entry that mp names; rc is the routing to a phone */
    EXPECT_EQ(incoming("History-Info: <sip:first@x.example>;index=1, <sip:boss@x.example>;index=1.1;mp=1,\r\n"
                       " <sip:bob@x.example;cause=486>;index=1.2;mp=1.1, <sip:bob@10.0.0.1>;index=1.2.1;rc=1.2\r\n")
                  .diversion,
              "sip:boss@x.example");
    /* RFC 4244: an entry that was left because of an answer */
    EXPECT_EQ(incoming("History-Info: <sip:boss@x.example?Reason=SIP%3Bcause%3D302>;index=1\r\n"
                       "History-Info: <sip:bob@x.example>;index=1.1\r\n")
                  .diversion,
              "sip:boss@x.example");
    /* RFC 4458: an entry that was come to for a cause */
    EXPECT_EQ(
        incoming("History-Info: <sip:boss@x.example>;index=1, <sip:vm@x.example;cause=408>;index=1.1\r\n").diversion,
        "sip:boss@x.example");
    EXPECT_EQ(incoming("History-Info: <sip:bob@x.example>;index=1, <sip:bob@10.0.0.1>;index=1.1;rc=1\r\n").diversion,
              "")
        << "a registered contact is no diversion";
    std::string many = "History-Info: ";
    for (int i = 0; i < 200; i++) many += "<sip:u@x.example>;index=1;mp=9,";
    EXPECT_EQ(incoming(many + "<sip:z@x>;index=2\r\n").diversion, "");
}

TEST_F(Flow, TheCalledPartysIdentityIsToldWithRingingAndAnswer) {
    Raw r(PEER);
    Phone p(ME);
    r.on = [&](const Sip &m) {
        if (m.method() != "INVITE") return;
        r.reply(m, 180, "t", r.contact() + "P-Asserted-Identity: \"Ringer\" <sip:ring@x.example>\r\n");
        r.reply(m, 200, "t", r.contact() + "P-Asserted-Identity: <tel:+49301>\r\nX-Any: thing\r\n", sdp(PEER, 4000));
    };
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_CALL_ACCEPTED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_PROGRESS)->identity, "sip:ring@x.example");
    EXPECT_EQ(p.last(UA_EV_CALL_PROGRESS)->identity_name, "Ringer");
    EXPECT_EQ(p.last(UA_EV_CALL_ACCEPTED)->identity, "tel:+49301");
    EXPECT_NE(p.last(UA_EV_CALL_ACCEPTED)->raw.find("X-Any: thing"), std::string::npos);
}

TEST_F(Flow, IdentitiesOfOursStandInTheInvite) {
    Sip m = invite([](ua_call_config &c) {
        c.from_name = "A \"B\" C";
        c.asserted_identity = "sip:trunk@x.example";
        c.preferred_identity = "\"Desk\" <sip:desk@x.example>";
        c.privacy = "user;header";
    });
    EXPECT_EQ(m.header("From").substr(0, m.header("From").find(";tag")), "\"A \\\"B\\\" C\" <sip:alice@10.0.0.5>");
    EXPECT_EQ(m.header("P-Asserted-Identity"), "<sip:trunk@x.example>");
    EXPECT_EQ(m.header("P-Preferred-Identity"), "\"Desk\" <sip:desk@x.example>");
    EXPECT_EQ(m.header("Privacy"), "user;header");
    EXPECT_EQ(m.header("Privacy", 1), "");
    EXPECT_EQ(m.header("Diversion"), "");
    Sip plain = invite([](ua_call_config &) {});
    EXPECT_EQ(plain.header("From").substr(0, plain.header("From").find(";tag")), "\"Alice\" <sip:alice@10.0.0.5>");
    EXPECT_EQ(plain.header("Privacy") + plain.header("P-Asserted-Identity") + plain.header("P-Preferred-Identity"), "");
}

TEST_F(Flow, AnAnonymousCallSaysItsNameToTheProxyOnly) {
    Sip m = invite([](ua_call_config &c) { c.anonymous = true; });
    EXPECT_EQ(m.header("From").substr(0, m.header("From").find(";tag")),
              "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
    EXPECT_EQ(m.header("Privacy"), "id");
    EXPECT_EQ(m.header("P-Preferred-Identity"), "<sip:alice@10.0.0.5>");
    EXPECT_EQ(m.contact_uri().find("alice"), std::string::npos);
    Sip n = invite([](ua_call_config &c) {
        c.anonymous = true;
        c.privacy = "user;critical";
        c.preferred_identity = "sip:other@x.example";
    });
    EXPECT_EQ(n.header("Privacy"), "user;critical;id");
    EXPECT_EQ(n.header("P-Preferred-Identity"), "<sip:other@x.example>");
    Sip direct = invite([](ua_call_config &c) { c.anonymous = true; }, false);
    EXPECT_EQ(direct.header("P-Preferred-Identity"), "");
    EXPECT_EQ(direct.header("Privacy"), "id");
}

TEST_F(Flow, ABadIdentityIsRefusedBeforeAnythingIsSent) {
    EXPECT_EQ(refused([](ua_call_config &c) { c.asserted_identity = "not a uri"; }), SX_E_URI);
    EXPECT_EQ(refused([](ua_call_config &c) { c.asserted_identity = "*"; }), SX_E_URI);
    EXPECT_EQ(refused([](ua_call_config &c) { c.preferred_identity = "sip:a@b\r\nX: y"; }), SX_E_HEADER);
    EXPECT_EQ(refused([](ua_call_config &c) { c.from_name = "a\r\nb"; }), SX_E_HEADER);
    EXPECT_EQ(refused([](ua_call_config &c) { c.privacy = "id;;\r\n"; }), SX_E_INVALID);
}

TEST_F(Flow, AnAnswerWithoutAHandIsToldInAllItsForms) {
    struct {
        const char *line;
        bool asked;
        int after;
    } forms[] = {
        {"Call-Info: <sip:pbx.example>;answer-after=0\r\n", true, 0},
        {"Call-Info: <http://x/a.png>;purpose=icon, <sip:x>; Answer-After=5\r\n", true, 5},
        {"Call-Info: <sip:x>;answer-after=soon\r\n", false, 0},
        {"Call-Info: <sip:x>;answer-after=99999999999\r\n", false, 0},
        {"Alert-Info: <http://www.notused.com>;info=alert-autoanswer;delay=3\r\n", true, 3},
        {"Alert-Info: info=alert-autoanswer\r\n", false, 0},
        {"Alert-Info: ;info=alert-autoanswer\r\n", true, 0},
        {"Alert-Info: <http://x/ring.wav>;info=alert-external\r\n", false, 0},
        {"Alert-Info: Auto Answer\r\n", true, 0},
        {"Answer-Mode: Auto;require\r\n", true, 0},
        {"Priv-Answer-Mode: auto\r\n", true, 0},
        {"Answer-Mode: Manual\r\n", false, 0},
        {"", false, 0},
    };
    for (auto &f : forms) {
        SCOPED_TRACE(f.line);
        Event e = incoming(f.line);
        EXPECT_EQ((e.flags & UA_FLAG_AUTO_ANSWER) != 0, f.asked);
        EXPECT_EQ(e.answer_after_s, f.after);
        EXPECT_EQ(e.default_status, 480) << "only told";
    }
}

TEST_F(Flow, AnAnswerWithoutAHandIsGivenInItsTimeWhereTheOptionSaysSo) {
    for (int after : {0, 4}) {
        fake_net_begin(1);
        Raw r(PEER);
        Phone p(ME, true);
        ASSERT_EQ(ua_option_set(p.agent, nullptr, nullptr, "answer_after", "on"), 0);
        ua_agent_ask(p.agent, 0); /* the program need not take calls for that */
        uint64_t begun = fake_now();
        r.send(ME, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000),
                            "Call-Info: <sip:x>;answer-after=" + std::to_string(after) + "\r\n"));
        ASSERT_NE(r.wait("200 INVITE", 10000), nullptr);
        EXPECT_NEAR((double)(fake_now() - begun), after * 1000, 20);
        EXPECT_EQ(r.count("180 INVITE"), after ? 1u : 0u);
        EXPECT_EQ(p.last(UA_EV_INCOMING_CALL)->default_status, 200);
        EXPECT_EQ(p.last(UA_EV_INCOMING_CALL)->deadline_ms, after * 1000);
        r.ack(ME, *r.last("200 INVITE"));
        ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        r.send(ME, r.invite("sip:x@10.0.0.1", "b", sdp(PEER, 4000)));
        EXPECT_NE(r.wait("480 INVITE"), nullptr) << "others are not taken";
    }
}

TEST_F(Flow, WhoWaitsForAnAnswerWithoutAHandMayStillBeRefusedOrGiveUp) {
    for (bool cancel : {false, true}) {
        fake_net_begin(1);
        Raw r(PEER);
        Phone p(ME, true);
        ASSERT_EQ(ua_option_set(p.agent, nullptr, nullptr, "answer_after", "on"), 0);
        std::string inv = r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000), "Call-Info: <sip:x>;answer-after=4\r\n");
        r.send(ME, inv);
        ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
        fake_run_for(1000);
        if (cancel) {
            std::string c = inv.substr(0, inv.find("Contact:")) + "Content-Length: 0\r\n\r\n";
            c.replace(0, 6, "CANCEL");
            c.replace(c.find("1 INVITE"), 8, "1 CANCEL");
            r.send(ME, c);
        } else {
            ASSERT_EQ(ua_call_reject(p.last(UA_EV_INCOMING_CALL)->call, nullptr), 0);
        }
        ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
        fake_run_for(10000);
        EXPECT_EQ(r.count("200 INVITE"), 0u);
    }
}

/* ---- any header, any reason, in each message of a call */

TEST_F(Flow, HeadersAndQ850GoOutWithEveryMessageOfACall) {
    ua_pair mine = {"X-Mine", "yes"};
    ua_reply reply = {};
    reply.headers = &mine;
    reply.header_count = 1;
    Raw r(PEER);
    Phone p(ME, true);
    /* ringing and answer */
    r.send(ME, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000), "X-Theirs: invite\r\n"));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    EXPECT_NE(p.last(UA_EV_INCOMING_CALL)->raw.find("X-Theirs: invite"), std::string::npos);
    ua_call *c = p.last(UA_EV_INCOMING_CALL)->call;
    ASSERT_EQ(ua_call_ring(c, &reply), 0);
    ASSERT_EQ(ua_call_answer(c, &reply), 0);
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    EXPECT_EQ(r.last("180 INVITE")->header("X-Mine"), "yes");
    EXPECT_EQ(r.last("200 INVITE")->header("X-Mine"), "yes");
    Sip ok(*r.last("200 INVITE"));
    r.send(ME, r.inside("ACK", ok, 1, "", "X-Theirs: ack\r\n"));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_NE(p.last(UA_EV_CALL_CONFIRMED)->raw.find("X-Theirs: ack"), std::string::npos);
    /* BYE of theirs */
    r.send(ME, r.inside("BYE", ok, 2, "", "X-Theirs: bye\r\nReason: SIP;cause=200, Q.850;cause=31;text=\"x\"\r\n"));
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_NE(p.last(UA_EV_CALL_ENDED)->raw.find("X-Theirs: bye"), std::string::npos);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->q850, 31);
    /* a refusal */
    r.send(ME, r.invite("sip:x@10.0.0.1", "b", sdp(PEER, 4000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL, 5000, 2), nullptr);
    reply.q850 = 17;
    reply.status = 486;
    ASSERT_EQ(ua_call_reject(p.last(UA_EV_INCOMING_CALL)->call, &reply), 0);
    ASSERT_NE(r.wait("486 INVITE"), nullptr);
    EXPECT_EQ(r.last("486 INVITE")->header("X-Mine"), "yes");
    EXPECT_EQ(r.last("486 INVITE")->header("Reason"), "Q.850;cause=17");
    r.ack(ME, *r.last("486 INVITE"));
    /* CANCEL of theirs */
    std::string inv = r.invite("sip:x@10.0.0.1", "c", sdp(PEER, 4000));
    r.send(ME, inv);
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL, 5000, 3), nullptr);
    std::string can =
        inv.substr(0, inv.find("Contact:")) + "Reason: Q.850;cause=26\r\nX-Theirs: cancel\r\nContent-Length: 0\r\n\r\n";
    can.replace(0, 6, "CANCEL");
    can.replace(can.find("1 INVITE"), 8, "1 CANCEL");
    r.send(ME, can);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 5000, 3), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->q850, 26);
    EXPECT_NE(p.last(UA_EV_CALL_ENDED)->raw.find("X-Theirs: cancel"), std::string::npos);
}

TEST_F(Flow, OurCancelByeAndInviteCarryHeadersAndQ850AndARefusalIsRead) {
    ua_pair mine = {"X-Mine", "yes"};
    ua_reply reply = {};
    reply.headers = &mine;
    reply.header_count = 1;
    reply.q850 = 21;
    Raw r(PEER);
    Phone p(ME);
    auto more = [&](ua_call_config &cfg) {
        cfg.headers = &mine;
        cfg.header_count = 1;
    };
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5", more);
    ASSERT_NE(r.wait("INVITE"), nullptr);
    Sip inv(*r.last("INVITE"));
    EXPECT_EQ(inv.header("X-Mine"), "yes");
    r.reply(inv, 180, "t", r.contact());
    ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
    ASSERT_EQ(ua_call_hangup(c, &reply), 0);
    ASSERT_NE(r.wait("CANCEL"), nullptr);
    EXPECT_EQ(r.last("CANCEL")->header("X-Mine"), "yes");
    EXPECT_EQ(r.last("CANCEL")->header("Reason"), "Q.850;cause=21");
    r.reply(*r.last("CANCEL"), 200);
    r.reply(inv, 487, "t");
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    /* BYE, with a status and words too */
    c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE", 5000, 2), nullptr);
    r.reply(Sip(*r.last("INVITE")), 200, "t2", r.contact(), sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    reply.status = 503;
    reply.reason = "worn \"out\"";
    reply.q850 = 128;
    EXPECT_EQ(ua_call_hangup(c, &reply), SX_E_INVALID);
    reply.q850 = 41;
    ASSERT_EQ(ua_call_hangup(c, &reply), 0);
    ASSERT_NE(r.wait("BYE"), nullptr);
    EXPECT_EQ(r.last("BYE")->header("X-Mine"), "yes");
    EXPECT_EQ(r.last("BYE")->header("Reason"), "SIP;cause=503;text=\"worn \\\"out\\\"\"");
    EXPECT_EQ(r.last("BYE")->header("Reason", 1), "Q.850;cause=41");
    r.reply(*r.last("BYE"), 200);
    /* a refusal with a Reason (RFC 6432) */
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE", 5000, 3), nullptr);
    r.reply(Sip(*r.last("INVITE")), 480, "t3", "Reason: Q.850;cause=20\r\nX-Theirs: no\r\n");
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 5000, 3), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->q850, 20);
    EXPECT_NE(p.last(UA_EV_CALL_ENDED)->raw.find("X-Theirs: no"), std::string::npos);
}

TEST_F(Flow, MessagesAndTransfersCarryHeadersBothWays) {
    ua_pair mine = {"X-Mine", "yes"};
    Raw r(PEER);
    Phone p(ME, true);
    r.on = [&](const Sip &m) {
        if (m.method() == "MESSAGE") r.reply(m, 200, "t", "X-Theirs: ok\r\n");
        if (m.method() == "REFER") r.reply(m, 603, "", "X-Theirs: no\r\n");
    };
    ua_message_config k = {};
    k.target = "sip:x@10.0.0.5";
    k.body = SX_LIT("hello");
    k.headers = &mine;
    k.header_count = 1;
    ua_message *sent = nullptr;
    ASSERT_EQ(ua_message_send(p.agent, nullptr, &k, 3, &sent), 0);
    ASSERT_NE(p.wait(UA_EV_MESSAGE_DELIVERED), nullptr);
    EXPECT_EQ(r.last("MESSAGE")->header("X-Mine"), "yes");
    EXPECT_NE(p.last(UA_EV_MESSAGE_DELIVERED)->raw.find("X-Theirs: ok"), std::string::npos);
    /* theirs, and our answer to it */
    p.on = [&](const ua_event &ev) {
        if (ev.type != UA_EV_MESSAGE) return;
        ua_reply reply = {};
        reply.headers = &mine;
        reply.header_count = 1;
        EXPECT_EQ(ua_message_accept(ev.message, &reply), 0);
    };
    r.send(ME, r.request("MESSAGE", "sip:x@10.0.0.1", "<sip:r@10.0.0.5>;tag=m", "<sip:x@10.0.0.1>", "m1", 1,
                         "X-Theirs: message\r\nContent-Type: text/plain\r\n", "hi"));
    ASSERT_NE(r.wait("200 MESSAGE"), nullptr);
    EXPECT_EQ(r.last("200 MESSAGE")->header("X-Mine"), "yes");
    EXPECT_NE(p.last(UA_EV_MESSAGE)->raw.find("X-Theirs: message"), std::string::npos);
    /* REFER */
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    r.reply(Sip(*r.last("INVITE")), 200, "t", r.contact(), sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ua_transfer_config t = {};
    t.target = "sip:y@10.0.0.5";
    t.subscribe = t.hangup = true;
    t.timeout_ms = 5000;
    t.headers = &mine;
    t.header_count = 1;
    ua_transfer *transfer = nullptr;
    ASSERT_EQ(ua_call_transfer(c, &t, 4, &transfer), 0) << sx_last_error_text();
    ASSERT_NE(p.wait(UA_EV_TRANSFER_DONE), nullptr);
    EXPECT_EQ(r.last("REFER")->header("X-Mine"), "yes");
    EXPECT_NE(p.last(UA_EV_TRANSFER_DONE)->raw.find("X-Theirs: no"), std::string::npos);
}

} // namespace
