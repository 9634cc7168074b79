/* What a MESSAGE may carry besides text: wrappers, notifications of delivery, "is writing"; and messages inside calls.
 */
#include "flow/flow_fixture.h"

extern "C" {
#include "body/body.h"
}

namespace {

std::string field(const std::string &type, const std::string &bytes, const char *name) {
    body_doc doc;
    std::string v;
    if (body_read(sx_slice_str(type.c_str()), sx_slice_of(bytes.data(), bytes.size()), &doc) == SX_OK)
        v = text(body_get(&doc, sx_slice_str(name)));
    body_free(&doc);
    return v;
}

/* Two phones that talk directly; bob accepts what he gets. */
struct Two {
    Phone alice{"10.0.0.1", true}, bob{"10.0.0.2", true};
    int accept = 200;
    uint64_t ids = 100;
    Two() {
        bob.on = [&](const ua_event &ev) {
            if (ev.type != UA_EV_MESSAGE) return;
            if (accept == 200) ua_message_accept(ev.message, nullptr);
            if (accept == 486) {
                ua_reply r = {};
                r.status = 486;
                ua_message_reject(ev.message, &r);
            }
        };
        alice.on = [](const ua_event &ev) {
            if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
        };
    }
    int send(const std::string &body, std::function<void(ua_message_config &)> more = nullptr, Phone *from = nullptr) {
        ua_message_config c = {};
        ua_message *m = nullptr;
        Phone &p = from ? *from : alice;
        c.target = &p == &alice ? "sip:bob@10.0.0.2" : "sip:alice@10.0.0.1";
        c.from = &p == &alice ? "\"Alice A\" <sip:alice@10.0.0.1>" : "sip:bob@10.0.0.2";
        c.body = sx_slice_of(body.data(), body.size());
        if (more) more(c);
        return ua_message_send(p.agent, nullptr, &c, ids++, &m);
    }
};

TEST_F(Flow, AWrappedMessageArrivesAsWhatIsInside) {
    Two t;
    ASSERT_EQ(t.send("hello",
                     [](ua_message_config &c) {
                         c.cpim = true;
                         c.message_id = "m-1";
                         c.content_type = "text/markdown";
                     }),
              0);
    const Event *e = t.bob.wait(UA_EV_MESSAGE);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->body, "hello");
    EXPECT_EQ(e->content_type, "text/markdown");
    EXPECT_EQ(e->message_id, "m-1");
    EXPECT_EQ(e->from, "sip:alice@10.0.0.1");
    EXPECT_EQ(e->from_name, "Alice A");
    EXPECT_EQ(e->to, "sip:bob@10.0.0.2");
    EXPECT_EQ(e->flags, 0u);
    EXPECT_NE(e->raw.find("Content-Type: message/cpim"), std::string::npos);
    e = t.alice.wait(UA_EV_MESSAGE_DELIVERED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->message_id, "m-1");
    fake_run_for(5000);
    EXPECT_EQ(t.alice.count(UA_EV_MESSAGE_DISPOSITION), 0u) << "nobody asked to be told";
}

TEST_F(Flow, TheSenderLearnsThatHisMessageWasDeliveredAndThenRead) {
    Two t;
    ASSERT_EQ(t.send("hello", [](ua_message_config &c) { c.disposition = 1 | 2; }), 0);
    const Event *e = t.bob.wait(UA_EV_MESSAGE);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->flags, UA_FLAG_WANTS_DELIVERED | UA_FLAG_WANTS_DISPLAYED);
    std::string id = e->message_id;
    EXPECT_GE(id.size(), 16u) << "made up, as none was given";
    e = t.alice.wait(UA_EV_MESSAGE_DISPOSITION);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->state, "delivered");
    EXPECT_EQ(e->message_id, id);
    EXPECT_EQ(e->from, "sip:bob@10.0.0.2");
    EXPECT_EQ(t.alice.last(UA_EV_MESSAGE_DELIVERED)->message_id, id);
    ASSERT_EQ(t.send(
                  "",
                  [&](ua_message_config &c) {
                      c.report = "displayed";
                      c.message_id = id.c_str();
                  },
                  &t.bob),
              0);
    e = t.alice.wait(UA_EV_MESSAGE_DISPOSITION, 5000, 2);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->state, "displayed");
    EXPECT_EQ(e->message_id, id);
    ASSERT_NE(t.bob.wait(UA_EV_MESSAGE_DELIVERED), nullptr);
    fake_run_for(60000);
    EXPECT_EQ(t.alice.count(UA_EV_MESSAGE_DISPOSITION), 2u);
    EXPECT_EQ(t.alice.count(UA_EV_MESSAGE), 0u) << "a notification is no message";
    EXPECT_EQ(t.bob.count(UA_EV_MESSAGE_DISPOSITION), 0u) << "and is not answered by another";
    EXPECT_EQ(t.bob.count(UA_EV_MESSAGE_DELIVERED), 1u) << "what goes out by itself is not told";
    EXPECT_EQ(t.bob.count(UA_EV_MESSAGE_FAILED), 0u);
}

