/* A 3xx: shown, or followed as far as the program lets us (RFC 3261 8.1.3.4, 19.1.5; RFC 5806, 7044). */
#include "flow/flow_fixture.h"

extern "C" {
#include "net/tls.h"
}

namespace {

const char *const ME = "10.0.0.1", *const FIRST = "10.0.0.5", *const SECOND = "10.0.0.6", *const THIRD = "10.0.0.7";

std::function<void(ua_call_config &)> follow(int n) {
    return [n](ua_call_config &c) { c.max_redirects = n; };
}

std::function<void(const Sip &)> refuse(Raw &r, int status, const std::string &lines = "") {
    return [&r, status, lines](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, status, "t", lines);
    };
}

std::function<void(const Sip &)> answer(Raw &r, const std::string &host) {
    return [&r, host](const Sip &m) {
        if (m.method() == "INVITE") r.reply(m, 200, "ok", r.contact(), sdp(host, 4000));
    };
}

TEST_F(Flow, ARedirectIsFollowedUnderTheSameCallIdAndTheCallStands) {
    Raw r1(FIRST), r2(SECOND);
    Phone p(ME);
    r1.on = refuse(r1, 302, "Contact: <sip:new@10.0.0.6>\r\n");
    r2.on = answer(r2, SECOND);
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5", follow(3));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_NE(p.last(UA_EV_CALL_REDIRECTED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_REDIRECTED)->flags & UA_FLAG_FOLLOWED, (unsigned)UA_FLAG_FOLLOWED);
    EXPECT_EQ(p.last(UA_EV_CALL_REDIRECTED)->target, "sip:new@10.0.0.6");
    EXPECT_EQ(p.last(UA_EV_CALL_REDIRECTED)->status, 302);
    const Sip *a = r1.last("INVITE"), *b = r2.last("INVITE");
    ASSERT_NE(r1.last("ACK"), nullptr);
    EXPECT_EQ(b->header("Call-ID"), a->header("Call-ID"));
    EXPECT_EQ(b->from_tag(), a->from_tag());
    EXPECT_EQ(b->header("To"), a->header("To"));
    EXPECT_EQ(b->cseq(), a->cseq() + 1);
    EXPECT_EQ(b->uri(), "sip:new@10.0.0.6");
    EXPECT_EQ(b->body(), a->body()) << "the offer is the same";
    EXPECT_EQ(b->header("Diversion"), "<sip:x@10.0.0.5>;reason=unknown;counter=1");
    EXPECT_EQ(b->header("History-Info", 0), "<sip:x@10.0.0.5?Reason=SIP%3Bcause%3D302>;index=1");
    EXPECT_EQ(b->header("History-Info", 1), "<sip:new@10.0.0.6;cause=302>;index=1.1;mp=1");
    EXPECT_EQ(port_of(p.look(c).config.remote_rtp), 4000);
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    ASSERT_NE(r2.wait("BYE"), nullptr);
    EXPECT_EQ(r1.count("BYE"), 0u);
    r2.reply(*r2.last("BYE"), 200);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
}

TEST_F(Flow, ContactsAreTriedByTheirQAndTheLastFailureIsTheOneTold) {
    Raw r1(FIRST), r2(SECOND), r3(THIRD);
    Phone p(ME);
    r1.on = refuse(r1, 300,
                   "Contact: <sip:low@10.0.0.7>;q=0.2, <sip:best@10.0.0.6>;q=0.9\r\nContact: <mailto:x@y.example>, "
                   "<sip:mid@10.0.0.7>;q=0.5\r\n");
    r2.on = refuse(r2, 486);
    r3.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r3.reply(m, m.uri() == "sip:mid@10.0.0.7" ? 480 : 404, "t3");
    };
    p.call(nullptr, "sip:x@10.0.0.5", follow(10));
    const Event *e = p.wait(UA_EV_CALL_ENDED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 404) << "the last answer";
    EXPECT_EQ(e->cause, UA_CAUSE_NOT_FOUND);
    ASSERT_EQ(p.count(UA_EV_CALL_REDIRECTED), 3u);
    std::string order;
    for (auto &ev : p.events)
        if (ev.type == UA_EV_CALL_REDIRECTED) order += std::to_string(ev.status) + " " + ev.target + " ";
    EXPECT_EQ(order, "300 sip:best@10.0.0.6 486 sip:mid@10.0.0.7 480 sip:low@10.0.0.7 ");
    const Sip *last = r3.last("INVITE");
    EXPECT_EQ(last->header("History-Info", 3), "<sip:low@10.0.0.7;cause=300>;index=1.3;mp=1");
    EXPECT_EQ(last->header("Diversion"), "<sip:x@10.0.0.5>;reason=unknown;counter=1");
}

