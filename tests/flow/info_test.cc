/* Requests inside a call (RFC 6086 and any other method), digits by INFO both ways, collecting digits, limits and the
 * end of taking calls. */
#include "flow/flow_fixture.h"

namespace {

const char *const ME = "10.0.0.1", *const PEER = "10.0.0.5";
const char *const EVENTS = "0 101"; /* with telephone-event */

/* A phone in a call with a raw peer; INFOs of ours get 200 unless a test says otherwise. */
struct Talk {
    Phone p;
    Raw r{PEER};
    ua_call *c = nullptr;
    std::unique_ptr<Sip> first;
    bool outgoing;
    int cseq = 1;
    int answer = 200;
    std::string answer_lines, answer_body;
    explicit Talk(bool out = true, bool rtp_digits = false) : p(ME, true), outgoing(out) {
        std::string body =
            rtp_digits ? sdp(PEER, 4000, EVENTS, "a=rtpmap:101 telephone-event/8000\r\n") : sdp(PEER, 4000);
        if (out) {
            c = p.call(nullptr, "sip:x@10.0.0.5");
            EXPECT_NE(r.wait("INVITE"), nullptr);
            first.reset(new Sip(*r.last("INVITE")));
            r.reply(*first, 200, "peer", r.contact(), body);
        } else {
            p.on = [&](const ua_event &ev) {
                if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
            };
            r.send(ME, r.invite("sip:x@10.0.0.1", "a", body));
            EXPECT_NE(r.wait("200 INVITE"), nullptr);
            first.reset(new Sip(*r.last("200 INVITE")));
            r.ack(ME, *first);
        }
        EXPECT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        if (!out) c = p.last(UA_EV_INCOMING_CALL)->call;
        fake_run_for(100);
        r.got.clear();
        r.on = [this](const Sip &m) {
            if (answer && (m.method() == "INFO" || m.method() == "BYE"))
                r.reply(m, m.method() == "INFO" ? answer : 200, "", answer_lines, answer_body, "application/x");
        };
    }
    std::string inside(const std::string &method, const std::string &type = "", const std::string &body = "",
                       const std::string &lines = "") {
        std::string l = lines + (type.empty() ? "" : "Content-Type: " + type + "\r\n");
        return outgoing ? r.inside_uas(method, *first, "peer", ++cseq, body, l)
                        : r.inside(method, *first, ++cseq, body, l);
    }
    void info(const std::string &digit, int ms = 100) {
        r.send(ME, inside("INFO", "application/dtmf-relay",
                          "Signal=" + digit + "\r\nDuration=" + std::to_string(ms) + "\r\n"));
    }
    void rtp(char digit, unsigned ms = 100) {
        media_event ev = {};
        ev.type = MEDIA_DTMF;
        ev.u.dtmf.digit = digit;
        ev.u.dtmf.duration_ms = ms;
        fake_media_say(p.media, c, ev);
        fake_run_for(1);
    }
    int request(ua_request **out, const char *method = nullptr, const char *body = nullptr, int timeout = 0) {
        ua_request_config k = {};
        k.method = method;
        k.body = sx_slice_str(body);
        k.content_type = body ? "application/x" : nullptr;
        k.timeout_ms = timeout;
        return ua_call_request(c, &k, 5, out);
    }
    ua_collector *collect(int max, const char *ends = nullptr, int timeout = 10000, int between = 3000) {
        ua_collect_config k = {};
        k.max_digits = max;
        k.terminators = ends;
        k.timeout_ms = timeout;
        k.between_ms = between;
        k.interrupt = true;
        ua_collector *out = nullptr;
        EXPECT_EQ(ua_call_collect(c, &k, 6, &out), 0) << sx_last_error_text();
        return out;
    }
    std::string digits() {
        std::string s;
        for (auto &e : p.events)
            if (e.type == UA_EV_DTMF) s += (char)e.digit;
        return s;
    }
    void stands() { EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u); }
};

/* ---- requests of the program */