TEST_F(Flow, ARefusedMessageIsNotReportedAsDelivered) {
    Two t;
    t.accept = 486;
    ASSERT_EQ(t.send("hello", [](ua_message_config &c) { c.disposition = 1; }), 0);
    ASSERT_NE(t.alice.wait(UA_EV_MESSAGE_FAILED), nullptr);
    EXPECT_NE(t.alice.last(UA_EV_MESSAGE_FAILED)->message_id, "");
    fake_run_for(5000);
    EXPECT_EQ(t.alice.count(UA_EV_MESSAGE_DISPOSITION), 0u);
}

TEST_F(Flow, WhoTakesNoMessagesIsStillToldWhatBecameOfHis) {
    Two t;
    ua_agent_ask(t.alice.agent, 1u << UA_ASK_CALL);
    ASSERT_EQ(t.send("hello", [](ua_message_config &c) { c.disposition = 1; }), 0);
    const Event *e = t.alice.wait(UA_EV_MESSAGE_DISPOSITION);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->state, "delivered");
    ASSERT_EQ(t.send("and a text of bob's", nullptr, &t.bob), 0);
    ASSERT_NE(t.bob.wait(UA_EV_MESSAGE_FAILED), nullptr);
    EXPECT_EQ(t.bob.last(UA_EV_MESSAGE_FAILED)->status, 405);
    EXPECT_EQ(t.alice.count(UA_EV_MESSAGE), 0u);
}

const char *const kWants =
    "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: m1\r\nimdn.Disposition-Notification: positive-delivery\r\n";

struct RawSender {
    Phone p{"10.0.0.1", true};
    Raw r{"10.0.0.5"};
    int n = 0;
    RawSender() {
        p.on = [](const ua_event &ev) {
            if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
        };
        r.on = [&](const Sip &m) {
            if (m.method() == "MESSAGE") r.reply(m, 200, "t");
        };
    }
    void send(const std::string &type, const std::string &body, const std::string &lines = "",
              const std::string &from = "<sip:raw@10.0.0.5>") {
        r.send("10.0.0.1",
               r.request("MESSAGE", "sip:x@10.0.0.1", from + ";tag=f", "<sip:x@10.0.0.1>", "m" + std::to_string(n++), 1,
                         lines + (type.empty() ? "" : "Content-Type: " + type + "\r\n"), body));
    }
    /* The status of the answer. */
    int ask(const std::string &type, const std::string &body, const std::string &lines = "",
            const std::string &from = "<sip:raw@10.0.0.5>") {
        size_t before = r.got.size();
        send(type, body, lines, from);
        fake_run_for(500);
        for (size_t i = before; i < r.got.size(); i++)
            if (r.got[i]->status()) return r.got[i]->status();
        return 0;
    }
};

