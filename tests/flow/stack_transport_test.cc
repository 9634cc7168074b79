// Connections, what arrives on them, what cannot be read, forwarding, and dying at any moment.
#include "stack_agent.h"

namespace {

class StackTransport : public StackFlow {};
class StackServer : public StackFlow {};

// A bare TCP client.
struct Dribbler {
    net_loop *loop;
    net_conn *conn = nullptr;
    std::string heard;
    bool closed = false;
    explicit Dribbler(const std::string &to) {
        fake_host("10.0.0.9");
        loop = net_loop_create();
        net_addr a = addr(to);
        EXPECT_EQ(net_tcp_connect(loop, &a, nullptr, nullptr, &Dribbler::sink, this, &conn), SX_OK);
    }
    ~Dribbler() {
        net_conn_close(conn, false);
        fake_settle();
        net_loop_destroy(loop);
    }
    static void sink(void *ctx, const net_event *ev) {
        Dribbler *d = static_cast<Dribbler *>(ctx);
        if (ev->type == NET_DATA) d->heard += str(ev->bytes);
        if (ev->type == NET_CLOSED) d->closed = true;
    }
    void send(const std::string &s) { net_conn_send(conn, sl(s)); }
};

TEST_F(StackTransport, TwoMessagesInOneSegmentAndOneMessageInManyAreBothRead) {
    Agent b("10.0.0.1");
    b.listen("10.0.0.1:5060", STACK_TCP);
    Dribbler d("10.0.0.1:5060");
    ms(10);
    b.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_REQUEST) tx_reply(ev->tx, 200, nullptr);
    };
    Request r;
    r.method = "OPTIONS";
    std::string one = r.text();
    r.branch = "z9hG4bK2";
    r.call_id = "c2";
    d.send(one + r.text());
    ms(10);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 2);
    fake_tcp_chunk(1);
    r.branch = "z9hG4bK3";
    r.call_id = "c3";
    d.send(r.text());
    ms(1000);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 3);
    size_t n = 0;
    for (size_t at = 0; (at = d.heard.find("SIP/2.0 200", at)) != std::string::npos; at++) n++;
    EXPECT_EQ(n, 3u);
}

TEST_F(StackTransport, APingIsAnsweredAndGarbageClosesTheConnection) {
    Agent b("10.0.0.1");
    b.listen("10.0.0.1:5060", STACK_TCP);
    Dribbler d("10.0.0.1:5060");
    ms(10);
    d.send("\r\n\r\n");
    ms(10);
    EXPECT_EQ(d.heard, "\r\n");
    Request r;
    std::string bad = r.text();
    bad.replace(bad.find("Content-Length: 0"), 17, "Content-Length: -1");
    d.send(bad);
    ms(10);
    EXPECT_TRUE(d.closed);
    EXPECT_EQ(b.count(STACK_EV_DISCONNECTED), 1);
    EXPECT_EQ(b.stats().connections, 0u);
}

TEST_F(StackTransport, AConnectionIsReusedAndTellsWhenItGoes) {
    Agent a("10.0.0.1"), b("10.0.0.2");
    b.listen("10.0.0.2:5060", STACK_TCP);
    b.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_REQUEST) tx_reply(ev->tx, 200, nullptr);
    };
    a.send(a.params("OPTIONS", "sip:10.0.0.2;transport=tcp"));
    a.send(a.params("OPTIONS", "sip:10.0.0.2;transport=tcp"));
    ms(50);
    EXPECT_EQ(a.count(STACK_EV_FINAL), 2);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
    EXPECT_EQ(a.count(STACK_EV_CONNECTING), 1);
    EXPECT_EQ(a.count(STACK_EV_CONNECTED), 1);
    EXPECT_EQ(b.count(STACK_EV_CONNECTED), 1);
    stack_flow f = a.last(STACK_EV_FINAL)->flow;
    EXPECT_TRUE(stack_flow_alive(a.s, &f));
    // b answers over the same connection when it asks back.
    stack_request_params q = b.params("OPTIONS", "sip:alice@10.0.0.1");
    q.flow = b.last(STACK_EV_REQUEST)->flow;
    b.send(q);
    ms(50);
    EXPECT_EQ(a.count(STACK_EV_REQUEST), 1);
    tx_reply(a.last(STACK_EV_REQUEST)->tx, 200, nullptr);
    ms(50);
    EXPECT_EQ(b.last(STACK_EV_FINAL)->status, 200);
    a.send(a.params("OPTIONS", "sip:10.0.0.2;transport=tcp"));
    b.on = nullptr;
    ms(5);
    fake_tcp_reset("10.0.0.2:5060");
    ms(50);
    EXPECT_EQ(a.count(STACK_EV_DISCONNECTED), 1);
    EXPECT_EQ(a.last(STACK_EV_DISCONNECTED)->flow.id, f.id);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_TRANSPORT);
    EXPECT_FALSE(stack_flow_alive(a.s, &f));
    q = a.params("OPTIONS", "sip:10.0.0.2");
    q.flow = f;
    a.send(q);
    ms(5);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->code, SX_E_TRANSPORT);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 503);
}