TEST_F(Flow, ARequestInsideACallBringsItsAnswerWithBody) {
    for (bool out : {true, false}) {
        fake_net_begin(1);
        Talk t(out);
        t.answer_lines = "X-Theirs: info\r\n";
        t.answer_body = "done";
        ua_request *q = nullptr;
        ASSERT_EQ(t.request(&q, nullptr, "<door/>"), 0);
        EXPECT_EQ(ua_request_id(q), 5u);
        const Event *e = t.p.wait(UA_EV_REQUEST_ANSWERED);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->request, q);
        EXPECT_EQ(e->status, 200);
        EXPECT_EQ(e->body, "done");
        EXPECT_EQ(e->content_type, "application/x");
        EXPECT_NE(e->raw.find("X-Theirs: info"), std::string::npos);
        const Sip *m = t.r.last("INFO");
        EXPECT_EQ(m->body(), "<door/>");
        EXPECT_EQ(m->header("Content-Type"), "application/x");
        ASSERT_EQ(t.request(&q, "DANCE"), 0) << "a method that nobody knows";
        ASSERT_NE(t.r.wait("DANCE"), nullptr);
        EXPECT_EQ(t.r.last("DANCE")->cseq(), m->cseq() + 1);
        t.r.reply(*t.r.last("DANCE"), 501);
        e = t.p.wait(UA_EV_REQUEST_ANSWERED, 5000, 2);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->status, 501);
        EXPECT_EQ(e->cause, UA_CAUSE_SIP_FAILURE_CODE);
        t.stands();
    }
}

TEST_F(Flow, ARequestThatFindsNoDialogEndsTheCallAndOthersDoNot) {
    for (int status : {481, 408, 0, 404, 500, 603}) {
        SCOPED_TRACE(status);
        fake_net_begin(1);
        Talk t;
        t.answer = status;
        ua_request *q = nullptr;
        ASSERT_EQ(t.request(&q), 0);
        const Event *e = t.p.wait(UA_EV_REQUEST_ANSWERED, 40000);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->status, status ? status : 408);
        bool ends = status == 481 || status == 408 || status == 0;
        fake_run_for(1000);
        ASSERT_EQ(t.p.count(UA_EV_CALL_ENDED), ends ? 1u : 0u);
        if (!ends) continue;
        EXPECT_EQ(t.r.count("BYE") > 0, true);
        EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, status == 481 ? UA_CAUSE_DIALOG_ERROR : UA_CAUSE_REQUEST_TIMEOUT);
    }
}

TEST_F(Flow, TheProgramsOwnPatienceDoesNotEndTheCall) {
    Talk t;
    t.answer = 0;
    ua_request *q = nullptr;
    ASSERT_EQ(t.request(&q, nullptr, nullptr, 2000), 0);
    const Event *e = t.p.wait(UA_EV_REQUEST_ANSWERED, 3000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->code, SX_E_TIMEOUT);
    fake_run_for(60000);
    t.stands();
}

TEST_F(Flow, RequestsInEarlyDialogsGoToTheForkThatIsHeard) {
    Raw r(PEER);
    Phone p(ME);
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ua_request_config k = {};
    ua_request *q = nullptr;
    ASSERT_NE(r.wait("INVITE"), nullptr);
    EXPECT_EQ(ua_call_request(c, &k, 5, &q), SX_E_STATE) << "nobody has answered yet";
    Sip inv(*r.last("INVITE"));
    r.reply(inv, 183, "a", r.contact("forka"), sdp(PEER, 4000));
    r.reply(inv, 180, "b", r.contact("forkb"));
    ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS, 5000, 2), nullptr);
    ASSERT_EQ(ua_call_request(c, &k, 5, &q), 0) << sx_last_error_text();
    ASSERT_NE(r.wait("INFO"), nullptr);
    EXPECT_EQ(r.last("INFO")->to_tag(), "a");
    r.reply(*r.last("INFO"), 481);
    ASSERT_NE(p.wait(UA_EV_REQUEST_ANSWERED), nullptr);
    EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u) << "the INVITE decides";
    r.reply(inv, 200, "b", r.contact("forkb"), sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
}

