#include "support.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>

using AgentTest = Core;

TEST_F(AgentTest, ACallIsAnsweredBeforeItsEventsComeAndEndsWithItsLastEvent) {
    start();
    uint64_t id = call("sip:echo@x", 7, 42);
    core_event *e = next();
    ASSERT_TRUE(e);
    EXPECT_EQ(e->type, CORE_EV_REPLY);
    EXPECT_EQ(e->tag, 7u);
    EXPECT_EQ(e->id, id);
    EXPECT_EQ(e->user, 42u);
    core_event_free(e);
    EXPECT_EQ(expect(UA_EV_CALL_SENDING), id);
    EXPECT_EQ(expect(UA_EV_CALL_PROGRESS), id);
    EXPECT_EQ(expect(UA_EV_CALL_ACCEPTED), id);
    EXPECT_EQ(expect(UA_EV_CALL_CONFIRMED), id);
    EXPECT_EQ(hangup(id, 8), SX_OK);
    EXPECT_EQ(expect(CORE_EV_REPLY), id);
    EXPECT_EQ(expect(UA_EV_CALL_ENDED), id);
    EXPECT_EQ(hangup(id), SX_E_GONE);
}

TEST_F(AgentTest, WhatIsRefusedByTheStackStillEndsWithItsLastEvent) {
    start();
    uint64_t id = call("sip:refuse@x", 9);
    core_event *e = next();
    ASSERT_TRUE(e);
    EXPECT_EQ(e->type, CORE_EV_REPLY);
    EXPECT_EQ(e->code, SX_E_URI);
    EXPECT_STREQ(e->str[CORE_STR_TEXT], "refused: sip:refuse@x");
    core_event_free(e);
    EXPECT_EQ(expect(UA_EV_CALL_ENDED, SX_E_URI), id);
}

TEST_F(AgentTest, AnIncomingCallGetsAnIdAndItsTextsAreMadeUtf8) {
    start();
    call("sip:incoming.1@x");
    core_event *e = until(UA_EV_INCOMING_CALL);
    ASSERT_TRUE(e);
    EXPECT_GT(e->id, 0u);
    EXPECT_LT(e->id, 1ull << 53);
    EXPECT_STREQ(e->str[CORE_STR_FROM], "sip:bob@\xef\xbf\xbd\xef\xbf\xbd"
                                        "example.com");
    uint64_t id = e->id;
    core_event_free(e);
    EXPECT_EQ(op(CORE_OP_CALL_REJECT, id, CORE_CALL), SX_OK);
    e = until(UA_EV_CALL_ENDED);
    ASSERT_TRUE(e);
    EXPECT_EQ(e->id, id);
    core_event_free(e);
}

TEST_F(AgentTest, AForeignIdAndAStaleOneAreGoneAndAnotherKindIsTold) {
    start();
    core_agent *other;
    ASSERT_EQ(core_agent_create(&config, &other), SX_OK);
    core_entry *e;
    uint64_t id = call("sip:echo@x");
    EXPECT_EQ(core_ids_find(core_agent_ids(other), id, CORE_CALL, &e), SX_E_GONE);
    EXPECT_EQ(core_ids_find(core_agent_ids(agent), id, CORE_ACCOUNT, &e), SX_E_KIND);
    EXPECT_EQ(core_ids_find(core_agent_ids(agent), 0, CORE_CALL, &e), SX_E_GONE);
    EXPECT_EQ(core_ids_find(core_agent_ids(agent), 1ull << 60, CORE_CALL, &e), SX_E_GONE);
    core_agent_free(other);
}

TEST_F(AgentTest, ShutdownIsTheLastEventAndEverythingElseHasEndedBefore) {
    start();
    uint64_t a = call("sip:echo@x");
    core_event_free(until(UA_EV_CALL_CONFIRMED));
    core_cmd *c = core_cmd_alloc(CORE_OP_SERVER_CREATE, 0);
    core_entry *server = core_ids_new(core_agent_ids(agent), CORE_SERVER, 0, nullptr);
    c->entry = server;
    ASSERT_EQ(core_submit(agent, c, CORE_NEED_ROOM), SX_OK);
    EXPECT_EQ(agent_op(CORE_OP_SHUTDOWN, 5), SX_OK);
    std::vector<int> types;
    core_event *e;
    while (core_poll(agent, 5000, &e) == 1) {
        types.push_back(e->type);
        core_event_free(e);
    }
    EXPECT_EQ(types, (std::vector<int>{CORE_EV_REPLY, UA_EV_CALL_ENDED, UA_EV_LISTENER_CLOSED, UA_EV_LISTENER_CLOSED,
                                       CORE_EV_SERVER_CLOSED, UA_EV_SHUTDOWN}));
    EXPECT_EQ(core_poll(agent, 0, &e), SX_E_CLOSED);
    EXPECT_EQ(agent_op(CORE_OP_NOP, 6), SX_E_CLOSED);
    EXPECT_EQ(hangup(a), SX_E_GONE);
}