TEST_F(Flow, ANotificationSaysWhatTheRfcWants) {
    RawSender t;
    ASSERT_EQ(
        t.ask("message/cpim",
              std::string("From: Raw <im:raw@elsewhere>\r\nTo: <im:x@home>\r\nDateTime: 2026-01-01T00:00:00Z\r\n") +
                  kWants + "\r\nContent-Type: text/plain\r\n\r\nhi"),
        200);
    const Sip *m = t.r.wait("MESSAGE");
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->uri(), "sip:raw@10.0.0.5") << "to who sent it by SIP, not to a name inside";
    EXPECT_NE(m->header("From").find("sip:x@10.0.0.1"), std::string::npos);
    EXPECT_EQ(m->header("Content-Type"), "message/cpim");
    EXPECT_EQ(field("message/cpim", m->body(), "to"), "im:raw@elsewhere");
    EXPECT_EQ(field("message/cpim", m->body(), "disposition"), "");
    EXPECT_NE(m->body().find("Content-Disposition: notification\r\n"), std::string::npos);
    std::string inner = field("message/cpim", m->body(), "content");
    EXPECT_EQ(field("message/imdn+xml", inner, "message_id"), "m1");
    EXPECT_EQ(field("message/imdn+xml", inner, "datetime"), "2026-01-01T00:00:00Z");
    EXPECT_EQ(field("message/imdn+xml", inner, "recipient"), "im:x@home");
    EXPECT_EQ(field("message/imdn+xml", inner, "kind"), "delivery");
    EXPECT_EQ(field("message/imdn+xml", inner, "status"), "delivered");
    EXPECT_EQ(t.p.last(UA_EV_MESSAGE)->from, "im:raw@elsewhere");
    EXPECT_EQ(t.p.last(UA_EV_MESSAGE)->from_name, "Raw");
}

TEST_F(Flow, ANotificationNamesTheFirstRecipientAndTheServersOnItsWay) {
    RawSender t;
    ASSERT_EQ(
        t.ask("message/cpim", std::string("To: <im:x@home>\r\n") + kWants +
                                  "imdn.Original-To: <im:all@home>\r\nimdn.IMDN-Record-Route: <im:two@store>\r\n"
                                  "imdn.IMDN-Record-Route: <im:one@store>\r\n\r\nContent-Type: text/plain\r\n\r\nhi"),
        200);
    const Sip *m = t.r.wait("MESSAGE");
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->uri(), "sip:raw@10.0.0.5") << "by SIP it goes to who sent the message";
    size_t two = m->body().find("\r\nimdn.IMDN-Route: <im:two@store>\r\n");
    size_t one = m->body().find("\r\nimdn.IMDN-Route: <im:one@store>\r\n");
    ASSERT_NE(two, std::string::npos);
    ASSERT_NE(one, std::string::npos);
    EXPECT_LT(two, one);
    std::string inner = field("message/cpim", m->body(), "content");
    EXPECT_EQ(field("message/imdn+xml", inner, "recipient"), "im:x@home");
    EXPECT_EQ(field("message/imdn+xml", inner, "original"), "im:all@home");
    EXPECT_EQ(field("message/imdn+xml", inner, "status"), "delivered");
}

TEST_F(Flow, EveryWordThatAReportMayHaveIsSentAndTold) {
    const char *const words[][2] = {{"delivered", "delivery"}, {"failed", "delivery"},   {"forbidden", "delivery"},
                                    {"error", "delivery"},     {"displayed", "display"}, {"processed", "processing"},
                                    {"stored", "processing"}};
    Two t;
    size_t told = 0;
    for (auto &w : words) {
        SCOPED_TRACE(w[0]);
        ASSERT_EQ(t.send(
                      "",
                      [&](ua_message_config &c) {
                          c.report = w[0];
                          c.message_id = "m9";
                      },
                      &t.bob),
                  0);
        const Event *e = t.alice.wait(UA_EV_MESSAGE_DISPOSITION, 5000, ++told);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->state, w[0]);
        EXPECT_EQ(e->message_id, "m9");
        EXPECT_NE(e->raw.find(std::string("<") + w[1] + "-notification><status><" + w[0] + "/>"), std::string::npos);
    }
}

TEST_F(Flow, GroupsAndAnonymousSendersAreToldNothing) {
    RawSender t;
    const std::string rest = std::string(kWants) + "\r\n\r\nhi", us = "To: <sip:x@10.0.0.1>\r\n";
    EXPECT_EQ(t.ask("message/cpim", us + "cc: <sip:y@10.0.0.6>\r\n" + rest), 200);
    EXPECT_EQ(t.ask("message/cpim", "From: <im:anonymous@anonymous.invalid>\r\n" + us + rest), 200);
    EXPECT_EQ(t.ask("message/cpim", us + rest, "", "\"Anonymous\" <sip:anonymous@anonymous.invalid>"), 200);
    EXPECT_EQ(t.ask("message/cpim", us + rest, "Privacy: id\r\n"), 200);
    EXPECT_EQ(
        t.ask("message/cpim",
              us + "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Disposition-Notification: positive-delivery\r\n\r\n\r\nhi"),
        200)
        << "without a Message-ID there is nothing to name";
    EXPECT_EQ(t.p.count(UA_EV_MESSAGE), 5u);
    fake_run_for(5000);
    EXPECT_EQ(t.r.count("MESSAGE"), 0u);
    EXPECT_EQ(t.ask("message/cpim", us + rest), 200);
    EXPECT_EQ(t.r.count("MESSAGE"), 1u);
}