TEST_F(Flow, RedirectsThatLeadInACircleEndAtTheFirstThatWasSeenBefore) {
    Raw r1(FIRST), r2(SECOND);
    Phone p(ME);
    r1.on = refuse(r1, 302, "Contact: <sip:b@10.0.0.6>\r\n");
    r2.on = refuse(r2, 301, "Contact: <sip:x@10.0.0.5>, <sip:b@10.0.0.6>\r\n");
    p.call(nullptr, "sip:x@10.0.0.5", follow(64));
    const Event *e = p.wait(UA_EV_CALL_ENDED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 301);
    EXPECT_EQ(e->cause, UA_CAUSE_REDIRECTED);
    EXPECT_EQ(r1.count("INVITE"), 1u);
    EXPECT_EQ(r2.count("INVITE"), 1u);
    EXPECT_EQ(p.last(UA_EV_CALL_REDIRECTED)->flags & UA_FLAG_FOLLOWED, 0u) << "the last one is only shown";
}

TEST_F(Flow, NoMoreRedirectsAreFollowedThanTheProgramAllows) {
    Raw r1(FIRST);
    Phone p(ME);
    int n = 0;
    r1.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r1.reply(m, 302, "t", "Contact: <sip:y" + std::to_string(++n) + "@10.0.0.5>\r\n");
    };
    p.call(nullptr, "sip:x@10.0.0.5", follow(4));
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(r1.count("INVITE"), 5u);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->status, 302);
    EXPECT_EQ(p.count(UA_EV_CALL_REDIRECTED), 5u);
}

struct Trust {
    net_tls *t = nullptr;
    explicit Trust(const char *cert = nullptr) {
        net_tls_options o = {};
        o.cert = cert;
        o.server = cert != nullptr;
        EXPECT_EQ(net_tls_create(&o, &t), SX_OK) << sx_last_error_text();
    }
    ~Trust() { net_tls_unref(t); }
};

TEST_F(Flow, WhoIsCalledBySipsIsNotRedirectedIntoTheClear) {
    Trust trust, cert("10.0.0.5");
    Raw r2(SECOND);
    Phone p(ME, false, nullptr, -1, "0.0.0.0", [&](ua_agent_config &c) { c.tls = trust.t; });
    Phone bob(FIRST, true);
    stack_listen_params more = {};
    more.tls = cert.t;
    ua_listener *l = nullptr;
    ASSERT_EQ(ua_listener_open(bob.agent, "tls:10.0.0.5:5061", nullptr, true, &more, 1, &l), 0) << sx_last_error_text();
    ua_pair to = {"Contact", "<sip:plain@10.0.0.6>"};
    bob.on = [&](const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        ua_reply r = {};
        r.status = 302;
        r.headers = &to;
        r.header_count = 1;
        EXPECT_EQ(ua_call_reject(ev.call, &r), 0) << sx_last_error_text();
    };
    r2.on = answer(r2, SECOND);
    p.call(nullptr, "sips:x@10.0.0.5", follow(2));
    const Event *e = p.wait(UA_EV_CALL_ENDED, 40000);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 302) << e->words;
    EXPECT_EQ(p.last(UA_EV_CALL_REDIRECTED)->target, "sip:plain@10.0.0.6") << "shown, not followed";
    EXPECT_EQ(p.last(UA_EV_CALL_REDIRECTED)->flags & UA_FLAG_FOLLOWED, 0u);
    EXPECT_EQ(r2.count("INVITE"), 0u);
}