TEST_F(Flow, ACalleeMayAskOnceItHasRung) {
    Raw r(PEER);
    Phone p(ME, true);
    r.send(ME, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    ua_call *c = p.last(UA_EV_INCOMING_CALL)->call;
    ua_request_config k = {};
    ua_request *q = nullptr;
    EXPECT_EQ(ua_call_request(c, &k, 5, &q), SX_E_STATE);
    ASSERT_EQ(ua_call_ring(c, nullptr), 0);
    ASSERT_EQ(ua_call_request(c, &k, 5, &q), 0);
    ASSERT_NE(r.wait("INFO"), nullptr);
    r.reply(*r.last("INFO"), 200);
    ASSERT_NE(p.wait(UA_EV_REQUEST_ANSWERED), nullptr);
}

TEST_F(Flow, WhatTheLibrarySendsItselfAndTooManyAtOnceAreRefused) {
    Talk t;
    t.answer = 0;
    ua_request *q = nullptr;
    for (const char *m :
         {"INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "PRACK", "REFER", "SUBSCRIBE", "REGISTER", "a b", ""})
        EXPECT_EQ(t.request(&q, m), *m ? SX_E_INVALID : 0) << m;
    ua_request_config k = {};
    ua_pair bad = {"X", "a\r\nb"};
    k.headers = &bad;
    k.header_count = 1;
    EXPECT_EQ(ua_call_request(t.c, &k, 5, &q), SX_E_HEADER);
    for (int i = 1; i < 16; i++) EXPECT_EQ(t.request(&q), 0);
    EXPECT_EQ(t.request(&q), SX_E_LIMIT);
    /* the end of the call ends them all, before it */
    ASSERT_EQ(ua_call_hangup(t.c, nullptr), 0);
    ASSERT_NE(t.r.wait("BYE"), nullptr);
    t.r.reply(*t.r.last("BYE"), 200);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    ASSERT_EQ(t.p.count(UA_EV_REQUEST_ANSWERED), 16u);
    EXPECT_EQ(t.p.events.back().type, UA_EV_CALL_ENDED);
    EXPECT_EQ(t.p.last(UA_EV_REQUEST_ANSWERED)->code, SX_E_CANCELED);
    EXPECT_EQ(t.r.count("INFO") > 0, true);
}

/* ---- INFO of the peer */

TEST_F(Flow, AnInfoWithAnyBodyIsTold) {
    Talk t;
    t.r.send(ME, t.inside("INFO", "application/media_control+xml", "<x/>"));
    ASSERT_NE(t.r.wait("200 INFO"), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_INFO)->body, "<x/>");
    EXPECT_EQ(t.p.last(UA_EV_INFO)->content_type, "application/media_control+xml");
    t.r.send(ME, t.inside("INFO"));
    ASSERT_NE(t.r.wait("200 INFO", 5000, 2), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_INFO), 2u);
    t.r.send(ME, t.inside("INFO", "", "x").replace(0, 0, ""));
    t.r.send(ME, t.inside("INFO", "application/x", "y", "Require: nothing-we-know\r\n"));
    ASSERT_NE(t.r.wait("420 INFO"), nullptr);
    t.stands();
}

TEST_F(Flow, AnInfoPackageIsTakenOnlyWhereTheProgramHasSaidSo) {
    Raw r(PEER);
    Phone p(ME, true);
    ua_pair takes = {"Recv-Info", "trondheim, osl;x=1"};
    p.on = [&](const ua_event &ev) {
        ua_reply reply = {};
        reply.headers = &takes;
        reply.header_count = 1;
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, &reply);
    };
    r.send(ME, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    Sip ok(*r.last("200 INVITE"));
    EXPECT_EQ(ok.header("Recv-Info"), "trondheim, osl;x=1");
    r.ack(ME, ok);
    r.send(ME, r.inside("INFO", ok, 2, "b", "Info-Package: OSL\r\nContent-Type: a/b\r\n"));
    ASSERT_NE(r.wait("200 INFO"), nullptr);
    r.send(ME, r.inside("INFO", ok, 3, "b", "Info-Package: other\r\nContent-Type: a/b\r\n"));
    const Sip *m = r.wait("469 INFO");
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->header("Recv-Info"), "trondheim, osl;x=1");
    EXPECT_EQ(p.count(UA_EV_INFO), 1u);
}

TEST_F(Flow, DigitsOfAPeerThatSendsThemTwiceAreToldOnce) {
    Talk t(true, true);
    t.rtp('5');
    t.info("5");
    fake_run_for(200);
    t.info("6");
    fake_run_for(100);
    t.rtp('6', 1500);
    fake_run_for(200);
    EXPECT_EQ(t.digits(), "56");
    t.rtp('7');
    t.rtp('7');
    t.info("7");
    t.info("7");
    fake_run_for(200);
    EXPECT_EQ(t.digits(), "5677") << "two strokes of one key are two";
    t.info("8");
    fake_run_for(5000);
    t.rtp('8');
    EXPECT_EQ(t.digits(), "567788") << "long after it is another stroke";
    for (int i = 0; i < 20; i++) t.rtp('1');
    EXPECT_EQ(t.digits().size(), 26u);
}

