/* What a program may hand to the functions of call control and event packages, and what it is told when that is wrong.
 */
#include <functional>
#include <map>
#include <string>

#include "support.h"

namespace {

using Calls = std::map<std::string, std::function<int32_t(sipua_agent *, sipua_id)>>;

sipua_id made;

const Calls &on_calls() {
    static const Calls all = {
        {"change", [](sipua_agent *a, sipua_id i) { return sipua_call_change(a, i, nullptr, 0); }},
        {"accept_change", [](sipua_agent *a, sipua_id i) { return sipua_call_accept_change(a, i, nullptr, 0); }},
        {"reject_change", [](sipua_agent *a, sipua_id i) { return sipua_call_reject_change(a, i, nullptr, 0); }},
        {"mute", [](sipua_agent *a, sipua_id i) { return sipua_call_mute(a, i, SIPUA_FLAG_SEND, SIPUA_ON, 0); }},
        {"request", [](sipua_agent *a, sipua_id i) { return sipua_call_request(a, i, nullptr, 0, &made); }},
        {"collect", [](sipua_agent *a, sipua_id i) { return sipua_call_collect(a, i, nullptr, 0, &made); }},
        {"transfer",
         [](sipua_agent *a, sipua_id i) {
             sipua_transfer_config c = SIPUA_TRANSFER_CONFIG_INIT;
             c.target = "sip:carol@127.0.0.1:9";
             return sipua_call_transfer(a, i, &c, 0, &made);
         }},
        {"bridge", [](sipua_agent *a, sipua_id i) { return sipua_bridge_create(a, i, i + 1, nullptr, 0, &made); }},
    };
    return all;
}

const Calls &on_others() {
    static const Calls all = {
        {"collector_stop", [](sipua_agent *a, sipua_id i) { return sipua_collector_stop(a, i, 0); }},
        {"transfer_accept", [](sipua_agent *a, sipua_id i) { return sipua_transfer_accept(a, i, nullptr, 0, &made); }},
        {"transfer_reject", [](sipua_agent *a, sipua_id i) { return sipua_transfer_reject(a, i, nullptr, 0); }},
        {"conference_add", [](sipua_agent *a, sipua_id i) { return sipua_conference_add(a, i, i, 0); }},
        {"conference_remove", [](sipua_agent *a, sipua_id i) { return sipua_conference_remove(a, i, i, 0); }},
        {"conference_play",
         [](sipua_agent *a, sipua_id i) { return sipua_conference_play(a, i, "/x", 0, 0, 0, &made); }},
        {"conference_record",
         [](sipua_agent *a, sipua_id i) { return sipua_conference_record(a, i, "/x", 0, 0, &made); }},
        {"conference_end", [](sipua_agent *a, sipua_id i) { return sipua_conference_end(a, i, 0, 0); }},
        {"bridge_end", [](sipua_agent *a, sipua_id i) { return sipua_bridge_end(a, i, 0); }},
        {"refresh", [](sipua_agent *a, sipua_id i) { return sipua_subscription_refresh(a, i, 0, 0); }},
        {"subscription_end", [](sipua_agent *a, sipua_id i) { return sipua_subscription_end(a, i, 0); }},
        {"notifier_accept", [](sipua_agent *a, sipua_id i) { return sipua_notifier_accept(a, i, nullptr, 0, 0); }},
        {"notifier_reject", [](sipua_agent *a, sipua_id i) { return sipua_notifier_reject(a, i, nullptr, 0); }},
        {"notify",
         [](sipua_agent *a, sipua_id i) {
             sipua_notify_config c = SIPUA_NOTIFY_CONFIG_INIT;
             return sipua_notifier_notify(a, i, &c, 0);
         }},
        {"update", [](sipua_agent *a, sipua_id i) { return sipua_publication_update(a, i, nullptr, "x", 1, 0); }},
        {"publication_end", [](sipua_agent *a, sipua_id i) { return sipua_publication_end(a, i, 0); }},
    };
    return all;
}

void expect_all(const Calls &calls, sipua_agent *a, sipua_id id, int32_t code, const char *when) {
    for (auto &[name, fn] : calls) {
        EXPECT_EQ(fn(a, id), code) << name << " " << when << ": " << sipua_last_error_text();
        EXPECT_STRNE(sipua_last_error_text(), "") << name;
    }
}

TEST(Control, NoAgentIsAnError) {
    expect_all(on_calls(), nullptr, 1, SIPUA_E_INVALID, "without an agent");
    expect_all(on_others(), nullptr, 1, SIPUA_E_INVALID, "without an agent");
    EXPECT_EQ(sipua_agent_drain(nullptr, SIPUA_ON, 0), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_conference_create(nullptr, nullptr, 0, &made), SIPUA_E_INVALID);
}

TEST(Control, StaleForeignAndOtherIdsAreToldApart) {
    Agent agent, other;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    ASSERT_NO_FATAL_FAILURE(other.start());
    sipua_id call = other.call("sip:bob@127.0.0.1:9"), account;
    sipua_account_config ac = SIPUA_ACCOUNT_CONFIG_INIT;
    ac.aor = "sip:alice@127.0.0.1";
    ASSERT_EQ(sipua_account_create(agent.raw, &ac, 0, &account), SIPUA_OK);
    for (sipua_id id : {(sipua_id)0, call, (sipua_id)987654321, ~(sipua_id)0}) {
        expect_all(on_calls(), agent.raw, id, SIPUA_E_GONE, "stale or foreign");
        expect_all(on_others(), agent.raw, id, SIPUA_E_GONE, "stale or foreign");
    }
    expect_all(on_calls(), agent.raw, account, SIPUA_E_KIND, "an account");
    expect_all(on_others(), agent.raw, account, SIPUA_E_KIND, "an account");
}

TEST(Control, AfterCloseEverythingSaysSo) {
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    sipua_id call = agent.call("sip:bob@127.0.0.1:9");
    ASSERT_EQ(sipua_agent_close(agent.raw), SIPUA_OK);
    expect_all(on_calls(), agent.raw, call, SIPUA_E_CLOSED, "after close");
    expect_all(on_others(), agent.raw, call, SIPUA_E_CLOSED, "after close");
}

TEST(Control, WrongArgumentsAreRefusedAtOnce) {
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    sipua_agent *a = agent.raw;
    sipua_id call = agent.call("sip:bob@127.0.0.1:9");
    sipua_transfer_config t = SIPUA_TRANSFER_CONFIG_INIT;
    EXPECT_EQ(sipua_call_transfer(a, call, nullptr, 0, &made), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_call_transfer(a, call, &t, 0, &made), SIPUA_E_URI);
    t.consult = call;
    EXPECT_EQ(sipua_call_transfer(a, call, &t, 0, &made), SIPUA_E_INVALID);
    t.consult = 0;
    t.target = "sip:x@127.0.0.1";
    t.recipient = "sip:y@127.0.0.1";
    EXPECT_EQ(sipua_call_transfer(a, call, &t, 0, &made), SIPUA_E_INVALID);
    t.recipient = nullptr;
    EXPECT_EQ(sipua_transfer_send(a, 0, &t, 0, &made), SIPUA_E_URI);
    sipua_request_config r = SIPUA_REQUEST_CONFIG_INIT;
    for (const char *method : {"INVITE", "REFER", "no good", "X\r\nY"}) {
        r.method = method;
        EXPECT_EQ(sipua_call_request(a, call, &r, 0, &made), SIPUA_E_INVALID) << method;
    }
    sipua_collect_config d = SIPUA_COLLECT_CONFIG_INIT;
    d.terminators = "#x";
    EXPECT_EQ(sipua_call_collect(a, call, &d, 0, &made), SIPUA_E_INVALID);
    d.terminators = "#";
    d.between_ms = -1; /* the pause between digits always ends */
    EXPECT_EQ(sipua_call_collect(a, call, &d, 0, &made), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_call_mute(a, call, 0, SIPUA_ON, 0), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_call_mute(a, call, SIPUA_FLAG_SEND | SIPUA_FLAG_FINAL, SIPUA_ON, 0), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_bridge_create(a, call, call, nullptr, 0, &made), SIPUA_E_INVALID);
    sipua_conference_config c = SIPUA_CONFERENCE_CONFIG_INIT;
    c.rate = 44100;
    EXPECT_EQ(sipua_conference_create(a, &c, 0, &made), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_agent_ask(a, SIPUA_ASK_JOIN + 1, SIPUA_ON, 0), SIPUA_E_INVALID);
    sipua_subscribe_config s = SIPUA_SUBSCRIBE_CONFIG_INIT;
    s.target = "sip:bob@127.0.0.1:9";
    EXPECT_EQ(sipua_subscription_create(a, 0, &s, 0, &made), SIPUA_E_INVALID);
    s.event = "a b";
    EXPECT_EQ(sipua_subscription_create(a, 0, &s, 0, &made), SIPUA_E_FORMAT);
    s.event = "presence";
    s.body = "x";
    s.body_size = 1;
    EXPECT_EQ(sipua_subscription_create(a, 0, &s, 0, &made), SIPUA_E_INVALID);
    EXPECT_EQ(made, 0u);
}

/* Whatever is under way when an agent is shut down ends with its own last event, before the very last of all. */
TEST(Control, ShutdownEndsWhatIsUnderWay) {
    Agent a, b;
    ASSERT_NO_FATAL_FAILURE(a.start());
    ASSERT_NO_FATAL_FAILURE(b.start());
    for (int kind : {SIPUA_ASK_CALL, SIPUA_ASK_SUBSCRIBE})
        ASSERT_EQ(sipua_agent_ask(b.raw, kind, SIPUA_ON, 0), SIPUA_OK);
    std::string to = b.uri();
    sipua_subscribe_config s = SIPUA_SUBSCRIBE_CONFIG_INIT;
    sipua_publish_config p = SIPUA_PUBLISH_CONFIG_INIT;
    s.target = p.target = to.c_str();
    s.event = p.event = "presence";
    p.content_type = "text/plain";
    p.body = "x";
    p.body_size = 1;
    sipua_id subscription, publication, room, collector;
    ASSERT_EQ(sipua_subscription_create(a.raw, 0, &s, 0, &subscription), SIPUA_OK);
    Event asked = b.until(SIPUA_EVENT_SUBSCRIBE_REQUESTED);
    ASSERT_TRUE(asked);
    ASSERT_EQ(sipua_notifier_accept(b.raw, asked.v.id, nullptr, 9, 0), SIPUA_OK);
    ASSERT_TRUE(a.until(SIPUA_EVENT_NOTIFY, subscription));
    ASSERT_EQ(sipua_publication_create(a.raw, 0, &p, 0, &publication), SIPUA_OK);
    ASSERT_EQ(sipua_conference_create(a.raw, nullptr, 0, &room), SIPUA_OK);
    sipua_id call = a.call(to);
    Event incoming = b.until(SIPUA_EVENT_INCOMING_CALL);
    ASSERT_TRUE(incoming);
    ASSERT_EQ(sipua_call_answer(b.raw, incoming.v.id, nullptr, 0), SIPUA_OK);
    ASSERT_TRUE(a.until(SIPUA_EVENT_CALL_CONFIRMED, call));
    ASSERT_EQ(sipua_conference_add(a.raw, room, call, 0), SIPUA_OK);
    sipua_collect_config d = SIPUA_COLLECT_CONFIG_INIT;
    d.timeout_ms = -1;
    ASSERT_EQ(sipua_call_collect(a.raw, call, &d, 0, &collector), SIPUA_OK);
    ASSERT_TRUE(a.until(SIPUA_EVENT_CONFERENCE_CHANGED, room));
    ASSERT_EQ(sipua_agent_shutdown(a.raw, 5000, 0), SIPUA_OK);
    std::map<sipua_id, std::string> last;
    bool over = false;
    while (Event e = a.next()) {
        EXPECT_FALSE(over);
        over = e.v.type == SIPUA_EVENT_SHUTDOWN;
        if (e.v.id) last[e.v.id] = std::string(sipua_event_type_name(e.v.type)) + " " + (e.v.state ? e.v.state : "");
    }
    EXPECT_TRUE(over);
    EXPECT_EQ(last[subscription], "subscription_state terminated");
    EXPECT_EQ(last[publication], "publish_state removed");
    EXPECT_EQ(last[room], "conference_ended ");
    EXPECT_EQ(last[collector], "collected ended");
    EXPECT_EQ(last[call], "call_ended ");
}

TEST(Control, CloseEndsItWithoutTheNetwork) {
    Agent a;
    ASSERT_NO_FATAL_FAILURE(a.start());
    sipua_subscribe_config s = SIPUA_SUBSCRIBE_CONFIG_INIT;
    sipua_id id, room;
    s.target = "sip:bob@127.0.0.1:9";
    s.event = "presence";
    ASSERT_EQ(sipua_subscription_create(a.raw, 0, &s, 5, &id), SIPUA_OK);
    ASSERT_EQ(sipua_conference_create(a.raw, nullptr, 6, &room), SIPUA_OK);
    EXPECT_EQ(sipua_agent_close(a.raw), SIPUA_OK);
}

TEST(Documents, WhatIsWrittenIsRead) {
    sipua_pair fields[] = {{"entity", "sip:bob@example.com"}, {"tuples.0.id", "t"}, {"tuples.0.status", "open"}};
    char body[2000];
    int32_t n = sipua_document_write("application/pidf+xml", fields, 3, body, sizeof body);
    ASSERT_GT(n, 50) << sipua_last_error_text();
    Agent a, b;
    ASSERT_NO_FATAL_FAILURE(a.start());
    ASSERT_NO_FATAL_FAILURE(b.start());
    ASSERT_EQ(sipua_agent_ask(b.raw, SIPUA_ASK_MESSAGE, SIPUA_ON, 1), SIPUA_OK);
    ASSERT_TRUE(b.reply(1));
    std::string to = b.uri();
    sipua_message_config m = SIPUA_MESSAGE_CONFIG_INIT;
    m.target = to.c_str();
    m.content_type = "application/pidf+xml";
    m.body = body;
    m.body_size = (uint32_t)n;
    ASSERT_EQ(sipua_message_send(a.raw, 0, &m, 0, &made), SIPUA_OK);
    Event e = b.until(SIPUA_EVENT_MESSAGE);
    ASSERT_TRUE(e);
    std::map<std::string, std::string> said;
    const char *name, *value;
    for (int32_t i = 0; i < sipua_event_document_count(e.raw); i++) {
        ASSERT_EQ(sipua_event_document_at(e.raw, i, &name, &value), SIPUA_OK);
        said[name] = value;
    }
    EXPECT_EQ(said["entity"], "sip:bob@example.com");
    EXPECT_EQ(said["tuples.0.status"], "open");
    EXPECT_EQ(sipua_event_document_at(e.raw, -1, &name, &value), SIPUA_E_NOT_FOUND);
    EXPECT_EQ(sipua_event_document_at(e.raw, 99, &name, &value), SIPUA_E_NOT_FOUND);
    EXPECT_EQ(sipua_event_document_count(nullptr), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_document_write("application/pidf+xml", fields, 3, body, 10), SIPUA_E_FULL);
    fields[2].value = "ajar";
    EXPECT_EQ(sipua_document_write("application/pidf+xml", fields, 3, body, sizeof body), SIPUA_E_FORMAT);
    EXPECT_EQ(sipua_document_write("text/plain", fields, 3, body, sizeof body), SIPUA_E_UNSUPPORTED);
}

} // namespace