TEST_F(Flow, WhatCannotBeReadIsRefusedAndNotHalfTaken) {
    RawSender t;
    EXPECT_EQ(t.ask("message/cpim", "NS: v <urn:x>\r\nRequire: v.Vital\r\n\r\n\r\nhi"), 415);
    EXPECT_EQ(t.r.last("415 MESSAGE")->header("Accept"), "*/*, message/cpim");
    EXPECT_EQ(t.ask("message/cpim", "Subject: x\r\n\r\nContent-Transfer-Encoding: x-gzip\r\n\r\naGk="), 415);
    EXPECT_EQ(t.ask("message/cpim", "Subject: x\r\n\r\nContent-Transfer-Encoding: base64\r\n\r\nhi!"), 400);
    EXPECT_EQ(t.ask("text/plain", "hi", "Content-Encoding: gzip\r\n"), 415);
    EXPECT_EQ(t.ask("message/cpim", "no headers"), 400);
    EXPECT_EQ(t.ask("application/im-iscomposing+xml", "<isComposing>"), 400);
    EXPECT_EQ(t.ask("application/im-iscomposing+xml", "<isComposing/>"), 400);
    EXPECT_EQ(t.ask("message/imdn+xml", "<!DOCTYPE x><imdn/>"), 400);
    EXPECT_EQ(t.ask("message/imdn+xml", "<imdn><message-id>1</message-id></imdn>"), 400);
    EXPECT_EQ(t.p.count(UA_EV_MESSAGE) + t.p.count(UA_EV_MESSAGE_DISPOSITION) + t.p.count(UA_EV_MESSAGE_COMPOSING), 0u);
    EXPECT_EQ(t.ask("application/x-anything", "\x01\x02"), 200) << "the program may know it";
    EXPECT_EQ(t.ask("text/plain", "hi", "Content-Encoding: identity\r\n"), 200);
    ua_agent_ask(t.p.agent, 1u << UA_ASK_CALL);
    EXPECT_EQ(t.ask("application/im-iscomposing+xml", "<isComposing><state>active</state></isComposing>"), 405);
}

TEST_F(Flow, AMessageInBase64IsReadAndSoIsANotification) {
    RawSender t;
    EXPECT_EQ(t.ask("message/cpim", "Subject: x\r\n\r\nContent-Type: text/plain\r\n"
                                    "Content-Transfer-Encoding: base64\r\n\r\nSGVs\r\nbG8=\r\n"),
              200);
    ASSERT_EQ(t.p.count(UA_EV_MESSAGE), 1u);
    EXPECT_EQ(t.p.last(UA_EV_MESSAGE)->body, "Hello");
    EXPECT_EQ(t.p.last(UA_EV_MESSAGE)->content_type, "text/plain");
    EXPECT_EQ(t.ask("message/cpim",
                    "Subject: x\r\n\r\nContent-Type: message/imdn+xml\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                    "PGltZG4+PG1lc3NhZ2UtaWQ+bTc8L21lc3NhZ2UtaWQ+PGRpc3BsYXktbm90aWZpY2F0aW9uPjxzdGF0dXM+"
                    "PGRpc3BsYXllZC8+PC9zdGF0dXM+PC9kaXNwbGF5LW5vdGlmaWNhdGlvbj48L2ltZG4+"),
              200);
    ASSERT_EQ(t.p.count(UA_EV_MESSAGE_DISPOSITION), 1u);
    EXPECT_EQ(t.p.last(UA_EV_MESSAGE_DISPOSITION)->message_id, "m7");
    EXPECT_EQ(t.p.last(UA_EV_MESSAGE_DISPOSITION)->state, "displayed");
}