TEST_F(Flow, ADigitByInfoThatIsRepeatedIsOneDigit) {
    Talk t;
    std::string m = t.inside("INFO", "application/dtmf", "9");
    t.r.send(ME, m);
    t.r.send(ME, m);
    fake_run_for(700);
    t.r.send(ME, m);
    fake_run_for(100);
    EXPECT_EQ(t.digits(), "9");
    EXPECT_EQ(t.r.count("200 INFO"), 3u);
}

/* ---- digits of ours */

TEST_F(Flow, DigitsGoByInfoWhereThePeerTakesNoTelephoneEvent) {
    Talk t;
    std::vector<uint64_t> at;
    auto answer = t.r.on;
    t.r.on = [&](const Sip &m) {
        if (m.method() == "INFO") at.push_back(fake_now());
        answer(m);
    };
    ASSERT_EQ(ua_call_dtmf(t.c, "1#", 200, 100), 0) << sx_last_error_text();
    ASSERT_EQ(ua_call_dtmf(t.c, ",a", 0, 0), 0);
    const Event *e = t.p.wait(UA_EV_DTMF_SENT, 20000, 2);
    ASSERT_NE(e, nullptr);
    ASSERT_EQ(t.r.count("INFO"), 3u);
    EXPECT_EQ(t.r.got[0]->header("Content-Type"), "application/dtmf-relay");
    EXPECT_EQ(t.r.got[0]->body(), "Signal=1\r\nDuration=200\r\n");
    EXPECT_EQ(t.r.got[1]->body(), "Signal=#\r\nDuration=200\r\n");
    EXPECT_EQ(t.r.last("INFO")->body(), "Signal=A\r\nDuration=100\r\n");
    EXPECT_EQ(e->code, 0);
    EXPECT_EQ(e->words, ",a");
    ASSERT_EQ(at.size(), 3u);
    EXPECT_NEAR((double)(at[1] - at[0]), 300, 20) << "a digit lasts, and so does its gap";
    EXPECT_NEAR((double)(at[2] - at[1]), 2300, 20) << "a comma is two seconds";
    EXPECT_EQ(t.p.look(t.c).dtmf_calls, 0u);
}

TEST_F(Flow, EachDigitWaitsForThe200OfTheOneBefore) {
    Talk t;
    t.answer = 0;
    ASSERT_EQ(ua_call_dtmf(t.c, "12", 50, 50), 0);
    ASSERT_NE(t.r.wait("INFO"), nullptr);
    fake_run_for(3000);
    for (auto &m : t.r.got) EXPECT_EQ(m->body(), "Signal=1\r\nDuration=50\r\n");
    t.answer = 200;
    fake_run_for(5000);
    EXPECT_EQ(t.r.last("INFO")->body(), "Signal=2\r\nDuration=50\r\n");
    EXPECT_EQ(t.p.count(UA_EV_DTMF_SENT), 1u);
}

TEST_F(Flow, TheWayOfDigitsIsChosenByNegotiationOrByHand) {
    struct {
        const char *method;
        bool rtp; /* the peer takes telephone-event */
        const char *type;
        int code;
    } all[] = {{"auto", true, "", 0},
               {"auto", false, "application/dtmf-relay", 0},
               {"rtp", true, "", 0},
               {"rtp", false, "", SX_E_UNSUPPORTED},
               {"info", true, "application/dtmf-relay", 0},
               {"info-dtmf", true, "application/dtmf", 0}};
    for (auto &one : all) {
        for (bool call : {true, false}) {
            SCOPED_TRACE(std::string(one.method) + (one.rtp ? " rtp" : ""));
            fake_net_begin(1);
            Talk t(true, one.rtp);
            ASSERT_EQ(ua_option_set(t.p.agent, nullptr, call ? t.c : nullptr, "dtmf_method", one.method), 0);
            ASSERT_EQ(ua_call_dtmf(t.c, "7", 0, 0), one.code);
            if (one.code) continue;
            ASSERT_NE(t.p.wait(UA_EV_DTMF_SENT), nullptr);
            EXPECT_EQ(std::string(t.p.look(t.c).digits), *one.type ? "" : "7");
            EXPECT_EQ(t.r.count("INFO"), *one.type ? 1u : 0u);
            if (*one.type) {
                EXPECT_EQ(t.r.last("INFO")->header("Content-Type"), one.type);
            }
            if (!strcmp(one.type, "application/dtmf")) {
                EXPECT_EQ(t.r.last("INFO")->body(), "7");
            }
        }
    }
}

