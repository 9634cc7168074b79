// A loop and a box that remembers what its sinks were told.
#ifndef NET_FIXTURE_H
#define NET_FIXTURE_H

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

extern "C" {
#include "base/clock.h"
#include "base/error.h"
#include "net/dns.h"
#include "net/tcp.h"
#include "net/udp.h"
}

inline net_addr addr(const char *text) {
    net_addr a = net_addr_none();
    EXPECT_TRUE(net_addr_parse(&a, sx_slice_str(text), 0)) << text;
    return a;
}

inline std::string text_of(const net_addr *a) {
    char t[NET_ADDR_TEXT];
    return a ? net_addr_text(a, t) : "null";
}

inline sx_slice slice(const std::string &s) { return sx_slice_of(s.data(), s.size()); }

struct Seen {
    net_event_type type;
    std::string bytes, from, local, text;
    int code;
    uint64_t token, arrived_us;
    bool stale, absent;
    std::vector<std::string> addrs, records;  // records: SRV and NAPTR in words
    std::vector<uint32_t> ttls;
    std::string check, names;  // TLS; "" for NULL
};

inline std::string text_of(sx_slice s) { return std::string(s.n ? s.p : "", s.n); }

inline std::string text_of(const net_dns_record &r) {
    if (r.type == NET_DNS_SRV)
        return std::to_string(r.priority) + " " + std::to_string(r.weight) + " " + std::to_string(r.port) + " " +
               text_of(r.name);
    return std::to_string(r.order) + " " + std::to_string(r.preference) + " " + text_of(r.flags) + " " +
           text_of(r.service) + " " + text_of(r.name) + (r.regexp ? " regexp" : "");
}

struct Box {
    std::vector<Seen> seen;
    net_conn *accepted = nullptr;
    std::function<void(const net_event *)> then;
    static void sink(void *ctx, const net_event *ev) {
        Box *b = static_cast<Box *>(ctx);
        Seen s{ev->type, std::string(ev->bytes.p ? ev->bytes.p : "", ev->bytes.n), text_of(ev->from), text_of(ev->local),
               ev->text, ev->code, ev->token, ev->arrived_us, ev->stale, ev->absent, {}, {}, {}, ev->tls_check ? ev->tls_check : "", ev->tls_names ? ev->tls_names : ""};
        for (size_t i = 0; i < ev->nrecords; i++) {
            if (ev->records[i].type == NET_DNS_ADDRESS)
                s.addrs.push_back(text_of(&ev->records[i].addr));
            else
                s.records.push_back(text_of(ev->records[i]));
            s.ttls.push_back(ev->records[i].ttl_s);
        }
        b->seen.push_back(s);
        if (ev->type == NET_ACCEPTED && !b->then) {
            b->accepted = ev->conn;
            net_conn_adopt(ev->conn, sink, ctx);
        }
        if (b->then) b->then(ev);
    }
    int count(net_event_type t) const {
        int n = 0;
        for (auto &s : seen) n += s.type == t;
        return n;
    }
    const Seen *first(net_event_type t) const {
        for (auto &s : seen)
            if (s.type == t) return &s;
        return nullptr;
    }
    std::string data() const {
        std::string all;
        for (auto &s : seen)
            if (s.type == NET_DATA) all += s.bytes;
        return all;
    }
};

class Net : public ::testing::Test {
  protected:
    net_loop *l = nullptr;
    void SetUp() override {
        l = net_loop_create();
        ASSERT_TRUE(l) << sx_last_error_text();
    }
    void TearDown() override { net_loop_destroy(l); }
    // Turns the loop until it is so; 10 s are far more than anything here takes.
    bool until(const std::function<bool()> &so, uint64_t max_ms = 10000) {
        uint64_t end = sx_now_ms() + max_ms;
        while (!so()) {
            if (sx_now_ms() >= end) return false;
            net_loop_run_once(l, 20);
        }
        return true;
    }
    net_udp *udp(const char *at, Box *box, const net_udp_options *o = nullptr) {
        net_udp *u = nullptr;
        net_addr a = addr(at);
        EXPECT_EQ(SX_OK, net_udp_open(l, &a, o, Box::sink, box, &u)) << sx_last_error_text();
        return u;
    }
};

#endif
