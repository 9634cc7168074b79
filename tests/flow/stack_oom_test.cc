// Whatever allocation fails, the stack stays whole: no crash, nothing lost, and a request that was accepted ends.
#include "oom/oom.h"
#include "stack_agent.h"

extern "C" {
#include "net/tls.h"
}

namespace {

class StackMemory : public StackFlow {};

void answer_all(Agent &b, const stack_event *ev) {
    if (ev->type == STACK_EV_ACK_TIMEOUT) dlg_end(ev->dialog);
    if (ev->type != STACK_EV_REQUEST || !ev->tx) return;
    if (ev->msg->method == SIP_INVITE) {
        dlg_params dp = {};
        stack_contact c = b.contact("bob");
        dp.contact = &c;
        stack_dialog *d = nullptr;
        if (dlg_create_uas(ev->tx, &dp, &d) != SX_OK) {
            tx_reply(ev->tx, 500, nullptr);
            return;
        }
        tx_reply(ev->tx, 180, nullptr);
        if (tx_reply(ev->tx, 200, nullptr) != SX_OK) {
            dlg_end(d);
            tx_reply(ev->tx, 500, nullptr);
        }
    } else {
        bool bye = ev->msg->method == SIP_BYE;
        if (tx_reply(ev->tx, 200, nullptr) != SX_OK) tx_drop(ev->tx);
        if (bye) dlg_end(ev->dialog);
    }
}

net_tls *tls_of(const char *cert) {
    net_tls_options o = {};
    net_tls *t = nullptr;
    o.cert = cert;
    o.server = cert != nullptr;
    EXPECT_EQ(net_tls_create(&o, &t), SX_OK);
    return t;
}

// One call with challenge, by name, over any transport; what it creates must be gone afterwards.
int run_call(const char *uri, int fail_at, bool *hit) {
    int made = 0, ended = 0;
    {
        oom_pause(+1);
        net_tls *trust = tls_of(nullptr), *cert = tls_of("10.0.0.2");
        stack_config cfg = {};
        cfg.tls = trust;
        Agent a("10.0.0.1", &cfg), b("10.0.0.2");
        stack_listen_params lp = {};
        stack_listener *l = nullptr;
        lp.transport = STACK_TLS;
        lp.addr = addr("10.0.0.2:5061");
        lp.tls = cert;
        EXPECT_EQ(stack_listen(b.s, &lp, &l), SX_OK);
        b.listen("10.0.0.2:8080", STACK_WS);
        net_tls_unref(trust);
        net_tls_unref(cert);
        a.listen("10.0.0.1:5060");
        b.listen("10.0.0.2:5060");
        b.listen("10.0.0.2:5060", STACK_TCP);
        b.on = [&](const stack_event *ev) { answer_all(b, ev); };
        a.on = [&](const stack_event *ev) {
            if (ev->type == STACK_EV_FINAL && ev->set && ev->dialog)
                dlg_ack_and_bye(ev->dialog, ev->msg, sx_slice_empty());
            bool terminal = ev->type == STACK_EV_DONE || (ev->type == STACK_EV_FINAL && !(ev->set && ev->dialog));
            ended += terminal;
        };
        stack_request_params p = a.params("INVITE", uri);
        stack_contact c = a.contact();
        p.contact = &c;
        stack_dialog_set *set = nullptr;
        stack_request_params o = a.params("OPTIONS", uri);
        stack_request *r = nullptr;
        oom_pause(-1);
        oom_after(fail_at);
        made += dlg_set_create(a.s, &p, &set) == SX_OK;
        made += stack_request_create(a.s, &o, &r) == SX_OK;
        fake_run_for(150000);
        *hit = oom_hit();
        oom_after(0);
        stack_stats st = a.stats();
        EXPECT_EQ(st.requests, 0u) << uri << " at " << fail_at;
        EXPECT_EQ(made, ended) << uri << " at " << fail_at;
    }
    return made;
}

TEST_F(StackMemory, EveryAllocationMayFail) {
    fake_net_end();
    for (const char *uri : {"sip:bob@10.0.0.2", "sip:bob@10.0.0.2;transport=tcp", "sips:bob@10.0.0.2",
                            "sip:bob@10.0.0.2:8080;transport=ws"}) {
        bool hit = true;
        int n = 1;
        for (; hit && n < 2000; n++) {
            fake_net_begin(7);
            run_call(uri, n, &hit);
            EXPECT_TRUE(fake_net_end()) << uri << " at " << n;
            if (HasFailure()) break;
        }
        EXPECT_GT(n, 20);
    }
    fake_net_begin(7);
}

} // namespace