TEST_F(Flow, APeerThatTakesOnlyTheOtherFormGetsIt) {
    Talk t;
    t.r.on = [&](const Sip &m) {
        if (m.method() == "INFO") t.r.reply(m, m.header("Content-Type") == "application/dtmf" ? 200 : 415);
    };
    ASSERT_EQ(ua_call_dtmf(t.c, "12", 0, 0), 0);
    ASSERT_NE(t.p.wait(UA_EV_DTMF_SENT), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_DTMF_SENT)->code, 0);
    ASSERT_EQ(t.r.count("INFO"), 3u) << "the form is learned once";
    EXPECT_EQ(t.r.last("INFO")->body(), "2");
}

TEST_F(Flow, ARefusedDigitEndsTheRestOfThemAndSaysWhy) {
    Talk t;
    t.answer = 415;
    ASSERT_EQ(ua_option_set(t.p.agent, nullptr, t.c, "dtmf_method", "info"), 0);
    ASSERT_EQ(ua_call_dtmf(t.c, "123", 0, 0), 0);
    ASSERT_EQ(ua_call_dtmf(t.c, "4", 0, 0), 0);
    const Event *e = t.p.wait(UA_EV_DTMF_SENT);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->code, SX_E_PROTOCOL);
    EXPECT_EQ(e->status, 415);
    EXPECT_EQ(e->words, "123");
    t.answer = 200;
    e = t.p.wait(UA_EV_DTMF_SENT, 5000, 2);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->code, 0);
    EXPECT_EQ(e->status, 0);
    EXPECT_EQ(t.r.count("INFO"), 2u);
    t.stands();
    t.answer = 481;
    ASSERT_EQ(ua_call_dtmf(t.c, "5", 0, 0), 0);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_DTMF_SENT), 3u);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_DIALOG_ERROR);
}

TEST_F(Flow, DigitsOnTheirWayWhenTheCallEndsAreReported) {
    for (int when : {0, 1, 2}) {
        fake_net_begin(1);
        Talk t;
        if (when == 1) t.answer = 0;
        ASSERT_EQ(ua_call_dtmf(t.c, "1,2", 0, 0), 0);
        ASSERT_EQ(ua_call_dtmf(t.c, "3", 0, 0), 0);
        if (when) {
            ASSERT_NE(t.r.wait("INFO"), nullptr);
        }
        if (when == 2) fake_run_for(500); /* in the pause */
        ASSERT_EQ(ua_call_hangup(t.c, nullptr), 0);
        ASSERT_NE(t.r.wait("BYE"), nullptr);
        t.r.reply(*t.r.last("BYE"), 200);
        ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
        EXPECT_EQ(t.p.count(UA_EV_DTMF_SENT), 2u);
        EXPECT_EQ(t.p.last(UA_EV_DTMF_SENT)->code, SX_E_CANCELED);
        EXPECT_EQ(t.p.events.back().type, UA_EV_CALL_ENDED);
        fake_run_for(40000);
    }
}

/* ---- collecting */

TEST_F(Flow, CollectingEndsWhenThereAreEnough) {
    Talk t(true, true);
    ua_collector *k = t.collect(3);
    EXPECT_EQ(ua_collector_id(k), 6u);
    t.rtp('1');
    t.info("1"); /* the same stroke by the other way */
    fake_run_for(100);
    t.info("*");
    fake_run_for(100);
    t.rtp('3');
    const Event *e = t.p.wait(UA_EV_COLLECTED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->collector, k);
    EXPECT_EQ(e->digits, "1*3");
    EXPECT_EQ(e->state, "full");
    EXPECT_EQ(t.digits(), "1*3") << "they are told one by one as well";
    t.collect(1);
    t.rtp('9');
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->digits, "9");
}