TEST_F(Flow, SomebodyIsWritingUntilHeSaysNothingMore) {
    Two t;
    ASSERT_EQ(t.send("", [](ua_message_config &c) { c.composing = UA_ON; }), 0);
    const Event *e = t.bob.wait(UA_EV_MESSAGE_COMPOSING);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->state, "active");
    EXPECT_EQ(e->expires, 120);
    EXPECT_EQ(e->from, "sip:alice@10.0.0.1");
    ASSERT_NE(t.alice.wait(UA_EV_MESSAGE_DELIVERED), nullptr);
    fake_run_for(100000);
    EXPECT_EQ(t.bob.count(UA_EV_MESSAGE_COMPOSING), 1u);
    ASSERT_EQ(t.send("", [](ua_message_config &c) { c.composing = UA_ON; }), 0);
    fake_run_for(100000);
    EXPECT_EQ(t.bob.last(UA_EV_MESSAGE_COMPOSING)->state, "active") << "said again in time";
    fake_run_for(30000);
    EXPECT_EQ(t.bob.last(UA_EV_MESSAGE_COMPOSING)->state, "idle") << "by itself";
    EXPECT_EQ(t.bob.last(UA_EV_MESSAGE_COMPOSING)->from_name, "Alice A");
    EXPECT_EQ(t.bob.count(UA_EV_MESSAGE_COMPOSING), 3u);
    ASSERT_EQ(t.send("", [](ua_message_config &c) { c.composing = UA_OFF; }), 0);
    fake_run_for(1000);
    EXPECT_EQ(t.bob.count(UA_EV_MESSAGE_COMPOSING), 3u) << "idle is no news of somebody who is idle";
    EXPECT_EQ(t.bob.count(UA_EV_MESSAGE), 0u);
}

TEST_F(Flow, WhatWasWrittenEndsTheWriting) {
    Two t;
    ASSERT_EQ(t.send("", [](ua_message_config &c) { c.composing = UA_ON; }), 0);
    fake_run_for(1000);
    ASSERT_EQ(t.send("done"), 0);
    fake_run_for(1000);
    ASSERT_EQ(t.bob.count(UA_EV_MESSAGE_COMPOSING), 2u);
    EXPECT_EQ(t.bob.last(UA_EV_MESSAGE_COMPOSING)->state, "idle");
    ASSERT_EQ(t.send("", [](ua_message_config &c) { c.composing = UA_ON; }), 0);
    fake_run_for(1000);
    ASSERT_EQ(t.send("", [](ua_message_config &c) { c.composing = UA_OFF; }), 0);
    fake_run_for(300000);
    EXPECT_EQ(t.bob.count(UA_EV_MESSAGE_COMPOSING), 4u);
}

TEST_F(Flow, ManyWhoWriteAreNotRememberedForEver) {
    RawSender t;
    for (int i = 0; i < 300; i++)
        t.send("application/im-iscomposing+xml",
               "<isComposing><state>active</state><refresh>99999999</refresh></isComposing>", "",
               "<sip:r" + std::to_string(i) + "@10.0.0.5>");
    fake_run_for(5000);
    EXPECT_EQ(t.p.count(UA_EV_MESSAGE_COMPOSING), 300u + 44u) << "the oldest become idle to make room for 256";
    EXPECT_EQ(t.p.last(UA_EV_MESSAGE_COMPOSING)->expires, 3600);
    ua_agent_shutdown(t.p.agent, 1000);
    ASSERT_NE(t.p.wait(UA_EV_SHUTDOWN), nullptr);
}

TEST_F(Flow, MessagesInsideACallBothWays) {
    Two t;
    t.bob.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
        if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
    };
    ua_call *c = t.alice.call(nullptr, "sip:bob@10.0.0.2");
    ASSERT_NE(t.bob.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ua_call *d = t.bob.last(UA_EV_CALL_CONFIRMED)->call;
    ASSERT_EQ(t.send("in the call",
                     [&](ua_message_config &x) {
                         x.call = c;
                         x.target = nullptr;
                         x.disposition = 1;
                     }),
              0);
    const Event *e = t.bob.wait(UA_EV_MESSAGE);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->call, d);
    EXPECT_EQ(e->body, "in the call");
    e = t.alice.wait(UA_EV_MESSAGE_DELIVERED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->call, c);
    e = t.alice.wait(UA_EV_MESSAGE_DISPOSITION);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->call, c) << "the notification takes the same way back";
    ASSERT_EQ(t.send(
                  "",
                  [&](ua_message_config &x) {
                      x.call = d;
                      x.target = nullptr;
                      x.composing = UA_ON;
                  },
                  &t.bob),
              0);
    e = t.alice.wait(UA_EV_MESSAGE_COMPOSING);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->call, c);
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    ASSERT_NE(t.bob.wait(UA_EV_CALL_ENDED), nullptr);
    fake_run_for(200000);
    EXPECT_EQ(t.alice.count(UA_EV_MESSAGE_COMPOSING), 1u) << "who has hung up is not idle, but gone";
}

