/* A phone in a call with a raw peer that has it transferred, or is transferred by it. */
#ifndef FLOW_TRANSFER_H
#define FLOW_TRANSFER_H

#include "flow/flow_fixture.h"

namespace transfers {

const char *const PHONE = "10.0.0.1", *const PEER = "10.0.0.5", *const TARGET = "10.0.0.6";
const unsigned ASK_ALL = 1u << UA_ASK_CALL | 1u << UA_ASK_MESSAGE | 1u << UA_ASK_TRANSFER;

inline std::string sub_state(const std::string &state) {
    return "Event: refer\r\nSubscription-State: " + state + "\r\n";
}

/* A phone in a call with a raw peer, outgoing or incoming. */
struct Talk {
    Phone p{PHONE, true};
    Raw r{PEER};
    ua_call *c = nullptr;
    std::unique_ptr<Sip> first;
    bool outgoing;
    int cseq = 1;
    explicit Talk(bool out = false) : outgoing(out) {
        ua_agent_ask(p.agent, ASK_ALL);
        if (out) {
            c = p.call(nullptr, "sip:x@10.0.0.5");
            EXPECT_NE(r.wait("INVITE"), nullptr);
            first.reset(new Sip(*r.last("INVITE")));
            r.reply(*first, 200, "peer", r.contact(), sdp(PEER, 4000));
        } else {
            p.on = [&](const ua_event &ev) {
                if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
            };
            r.send(PHONE, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
            EXPECT_NE(r.wait("200 INVITE"), nullptr);
            first.reset(new Sip(*r.last("200 INVITE")));
            r.ack(PHONE, *first);
        }
        EXPECT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        if (!out) c = p.last(UA_EV_INCOMING_CALL)->call;
        p.on = nullptr;
        fake_run_for(100);
        r.got.clear();
        p.events.clear();
    }
    std::string inside(const std::string &method, const std::string &lines = "", const std::string &body = "") {
        return outgoing ? r.inside_uas(method, *first, "peer", ++cseq, body, lines)
                        : r.inside(method, *first, ++cseq, body, lines);
    }
    const Sip *ask(const std::string &method, int status, const std::string &lines = "", const std::string &body = "") {
        std::string what = std::to_string(status) + " " + method;
        size_t n = r.count(what);
        r.send(PHONE, inside(method, lines, body));
        return r.wait(what, 2000, n + 1);
    }
    const Sip *notify(const std::string &state, const std::string &line, int status = 200,
                      const std::string &event = "refer") {
        return ask("NOTIFY", status,
                   "Event: " + event + "\r\nSubscription-State: " + state +
                       "\r\nContent-Type: message/sipfrag;version=2.0\r\n",
                   line.empty() ? "" : line + "\r\n");
    }
    ua_transfer *transfer(std::function<void(ua_transfer_config &)> more = nullptr, int want = SX_OK) {
        ua_transfer_config cfg = {};
        cfg.target = "sip:carol@10.0.0.6";
        cfg.subscribe = cfg.hangup = true;
        if (more) more(cfg);
        ua_transfer *t = nullptr;
        EXPECT_EQ(ua_call_transfer(c, &cfg, 31, &t), want) << sx_last_error_text();
        return t;
    }
    const Sip *refer() { return r.wait("REFER"); }
    void bye() {
        ASSERT_NE(r.wait("BYE"), nullptr);
        r.reply(Sip(*r.last("BYE")), 200);
        ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    }
    void stands() {
        EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u);
        EXPECT_EQ(r.count("BYE"), 0u);
        EXPECT_FALSE(p.look(c).stopped);
    }
};

} // namespace transfers
using namespace transfers;

#endif
