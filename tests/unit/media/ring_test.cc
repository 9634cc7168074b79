#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

extern "C" {
#include "media/queue.h"
#include "media/ring.h"
}

namespace {

class Rings : public ::testing::Test {
  protected:
    void SetUp() override { pool = media_pool_create(); }
    void TearDown() override { media_pool_unref(pool); }
    media_pool *pool = nullptr;
};

TEST_F(Rings, UnreadAudioKeepsTheNewestAndSaysThatSomeIsGone) {
    media_ring r;
    ASSERT_EQ(media_ring_init(&r, pool), 0);
    for (int i = 0; i < 25; i++) {
        media_chunk *c = media_chunk_new(pool, 8000);
        c->n = 160;
        c->pcm[0] = (int16_t)i;
        media_ring_push(&r, c, 10);
    }
    EXPECT_EQ(media_units_ms(media_ring_units(&r)), 200u);
    EXPECT_EQ(media_units_ms(r.dropped), 300u);
    bool gap;
    media_chunk *c = media_ring_pop(&r, &gap);
    ASSERT_NE(c, nullptr);
    EXPECT_TRUE(gap);
    EXPECT_EQ(c->pcm[0], 15);
    media_chunk_free(pool, c);
    c = media_ring_pop(&r, &gap);
    EXPECT_FALSE(gap);
    EXPECT_EQ(c->pcm[0], 16);
    media_chunk_free(pool, c);
    media_ring_free(&r);
}

TEST_F(Rings, AReaderAndAWriterInTwoThreadsLoseNothingUnsaid) {
    media_ring r;
    ASSERT_EQ(media_ring_init(&r, pool), 0);
    const int total = 20000;
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (int i = 0; i < total; i++) {
            media_chunk *c = media_chunk_new(pool, 8000);
            c->n = 1;
            c->pcm[0] = (int16_t)(i & 0x7fff);
            c->name = (uint64_t)i;
            media_ring_push(&r, c, MEDIA_RING_SLOTS);
            if (i % 64 == 0) std::this_thread::yield();
        }
        done = true;
    });
    int64_t last = -1, got = 0;
    for (;;) {
        bool ending = done, gap;
        media_chunk *c = media_ring_pop(&r, &gap);
        if (!c) {
            if (ending) break;
            std::this_thread::yield();
            continue;
        }
        ASSERT_GT((int64_t)c->name, last);
        if (!gap) { ASSERT_EQ((int64_t)c->name, last + 1); }
        last = (int64_t)c->name;
        got++;
        media_chunk_free(pool, c);
    }
    writer.join();
    EXPECT_EQ(last, total - 1);
    EXPECT_EQ(got + (int64_t)(r.dropped / 6), total);
    EXPECT_EQ(media_ring_units(&r), 0u);
    media_ring_free(&r);
}

TEST_F(Rings, WritesOfAnySizeComeOutInOrderWithTheirMarks) {
    media_chunkq q;
    ASSERT_EQ(media_chunkq_init(&q, pool), 0);
    int16_t pcm[1000];
    for (int i = 0; i < 1000; i++) pcm[i] = (int16_t)i;
    EXPECT_EQ(media_chunkq_write(&q, pcm, 7, 8000, 1), 7u);
    EXPECT_EQ(media_chunkq_write(&q, pcm + 7, 400, 8000, 1), 400u);
    EXPECT_EQ(media_chunkq_note(&q, MEDIA_CHUNK_MARK, 99), 0);
    EXPECT_EQ(media_chunkq_write(&q, pcm + 407, 100, 8000, 2), 100u);
    uint32_t off, n;
    int next = 0;
    bool marked = false;
    while (media_chunk *c = media_chunkq_peek(&q, &off, &n)) {
        if (c->kind == MEDIA_CHUNK_MARK) {
            EXPECT_EQ(next, 407);
            EXPECT_EQ(c->name, 99u);
            marked = true;
            media_chunkq_take(&q, 0);
            continue;
        }
        EXPECT_EQ(c->name, next < 407 ? 1u : 2u);
        uint32_t k = n > 33 ? 33 : n;
        for (uint32_t i = 0; i < k; i++) ASSERT_EQ(c->pcm[off + i], next++);
        media_chunkq_take(&q, k);
    }
    EXPECT_TRUE(marked);
    EXPECT_EQ(next, 507);
    EXPECT_EQ(media_chunkq_write(&q, pcm, 5, 8000, 2), 5u); /* after it has run dry */
    ASSERT_NE(media_chunkq_peek(&q, &off, &n), nullptr);
    EXPECT_EQ(n, 5u);
    media_chunkq_free(&q);
}

TEST_F(Rings, AWriterAndTheWorkerInTwoThreadsPassEverySampleOn) {
    media_chunkq q;
    ASSERT_EQ(media_chunkq_init(&q, pool), 0);
    const int total = 300000;
    std::thread writer([&] {
        std::vector<int16_t> v(501);
        for (int at = 0, k = 1; at < total; at += k, k = k % 500 + 1) {
            if (k > total - at) k = total - at;
            for (int i = 0; i < k; i++) v[(size_t)i] = (int16_t)((at + i) & 0x7fff);
            ASSERT_EQ(media_chunkq_write(&q, v.data(), (size_t)k, 16000, 0), (size_t)k);
            if (k % 7 == 0) std::this_thread::yield();
        }
    });
    int next = 0;
    while (next < total) {
        uint32_t off, n;
        media_chunk *c = media_chunkq_peek(&q, &off, &n);
        if (!c) {
            std::this_thread::yield();
            continue;
        }
        if (n > 160) n = 160;
        for (uint32_t i = 0; i < n; i++, next++) ASSERT_EQ(c->pcm[off + i], (int16_t)(next & 0x7fff));
        media_chunkq_take(&q, n);
    }
    writer.join();
    media_chunkq_free(&q);
}

TEST(MediaQueue, ManySendersOneReceiverInOrderOfEachSender) {
    struct Msg {
        media_node node;
        int from, count;
    };
    media_mailbox *m = media_mailbox_create();
    ASSERT_NE(m, nullptr);
    const int per = 5000;
    std::vector<std::thread> t;
    for (int k = 0; k < 3; k++)
        t.emplace_back([m, k] {
            for (int i = 0; i < per; i++) media_mailbox_push(m, &(new Msg{{nullptr}, k, i})->node);
        });
    int seen[3] = {}, all = 0;
    while (all < 3 * per) {
        media_node *n = media_queue_take(&m->queue);
        if (!n) media_mailbox_sleep(m, 10000);
        while (n) {
            Msg *msg = reinterpret_cast<Msg *>(n);
            n = n->next;
            ASSERT_EQ(msg->count, seen[msg->from]++);
            delete msg;
            all++;
        }
    }
    for (auto &x : t) x.join();
    media_mailbox_unref(m);
}

}  // namespace
