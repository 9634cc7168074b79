/* A phone in a confirmed call with a raw peer, for tests of what changes in it. */
#ifndef CHANGE_TALK_H
#define CHANGE_TALK_H

#include "flow/flow_fixture.h"

namespace {

const char *const OLD = "10.0.0.1", *const PEER = "10.0.0.5";

struct Talk {
    Phone p;
    Raw r{PEER};
    ua_call *c = nullptr;
    std::unique_ptr<Sip> first; /* INVITE of ours, or 200 of ours */
    bool outgoing;
    int cseq = 1;
    explicit Talk(bool out = true, const std::string &body = sdp(PEER, 4000)) : p(OLD, true), outgoing(out) {
        if (out) {
            c = p.call(nullptr, "sip:x@10.0.0.5");
            EXPECT_NE(r.wait("INVITE"), nullptr);
            first.reset(new Sip(*r.last("INVITE")));
            r.reply(*first, 200, "peer", r.contact(), body);
        } else {
            p.on = [&](const ua_event &ev) {
                if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
            };
            r.send(OLD, r.invite("sip:x@10.0.0.1", "a", body));
            EXPECT_NE(r.wait("200 INVITE"), nullptr);
            first.reset(new Sip(*r.last("200 INVITE")));
            r.ack(OLD, *first);
        }
        EXPECT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        if (!out) c = p.last(UA_EV_INCOMING_CALL)->call;
        p.on = nullptr;
        fake_run_for(100);
        r.got.clear();
    }
    static uint64_t number(const std::string &body) { /* o= version */
        size_t at = body.find("o=- ");
        if (at == std::string::npos) return 0;
        at = body.find(' ', at + 4) + 1;
        return std::stoull(body.substr(at, body.find(' ', at) - at));
    }
    static std::string sdp_with(const std::string &direction) {
        return sdp(PEER, 4000, "0", "a=" + direction + "\r\n");
    }
    std::string inside(const std::string &method, const std::string &body = "", const std::string &lines = "") {
        return outgoing ? r.inside_uas(method, *first, "peer", ++cseq, body, lines)
                        : r.inside(method, *first, ++cseq, body, lines);
    }
    /* A request of theirs, and our answer of that status. */
    const Sip *ask(const std::string &method, int status, const std::string &body = "", const std::string &lines = "") {
        std::string what = std::to_string(status) + " " + method;
        size_t n = r.count(what);
        r.send(OLD, inside(method, body, lines));
        return r.wait(what, 2000, n + 1);
    }
    void ack(const Sip *answer, const std::string &body = "") {
        std::string text = outgoing ? r.inside_uas("ACK", *first, "peer", (int)answer->cseq(), body)
                                    : r.inside("ACK", *first, (int)answer->cseq(), body);
        r.send(OLD, text);
        fake_run_for(20);
    }
    int change(int hold, uint64_t tag, ua_change_method method = UA_CHANGE_AUTO) {
        ua_change w = {};
        w.hold = hold;
        w.method = method;
        return ua_call_change(c, &w, tag);
    }
    const Sip *offer(size_t nth = 1, uint64_t ms = 5000) { return r.wait("INVITE", ms, nth); }
    void accept(const Sip &request, const std::string &body = sdp(PEER, 4000)) {
        r.reply(Sip(request), 200, "", r.contact(), body);
    }
    void ended(ua_cause cause) {
        ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 80000), nullptr);
        EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, cause);
    }
    void stands() {
        EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u);
        EXPECT_FALSE(p.look(c).pending);
        EXPECT_FALSE(p.look(c).stopped);
    }
};

} // namespace

#endif