TEST_F(Flow, CollectingEndsWithATerminatorATimeoutACommandAndTheCall) {
    Talk t(true, true);
    t.collect(10, "#*");
    t.rtp('4');
    t.rtp('2');
    t.rtp('#');
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->digits, "42");
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->state, "terminator");
    uint64_t begun = fake_now();
    t.collect(10, nullptr, 5000);
    ASSERT_NE(t.p.wait(UA_EV_COLLECTED, 6000, 2), nullptr);
    EXPECT_NEAR((double)(fake_now() - begun), 5000, 20);
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->state, "timeout");
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->digits, "");
    t.collect(10, nullptr, -1, 700);
    fake_run_for(100000);
    EXPECT_EQ(t.p.count(UA_EV_COLLECTED), 2u);
    t.rtp('7');
    fake_run_for(600);
    t.rtp('8');
    begun = fake_now();
    ASSERT_NE(t.p.wait(UA_EV_COLLECTED, 6000, 3), nullptr);
    EXPECT_NEAR((double)(fake_now() - begun), 700, 20);
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->state, "timeout");
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->digits, "78");
    ua_collector *k = t.collect(4);
    t.rtp('1');
    ua_collect_config again = {};
    again.max_digits = 1;
    again.timeout_ms = again.between_ms = 1000;
    ua_collector *second = nullptr;
    EXPECT_EQ(ua_call_collect(t.c, &again, 7, &second), SX_E_BUSY);
    ASSERT_EQ(ua_collector_stop(k), 0);
    t.rtp('2');
    ASSERT_EQ(t.p.count(UA_EV_COLLECTED), 4u);
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->state, "stopped");
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->digits, "1");
    k = t.collect(4);
    ASSERT_EQ(ua_collector_stop(k), 0);
    ASSERT_EQ(ua_call_collect(t.c, &again, 8, &second), 0) << "nobody has to wait for the event of the one that was stopped";
    t.rtp('6');
    ASSERT_EQ(t.p.count(UA_EV_COLLECTED), 6u);
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->state, "full");
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->digits, "6");
    t.collect(4);
    t.rtp('5');
    t.r.send(ME, t.inside("BYE"));
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    ASSERT_EQ(t.p.count(UA_EV_COLLECTED), 7u);
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->state, "ended");
    EXPECT_EQ(t.p.last(UA_EV_COLLECTED)->digits, "5");
    EXPECT_EQ(t.p.events.back().type, UA_EV_CALL_ENDED);
}

TEST_F(Flow, TheFirstDigitStopsWhatPlays) {
    for (bool interrupt : {true, false}) {
        fake_net_begin(1);
        Talk t(true, true);
        ASSERT_EQ(ua_call_play(t.c, "menu.wav", true, 77), 0);
        ua_collect_config k = {};
        k.max_digits = 2;
        k.timeout_ms = k.between_ms = 1000;
        k.interrupt = interrupt;
        ua_collector *out = nullptr;
        ASSERT_EQ(ua_call_collect(t.c, &k, 6, &out), 0);
        t.rtp('1');
        fake_run_for(10);
        EXPECT_EQ(t.p.count(UA_EV_PLAY_DONE), interrupt ? 1u : 0u);
    }
}

/* Nobody answers a question that he has not heard to its end. */
TEST_F(Flow, TheTimeForTheFirstDigitBeginsWhenThePromptEnds) {
    Talk t(true, true);
    auto ask = [&](uint64_t player, uint64_t id) {
        ua_collect_config k = {};
        k.max_digits = 2;
        k.timeout_ms = 1000;
        k.between_ms = 3000;
        k.interrupt = true;
        k.player = player;
        ua_collector *out = nullptr;
        EXPECT_EQ(ua_call_collect(t.c, &k, id, &out), 0) << sx_last_error_text();
        return out;
    };
    auto ends_after = [&](uint64_t ms, size_t n, const char *state, const char *digits) {
        uint64_t from = fake_now();
        const Event *e = t.p.wait(UA_EV_COLLECTED, 10000, n);
        ASSERT_NE(e, nullptr);
        EXPECT_NEAR((double)(fake_now() - from), (double)ms, 20);
        EXPECT_EQ(e->state, state);
        EXPECT_EQ(e->digits, digits);
    };
    { /* it is heard to its end */
        ASSERT_EQ(ua_call_play(t.c, "menu.wav", true, 77), 0);
        ask(77, 1);
        fake_run_for(30000);
        ASSERT_EQ(t.p.count(UA_EV_COLLECTED), 0u);
        ASSERT_EQ(ua_call_stop_play(t.c, 77), 0);
        ends_after(1000, 1, "timeout", "");
    }
    { /* a digit breaks it off: from there on it is the time between digits */
        ASSERT_EQ(ua_call_play(t.c, "menu.wav", true, 78), 0);
        ask(78, 2);
        fake_run_for(5000);
        t.rtp('4');
        ends_after(3000, 2, "timeout", "4");
        EXPECT_EQ(t.p.count(UA_EV_PLAY_DONE), 2u);
    }
    { /* it has ended already, or is another one that plays */
        ask(78, 3);
        ends_after(1000, 3, "timeout", "");
        ASSERT_EQ(ua_call_play(t.c, "music.wav", true, 79), 0);
        ask(78, 4);
        ends_after(1000, 4, "timeout", "");
        ask(0, 5);
        ends_after(1000, 5, "timeout", "");
    }
    { /* the one that was stopped meanwhile has no say in the next */
        ua_collector *k = ask(79, 6);
        ASSERT_EQ(ua_collector_stop(k), 0);
        ask(79, 7);
        fake_run_for(5000);
        ASSERT_EQ(t.p.count(UA_EV_COLLECTED), 6u);
        ASSERT_EQ(ua_call_stop_play(t.c, 79), 0);
        ends_after(1000, 7, "timeout", "");
    }
    { /* the call ends while it plays */
        ASSERT_EQ(ua_call_play(t.c, "menu.wav", true, 80), 0);
        ask(80, 8);
        t.r.send(ME, t.inside("BYE"));
        ends_after(0, 8, "ended", "");
    }
}

