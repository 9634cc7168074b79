#include "flow/flow_fixture.h"
#include "oom/oom.h"

namespace {

size_t placed_by_b; /* calls that the second phone placed */

/* Runs `scene` with every single allocation failing in turn. What was created comes to its end in any case, nothing is
 * lost and nothing leaks (fake_net_end and the sanitizer say so). */
template <typename Scene> void each_failure(Scene scene) {
    for (int n = 1; n < 20000; n++) {
        bool hit = false;
        {
            Registrar reg("10.0.0.9");
            Phone a("10.0.0.1"), b("10.0.0.2");
            ua_account *aa = a.account("sip:alice@10.0.0.9", "secret"), *bb = b.account("sip:bob@10.0.0.9", "hunter2");
            ASSERT_EQ(ua_account_register(aa), 0);
            ASSERT_EQ(ua_account_register(bb), 0);
            ASSERT_NE(a.wait(UA_EV_REGISTERED), nullptr);
            ASSERT_NE(b.wait(UA_EV_REGISTERED), nullptr);
            placed_by_b = 0;
            oom_after(n);
            scene(a, b, aa, bb);
            hit = oom_hit();
            oom_after(0);
            SCOPED_TRACE("allocation " + std::to_string(n));
            fake_run_for(130000);
            /* A BYE for which there was no memory is not said again: the other side may hang up by itself. */
            ua_agent_shutdown(a.agent, 2000);
            ua_agent_shutdown(b.agent, 2000);
            EXPECT_NE(a.wait(UA_EV_SHUTDOWN, 40000), nullptr);
            EXPECT_NE(b.wait(UA_EV_SHUTDOWN, 40000), nullptr);
            EXPECT_EQ(b.count(UA_EV_INCOMING_CALL) + b.count(UA_EV_CALL_REPLACED) + placed_by_b,
                      b.count(UA_EV_CALL_ENDED));
            EXPECT_EQ(b.count(UA_EV_MESSAGE), b.count(UA_EV_MESSAGE_ANSWERED));
            EXPECT_EQ(fake_media_sessions(a.media), 0u);
            EXPECT_EQ(fake_media_sessions(b.media), 0u);
        }
        if (!hit) return;
        if (::testing::Test::HasFailure()) return;
    }
}

TEST_F(Flow, ACallSurvivesEveryFailingAllocation) {
    each_failure([](Phone &a, Phone &b, ua_account *aa, ua_account *) {
        b.on = [](const ua_event &ev) {
            if (ev.type != UA_EV_INCOMING_CALL) return;
            ua_call_ring(ev.call, nullptr);
            ua_call_answer(ev.call, nullptr);
        };
        ua_call_config c = {};
        c.target = "bob";
        ua_pair h[] = {{"X-A", "b"}};
        c.headers = h;
        c.header_count = 1;
        ua_call *call = nullptr;
        int rc = ua_call_create(a.agent, aa, &c, 1, &call);
        if (rc != SX_OK) {
            EXPECT_EQ(rc, SX_E_NOMEM);
            return;
        }
        a.wait(UA_EV_CALL_CONFIRMED, 3000);
        if (!a.count(UA_EV_CALL_ENDED)) ua_call_dtmf(call, "1", 0, 0);
        fake_run_for(50);
        if (!a.count(UA_EV_CALL_ENDED)) ua_call_hangup(call, nullptr);
        EXPECT_NE(a.wait(UA_EV_CALL_ENDED, 60000), nullptr) << "every call comes to its end";
    });
}

/* b connects whoever calls with a new call back to him, and puts all into a conference afterwards. */
TEST_F(Flow, ABridgeAndAConferenceSurviveEveryFailingAllocation) {
    each_failure([](Phone &a, Phone &b, ua_account *aa, ua_account *bb) {
        static ua_bridge *br;
        static ua_conference *room;
        br = nullptr;
        room = nullptr;
        b.on = [&b, bb](const ua_event &ev) {
            if (ev.type == UA_EV_BRIDGE_ENDED) br = nullptr;
            if (ev.type == UA_EV_CONFERENCE_ENDED) room = nullptr;
            if (ev.type != UA_EV_INCOMING_CALL) return;
            ua_call_config c = {};
            c.target = "alice";
            c.media_default = true;
            ua_call *out = nullptr;
            if (ua_call_create(b.agent, bb, &c, 2, &out) == SX_OK) {
                placed_by_b++;
                if (ua_bridge_create(b.agent, ev.call, out, nullptr, 3, &br) == SX_OK) return;
                ua_call_hangup(out, nullptr);
            }
            ua_call_reject(ev.call, nullptr);
        };
        a.on = [](const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
        };
        ua_call_config c = {};
        c.target = "bob";
        c.media_default = true;
        ua_call *call = nullptr;
        if (ua_call_create(a.agent, aa, &c, 1, &call) != SX_OK) return;
        bool up = b.wait(UA_EV_CALL_CONFIRMED, 3000, 2) != nullptr && br;
        if (up && ua_bridge_end(br) == SX_OK && ua_conference_create(b.agent, nullptr, 4, &room) == SX_OK) {
            std::vector<ua_call *> calls;
            oom_pause(+1);
            for (auto &e : b.events)
                if (e.type == UA_EV_CALL_CONFIRMED) calls.push_back(e.call);
            oom_pause(-1);
            for (auto *one : calls) ua_conference_add(room, one);
            if (!calls.empty()) ua_call_mute(calls[0], UA_FLAG_SEND, true);
            fake_run_for(20);
            if (room) ua_conference_end(room, true);
        } else if (!a.count(UA_EV_CALL_ENDED)) {
            ua_call_hangup(call, nullptr);
        }
        fake_run_for(1000);
        if (!a.count(UA_EV_CALL_ENDED)) ua_call_hangup(call, nullptr);
    });
}

/* A reliable 183, an UPDATE before the answer, and a refresh of the session timer. */
TEST_F(Flow, WhatComesBeforeTheAnswerAndTheSessionTimerSurviveEveryFailingAllocation) {
    each_failure([](Phone &a, Phone &b, ua_account *aa, ua_account *) {
        oom_pause(+1);
        ua_option_set(a.agent, nullptr, nullptr, "session_expires_s", "90");
        oom_pause(-1);
        b.on = [](const ua_event &ev) {
            if (ev.type != UA_EV_INCOMING_CALL) return;
            ua_reply r = {};
            r.status = 183;
            r.early_media = true;
            ua_call_ring(ev.call, &r);
        };
        ua_call_config c = {};
        c.target = "bob";
        c.media_default = true;
        ua_call *call = nullptr;
        if (ua_call_create(a.agent, aa, &c, 1, &call) != SX_OK) return;
        a.wait(UA_EV_CALL_PROGRESS, 3000);
        fake_run_for(200);
        const char *codecs[] = {"PCMA"};
        ua_change change = {};
        change.codecs = codecs;
        change.codec_count = 1;
        if (!a.count(UA_EV_CALL_ENDED)) ua_call_change(call, &change, 1);
        fake_run_for(100);
        const Event *in = b.last(UA_EV_INCOMING_CALL);
        if (in && !b.count(UA_EV_CALL_ENDED)) ua_call_answer(in->call, nullptr);
        fake_run_for(50000);
        if (!a.count(UA_EV_CALL_ENDED)) ua_call_hangup(call, nullptr);
        EXPECT_NE(a.wait(UA_EV_CALL_ENDED, 60000), nullptr) << "every call comes to its end";
    });
}

/* Alice has bob call his other line, or refers him to himself: every end of it is one. */
TEST_F(Flow, ATransferSurvivesEveryFailingAllocation) {
    each_failure([](Phone &a, Phone &b, ua_account *aa, ua_account *) {
        size_t asked = 0, done = 0;
        ua_agent_ask(b.agent, 1u << UA_ASK_CALL | 1u << UA_ASK_TRANSFER);
        b.on = [&](const ua_event &ev) {
            ua_call *placed;
            if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
            if (ev.type == UA_EV_TRANSFER_DONE) done++;
            if (ev.type != UA_EV_TRANSFER_REQUESTED) return;
            asked++;
            ua_call_config c = {};
            c.media_default = true;
            c.timeout_ms = 2000;
            int rc = ua_transfer_accept(ev.transfer, &c, 1, &placed);
            placed_by_b += rc == SX_OK;
            if (rc != SX_OK) {
                EXPECT_EQ(rc, SX_E_NOMEM);
                ua_transfer_reject(ev.transfer, nullptr);
            }
        };
        ua_call_config c = {};
        c.target = "bob";
        c.media_default = true;
        ua_call *call = nullptr;
        if (ua_call_create(a.agent, aa, &c, 1, &call) != SX_OK) return;
        a.wait(UA_EV_CALL_CONFIRMED, 3000);
        if (a.count(UA_EV_CALL_ENDED) || !a.count(UA_EV_CALL_CONFIRMED)) return;
        ua_transfer_config t = {};
        ua_pair h[] = {{"X-A", "b"}};
        t.target = "carol";
        t.subscribe = t.hangup = true;
        t.headers = h;
        t.header_count = 1;
        ua_transfer *out = nullptr;
        int rc = ua_call_transfer(call, &t, 1, &out);
        if (rc != SX_OK) {
            EXPECT_EQ(rc, SX_E_NOMEM);
            return;
        }
        EXPECT_NE(a.wait(UA_EV_TRANSFER_DONE, 100000), nullptr) << "every transfer comes to its end";
        fake_run_for(70000);
        EXPECT_EQ(asked, done);
        b.on = nullptr;
    });
}

TEST_F(Flow, AReplacedCallSurvivesEveryFailingAllocation) {
    each_failure([](Phone &a, Phone &b, ua_account *aa, ua_account *) {
        b.on = [](const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
        };
        ua_call_config c = {};
        c.target = "bob";
        c.media_default = true;
        ua_call *call = nullptr, *instead = nullptr;
        if (ua_call_create(a.agent, aa, &c, 1, &call) != SX_OK) return;
        a.wait(UA_EV_CALL_CONFIRMED, 3000);
        if (a.count(UA_EV_CALL_ENDED) || !a.count(UA_EV_CALL_CONFIRMED)) return;
        std::string ref;
        for (auto &e : a.events) {
            if (e.type != UA_EV_CALL_ACCEPTED) continue;
            oom_pause(+1);
            Sip ok(e.raw);
            ref = ok.header("Call-ID") + ";to-tag=" + ok.to_tag() + ";from-tag=" + ok.from_tag();
            oom_pause(-1);
        }
        c.replaces = ref.c_str();
        if (ref.empty() || ua_call_create(a.agent, aa, &c, 2, &instead) != SX_OK) return;
        fake_run_for(40000);
        EXPECT_LE(b.count(UA_EV_CALL_REPLACED), 1u);
    });
}

TEST_F(Flow, AMessageSurvivesEveryFailingAllocation) {
    each_failure([](Phone &a, Phone &b, ua_account *aa, ua_account *) {
        b.on = [](const ua_event &ev) {
            if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
        };
        ua_message_config c = {};
        c.target = "bob";
        c.body = SX_LIT("hello");
        ua_message *m = nullptr;
        if (ua_message_send(a.agent, aa, &c, 1, &m) != SX_OK) return;
        a.wait(UA_EV_MESSAGE_DELIVERED, 100);
        if (!a.count(UA_EV_MESSAGE_DELIVERED)) a.wait(UA_EV_MESSAGE_FAILED, 60000);
        EXPECT_EQ(a.count(UA_EV_MESSAGE_DELIVERED) + a.count(UA_EV_MESSAGE_FAILED), 1u);
    });
}

TEST_F(Flow, AWrappedMessageAndWhatComesOfItSurviveEveryFailingAllocation) {
    each_failure([](Phone &a, Phone &b, ua_account *aa, ua_account *) {
        b.on = [](const ua_event &ev) {
            if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
        };
        ua_message_config c = {};
        c.target = "bob";
        c.composing = UA_ON;
        ua_message *m = nullptr;
        size_t sent = ua_message_send(a.agent, aa, &c, 1, &m) == SX_OK;
        c.composing = UA_AS_IS;
        c.disposition = 1;
        c.body = SX_LIT("hello");
        sent += ua_message_send(a.agent, aa, &c, 2, &m) == SX_OK;
        fake_run_for(70000);
        EXPECT_EQ(a.count(UA_EV_MESSAGE_DELIVERED) + a.count(UA_EV_MESSAGE_FAILED), sent);
        EXPECT_LE(a.count(UA_EV_MESSAGE_DISPOSITION), 1u);
    });
}

TEST_F(Flow, ARefreshSurvivesEveryFailingAllocation) {
    each_failure([](Phone &a, Phone &, ua_account *aa, ua_account *) {
        size_t before = a.count(UA_EV_REGISTERED);
        if (ua_account_register(aa) != SX_OK) {
            EXPECT_EQ(ua_account_register(aa), SX_OK);
        }
        EXPECT_NE(a.wait(UA_EV_REGISTERED, 60000, before + 1), nullptr) << "it finds its way back";
    });
}

TEST_F(Flow, MakingAnAgentAndAnAccountSurvivesEveryFailingAllocation) {
    for (int n = 1; n < 1000; n++) {
        fake_host("10.0.0.1");
        net_loop *loop = net_loop_create();
        ua_agent_config c = {};
        c.bind = "0.0.0.0";
        c.advertise = "192.0.2.1:5070";
        ua_agent *agent = nullptr;
        oom_after(n);
        int rc = ua_agent_create(
            loop, nullptr, &c, [](void *, const ua_event *) {}, nullptr, &agent);
        if (rc == SX_OK) {
            const char *codecs[] = {"pcmu"}, *peers[] = {"10.0.0.0/8"};
            ua_pair h[] = {{"X-A", "b"}};
            ua_account_config ac = {};
            ac.aor = "sip:alice@10.0.0.9";
            ac.password = "x";
            ac.display_name = "Alice";
            ac.server = "sip:10.0.0.9:5070";
            ac.outbound_proxy = "sip:10.0.0.8";
            ac.advertise = "192.0.2.2";
            ac.codecs = codecs;
            ac.peers = peers;
            ac.headers = h;
            ac.codec_count = ac.peer_count = ac.header_count = 1;
            ua_account *acc = nullptr;
            rc = ua_account_create(agent, &ac, 1, &acc);
            ua_listener *l = nullptr;
            int rl = ua_listener_create(agent, "udp:10.0.0.1:0", "192.0.2.3", true, 1, &l);
            if (rl != SX_OK) {
                EXPECT_EQ(rl, SX_E_NOMEM);
            }
        }
        bool hit = oom_hit();
        oom_after(0);
        if (rc != SX_OK) {
            EXPECT_EQ(rc, SX_E_NOMEM) << n;
        }
        ua_agent_destroy(agent);
        fake_settle();
        net_loop_destroy(loop);
        if (!hit) return;
    }
}

TEST_F(Flow, AMoveSurvivesEveryFailingAllocation) {
    for (int n = 1; n < 20000; n++) {
        SCOPED_TRACE("allocation " + std::to_string(n));
        fake_net_begin(1);
        bool hit;
        {
            Phone a("10.0.0.1", true), b("10.0.0.2", true);
            b.on = [](const ua_event &ev) {
                if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
            };
            ua_call *c = a.call(nullptr, n % 2 ? "sip:x@10.0.0.2" : "sip:x@10.0.0.2;transport=tcp");
            ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
            ASSERT_NE(b.wait(UA_EV_CALL_CONFIRMED), nullptr);
            fake_run_for(100);
            oom_after((n + 1) / 2);
            fake_host_move("10.0.0.1", "10.0.0.11");
            ua_network_changed(a.agent);
            a.wait(UA_EV_CALL_MOVED, 200);
            fake_run_for(100);
            hit = oom_hit();
            oom_after(0);
            a.wait(UA_EV_CALL_MOVED, 60000);
            fake_run_for(40000);
            if (!a.count(UA_EV_CALL_ENDED)) {
                EXPECT_GE(a.count(UA_EV_CALL_MOVED), 1u) << "it is there, or it has ended";
                EXPECT_EQ(a.last(UA_EV_CALL_MOVED)->code, 0) << a.last(UA_EV_CALL_MOVED)->words;
                ua_call_hangup(c, nullptr);
                EXPECT_NE(a.wait(UA_EV_CALL_ENDED, 40000), nullptr);
            }
            ua_agent_shutdown(a.agent, 2000);
            ua_agent_shutdown(b.agent, 2000);
            EXPECT_NE(a.wait(UA_EV_SHUTDOWN, 40000), nullptr);
            EXPECT_NE(b.wait(UA_EV_SHUTDOWN, 40000), nullptr);
        }
        if (!hit && n % 2 == 0) return;
        if (::testing::Test::HasFailure()) return;
    }
}

TEST_F(Flow, AHoldAndAQuestionSurviveEveryFailingAllocation) {
    for (int n = 1; n < 20000; n++) {
        SCOPED_TRACE("allocation " + std::to_string(n));
        fake_net_begin(1);
        bool hit;
        {
            Phone a("10.0.0.1", true), b("10.0.0.2", true);
            b.on = [](const ua_event &ev) {
                if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
                if (ev.type == UA_EV_CALL_CHANGE_REQUESTED) ua_call_accept_change(ev.call, nullptr);
            };
            ua_call *c = a.call(nullptr, "sip:x@10.0.0.2");
            ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
            ASSERT_NE(b.wait(UA_EV_CALL_CONFIRMED), nullptr);
            ua_agent_ask(b.agent, 1u << UA_ASK_CALL | 1u << UA_ASK_CHANGE);
            fake_run_for(100);
            a.events.clear();
            const char *codecs[] = {"PCMA"};
            ua_change w = {};
            w.codecs = codecs;
            w.codec_count = 1;
            w.hold = UA_ON;
            w.method = n % 2 ? UA_CHANGE_UPDATE : UA_CHANGE_INVITE;
            oom_after((n + 1) / 2);
            int rc = ua_call_change(c, &w, 1);
            a.wait(UA_EV_CALL_HELD, 200);
            fake_run_for(100);
            hit = oom_hit();
            oom_after(0);
            fake_run_for(70000);
            size_t told = a.count(UA_EV_CALL_HELD) + a.count(UA_EV_CALL_CHANGE_FAILED);
            EXPECT_EQ(told, rc == SX_OK ? 1u : 0u) << "done, or refused, or the call has ended";
            if (!a.count(UA_EV_CALL_ENDED)) {
                EXPECT_EQ(a.look(c).config.receive, !a.count(UA_EV_CALL_HELD));
                EXPECT_FALSE(a.look(c).pending);
                ua_call_hangup(c, nullptr);
                EXPECT_NE(a.wait(UA_EV_CALL_ENDED, 40000), nullptr);
            }
            ua_agent_shutdown(a.agent, 2000);
            ua_agent_shutdown(b.agent, 2000);
            EXPECT_NE(a.wait(UA_EV_SHUTDOWN, 40000), nullptr);
            EXPECT_NE(b.wait(UA_EV_SHUTDOWN, 40000), nullptr);
        }
        if (!hit && n % 2 == 0) return;
        if (::testing::Test::HasFailure()) return;
    }
}

/* A redirected call with an identity; digits by INFO, a request and a collection in it: each ends once. */
TEST_F(Flow, WhatACallHasBesideSurvivesEveryFailingAllocation) {
    for (int n = 1; n < 20000; n++) {
        SCOPED_TRACE("allocation " + std::to_string(n));
        fake_net_begin(1);
        bool hit;
        {
            Phone a("10.0.0.1", true);
            Raw r("10.0.0.5");
            r.on = [&](const Sip &m) {
                if (m.method() == "INVITE" && m.uri() == "sip:x@10.0.0.5") {
                    r.reply(m, 302, "t", "Contact: <sip:y@10.0.0.5>, <sip:z@10.0.0.5>;q=0.1\r\n");
                } else if (m.method() == "INVITE") {
                    r.reply(m, 200, "u", r.contact() + "P-Asserted-Identity: \"Y\" <sip:y@pbx.example>\r\n",
                            sdp("10.0.0.5", 4000));
                } else if (m.method() != "ACK") {
                    r.reply(m, 200);
                }
            };
            oom_after(n);
            ua_call_config c = {};
            c.target = "sip:x@10.0.0.5";
            c.media_default = true;
            c.max_redirects = 3;
            c.from_name = "A";
            c.privacy = "id";
            c.asserted_identity = "\"B\" <sip:b@x.example>";
            ua_call *call = nullptr;
            size_t requests = 0, collectors = 0, digits = 0;
            int rc = ua_call_create(a.agent, nullptr, &c, 1, &call);
            if (rc != SX_OK) {
                EXPECT_EQ(rc, SX_E_NOMEM);
            }
            if (rc == SX_OK) {
                a.wait(UA_EV_CALL_CONFIRMED, 3000);
                ua_request_config q = {};
                ua_request *request = nullptr;
                ua_collect_config k = {};
                k.max_digits = 2;
                k.timeout_ms = k.between_ms = 100;
                ua_collector *collector = nullptr;
                if (!a.count(UA_EV_CALL_ENDED)) {
                    requests += ua_call_request(call, &q, 2, &request) == SX_OK;
                    collectors += ua_call_collect(call, &k, 3, &collector) == SX_OK;
                    digits += ua_call_dtmf(call, "12", 0, 0) == SX_OK;
                }
                fake_run_for(3000);
                if (!a.count(UA_EV_CALL_ENDED)) ua_call_hangup(call, nullptr);
            }
            hit = oom_hit();
            oom_after(0);
            if (rc == SX_OK) {
                EXPECT_NE(a.wait(UA_EV_CALL_ENDED, 60000), nullptr);
            }
            EXPECT_EQ(a.count(UA_EV_REQUEST_ANSWERED), requests);
            EXPECT_EQ(a.count(UA_EV_COLLECTED), collectors);
            EXPECT_EQ(a.count(UA_EV_DTMF_SENT), digits);
            fake_run_for(40000);
        }
        if (!hit || ::testing::Test::HasFailure()) return;
    }
}

} // namespace