TEST_F(StackTransport, ARefusedConnectionFailsTheRequestWithWords) {
    Agent a("10.0.0.1"), b("10.0.0.2");
    a.send(a.params("OPTIONS", "sip:10.0.0.2:5060;transport=tcp"));
    ms(50);
    ASSERT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 503);
    EXPECT_FALSE(a.last(STACK_EV_FINAL)->text.empty());
    fake_tcp_set("10.0.0.3", FAKE_TCP_HANG);
    a.send(a.params("OPTIONS", "sip:10.0.0.3:5060;transport=tcp"));
    ms(11000);
    ASSERT_EQ(a.count(STACK_EV_FINAL), 2);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 408);
}

TEST_F(StackTransport, AnIdleConnectionIsClosedUnlessItIsHeldAndAHeldOneIsPinged) {
    stack_config cfg = {};
    cfg.idle_ms = 10000;
    Agent a("10.0.0.1", &cfg), b("10.0.0.2");
    b.listen("10.0.0.2:5060", STACK_TCP);
    b.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_REQUEST) tx_reply(ev->tx, 200, nullptr);
    };
    a.send(a.params("OPTIONS", "sip:10.0.0.2;transport=tcp"));
    ms(50);
    stack_flow f = a.last(STACK_EV_FINAL)->flow;
    ASSERT_EQ(stack_flow_hold(a.s, &f, 3000), SX_OK);
    ms(60000);
    EXPECT_TRUE(stack_flow_alive(a.s, &f));
    stack_flow_release(a.s, &f, 3000);
    ms(25000);
    EXPECT_FALSE(stack_flow_alive(a.s, &f));
    EXPECT_EQ(a.last(STACK_EV_DISCONNECTED)->code, SX_OK);
}

TEST_F(StackTransport, AMissingPongClosesTheConnection) {
    Agent a("10.0.0.1"), b("10.0.0.2");
    b.listen("10.0.0.2:5060", STACK_TCP);
    b.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_REQUEST) tx_reply(ev->tx, 200, nullptr);
    };
    a.send(a.params("OPTIONS", "sip:10.0.0.2;transport=tcp"));
    ms(50);
    stack_flow f = a.last(STACK_EV_FINAL)->flow;
    stack_flow_hold(a.s, &f, 3000);
    ms(10000);
    EXPECT_TRUE(stack_flow_alive(a.s, &f));
    fake_link cut = {};
    cut.cut = true;
    fake_link_set("10.0.0.2", "10.0.0.1", &cut);
    ms(20000);
    EXPECT_FALSE(stack_flow_alive(a.s, &f));
    EXPECT_EQ(a.last(STACK_EV_DISCONNECTED)->code, SX_E_TIMEOUT);
}