TEST_F(Flow, AProgramRedirectsACallerToContactsOfItsChoice) {
    Raw r(FIRST);
    Phone p(ME, true);
    ua_pair contacts[] = {{"Contact", "<sip:a@10.0.0.7>;q=0.8"}, {"Contact", "\"B\" <sip:b@10.0.0.8>"}};
    p.on = [&](const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        ua_reply reply = {};
        reply.headers = contacts;
        reply.header_count = 2;
        EXPECT_EQ(ua_call_reject(ev.call, &reply), SX_E_HEADER) << "486 has no place for a Contact";
        reply.status = 301;
        EXPECT_EQ(ua_call_reject(ev.call, &reply), 0) << sx_last_error_text();
    };
    r.send(ME, r.invite("sip:x@10.0.0.1", "a", sdp(FIRST, 4000)));
    const Sip *m = r.wait("301 INVITE");
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->header("Contact"), "<sip:a@10.0.0.7>;q=0.8");
    EXPECT_EQ(m->header("Contact", 1), "\"B\" <sip:b@10.0.0.8>");
    EXPECT_EQ(m->header("Contact", 2), "");
}

TEST_F(Flow, WhatMeansSomethingElseIsNotFollowed) {
    for (int status : {305, 380, 603, 486}) {
        SCOPED_TRACE(status);
        fake_net_begin(1);
        Raw r1(FIRST), r2(SECOND);
        Phone p(ME);
        r1.on = refuse(r1, status, "Contact: <sip:b@10.0.0.6>\r\n");
        p.call(nullptr, "sip:x@10.0.0.5", follow(3));
        ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
        EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->status, status);
        EXPECT_EQ(r2.count("INVITE"), 0u);
    }
}

/* RFC 3261 19.1.1, 19.1.5: a contact that says how to ask is asked so or not at all, and does not write our INVITE. */
TEST_F(Flow, AContactsMethodAndHeadersDoNotStandInTheRequestUri) {
    Raw r1(FIRST), r2(SECOND), r3(THIRD);
    Phone p(ME);
    r1.on = refuse(r1, 302,
                   "Contact: <sip:no@10.0.0.7;method=BYE>;q=1, "
                   "<sip:b@10.0.0.6;method=INVITE;x=1?Subject=x&Route=%3Csip:evil%3E>;q=0.5\r\n");
    r2.on = answer(r2, SECOND);
    p.call(nullptr, "sip:x@10.0.0.5", follow(3));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(r3.count("INVITE"), 0u);
    EXPECT_EQ(r2.last("INVITE")->uri(), "sip:b@10.0.0.6;x=1");
    EXPECT_EQ(r2.last("INVITE")->header("Route"), "");
    EXPECT_EQ(r2.last("INVITE")->header("Subject"), "");
}

TEST_F(Flow, A6xxEndsTheSearch) {
    Raw r1(FIRST), r2(SECOND), r3(THIRD);
    Phone p(ME);
    r1.on = refuse(r1, 302, "Contact: <sip:b@10.0.0.6>, <sip:c@10.0.0.7>;q=0.5\r\n");
    r2.on = refuse(r2, 603);
    p.call(nullptr, "sip:x@10.0.0.5", follow(3));
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->status, 603);
    EXPECT_EQ(r3.count("INVITE"), 0u);
}

TEST_F(Flow, AHangUpBetweenTwoTargetsEndsTheCall) {
    Raw r1(FIRST), r2(SECOND);
    Phone p(ME);
    r1.on = refuse(r1, 302, "Contact: <sip:b@10.0.0.6>\r\n");
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_CALL_REDIRECTED) ua_call_hangup(ev.call, nullptr);
    };
    p.call(nullptr, "sip:x@10.0.0.5", follow(3));
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_CANCELED);
    EXPECT_EQ(r2.count("INVITE"), 0u);
}

TEST_F(Flow, AHangUpAtTheSecondTargetCancelsThere) {
    Raw r1(FIRST), r2(SECOND);
    Phone p(ME);
    r1.on = refuse(r1, 302, "Contact: <sip:b@10.0.0.6>\r\n");
    r2.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r2.reply(m, 180, "t", r2.contact());
        if (m.method() == "CANCEL") {
            Sip invite(*r2.last("INVITE"));
            r2.reply(m, 200);
            r2.reply(invite, 487, "t");
        }
    };
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5", follow(3));
    ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_CANCELED);
    EXPECT_EQ(r2.count("CANCEL"), 1u);
    EXPECT_EQ(r1.count("CANCEL"), 0u);
}