/* Every word that the manual names reaches the peer. */
TEST(Messages, AllThatBecameOfAMessageCanBeReported) {
    Agent a, b;
    ASSERT_NO_FATAL_FAILURE(a.start());
    ASSERT_NO_FATAL_FAILURE(b.start());
    ASSERT_EQ(sipua_agent_ask(b.raw, SIPUA_ASK_MESSAGE, SIPUA_ON, 1), SIPUA_OK);
    ASSERT_TRUE(b.reply(1));
    std::string to = b.uri();
    for (const char *word : {"delivered", "displayed", "processed", "stored", "failed", "error", "forbidden"}) {
        SCOPED_TRACE(word);
        sipua_message_config m = SIPUA_MESSAGE_CONFIG_INIT;
        m.target = to.c_str();
        m.message_id = "one";
        m.report = word;
        ASSERT_EQ(sipua_message_send(a.raw, 0, &m, 0, &made), SIPUA_OK) << sipua_last_error_text();
        Event e = b.until(SIPUA_EVENT_MESSAGE_DISPOSITION);
        ASSERT_TRUE(e);
        EXPECT_STREQ(e.v.state, word);
        EXPECT_STREQ(e.v.message_id, "one");
    }
    sipua_message_config m = SIPUA_MESSAGE_CONFIG_INIT;
    m.target = to.c_str();
    m.message_id = "one";
    m.report = "eaten";
    EXPECT_EQ(sipua_message_send(a.raw, 0, &m, 0, &made), SIPUA_E_INVALID);
}