TEST_F(StackTransport, AnAnswerFindsItsWayWhenTheConnectionIsGone) {
    Agent a("10.0.0.1"), b("10.0.0.2");
    a.listen("10.0.0.1:5060", STACK_TCP);
    b.listen("10.0.0.2:5060", STACK_TCP);
    stack_request_params q = a.params("INVITE", "sip:bob@10.0.0.2;transport=tcp");
    stack_contact c = a.contact();
    q.contact = &c;
    stack_dialog_set *set = nullptr;
    ASSERT_EQ(dlg_set_create(b.s, &q, &set), SX_E_URI - SX_E_URI) << "any stack";
    dlg_set_abandon(set);
    a.invite("sip:bob@10.0.0.2;transport=tcp");
    ms(50);
    const Event *e = b.last(STACK_EV_REQUEST);
    ASSERT_TRUE(e);
    stack_flow f = e->flow;
    stack_tx *tx = e->tx;
    stack_flow_close(b.s, &f);
    tx_reply(tx, 486, nullptr);
    ms(50);
    EXPECT_GE(b.count(STACK_EV_CONNECTING), 1);
}

TEST_F(StackTransport, MalformedRequestsGet400OrSilenceAndNobodyHearsOfThem) {
    Agent b("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    b.listen("10.0.0.1:5060");
    Request r;
    std::string no_call_id = r.text();
    no_call_id.replace(no_call_id.find("Call-ID: c1\r\n"), 13, "");
    std::string bad_cseq = r.text();
    bad_cseq.replace(bad_cseq.find("CSeq: 1 INVITE"), 14, "CSeq: 1 BYE");
    p.send("10.0.0.1:5060", bad_cseq);
    p.send("10.0.0.1:5060", no_call_id);
    p.send("10.0.0.1:5060", "hello");
    p.send("10.0.0.1:5060", std::string("\0\0\0\0", 4));
    p.send("10.0.0.1:5060", "\r\n\r\n");
    p.send("10.0.0.1:5060", "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\n\r\n");
    ms(10);
    EXPECT_GE(p.count("SIP/2.0 400"), 1);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 0);
    EXPECT_EQ(b.stats().malformed, 4u);
    EXPECT_EQ(b.stats().server_transactions, 0u);
}

TEST_F(StackTransport, AStrangersAnswerEndsNobodysCall) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090), eve("10.0.0.66", 5060);
    a.listen("10.0.0.1:5060");
    a.invite("sip:bob@10.0.0.9:5090");
    ms(10);
    Peer::Heard inv = p.expect("INVITE");
    std::string forged = answer(inv.text, "486 Busy", "x");
    size_t at = forged.find("z9hG4bK") + 9;
    forged[at] = forged[at] == 'a' ? 'b' : 'a';
    eve.send("10.0.0.1:5060", forged);
    ms(10);
    EXPECT_EQ(a.count(STACK_EV_FINAL), 0);
    EXPECT_EQ(a.stats().stray_responses, 1u);
}

TEST_F(StackTransport, TheSameRequestByTwoPathsGets482ButTwoAccountsOfOneForkAreCalledBoth) {
    Agent b("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    b.listen("10.0.0.1:5060");
    Request r;
    p.send("10.0.0.1:5060", r.text());
    r.branch = "z9hG4bKother";
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 1);
    EXPECT_EQ(p.count("SIP/2.0 482"), 1);
    r.branch = "z9hG4bKthird";
    r.uri = "sip:carol@10.0.0.1";
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 2);
}

TEST_F(StackTransport, OverloadTurnsNewWorkAwayButNotWhatBelongsToACall) {
    Agent b("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    b.listen("10.0.0.1:5060");
    stack_refuse(b.s, 480, 500, 7);
    Request r;
    p.send("10.0.0.1:5060", r.text());
    r.method = "MESSAGE";
    r.branch = "z9hG4bKm";
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    Peer::Heard h = p.expect("SIP/2.0 480");
    EXPECT_EQ(header(h.text, "Retry-After"), "7");
    p.expect("SIP/2.0 500");
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 0);
    stack_refuse(b.s, 0, 0, 0);
    r.branch = "z9hG4bKm2";
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 1);
}