TEST_F(Flow, TheProgramsPatienceCountsForAllTargetsTogether) {
    Raw r1(FIRST), r2(SECOND);
    Phone p(ME);
    r1.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r1.reply(m, 180, "t", r1.contact());
    };
    r2.on = [&](const Sip &m) {
        if (m.method() == "INVITE") r2.reply(m, 180, "t", r2.contact());
    };
    uint64_t begun = fake_now();
    p.call(nullptr, "sip:x@10.0.0.5", [](ua_call_config &c) {
        c.max_redirects = 2;
        c.timeout_ms = 20000;
    });
    ASSERT_NE(r1.wait("INVITE"), nullptr);
    Sip invite(*r1.last("INVITE"));
    fake_run_for(15000);
    r1.reply(invite, 302, "t", "Contact: <sip:b@10.0.0.6>\r\n");
    ASSERT_NE(r2.wait("CANCEL", 30000), nullptr);
    EXPECT_NEAR((double)(fake_now() - begun), 20000, 100);
    r2.reply(*r2.last("CANCEL"), 200);
    r2.reply(Sip(*r2.last("INVITE")), 487, "t");
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_NO_ANSWER);
}

TEST_F(Flow, TheDiversionOfA302IsPassedOnAndTheProgramsOwnCounts) {
    for (bool own : {false, true}) {
        fake_net_begin(1);
        Raw r1(FIRST), r2(SECOND);
        Phone p(ME);
        r1.on = refuse(r1, 302,
                       "Contact: <sip:b@10.0.0.6>\r\nDiversion: <sip:boss@pbx.example>;reason=user-busy\r\n"
                       "Diversion: <sip:team@pbx.example>;reason=no-answer\r\n");
        r2.on = answer(r2, SECOND);
        ua_pair mine = {"Diversion", "<sip:mine@x.example>"};
        p.call(nullptr, "sip:x@10.0.0.5", [&](ua_call_config &c) {
            c.max_redirects = 2;
            if (own) {
                c.headers = &mine;
                c.header_count = 1;
            }
        });
        ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        const Sip *b = r2.last("INVITE");
        if (own) {
            EXPECT_EQ(b->header("Diversion"), "<sip:mine@x.example>");
            EXPECT_EQ(b->header("Diversion", 1), "");
        } else {
            EXPECT_EQ(b->header("Diversion"), "<sip:boss@pbx.example>;reason=user-busy");
            EXPECT_EQ(b->header("Diversion", 1), "<sip:team@pbx.example>;reason=no-answer");
        }
    }
}

TEST_F(Flow, ASilentTargetGivesWayToTheNextContact) {
    Raw r1(FIRST), r3(THIRD);
    Phone p(ME);
    fake_icmp(false);
    r1.on = refuse(r1, 302, "Contact: <sip:gone@10.0.0.66>, <sip:there@10.0.0.7>;q=0.5\r\n");
    r3.on = answer(r3, THIRD);
    p.call(nullptr, "sip:x@10.0.0.5", follow(3));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED, 60000), nullptr);
    EXPECT_EQ(p.count(UA_EV_CALL_REDIRECTED), 2u);
}

TEST_F(Flow, ATargetThatWasRedirectedToMayWantALongerSessionTimer) {
    Raw r1(FIRST), r2(SECOND);
    Phone p(ME);
    r1.on = refuse(r1, 302, "Contact: <sip:new@10.0.0.6>\r\n");
    r2.on = [&](const Sip &m) {
        if (m.method() != "INVITE") return;
        if (atoi(m.header("Session-Expires").c_str()) < 3600) {
            r2.reply(m, 422, "t", "Min-SE: 3600\r\n");
        } else {
            r2.reply(m, 200, "ok", r2.contact(), sdp(SECOND, 4000));
        }
    };
    p.call(nullptr, "sip:x@10.0.0.5", follow(1));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_EQ(r2.count("INVITE"), 2u);
    const Sip *last = r2.last("INVITE"), *first = r1.last("INVITE");
    EXPECT_EQ(last->cseq(), first->cseq() + 2);
    EXPECT_EQ(last->header("Call-ID"), first->header("Call-ID"));
    EXPECT_EQ(last->header("To"), first->header("To"));
    EXPECT_EQ(last->header("Diversion"), "<sip:x@10.0.0.5>;reason=unknown;counter=1");
    EXPECT_EQ(last->header("Diversion", 1), "");
}

} // namespace
