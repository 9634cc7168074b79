/* Somebody hangs up, or calls any other function, right after each datagram of each feature: whatever comes of it, it
 * is bounded, each object ends once, and nothing is left. */
#include "flow/mishap_scenarios.h"

namespace {

using namespace mishap;

/* All that a program can ask for, on what it has in hand just then; what is refused is refused. */
struct Control {
    const char *name;
    void (*f)(Party &);
};
template <class T> T *have(Party &p, Kind k) {
    Object *o = p.newest(k);
    if (!o) throw Nothing();
    fake_host(p.host.c_str());
    return static_cast<T *>(o->ptr);
}
ua_call *newest(Party &p) { return have<ua_call>(p, CALL); }
ua_call *oldest(Party &p) {
    for (auto &o : p.objects)
        if (o->kind == CALL && o->ptr) return static_cast<ua_call *>(o->ptr);
    throw Nothing();
}
int number(Party &p) {
    newest(p);
    return p.newest(CALL)->nth;
}
void conclude(Party &p, const char *state) {
    ua_notify_config c = {};
    c.state = state;
    ua_notifier_notify(have<ua_notifier>(p, NOTIFIER), &c);
}
void reply_with(Party &p, int status, int (*f)(ua_call *, const ua_reply *)) {
    ua_reply r = {};
    r.status = status;
    f(newest(p), &r);
}
const Control controls[] = {
    {"hang_up", [](Party &p) { ua_call_hangup(newest(p), nullptr); }},
    {"hang_up_the_older", [](Party &p) { ua_call_hangup(oldest(p), nullptr); }},
    {"overload", [](Party &p) { ua_call_overload(newest(p)); }},
    {"ring", [](Party &p) { ua_call_ring(newest(p), nullptr); }},
    {"answer", [](Party &p) { ua_call_answer(newest(p), nullptr); }},
    {"reject", [](Party &p) { reply_with(p, 486, ua_call_reject); }},
    {"hold", [](Party &p) { p.change(90, UA_ON, UA_CHANGE_INVITE, nullptr, number(p)); }},
    {"hold_by_update", [](Party &p) { p.change(91, UA_ON, UA_CHANGE_UPDATE, nullptr, number(p)); }},
    {"resume", [](Party &p) { p.change(92, UA_OFF, UA_CHANGE_AUTO, nullptr, number(p)); }},
    {"hold_and_resume_and_hang_up",
     [](Party &p) {
         p.change(93, UA_ON, UA_CHANGE_INVITE, nullptr, number(p));
         p.change(94, UA_OFF, UA_CHANGE_INVITE, nullptr, number(p));
         ua_call_hangup(newest(p), nullptr);
     }},
    {"other_codec", [](Party &p) { p.change(95, UA_AS_IS, UA_CHANGE_AUTO, "PCMA", number(p)); }},
    {"a_codec_that_nobody_knows", [](Party &p) { p.change(96, UA_AS_IS, UA_CHANGE_AUTO, "G999", number(p)); }},
    {"accept_change", [](Party &p) { ua_call_accept_change(newest(p), nullptr); }},
    {"reject_change", [](Party &p) { reply_with(p, 488, ua_call_reject_change); }},
    {"ask_about_changes", [](Party &p) { ua_agent_ask(p.agent(), 1u << UA_ASK_CALL | 1u << UA_ASK_CHANGE); }},
    {"ask_nothing", [](Party &p) { ua_agent_ask(p.agent(), 0); }},
    {"dtmf", [](Party &p) { ua_call_dtmf(newest(p), "12,3", 0, 0); }},
    {"dtmf_by_info",
     [](Party &p) {
         p.set("dtmf_method", "info");
         ua_call_dtmf(newest(p), "12", 0, 0);
     }},
    {"collect", [](Party &p) { p.collect(2, 3000, number(p)); }},
    {"stop_collecting", [](Party &p) { ua_collector_stop(have<ua_collector>(p, COLLECTOR)); }},
    {"request", [](Party &p) { p.request(nullptr, "text/plain", "x", number(p)); }},
    {"mute", [](Party &p) { ua_call_mute(newest(p), UA_FLAG_SEND | UA_FLAG_RECEIVE, true); }},
    {"play", [](Party &p) { ua_call_play(newest(p), "a.wav", true, 1000); }},
    {"stats", [](Party &p) { ua_call_stats(newest(p)); }},
    {"time_limit", [](Party &p) { ua_option_set(p.agent(), nullptr, newest(p), "max_call_ms", "10"); }},
    {"message", [](Party &p) { p.say("", "hello", number(p)); }},
    {"transfer", [](Party &p) { p.transfer("sip:z@10.0.0.3", number(p)); }},
    {"transfer_to_oneself", [](Party &p) { p.transfer(p.uri(), number(p)); }},
    {"connect_two",
     [](Party &p) {
         ua_call *other = oldest(p);
         p.transfer("", number(p), [&](ua_transfer_config &x) {
             x.target = nullptr;
             x.consult = other;
         });
     }},
    {"transfer_and_hang_up",
     [](Party &p) {
         p.transfer("sip:z@10.0.0.3", number(p));
         ua_call_hangup(newest(p), nullptr);
     }},
    {"accept_transfer",
     [](Party &p) {
         ua_transfer *t = have<ua_transfer>(p, TRANSFER);
         p.make<ua_call>(CALL, [&](uint64_t id, ua_call **out) { return ua_transfer_accept(t, nullptr, id, out); });
     }},
    {"reject_transfer", [](Party &p) { ua_transfer_reject(have<ua_transfer>(p, TRANSFER), nullptr); }},
    {"call_a", [](Party &p) { p.dial("sip:a@10.0.0.1"); }},
    {"call_b", [](Party &p) { p.dial("sip:b@10.0.0.2"); }},
    {"conference",
     [](Party &p) {
         ua_call *c = newest(p), *d = oldest(p);
         ua_conference *f = p.make<ua_conference>(CONFERENCE, [&](uint64_t id, ua_conference **out) {
             ua_conference_config x = {16000};
             return ua_conference_create(p.agent(), &x, id, out);
         });
         ua_conference_add(f, c);
         ua_conference_add(f, d);
     }},
    {"leave_conference", [](Party &p) { ua_conference_remove(have<ua_conference>(p, CONFERENCE), newest(p)); }},
    {"end_conference", [](Party &p) { ua_conference_end(have<ua_conference>(p, CONFERENCE), true); }},
    {"bridge",
     [](Party &p) {
         int n = number(p), first = 1;
         while (first < n && !p.nth(CALL, first)->ptr) first++;
         p.bridge(first, n, true);
     }},
    {"end_bridge", [](Party &p) { ua_bridge_end(have<ua_bridge>(p, BRIDGE)); }},
    {"subscribe", [](Party &p) { p.subscribe("sip:b@10.0.0.2", 60); }},
    {"refresh", [](Party &p) { ua_subscription_refresh(have<ua_subscription>(p, SUBSCRIPTION), 90); }},
    {"unsubscribe", [](Party &p) { ua_subscription_end(have<ua_subscription>(p, SUBSCRIPTION)); }},
    {"notify", [](Party &p) { p.notify("news", nullptr, (have<ua_notifier>(p, NOTIFIER), p.newest(NOTIFIER)->nth)); }},
    {"terminate", [](Party &p) { conclude(p, "terminated"); }},
    {"pend", [](Party &p) { conclude(p, "pending"); }},
    {"reject_notifier", [](Party &p) { ua_notifier_reject(have<ua_notifier>(p, NOTIFIER), nullptr); }},
    {"publish_more",
     [](Party &p) { ua_publication_update(have<ua_publication>(p, PUBLICATION), nullptr, SX_LIT("z")); }},
    {"unpublish", [](Party &p) { ua_publication_end(have<ua_publication>(p, PUBLICATION)); }},
    {"drain", [](Party &p) { ua_agent_drain(p.agent(), true); }},
    {"no_room", [](Party &p) { ua_agent_admit(p.agent(), false); }},
    {"move", [](Party &p) { p.move((p.host + "1").c_str()); }},
    {"shutdown", [](Party &p) { ua_agent_shutdown(p.agent(), 2000); }},
    {"shutdown_at_once", [](Party &p) { ua_agent_shutdown(p.agent(), 0); }},
    {"destroy", [](Party &p) { p.phone.destroy(); }},
};

struct Races : ::testing::TestWithParam<size_t> {};

TEST_P(Races, EachFunctionMayBeCalledAfterEachDatagram) {
    const Scenario &s = scenarios[GetParam()];
    std::string peace, name;
    uint64_t n = play(s, PEACE, 0, &peace, &name);
    for (auto &c : controls) {
        for (int who = 0; who < 3; who++) {
            if (HasFailure()) return;
            std::string what = std::string(1, (char)('a' + who)) + " does " + c.name;
            strike(s, what.c_str(), n, [&](World &w) { c.f(*w.parties[who]); });
        }
    }
}

TEST_P(Races, AllMayHangUpAtOnceAfterEachDatagram) {
    std::string peace, name;
    uint64_t n = play(scenarios[GetParam()], PEACE, 0, &peace, &name);
    strike(scenarios[GetParam()], "all hang up", n, [](World &w) {
        for (auto &p : w.parties)
            for (auto &o : p->objects)
                if (o->kind == CALL && o->ptr) {
                    fake_host(p->host.c_str());
                    ua_call_hangup(static_cast<ua_call *>(o->ptr), nullptr);
                }
    });
}

INSTANTIATE_TEST_SUITE_P(Features, Races, EACH_SCENARIO, name_of_scenario);

/* ---- a peer that sends what it likes, in any order, around the answer of a call and its CANCEL */

/* What each request was answered: one final status, however often it was sent. */
struct Answers {
    std::map<std::string, int> status;
    void take(const Sip &m) {
        if (m.status() < 200) return;
        std::string what = m.header("CSeq");
        if (status.count(what)) {
            EXPECT_EQ(status[what], m.status()) << what << " is answered twice";
        }
        status[what] = m.status();
    }
    void one_of(const std::string &what, std::vector<int> allowed) {
        ASSERT_TRUE(status.count(what)) << what << " was never answered";
        EXPECT_NE(std::find(allowed.begin(), allowed.end(), status[what]), allowed.end())
            << what << ": " << status[what];
    }
};

struct Storm : ::testing::Test {
    enum { INVITE, CANCEL, BYE, UPDATE, PROGRAM, STEPS };
    static std::string words(const std::vector<int> &order) {
        static const char *const names[] = {"re-INVITE", "CANCEL", "BYE", "UPDATE", "program"};
        std::string s;
        for (int x : order) s += std::string(names[x]) + " ";
        return s;
    }
    static bool before(const std::vector<int> &order, int x, int y) {
        return std::find(order.begin(), order.end(), x) < std::find(order.begin(), order.end(), y);
    }
};

/* It calls us, and sends all this while it rings; the program answers somewhere in between. */
TEST_F(Storm, ACallersRequestsInAnyOrderAroundOurAnswerEachGetOneAnswerAndTheCallOneEnd) {
    std::vector<int> order = {INVITE, CANCEL, BYE, UPDATE, PROGRAM};
    for (unsigned gap : {0u, 3u, 600u}) {
        do {
            fake_net_begin(1);
            {
                Phone p("10.0.0.1", true);
                Raw r("10.0.0.5");
                Answers got;
                std::string sent = r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000), "Allow: UPDATE\r\n");
                bool up = false;
                r.on = [&](const Sip &m) {
                    got.take(m);
                    if (m.status() == 200 && m.header("CSeq") == "1 INVITE") r.ack("10.0.0.1", m), up = true;
                    if (m.status() == 200 && m.header("CSeq") == "2 INVITE") r.ack("10.0.0.1", m);
                    if (m.status() >= 300 && m.header("CSeq").find("INVITE") != std::string::npos) {
                        Sip of(m.raw);
                        r.send("10.0.0.1", "ACK sip:x@10.0.0.1 SIP/2.0\r\nVia: " + m.header("Via") +
                                               "\r\nFrom: " + m.header("From") + "\r\nTo: " + m.header("To") +
                                               "\r\nCall-ID: a\r\nCSeq: " + std::to_string(m.cseq()) +
                                               " ACK\r\nContent-Length: 0\r\n\r\n");
                    }
                    if (m.method() == "BYE") r.reply(m, 200);
                };
                r.send("10.0.0.1", sent);
                ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
                ua_call *c = p.last(UA_EV_INCOMING_CALL)->call;
                ua_call_ring(c, nullptr);
                ASSERT_NE(r.wait("180 INVITE"), nullptr);
                Sip ring(*r.last("180 INVITE")), m(sent);
                for (int x : order) {
                    if (x == INVITE) r.send("10.0.0.1", r.inside("INVITE", ring, 2, sdp("10.0.0.5", 4002)));
                    if (x == BYE) r.send("10.0.0.1", r.inside("BYE", ring, 3));
                    if (x == UPDATE) r.send("10.0.0.1", r.inside("UPDATE", ring, 4));
                    if (x == PROGRAM && p.count(UA_EV_CALL_ENDED) == 0) ua_call_answer(c, nullptr);
                    if (x == CANCEL)
                        r.send("10.0.0.1", "CANCEL " + m.uri() + " SIP/2.0\r\nVia: " + m.header("Via") +
                                               "\r\nMax-Forwards: 70\r\nFrom: " + m.header("From") +
                                               "\r\nTo: " + m.header("To") +
                                               "\r\nCall-ID: a\r\nCSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n");
                    fake_run_for(gap);
                }
                fake_run_for(70000);
                got.one_of("1 INVITE", {200, 487});
                got.one_of("1 CANCEL", {200});
                /* 500: another INVITE is open (RFC 3261 14.2), or its number came too late (12.2.2) */
                got.one_of("2 INVITE", {200, 481, 487, 491, 500});
                got.one_of("3 BYE", {200, 481, 500});
                got.one_of("4 UPDATE", {200, 481, 500});
                if (p.count(UA_EV_CALL_ENDED) == 0) {
                    EXPECT_TRUE(up && before(order, UPDATE, BYE)) << "what came too late was refused";
                    ua_call_hangup(c, nullptr);
                    fake_run_for(40000);
                }
                EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 1u);
                EXPECT_LT(r.got.size(), 60u);
            }
            EXPECT_TRUE(fake_net_end());
            ASSERT_FALSE(HasFailure()) << words(order) << "every " << gap << " ms";
        } while (std::next_permutation(order.begin(), order.end()));
    }
}

