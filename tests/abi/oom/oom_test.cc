/* One allocation after the other fails, on the program's thread and on the stack thread: an error, or a call that ends; no
 * crash, no leak, no hang. */
#include "support.h"

#include <atomic>

#include "oom/oom.h"

namespace {

TEST(Oom, AnAgentThatCannotBeMadeLeavesNothingBehind) {
    for (int n = 1;; n++) {
        sipua_agent *a = nullptr;
        sipua_agent_config c = Agent::defaults();
        const char *dns[] = {"127.0.0.1:53", "[::1]:53"};
        c.dns_servers = dns;
        c.dns_server_count = 2;
        oom_after(n);
        int32_t rc = sipua_agent_create(&c, &a);
        bool hit = oom_hit();
        oom_after(0);
        EXPECT_EQ(rc == SIPUA_OK, a != nullptr);
        if (hit && rc < 0) {
            EXPECT_EQ(rc, SIPUA_E_NOMEM);
        }
        sipua_agent_free(a);
        if (!hit) break;
    }
}

/* Every function with something to allocate, on the program's thread. */
TEST(Oom, AFunctionThatLacksMemorySaysSoAndTakesNoEffect) {
    Agent a;
    ASSERT_NO_FATAL_FAILURE(a.start());
    sipua_pair headers[] = {{"X-A", "1"}, {"X-B", "2"}};
    SilentPeer bob; /* an answer by ICMP would end the call in the middle */
    sipua_id call = a.call(bob.uri), id;
    auto each = [&](std::function<int32_t()> fn) {
        for (int n = 1; n < 100; n++) {
            oom_after(n);
            int32_t rc = fn();
            bool hit = oom_hit();
            oom_after(0);
            if (!hit) {
                EXPECT_GE(rc, 0) << sipua_last_error_text();
                return;
            }
            if (rc < 0) {
                EXPECT_EQ(rc, SIPUA_E_NOMEM);
            }
        }
        ADD_FAILURE() << "it never succeeds";
    };
    each([&] {
        sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
        c.target = "sip:bob@127.0.0.1:9";
        c.headers = headers;
        c.header_count = 2;
        return sipua_call_create(a.raw, 0, &c, 5, &id);
    });
    each([&] {
        sipua_account_config c = SIPUA_ACCOUNT_CONFIG_INIT;
        c.aor = "sip:alice@127.0.0.1";
        return sipua_account_create(a.raw, &c, 5, &id);
    });
    each([&] { return sipua_call_stats_request(a.raw, call, 6); });
    each([&] {
        sipua_change c = SIPUA_CHANGE_INIT;
        c.headers = headers;
        c.header_count = 2;
        return sipua_call_change(a.raw, call, &c, 6);
    });
    each([&] { return sipua_call_request(a.raw, call, nullptr, 6, &id); });
    each([&] { return sipua_call_collect(a.raw, call, nullptr, 6, &id); });
    each([&] {
        sipua_transfer_config c = SIPUA_TRANSFER_CONFIG_INIT;
        c.target = "sip:carol@127.0.0.1:9";
        return sipua_call_transfer(a.raw, call, &c, 6, &id);
    });
    each([&] { return sipua_conference_create(a.raw, nullptr, 6, &id); });
    each([&] {
        sipua_subscribe_config c = SIPUA_SUBSCRIBE_CONFIG_INIT;
        c.target = "sip:bob@127.0.0.1:9";
        c.event = "presence";
        return sipua_subscription_create(a.raw, 0, &c, 6, &id);
    });
    each([&] {
        sipua_publish_config c = SIPUA_PUBLISH_CONFIG_INIT;
        c.target = "sip:bob@127.0.0.1:9";
        c.event = "presence";
        c.body = "x";
        c.body_size = 1;
        return sipua_publication_create(a.raw, 0, &c, 6, &id);
    });
    each([&] {
        sipua_pair field = {"waiting", "yes"};
        char b[100];
        return sipua_document_write("application/simple-message-summary", &field, 1, b, sizeof b);
    });
    each([&] { return sipua_agent_ask(a.raw, SIPUA_ASK_CALL, SIPUA_ON, 7); });
    each([&] { return sipua_option_set(a.raw, 0, "trace", "off", 8); });
    each([&] { return sipua_agent_stats(a.raw, 8); });
    each([&] {
        sipua_uri u = SIPUA_URI_INIT;
        char b[100];
        u.host = "example.com";
        return sipua_uri_write(&u, b, sizeof b);
    });
    each([&] {
        Event e = a.next();
        if (!e) return 0;
        oom_pause(0);
        return sipua_event_json(e.raw) ? 0 : SIPUA_E_NOMEM;
    });
    each([&] { return sipua_call_hangup(a.raw, call, nullptr, 9) == SIPUA_E_NOMEM ? SIPUA_E_NOMEM : 0; });
}

std::atomic<int> budget{0};
void on_wakeup(void *) { /* runs on the stack thread: what it allocates from here on */
    int n = budget.exchange(0);
    if (n) oom_after(n < 0 ? 0 : n);
}

/* The n-th allocation of the stack thread after the first event of a call, for many n. */
TEST(Oom, ACallSurvivesOrEndsWhateverTheStackThreadLacks) {
    Agent a, b;
    ASSERT_NO_FATAL_FAILURE(a.start());
    ASSERT_NO_FATAL_FAILURE(b.start());
    ASSERT_EQ(sipua_agent_ask(b.raw, SIPUA_ASK_CALL, SIPUA_ON, 1), SIPUA_OK);
    ASSERT_TRUE(b.reply(1));
    for (int n = 1; n < 60; n++) {
        Agent &victim = n % 2 ? a : b;
        for (Agent *agent : {&a, &b}) /* the budget is the victim's: no other thread may take it */
            ASSERT_EQ(sipua_agent_set_wakeup(agent->raw, nullptr, nullptr), SIPUA_OK);
        while (victim.next(0)) {
        }
        budget = n;
        ASSERT_EQ(sipua_agent_set_wakeup(victim.raw, on_wakeup, nullptr), SIPUA_OK);
        sipua_id out = a.call(b.uri()), in = 0;
        bool answered = false, ended = false;
        auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!ended && std::chrono::steady_clock::now() < until) {
            if (Event e = b.next(2)) {
                if (e.v.type == SIPUA_EVENT_INCOMING_CALL) {
                    in = e.v.id;
                    sipua_call_answer(b.raw, in, nullptr, 77);
                }
                if (e.v.tag == 77 && e.v.code < 0) sipua_call_hangup(b.raw, in, nullptr, 0);
            }
            if (Event e = a.next(2)) {
                if (e.v.type == SIPUA_EVENT_CALL_CONFIRMED) answered = true;
                if (e.v.type == SIPUA_EVENT_CALL_ENDED && e.v.id == out) ended = true;
            }
            if (answered) sipua_call_hangup(a.raw, out, nullptr, 0);
        }
        EXPECT_TRUE(ended) << "allocation " << n;
        if (in) sipua_call_hangup(b.raw, in, nullptr, 0);
    }
    for (Agent *agent : {&a, &b}) sipua_agent_set_wakeup(agent->raw, nullptr, nullptr);
    for (Agent *agent : {&a, &b}) { /* and both still work, once they have memory again */
        while (agent->next(0)) {
        }
        budget = -1;
        sipua_agent_set_wakeup(agent->raw, on_wakeup, nullptr);
        for (int i = 0; budget && i < 1000; i++) {
            sipua_agent_ask(agent->raw, SIPUA_ASK_CALL, SIPUA_ON, 3);
            agent->next(10);
        }
        EXPECT_EQ(budget, 0);
        sipua_agent_set_wakeup(agent->raw, nullptr, nullptr);
        while (agent->next(50)) {
        }
    }
    sipua_id out = a.call(b.uri());
    if (!b.until(SIPUA_EVENT_INCOMING_CALL)) {
        while (Event e = a.next(100)) ADD_FAILURE() << e.json();
    }
    sipua_call_hangup(a.raw, out, nullptr, 0);
    EXPECT_TRUE(a.until(SIPUA_EVENT_CALL_ENDED, out));
}

} // namespace