TEST_F(AgentTest, CloseIsFastKeepsQueuedEventsAndCancelsOpenTags) {
    start();
    call("sip:echo@x");
    settle();
    auto before = std::chrono::steady_clock::now();
    std::atomic<bool> stop{false};
    std::thread flood([&] { /* tags that close finds open */
        for (uint64_t tag = 1; !stop && agent_op(CORE_OP_NOP, tag) == SX_OK; tag++) {
            if (tag > 3000) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(core_agent_close(agent), SX_OK);
    stop = true;
    flood.join();
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(500));
    core_event *e;
    uint64_t last = 0;
    bool cancelling = false;
    while (core_poll(agent, 0, &e) == 1) {
        if (e->type == CORE_EV_REPLY && e->tag < 1000000) {
            EXPECT_EQ(e->tag, last + 1); /* each exactly once, in order */
            last = e->tag;
            if (e->code == SX_E_CANCELED) cancelling = true;
            EXPECT_EQ(e->code, cancelling ? SX_E_CANCELED : SX_OK);
        }
        core_event_free(e);
    }
    EXPECT_EQ(core_poll(agent, 1000, &e), SX_E_CLOSED);
    EXPECT_EQ(core_agent_check(agent), SX_E_CLOSED);
    EXPECT_EQ(core_agent_close(agent), SX_OK);
}

TEST_F(AgentTest, CloseWakesPollersAndWhoeverWaitsForAudio) {
    start();
    uint64_t id = call("sip:echo@x");
    core_event_free(until(UA_EV_CALL_CONFIRMED));
    core_entry *entry;
    media_audio *audio;
    ASSERT_EQ(core_ids_find_audio(core_agent_ids(agent), id, false, 1000, &entry, &audio), SX_OK);
    std::thread poller([&] {
        core_event *e;
        EXPECT_EQ(core_poll(agent, -1, &e), SX_E_CLOSED);
    });
    std::thread listener([&] { EXPECT_EQ(media_audio_wait(audio, 20, 0, -1), SX_E_CLOSED); });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(core_agent_close(agent), SX_OK);
    poller.join();
    listener.join();
    media_audio_unref(audio);
    core_entry_unref(entry);
}

TEST_F(AgentTest, TwoThreadsMayCloseAtOnce) {
    start();
    std::thread one([&] { core_agent_close(agent); });
    std::thread two([&] { core_agent_close(agent); });
    one.join();
    two.join();
}

TEST_F(AgentTest, AForkedChildIsToldAndOnlyClosesDescriptors) {
    start();
    int fd = core_agent_fd(agent);
    pid_t child = fork();
    if (!child) {
        core_event *e;
        int bad = core_agent_check(agent) != SX_E_FORKED;
        bad |= (core_poll(agent, 0, &e) != SX_E_FORKED) << 1;
        bad |= (core_agent_close(agent) != SX_OK) << 2;
        bad |= (core_agent_close(agent) != SX_OK) << 3;
        bad |= (fcntl(fd, F_GETFD) != -1) << 4;
        core_agent_free(agent);
        _exit(bad);
    }
    int status;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    uint64_t id = call("sip:echo@x"); /* and the parent goes on */
    EXPECT_EQ(expect(UA_EV_CALL_SENDING), id);
}

TEST_F(AgentTest, TheStackThreadBlocksEverySignal) {
    start();
    struct sigaction act {}, old;
    static std::atomic<int> hits{0};
    static pthread_t where;
    act.sa_handler = [](int) {
        where = pthread_self();
        hits++;
    };
    hits = 0;
    sigaction(SIGUSR2, &act, &old);
    for (int i = 0; i < 50; i++) {
        kill(getpid(), SIGUSR2);
        ASSERT_TRUE(eventually([&] { return hits == i + 1; }));
        ASSERT_TRUE(pthread_equal(where, pthread_self()));
    }
    sigaction(SIGUSR2, &old, nullptr);
}

TEST_F(AgentTest, AnAgentThatCannotStartLeavesNothingBehind) {
    const char *listen[] = {"udp:127.0.0.1:5061"};
    config.listen = listen;
    config.listen_count = 1;
    EXPECT_EQ(core_agent_create(&config, &agent), SX_E_IN_USE);
    EXPECT_STREQ(sx_last_error_text(), "port 5061 is taken");
    EXPECT_EQ(agent, nullptr);
}

TEST_F(AgentTest, AudioIsFoundRightAfterCreationAndReadAfterTheEnd) {
    start();
    uint64_t id = call("sip:echo@x");
    core_entry *entry;
    media_audio *audio;
    ASSERT_EQ(core_ids_find_audio(core_agent_ids(agent), id, false, 5000, &entry, &audio), SX_OK);
    media_audio_unref(audio);
    core_entry_unref(entry);
    core_event_free(until(UA_EV_CALL_CONFIRMED));
    fake_audio_feed(id, 100);
    EXPECT_EQ(hangup(id), SX_OK);
    core_event_free(until(UA_EV_CALL_ENDED));
    EXPECT_EQ(core_ids_find_audio(core_agent_ids(agent), id, false, 0, &entry, &audio), SX_E_GONE);
    ASSERT_EQ(core_ids_find_audio(core_agent_ids(agent), id, true, 0, &entry, &audio), SX_OK);
    int16_t pcm[160];
    EXPECT_EQ(media_audio_read(audio, pcm, 160, 16000, nullptr), 100);
    EXPECT_EQ(media_audio_read(audio, pcm, 160, 16000, nullptr), SX_E_EOF);
    media_audio_unref(audio);
    core_entry_unref(entry);
    for (int i = 0; i < CORE_KEPT; i++) { /* but not for ever */
        uint64_t other = call("sip:echo@x");
        core_event_free(until(UA_EV_CALL_CONFIRMED));
        EXPECT_EQ(hangup(other), SX_OK);
        core_event_free(until(UA_EV_CALL_ENDED));
    }
    EXPECT_EQ(core_ids_find_audio(core_agent_ids(agent), id, true, 0, &entry, &audio), SX_E_GONE);
}

TEST_F(AgentTest, APlayerThatStillRunsEndsBeforeItsCall) {
    start();
    uint64_t id = call("sip:echo@x");
    core_event_free(until(UA_EV_CALL_CONFIRMED));
    core_entry *owner;
    ASSERT_EQ(core_ids_find(core_agent_ids(agent), id, CORE_CALL, &owner), SX_OK);
    core_entry *rec = core_ids_new(core_agent_ids(agent), CORE_RECORDER, 77, owner);
    core_entry_unref(owner);
    core_cmd *c = core_cmd_alloc(CORE_OP_CALL_RECORD, 0);
    c->entry = rec; /* the fake says nothing of recorders by itself */
    uint64_t rec_id = rec->id;
    ASSERT_EQ(core_submit(agent, c, CORE_NEED_ROOM), SX_OK);
    EXPECT_EQ(hangup(id), SX_OK);
    core_event *e = until(UA_EV_RECORD_DONE);
    ASSERT_TRUE(e);
    EXPECT_EQ(e->id, rec_id);
    EXPECT_EQ(e->call, id);
    EXPECT_EQ(e->user, 77u);
    EXPECT_EQ(e->code, SX_E_CANCELED);
    core_event_free(e);
    EXPECT_EQ(expect(UA_EV_CALL_ENDED), id);
}

TEST_F(AgentTest, ManyThreadsMakeAndEndCallsAndNothingIsLost) {
    start();
    enum { THREADS = 6, CALLS = 60 };
    std::atomic<int> made{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < THREADS; t++) {
        threads.emplace_back([&] {
            for (int i = 0; i < CALLS; i++) {
                core_entry *e = core_ids_new(core_agent_ids(agent), CORE_CALL, 1, nullptr);
                core_cmd *c = core_cmd_alloc(CORE_OP_CALL_CREATE, 16);
                strcpy(c->data, "sip:echo@x");
                c->p.call.target = c->data;
                c->entry = core_entry_ref(e);
                uint64_t id = e->id;
                core_entry_unref(e);
                while (core_submit(agent, c, CORE_NEED_NOTHING) != SX_OK) abort();
                made++;
                if (i % 3) std::this_thread::yield();
                EXPECT_EQ(hangup(id), SX_OK);
            }
        });
    }
    int ended = 0;
    while (ended < THREADS * CALLS) {
        core_event *e = next();
        ASSERT_TRUE(e);
        ended += e->type == UA_EV_CALL_ENDED;
        core_event_free(e);
    }
    for (auto &t : threads) t.join();
    EXPECT_EQ(made, THREADS * CALLS);
}