/* We call it: it sends all this around its 200, which crosses our CANCEL or not. */
TEST_F(Storm, ACalleesRequestsInAnyOrderAroundItsAnswerAndOurHangUpEachGetOneAnswerAndTheCallOneEnd) {
    enum { OK = CANCEL };
    std::vector<int> order = {INVITE, OK, BYE, UPDATE, PROGRAM};
    for (unsigned gap : {0u, 3u, 600u}) {
        do {
            fake_net_begin(1);
            {
                Phone p("10.0.0.1", true);
                Raw r("10.0.0.5");
                Answers got;
                std::unique_ptr<Sip> invite;
                int acks = 0;
                r.on = [&](const Sip &m) {
                    got.take(m);
                    if (m.method() == "CANCEL" || m.method() == "BYE") r.reply(m, 200, "peer");
                    if (m.method() == "ACK" && invite && m.cseq() == invite->cseq()) acks++;
                    if (m.status() == 200 && m.header("CSeq") == "2 INVITE")
                        r.send("10.0.0.1", r.inside_uas("ACK", *invite, "peer", 2));
                };
                fake_host("10.0.0.1");
                ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
                ASSERT_NE(r.wait("INVITE"), nullptr);
                invite.reset(new Sip(*r.last("INVITE")));
                r.reply(*invite, 180, "peer", r.contact());
                ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
                for (int x : order) {
                    if (x == INVITE)
                        r.send("10.0.0.1", r.inside_uas("INVITE", *invite, "peer", 2, sdp("10.0.0.5", 4002)));
                    if (x == BYE) r.send("10.0.0.1", r.inside_uas("BYE", *invite, "peer", 3));
                    if (x == UPDATE) r.send("10.0.0.1", r.inside_uas("UPDATE", *invite, "peer", 4));
                    if (x == OK) r.reply(*invite, 200, "peer", r.contact(), sdp("10.0.0.5", 4000));
                    if (x == PROGRAM && p.count(UA_EV_CALL_ENDED) == 0) {
                        fake_host("10.0.0.1");
                        ua_call_hangup(c, nullptr);
                    }
                    fake_run_for(gap);
                }
                fake_run_for(70000);
                EXPECT_GE(acks, 1) << "the 200 has its ACK, though nobody wants the call any more";
                got.one_of("2 INVITE", {200, 481, 487, 491, 500});
                if (gap && before(order, INVITE, OK) && before(order, INVITE, PROGRAM) && before(order, INVITE, BYE)) {
                    /* RFC 3261 14.2: our own INVITE is open (unless a higher number was there before it) */
                    got.one_of("2 INVITE", {491, 500});
                }
                got.one_of("3 BYE", {200, 481, 500});
                got.one_of("4 UPDATE", {200, 481, 491, 500}); /* 491: our CANCEL is on its way */
                EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 1u);
                EXPECT_LT(r.got.size(), 60u);
            }
            EXPECT_TRUE(fake_net_end());
            ASSERT_FALSE(HasFailure()) << words(order) << "every " << gap << " ms";
        } while (std::next_permutation(order.begin(), order.end()));
    }
}

} // namespace