TEST_F(Flow, AMessageInACallThatThePeerHasLostEndsIt) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    ua_message_config cfg = {};
    ua_message *m = nullptr;
    cfg.call = c;
    cfg.body = SX_LIT("hi");
    EXPECT_EQ(ua_message_send(p.agent, nullptr, &cfg, 3, &m), SX_E_STATE) << "nobody to send it to";
    r.reply(*r.last("INVITE"), 200, "peer", r.contact(), sdp("10.0.0.5", 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_EQ(ua_message_send(p.agent, nullptr, &cfg, 3, &m), 0);
    const Sip *q = r.wait("MESSAGE");
    ASSERT_NE(q, nullptr);
    EXPECT_EQ(q->header("Contact"), "") << "RFC 3428 4";
    r.reply(*q, 481);
    const Event *e = p.wait(UA_EV_MESSAGE_FAILED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 481);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_DIALOG_ERROR);
}

TEST_F(Flow, ALongMessageTakesTcpAndFallsBackToUdpWhereThereIsNone) {
    Two t;
    std::string big;
    for (int i = 0; i < 1000; i++) big += "line " + std::to_string(1000 + i) + "\n";
    ASSERT_GE(big.size(), 10000u);
    ASSERT_EQ(t.send(big, [](ua_message_config &c) { c.disposition = 1; }), 0);
    ASSERT_NE(t.alice.wait(UA_EV_MESSAGE_DISPOSITION), nullptr);
    EXPECT_EQ(t.bob.last(UA_EV_MESSAGE)->body, big);
    EXPECT_EQ(t.alice.count(UA_EV_TRANSPORT_CONNECTED), 1u);
    EXPECT_NE(t.bob.last(UA_EV_MESSAGE)->raw.find("SIP/2.0/TCP"), std::string::npos);
    Raw udp_only("10.0.0.5");
    udp_only.on = [&](const Sip &q) {
        if (q.method() == "MESSAGE") udp_only.reply(q, 200, "t");
    };
    ASSERT_EQ(t.send(big, [](ua_message_config &c) { c.target = "sip:x@10.0.0.5"; }), 0);
    ASSERT_NE(t.alice.wait(UA_EV_MESSAGE_DELIVERED, 5000, 2), nullptr);
    EXPECT_EQ(udp_only.last("MESSAGE")->body(), big);
}

TEST_F(Flow, ALongMessageOfARegisteredAccountLeavesByTcpUnlessItsServerNamesUdp) {
    for (bool named : {false, true}) {
        SCOPED_TRACE(named);
        Registrar reg("10.0.0.9");
        Phone alice("10.0.0.1"), bob("10.0.0.2");
        ua_account *a = alice.account("sip:alice@10.0.0.9", "secret", named ? "sip:10.0.0.9;transport=udp" : nullptr);
        ua_account *b = bob.account("sip:bob@10.0.0.9", "hunter2");
        ASSERT_EQ(ua_account_register(a), 0);
        ASSERT_EQ(ua_account_register(b), 0);
        ASSERT_NE(alice.wait(UA_EV_REGISTERED), nullptr);
        ASSERT_NE(bob.wait(UA_EV_REGISTERED), nullptr);
        bob.on = [](const ua_event &ev) {
            if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
        };
        std::string big(10240, 'x');
        ua_message_config c = {};
        ua_message *m = nullptr;
        c.target = "bob";
        c.body = sx_slice_of(big.data(), big.size());
        ASSERT_EQ(ua_message_send(alice.agent, a, &c, 5, &m), 0);
        ASSERT_NE(alice.wait(UA_EV_MESSAGE_DELIVERED), nullptr);
        EXPECT_EQ(bob.last(UA_EV_MESSAGE)->body, big);
        EXPECT_EQ(alice.count(UA_EV_TRANSPORT_CONNECTED), named ? 0u : 1u);
        c.body = SX_LIT("short");
        ASSERT_EQ(ua_message_send(alice.agent, a, &c, 6, &m), 0);
        ASSERT_NE(alice.wait(UA_EV_MESSAGE_DELIVERED, 5000, 2), nullptr);
        EXPECT_EQ(bob.last(UA_EV_MESSAGE)->raw.find("SIP/2.0/TCP 10.0.0.1"), std::string::npos);
    }
}