TEST_F(StackTransport, ARfc2543PeerWithoutBranchesIsServedToo) {
    Agent b("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    b.listen("10.0.0.1:5060");
    Request r;
    r.branch = "1";
    p.send("10.0.0.1:5060", r.text());
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 1);
    tx_reply(b.last(STACK_EV_REQUEST)->tx, 486, nullptr);
    ms(10);
    Peer::Heard no = p.expect("SIP/2.0 486");
    Request ack = r;
    ack.method = "ACK";
    ack.to_tag = param(header(no.text, "To"), "tag");
    p.send("10.0.0.1:5060", ack.text());
    ms(10);
    p.heard.clear();
    ms(20000);
    EXPECT_EQ(p.count("SIP/2.0 486"), 0);
}

TEST_F(StackTransport, DestroyingAStackInAnyEventLeavesNothingBehind) {
    for (int at = 0; at < 12; at++) {
        Agent a("10.0.0.1"), b("10.0.0.2");
        a.listen("10.0.0.1:5060");
        b.listen("10.0.0.2:5060");
        b.listen("10.0.0.2:5060", STACK_TCP);
        int n = 0;
        auto die = [&](Agent &x) {
            if (n++ == at && x.s) x.close();
        };
        b.on = [&](const stack_event *ev) {
            if (ev->type == STACK_EV_REQUEST && ev->msg->method == SIP_INVITE) {
                dlg_params dp = {};
                stack_contact c = b.contact("bob");
                dp.contact = &c;
                stack_dialog *d = nullptr;
                dlg_create_uas(ev->tx, &dp, &d);
                tx_reply(ev->tx, 180, nullptr);
                tx_reply(ev->tx, 200, nullptr);
            } else if (ev->type == STACK_EV_REQUEST) {
                tx_reply(ev->tx, 200, nullptr);
            }
            die(b);
        };
        a.on = [&](const stack_event *ev) {
            if (ev->type == STACK_EV_FINAL && ev->set && ev->dialog) {
                dlg_ack(ev->dialog, ev->msg, sx_slice_empty(), sx_slice_empty(), sx_slice_empty());
                stack_request_params p = {};
                p.method = SX_LIT("BYE");
                p.dialog = ev->dialog;
                stack_request *r = nullptr;
                stack_request_create(a.s, &p, &r);
            }
            die(a);
        };
        a.send(a.params("OPTIONS", "sip:10.0.0.2;transport=tcp"));
        a.invite(at % 2 ? "sip:bob@10.0.0.2" : "sip:bob@10.0.0.2;transport=tcp");
        ms(3000);
    }
}

// ---- forwarding ----

struct Proxy {
    Agent agent;
    stack_tx *tx = nullptr;
    std::vector<stack_request *> branches;
    std::vector<std::string> targets;
    explicit Proxy(const std::string &host) : agent(host) {
        agent.listen(host + ":5060", STACK_UDP, STACK_ROLE_SERVER);
        agent.on = [this](const stack_event *ev) { handle(ev); };
    }
    void forward(const stack_event *ev, const std::string &to, bool ack) {
        stack_forward_params p = {};
        p.msg = ev->msg;
        p.in_flow = ev->flow;
        p.uri = sl(to);
        p.record_route = !ack;
        sip_list l;
        sip_addr route;
        sip_list_begin(&l, ev->msg, SIP_HDR_ROUTE);
        while (sip_addr_next(&l, &route) == 1) p.drop_routes++;
        stack_request *r = nullptr;
        if (ack) {
            EXPECT_EQ(stack_forward_ack(agent.s, &p), SX_OK) << sx_last_error_text();
        } else if (stack_forward(agent.s, &p, &r) == SX_OK) {
            branches.push_back(r);
        }
    }
    void handle(const stack_event *ev) {
        switch (ev->type) {
        case STACK_EV_REQUEST: {
            bool in_dialog = !ev->tx || ev->msg->method == SIP_BYE;
            if (ev->tx && ev->msg->method == SIP_INVITE) {
                tx = ev->tx;
                tx_keep(tx);
            } else if (ev->tx) {
                tx = ev->tx;
            }
            if (in_dialog)
                forward(ev, str(ev->msg->uri), !ev->tx);
            else
                for (auto &t : targets) forward(ev, t, false);
            break;
        }
        case STACK_EV_PROVISIONAL:
        case STACK_EV_FINAL:
        case STACK_EV_EXTRA_2XX:
            if (ev->msg && tx) tx_forward(tx, ev->msg, sx_slice_empty());
            break;
        case STACK_EV_CANCELED:
            for (auto *r : branches) stack_request_cancel(r, sx_slice_empty());
            break;
        case STACK_EV_TX_DONE: tx = nullptr; break;
        default: break;
        }
    }
};