TEST_F(Flow, BadCollectingIsRefused) {
    Talk t;
    ua_collector *out = nullptr;
    auto rc = [&](int max, const char *ends, int timeout, int between) {
        ua_collect_config k = {};
        k.max_digits = max;
        k.terminators = ends;
        k.timeout_ms = timeout;
        k.between_ms = between;
        return ua_call_collect(t.c, &k, 6, &out);
    };
    EXPECT_EQ(rc(0, nullptr, 1, 1), SX_E_INVALID);
    EXPECT_EQ(rc(257, nullptr, 1, 1), SX_E_INVALID);
    EXPECT_EQ(rc(1, "x", 1, 1), SX_E_INVALID);
    EXPECT_EQ(rc(1, "1234567890*#ABCDF1234567890", 1, 1), SX_E_INVALID);
    EXPECT_EQ(rc(1, nullptr, 0, 1), SX_E_INVALID);
    EXPECT_EQ(rc(1, nullptr, -1, 0), SX_E_INVALID);
}

/* ---- limits */

TEST_F(Flow, ACallIsHungUpWhenItsTimeIsOver) {
    for (int scope : {0, 1, 2}) {
        for (bool out : {true, false}) {
            SCOPED_TRACE(scope);
            fake_net_begin(1);
            Talk t(out);
            ua_call *c = t.c;
            if (scope == 2) {
                ASSERT_EQ(ua_option_set(t.p.agent, nullptr, c, "max_call_ms", "60000"), 0);
            }
            if (scope < 2) { /* for calls from now on */
                ASSERT_EQ(ua_call_hangup(t.c, nullptr), 0);
                ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
                t.p.events.clear();
                t.p.on = nullptr;
                ua_account *acc = scope ? t.p.account("sip:x@10.0.0.1") : nullptr;
                ASSERT_EQ(ua_option_set(t.p.agent, acc, nullptr, "max_call_ms", "60000"), 0);
                c = t.p.call(acc, "sip:y@10.0.0.5");
                ASSERT_NE(t.r.wait("INVITE"), nullptr);
                t.r.reply(Sip(*t.r.last("INVITE")), 200, "n", t.r.contact(), sdp(PEER, 4000));
                ASSERT_NE(t.p.wait(UA_EV_CALL_CONFIRMED), nullptr);
            }
            fake_run_for(59000);
            EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
            const Event *e = t.p.wait(UA_EV_CALL_ENDED, 2000);
            ASSERT_NE(e, nullptr);
            EXPECT_EQ(e->cause, UA_CAUSE_TIME_LIMIT);
            EXPECT_EQ(e->words, "Time Limit");
            EXPECT_EQ(e->originator, UA_SYSTEM);
            fake_run_for(10);
            EXPECT_EQ(t.r.last("BYE")->header("Reason"), "Q.850;cause=31;text=\"Time Limit\"");
        }
    }
}