TEST_F(Flow, ALongMessageOfARegisteredAccountFindsBackToItsFlowWhereThereIsNoTcp) {
    Raw server("10.0.0.9");
    server.on = [&](const Sip &q) {
        if (q.method() == "REGISTER") server.reply(q, 200, "r", "Contact: " + q.header("Contact") + ";expires=600\r\n");
        if (q.method() == "MESSAGE") server.reply(q, 200, "m");
    };
    Phone p("10.0.0.1");
    ua_account *a = p.account("sip:alice@10.0.0.9");
    ASSERT_EQ(ua_account_register(a), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    std::string big(10240, 'x');
    ua_message_config c = {};
    ua_message *m = nullptr;
    c.target = "bob";
    c.body = sx_slice_of(big.data(), big.size());
    ASSERT_EQ(ua_message_send(p.agent, a, &c, 5, &m), 0);
    ASSERT_NE(p.wait(UA_EV_MESSAGE_DELIVERED), nullptr);
    EXPECT_EQ(server.last("MESSAGE")->body(), big);
    EXPECT_EQ(port_of(server.last("MESSAGE")->from), port_of(server.last("REGISTER")->from));
    EXPECT_EQ(p.count(UA_EV_TRANSPORT_CONNECTED), 0u);
}

TEST_F(Flow, ALongMessageInsideACallThatRunsOverUdp) {
    Two t;
    t.bob.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
        if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
    };
    ua_call *c = t.alice.call(nullptr, "sip:bob@10.0.0.2");
    ASSERT_NE(t.bob.wait(UA_EV_CALL_CONFIRMED), nullptr);
    std::string big(10240, 'x');
    ASSERT_EQ(t.send(big,
                     [&](ua_message_config &x) {
                         x.call = c;
                         x.target = nullptr;
                     }),
              0);
    ASSERT_NE(t.alice.wait(UA_EV_MESSAGE_DELIVERED), nullptr);
    EXPECT_EQ(t.bob.last(UA_EV_MESSAGE)->body, big);
}

TEST_F(Flow, WhatAMessageCannotBeIsSaidAtOnce) {
    Two t;
    EXPECT_EQ(t.send("", [](ua_message_config &c) { c.report = "displayed"; }), SX_E_INVALID);
    EXPECT_EQ(t.send("", [](ua_message_config &c) { c.report = "eaten", c.message_id = "1"; }), SX_E_INVALID);
    EXPECT_EQ(t.send("x", [](ua_message_config &c) { c.report = "displayed", c.message_id = "1"; }), SX_E_INVALID);
    EXPECT_EQ(t.send("x", [](ua_message_config &c) { c.composing = UA_ON; }), SX_E_INVALID);
    EXPECT_EQ(t.send("x", [](ua_message_config &c) { c.cpim = true, c.message_id = "a b"; }), SX_E_FORMAT);
    EXPECT_EQ(t.send("x", [](ua_message_config &c) { c.cpim = true, c.content_type = "a/b\r\nX: y"; }), SX_E_HEADER);
    EXPECT_EQ(t.bob.count(UA_EV_MESSAGE), 0u);
}

TEST_F(Flow, AShutdownDoesNotWaitForNotificationsThatNobodyAnswers) {
    RawSender t;
    t.r.on = nullptr;
    ASSERT_EQ(t.ask("message/cpim", std::string(kWants) + "\r\n\r\nhi"), 200);
    ASSERT_NE(t.r.wait("MESSAGE"), nullptr);
    ua_agent_shutdown(t.p.agent, 2000);
    ASSERT_NE(t.p.wait(UA_EV_SHUTDOWN, 3000), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_MESSAGE_FAILED), 0u);
}

} // namespace
