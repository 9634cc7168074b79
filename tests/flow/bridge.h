/* A bridge: a caller, this agent in the middle, and the one that it calls for him. */
#ifndef FLOW_BRIDGE_H
#define FLOW_BRIDGE_H

#include "flow/flow_fixture.h"

namespace {

struct Bridge : ::testing::Test {
    void SetUp() override {
        fake_net_begin(1);
        p.reset(new Phone("10.0.0.1", true));
        p->on = [this](const ua_event &ev) {
            if (ev.type != UA_EV_INCOMING_CALL || a) return;
            a = ev.call;
            b = p->call(nullptr, "sip:callee@10.0.0.9");
            make(a, b);
        };
    }
    void TearDown() override {
        caller.reset();
        callee.reset();
        p.reset();
        EXPECT_TRUE(fake_net_end()) << "something was not closed";
    }
    void SetUpAgain() {
        TearDown();
        a = b = nullptr;
        SetUp();
    }
    void make(ua_call *x, ua_call *y) { EXPECT_EQ(ua_bridge_create(p->agent, x, y, &cfg, 77, &br), 0) << sx_last_error_text(); }
    /* The caller calls; the callee has its INVITE. */
    void begin(const std::string &offer = sdp("10.0.0.5", 4000, "8 0 101", "a=rtpmap:101 telephone-event/8000\r\n")) {
        caller.reset(new Raw("10.0.0.5"));
        callee.reset(new Raw("10.0.0.9"));
        sent = caller->invite("sip:x@10.0.0.1", "a", offer);
        caller->send("10.0.0.1", sent);
        const Sip *m = callee->wait("INVITE");
        ASSERT_NE(m, nullptr);
        invite.reset(new Sip(*m));
    }
    std::string callee_sdp(const std::string &formats = "0 101") {
        return sdp("10.0.0.9", 6000, formats, "a=rtpmap:101 telephone-event/8000\r\n");
    }
    void answer(const std::string &body = "") {
        callee->reply(*invite, 200, "t", callee->contact(), body.empty() ? callee_sdp() : body);
        ASSERT_NE(callee->wait("ACK"), nullptr);
        ASSERT_NE(caller->wait("200 INVITE"), nullptr);
        ok.reset(new Sip(*caller->last("200 INVITE")));
        caller->ack("10.0.0.1", *ok);
        ASSERT_NE(p->wait(UA_EV_CALL_CONFIRMED, 2000, 2), nullptr);
    }
    void up() {
        begin();
        callee->reply(*invite, 180, "t", callee->contact());
        ASSERT_NE(caller->wait("180 INVITE"), nullptr);
        answer();
    }
    /* The callee takes what we change. */
    void agree(const std::string &body = "") {
        callee->on = [this, body](const Sip &m) {
            if (m.method() == "INVITE" && !m.to_tag().empty()) {
                bool hold = m.body().find("a=sendonly") != std::string::npos;
                callee->reply(m, 200, "", callee->contact(),
                              body.empty() ? sdp("10.0.0.9", 6000, "0", hold ? "a=recvonly\r\n" : "") : body);
            }
            if (m.method() == "BYE" || m.method() == "INFO") callee->reply(m, 200);
        };
    }
    std::string from_callee(const std::string &method, int cseq, const std::string &body = "", const std::string &lines = "") {
        return callee->inside_uas(method, *invite, "t", cseq, body, lines);
    }
    void linked(bool untouched, const char *codec = "PCMU") {
        media_event ev = {};
        ev.type = MEDIA_LINKED;
        ev.u.linked.untouched = untouched;
        strcpy(ev.u.linked.codec, codec);
        fake_media_say(p->media, a, ev);
        fake_run_for(10);
    }
    void digit(ua_call *c, char d, bool passed) {
        media_event ev = {};
        ev.type = MEDIA_DTMF;
        ev.u.dtmf.digit = d;
        ev.u.dtmf.duration_ms = 120;
        ev.u.dtmf.passed = passed;
        fake_media_say(p->media, c, ev);
        fake_run_for(20);
    }
    ua_bridge_config cfg = {true, true, true, false, true, true};
    std::unique_ptr<Phone> p;
    std::unique_ptr<Raw> caller, callee;
    std::unique_ptr<Sip> invite, ok;
    std::string sent;
    ua_call *a = nullptr, *b = nullptr;
    ua_bridge *br = nullptr;
};

} // namespace

#endif
