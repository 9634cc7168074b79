/* Agents, calls and events through the public header only. */
#ifndef ABI_TEST_SUPPORT_H
#define ABI_TEST_SUPPORT_H

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sipua/sipua.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

/* An event with its view, owned. */
struct Event {
    sipua_event *raw = nullptr;
    sipua_event_view v = SIPUA_EVENT_VIEW_INIT;
    Event() = default;
    explicit Event(sipua_event *e) : raw(e) {
        if (e) {
            EXPECT_EQ(sipua_event_get(e, &v), (int32_t)sizeof v);
        }
    }
    Event(Event &&o) : raw(o.raw), v(o.v) { o.raw = nullptr; }
    Event &operator=(Event &&o) {
        std::swap(raw, o.raw);
        std::swap(v, o.v);
        return *this;
    }
    ~Event() { sipua_event_destroy(raw); }
    explicit operator bool() const { return raw != nullptr; }
    std::string json() const { return raw ? sipua_event_json(raw) : "none"; }
};

inline std::string str(const char *s) {
    return s ? s : "";
}

struct Agent {
    sipua_agent *raw = nullptr;
    int port = 0;
    std::vector<std::string> log; /* names of all events taken */

    Agent() = default;
    Agent(const Agent &) = delete;
    ~Agent() { sipua_agent_free(raw); }

    static sipua_agent_config defaults() {
        sipua_agent_config c = SIPUA_AGENT_CONFIG_INIT;
        c.bind = "127.0.0.1";
        c.open = SIPUA_ON;
        return c;
    }
    void start() {
        sipua_agent_config c = defaults();
        start(c);
    }
    void start(sipua_agent_config &c) {
        ASSERT_EQ(sipua_agent_create(&c, &raw), SIPUA_OK) << sipua_last_error_text();
        Event e = until(SIPUA_EVENT_LISTENING);
        ASSERT_TRUE(e);
        port = e.v.port;
        if (!c.listen_count) {
            ASSERT_EQ(until(SIPUA_EVENT_LISTENING).v.port, port); /* tcp, the same port */
        }
    }
    std::string uri(const char *user = "bob", const char *params = "") const {
        return std::string("sip:") + user + "@127.0.0.1:" + std::to_string(port) + params;
    }

    Event next(int ms = 10000) {
        sipua_event *e = nullptr;
        rc = sipua_poll(raw, ms, &e);
        EXPECT_EQ(rc == 1, e != nullptr);
        Event out(e);
        if (e) log.push_back(sipua_event_type_name(out.v.type));
        return out;
    }
    /* Skips what comes before. */
    Event until(sipua_event_type type, sipua_id id = 0, int ms = 10000) {
        for (;;) {
            Event e = next(ms);
            if (!e) {
                std::string seen;
                for (auto &s : log) seen += s + " ";
                ADD_FAILURE() << "no " << sipua_event_type_name(type) << ", but " << seen << sipua_error_name(rc);
                return e;
            }
            if (e.v.type == type && (!id || e.v.id == id)) return e;
        }
    }
    Event reply(uint64_t tag) {
        for (;;) {
            Event e = until(SIPUA_EVENT_REPLY);
            if (!e || e.v.tag == tag) return e;
        }
    }
    sipua_id call(const std::string &target, uint64_t tag = 0, uint64_t user = 0) {
        sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
        c.target = target.c_str();
        c.user = user;
        sipua_id id = 0;
        rc = sipua_call_create(raw, 0, &c, tag, &id);
        EXPECT_EQ(rc, SIPUA_OK) << sipua_last_error_text();
        return id;
    }
    int rc = 0;
};

/* Somebody who never answers: a port that is open and never read. A closed one would end a call at once (ICMP). */
class SilentPeer {
  public:
    SilentPeer() : fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in a = {};
        socklen_t n = sizeof a;
        a.sin_family = AF_INET;
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(bind(fd, (sockaddr *)&a, n), 0);
        getsockname(fd, (sockaddr *)&a, &n);
        uri = "sip:bob@127.0.0.1:" + std::to_string(ntohs(a.sin_port));
    }
    ~SilentPeer() { close(fd); }
    SilentPeer(const SilentPeer &) = delete;
    std::string uri;

  private:
    int fd;
};

#endif