TEST_F(StackServer, ForwardsACallWithViaAndRecordRouteAndItsAckAndBye) {
    Proxy px("10.0.0.5");
    px.targets = {"sip:bob@10.0.0.2"};
    Agent a("10.0.0.1"), b("10.0.0.2");
    a.listen("10.0.0.1:5060");
    b.listen("10.0.0.2:5060");
    b.on = [&](const stack_event *ev) {
        if (ev->type != STACK_EV_REQUEST) return;
        if (ev->msg->method == SIP_INVITE) {
            dlg_params dp = {};
            stack_contact c = b.contact("bob");
            dp.contact = &c;
            stack_dialog *d = nullptr;
            dlg_create_uas(ev->tx, &dp, &d);
        }
        tx_reply(ev->tx, 200, nullptr);
    };
    a.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_FINAL && ev->set)
            dlg_ack(ev->dialog, ev->msg, sx_slice_empty(), sx_slice_empty(), sx_slice_empty());
    };
    stack_request_params q = a.params("INVITE", "sip:bob@example.org");
    stack_contact c = a.contact();
    q.contact = &c;
    q.next_hop = SX_LIT("sip:10.0.0.5");
    stack_dialog_set *set = nullptr;
    ASSERT_EQ(dlg_set_create(a.s, &q, &set), SX_OK);
    ms(100);
    const Event *inv = b.last(STACK_EV_REQUEST);
    ASSERT_TRUE(inv);
    EXPECT_EQ(header(inv->msg, "Record-Route"), "<sip:10.0.0.5:5060;lr>");
    EXPECT_EQ(header(inv->msg, "Max-Forwards"), "69");
    EXPECT_EQ(inv->msg.substr(0, 27), "INVITE sip:bob@10.0.0.2 SIP");
    ASSERT_EQ(a.count(STACK_EV_FINAL), 1);
    const Event *fin = a.last(STACK_EV_FINAL);
    EXPECT_EQ(fin->msg.find("Via:"), fin->msg.rfind("Via:")) << "only our own Via comes back";
    EXPECT_EQ(b.count(STACK_EV_ACK), 1);
    stack_request_params bye = {};
    bye.method = SX_LIT("BYE");
    bye.dialog = fin->dialog;
    a.send(bye);
    ms(100);
    EXPECT_EQ(b.last(STACK_EV_REQUEST)->method, "BYE");
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
    ms(70000);
    EXPECT_EQ(px.agent.count(STACK_EV_TX_DONE), 1);
    EXPECT_EQ(px.agent.stats().requests, 0u);
    EXPECT_EQ(px.agent.stats().server_transactions, 0u);
}

TEST_F(StackServer, TwoForksThatBothAnswerReachTheCallerWhoHangsUpTheSecond) {
    Proxy px("10.0.0.5");
    px.targets = {"sip:b@10.0.0.9:5090", "sip:c@10.0.0.9:5090"};
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    a.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_FINAL && ev->set)
            dlg_ack(ev->dialog, ev->msg, sx_slice_empty(), sx_slice_empty(), sx_slice_empty());
    };
    stack_request_params q = a.params("INVITE", "sip:bob@example.org");
    stack_contact c = a.contact();
    q.contact = &c;
    q.next_hop = SX_LIT("sip:10.0.0.5");
    stack_dialog_set *set = nullptr;
    ASSERT_EQ(dlg_set_create(a.s, &q, &set), SX_OK);
    ms(10);
    Peer::Heard one = p.expect("INVITE sip:b@"), two = p.expect("INVITE sip:c@");
    auto ok = [](const Peer::Heard &h, const char *tag) {
        return answer(h.text, "200 OK", tag,
                      "Record-Route: " + header(h.text, "Record-Route") + "\r\nContact: <sip:" + tag +
                          "@10.0.0.9:5090>\r\n");
    };
    p.reply(one, ok(one, "B"));
    ms(20);
    p.reply(two, ok(two, "C"));
    ms(50);
    EXPECT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(a.count(STACK_EV_EXTRA_2XX), 1);
    EXPECT_EQ(p.count("ACK sip:B@"), 1);
    EXPECT_EQ(p.count("ACK sip:C@"), 1);
    EXPECT_EQ(p.count("BYE sip:C@"), 1);
    EXPECT_EQ(p.count("BYE sip:B@"), 0);
}