TEST_F(Flow, AnAccountHasALimitOfItsOwn) {
    Raw r(PEER);
    Phone p(ME, true);
    ua_account *acc = p.account("sip:x@10.0.0.1"), *other = p.account("sip:y@10.0.0.1");
    ASSERT_EQ(ua_option_set(p.agent, acc, nullptr, "max_calls", "2"), 0);
    EXPECT_EQ(ua_option_set(p.agent, nullptr, nullptr, "max_calls", "2"), SX_E_KIND);
    r.send(ME, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
    p.call(acc, "sip:z@10.0.0.5");
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    EXPECT_EQ(p.last(UA_EV_INCOMING_CALL)->account, acc);
    r.send(ME, r.invite("sip:x@10.0.0.1", "b", sdp(PEER, 4000)));
    EXPECT_NE(r.wait("486 INVITE"), nullptr);
    ua_call_config c = {};
    c.target = "sip:z@10.0.0.5";
    ua_call *out = nullptr;
    EXPECT_EQ(ua_call_create(p.agent, acc, &c, 9, &out), SX_E_LIMIT);
    r.send(ME, r.invite("sip:y@10.0.0.1", "c", sdp(PEER, 4000)));
    EXPECT_NE(p.wait(UA_EV_INCOMING_CALL, 5000, 2), nullptr) << "the other account has its own";
    EXPECT_EQ(p.last(UA_EV_INCOMING_CALL)->account, other);
}

TEST_F(Flow, ADrainingAgentTakesNothingNewAndSaysWhenItIsEmpty) {
    Talk t;
    ASSERT_EQ(ua_agent_drain(t.p.agent, true), 0);
    t.r.send(ME, t.r.invite("sip:x@10.0.0.1", "new", sdp(PEER, 4000)));
    ASSERT_NE(t.r.wait("503 INVITE"), nullptr);
    EXPECT_EQ(t.r.last("503 INVITE")->header("Retry-After"), "30");
    t.r.send(ME, t.r.request("OPTIONS", "sip:x@10.0.0.1", "<sip:r@10.0.0.5>;tag=o", "<sip:x@10.0.0.1>", "opt", 1));
    ASSERT_NE(t.r.wait("503 OPTIONS"), nullptr);
    EXPECT_EQ(t.r.last("503 OPTIONS")->header("Retry-After"), "30");
    ua_call_config c = {};
    c.target = "sip:z@10.0.0.5";
    ua_call *out = nullptr;
    EXPECT_EQ(ua_call_create(t.p.agent, nullptr, &c, 9, &out), SX_E_STATE);
    t.r.send(ME, t.inside("INVITE", "application/sdp", sdp(PEER, 4002)));
    ASSERT_NE(t.r.wait("200 INVITE"), nullptr) << "what is up goes on";
    fake_run_for(1000);
    EXPECT_EQ(t.p.count(UA_EV_DRAINED), 0u);
    t.r.send(ME, t.inside("BYE"));
    ASSERT_NE(t.p.wait(UA_EV_DRAINED), nullptr);
    EXPECT_EQ(t.p.events.back().type, UA_EV_DRAINED) << "after CALL_ENDED";
    ASSERT_EQ(ua_agent_drain(t.p.agent, false), 0);
    t.r.send(ME, t.r.invite("sip:x@10.0.0.1", "again", sdp(PEER, 4000)));
    ASSERT_NE(t.p.wait(UA_EV_INCOMING_CALL), nullptr) << "back to work";
    ASSERT_EQ(ua_call_reject(t.p.last(UA_EV_INCOMING_CALL)->call, nullptr), 0);
    fake_run_for(100);
    ASSERT_EQ(ua_agent_drain(t.p.agent, true), 0);
    ASSERT_NE(t.p.wait(UA_EV_DRAINED, 5000, 2), nullptr) << "at once when there is nothing";
}

TEST_F(Flow, AnAgentMayGoWithAllOfThatUnderWay) {
    for (int i = 0; i < 4; i++) {
        fake_net_begin(1);
        Talk t;
        t.answer = 0;
        ua_request *q = nullptr;
        ASSERT_EQ(t.request(&q), 0);
        ASSERT_EQ(ua_call_dtmf(t.c, "1,2", 0, 0), 0);
        t.collect(4);
        if (i & 1) fake_run_for(300);
        if (i & 2) ua_agent_shutdown(t.p.agent, 1000);
        t.p.destroy();
    }
}

} // namespace
