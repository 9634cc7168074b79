#ifndef CORE_TEST_SUPPORT_H
#define CORE_TEST_SUPPORT_H

#include <gtest/gtest.h>
#include <string.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include "base/error.h"
#include "core/core.h"
#include "core/events.h"
#include "fake_ua.h"
}

inline bool eventually(const std::function<bool()> &what, int ms = 5000) {
    auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
    while (!what()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

/* An agent on the fake user agent. */
class Core : public ::testing::Test {
  protected:
    void SetUp() override {
        fake_reset();
        config.ua.max_calls = 1000;
        config.ua.bind = "127.0.0.1";
        config.queue_events = 4096;
        config.queue_bytes = 16 << 20;
        config.log_level = 2;
    }
    void TearDown() override {
        if (agent) core_agent_free(agent);
        EXPECT_EQ(fake_get().agents, 0);
        EXPECT_EQ(fake_get().calls, 0);
        EXPECT_EQ(fake_get().handles, 0);
        EXPECT_EQ(fake_get().servers, 0);
    }
    void start() {
        ASSERT_EQ(core_agent_create(&config, &agent), SX_OK) << sx_last_error_text();
        for (int i = 0; i < 2; i++) expect(UA_EV_LISTENING); /* udp and tcp */
    }

    core_event *next(int ms = 5000) {
        core_event *e = nullptr;
        int rc = core_poll(agent, ms, &e);
        EXPECT_EQ(rc, e ? 1 : rc);
        return e;
    }
    /* The next event must be of this type; its id. */
    uint64_t expect(int type, int code = 0) {
        core_event *e = next();
        if (!e) {
            ADD_FAILURE() << "no event of type " << type;
            return 0;
        }
        EXPECT_EQ(e->type, type);
        EXPECT_EQ(e->code, code);
        uint64_t id = e->id;
        core_event_free(e);
        return id;
    }
    /* Skips to the first of that type. */
    core_event *until(int type) {
        while (core_event *e = next()) {
            if (e->type == type) return e;
            core_event_free(e);
        }
        ADD_FAILURE() << "no event of type " << type;
        return nullptr;
    }

    uint64_t call(const char *target, uint64_t tag = 0, uint64_t user = 0, core_need need = CORE_NEED_ROOM) {
        core_entry *e = core_ids_new(core_agent_ids(agent), CORE_CALL, user, nullptr);
        core_cmd *c = core_cmd_alloc(CORE_OP_CALL_CREATE, strlen(target) + 1);
        strcpy(c->data, target);
        c->p.call.target = c->data;
        c->tag = tag;
        c->entry = core_entry_ref(e);
        uint64_t id = e->id;
        last_rc = core_submit(agent, c, need);
        if (last_rc < 0) core_ids_retire(core_agent_ids(agent), e);
        core_entry_unref(e);
        return last_rc < 0 ? 0 : id;
    }
    int op(core_op what, uint64_t id, core_kind kind, uint64_t tag = 0) {
        core_entry *e;
        int rc = core_ids_find(core_agent_ids(agent), id, kind, &e);
        if (rc < 0) return rc;
        core_cmd *c = core_cmd_alloc(what, 0);
        c->tag = tag;
        c->entry = e;
        return core_submit(agent, c, CORE_NEED_NOTHING);
    }
    int hangup(uint64_t id, uint64_t tag = 0) { return op(CORE_OP_CALL_HANGUP, id, CORE_CALL, tag); }
    int agent_op(core_op what, uint64_t tag) {
        core_cmd *c = core_cmd_alloc(what, 0);
        c->tag = tag;
        return core_submit(agent, c, CORE_NEED_NOTHING);
    }
    /* Waits until all that was submitted so far has been carried out, and its events are queued. */
    void settle() {
        static uint64_t tag = 1000000;
        settle_tag = ++tag;
        ASSERT_EQ(agent_op(CORE_OP_NOP, settle_tag), SX_OK);
    }

    core_config config{};
    core_agent *agent = nullptr;
    int last_rc = 0;
    uint64_t settle_tag = 0;
};

#endif