TEST_F(StackServer, ACancelGoesThroughAndLoopsEnd) {
    Proxy px("10.0.0.5");
    px.targets = {"sip:b@10.0.0.9:5090"};
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    stack_request_params q = a.params("INVITE", "sip:bob@example.org");
    stack_contact c = a.contact();
    q.contact = &c;
    q.next_hop = SX_LIT("sip:10.0.0.5");
    stack_dialog_set *set = nullptr;
    ASSERT_EQ(dlg_set_create(a.s, &q, &set), SX_OK);
    ms(10);
    Peer::Heard h = p.expect("INVITE");
    p.reply(h, answer(h.text, "180 Ringing", "t"));
    ms(10);
    EXPECT_EQ(a.last(STACK_EV_PROVISIONAL)->status, 180);
    dlg_set_cancel(set, sx_slice_empty());
    ms(10);
    Peer::Heard cancel = p.expect("CANCEL sip:b@10.0.0.9:5090");
    p.reply(cancel, answer(cancel.text, "200 OK", "t"));
    p.reply(h, answer(h.text, "487 Terminated", "t"));
    ms(10);
    p.expect("ACK");
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 487);
    // A proxy that forwards to itself runs out of Max-Forwards.
    px.targets = {"sip:b@10.0.0.5:5060"};
    px.agent.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_REQUEST) {
            stack_forward_params f = {};
            f.msg = ev->msg;
            f.in_flow = ev->flow;
            stack_request *r = nullptr;
            tx_set_owner(ev->tx, {nullptr, nullptr}, ev->tx);
            f.user = ev->tx;
            int rc = stack_forward(px.agent.s, &f, &r);
            if (rc == SX_E_LIMIT)
                tx_reply(ev->tx, 483, nullptr);
            else
                EXPECT_EQ(rc, SX_OK);
        } else if (ev->type == STACK_EV_FINAL && ev->msg) {
            tx_forward(static_cast<stack_tx *>(ev->user), ev->msg, sx_slice_empty());
        }
    };
    stack_request_params m = a.params("MESSAGE", "sip:b@10.0.0.5:5060");
    a.send(m);
    ms(1000);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 483);
}

TEST_F(StackServer, AnAgentCallsItselfThroughItsOwnServer) {
    Agent a("10.0.0.1");
    a.listen("10.0.0.1:5070");
    a.listen("10.0.0.1:5060", STACK_UDP, STACK_ROLE_SERVER);
    stack_tx *server = nullptr;
    a.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_REQUEST && ev->role == STACK_ROLE_SERVER && ev->tx) {
            server = ev->tx;
            stack_forward_params f = {};
            f.msg = ev->msg;
            f.in_flow = ev->flow;
            f.uri = SX_LIT("sip:me@10.0.0.1:5070");
            stack_request *r = nullptr;
            EXPECT_EQ(stack_forward(a.s, &f, &r), SX_OK);
            tx_set_owner(ev->tx, {nullptr, nullptr}, nullptr);
        } else if (ev->type == STACK_EV_REQUEST && ev->tx) {
            tx_reply(ev->tx, 200, "Me");
        } else if (ev->type == STACK_EV_FINAL && ev->role == STACK_ROLE_SERVER) {
            tx_forward(server, ev->msg, sx_slice_empty());
        }
    };
    a.send(a.params("MESSAGE", "sip:me@10.0.0.1:5060"));
    ms(50);
    ASSERT_EQ(a.count(STACK_EV_FINAL), 2);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->role, STACK_ROLE_UA);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
}

} // namespace
