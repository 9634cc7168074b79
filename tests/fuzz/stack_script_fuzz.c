/* A script of messages, answers, decisions and passing time through a whole stack, on the fake network and clock. The
 * input is the script: one byte says what happens, the next ones how. The peer sends what it likes, well-formed around
 * a few knobs or raw; the owner above does anything that its contract allows, at any time. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "stack/dialog_set.h"
#include "stack/forward.h"
#include "stack/transport.h"
#include "support/fake_net.h"

#define MAX_OBJECTS 16

typedef struct world {
    net_loop *loop, *peer_loop;
    stack *s;
    net_udp *peer;
    net_conn *conn;
    stack_tx *txs[MAX_OBJECTS];
    stack_dialog *dialogs[MAX_OBJECTS];
    stack_dialog_set *sets[MAX_OBJECTS];
    stack_request *requests[MAX_OBJECTS];
    stack_auth *auth;
    sip_msg *final;   /* the last 2xx to an INVITE */
    char heard[4096]; /* the last request that the stack sent */
    size_t nheard;
    char tag[64]; /* the last To tag that the stack gave */
    const uint8_t *p;
    size_t n;
} world;

static unsigned take(world *w) {
    if (!w->n) return 0;
    w->n--;
    return *w->p++;
}

static void put(void **v, void *x) {
    for (int i = 0; i < MAX_OBJECTS; i++) {
        if (!v[i]) {
            v[i] = x;
            return;
        }
    }
}

static void drop(void **v, void *x) {
    for (int i = 0; i < MAX_OBJECTS; i++) {
        if (v[i] == x) v[i] = NULL;
    }
}

static bool has(void **v, void *x) {
    for (int i = 0; i < MAX_OBJECTS; i++) {
        if (v[i] == x) return true;
    }
    return false;
}

static void end_dialog(world *w, stack_dialog *d) {
    if (!d || !has((void **)w->dialogs, d)) return;
    drop((void **)w->dialogs, d);
    dlg_end(d);
}

static bool full(void **v) { return !has(v, NULL); }

static void on_request(world *w, const stack_event *ev) {
    if (!ev->tx) return;
    if (full((void **)w->txs))
        tx_reply(ev->tx, 500, NULL);
    else
        put((void **)w->txs, ev->tx);
}

static void on_final(world *w, const stack_event *ev) {
    if (ev->set) {
        if (ev->dialog) {
            sip_msg_unref(w->final);
            w->final = sip_msg_keep(ev->msg);
            if (full((void **)w->dialogs))
                dlg_ack_and_bye(ev->dialog, ev->msg, sx_slice_empty());
            else
                put((void **)w->dialogs, ev->dialog);
        } else {
            drop((void **)w->sets, ev->set);
        }
        return;
    }
    bool more = ev->msg && ev->status < 300 && stack_request_user(ev->request) != NULL;
    if (!more) drop((void **)w->requests, ev->request);
}

static void within(world *w);

static void sink(void *ctx, const stack_event *ev) {
    world *w = ctx;
    switch (ev->type) {
    case STACK_EV_REQUEST: on_request(w, ev); break;
    case STACK_EV_FINAL: on_final(w, ev); break;
    case STACK_EV_DONE:
        drop((void **)w->sets, ev->set);
        drop((void **)w->requests, ev->request);
        break;
    case STACK_EV_ACK_TIMEOUT: end_dialog(w, ev->dialog); break;
    default: break;
    }
    within(w); /* whatever it was: the owner may do anything right now */
}

/* ---- the peer ---- */

static void heard(world *w, sx_slice b) {
    if (b.n >= sizeof w->heard) return;
    if (b.n > 8 && memcmp(b.p, "SIP/2.0 ", 8) == 0) {
        static const char mark[] = ">;tag=";
        const char *at = memmem(b.p, b.n, "\nTo:", 4);
        at = at ? memmem(at, b.n - (size_t)(at - b.p), mark, sizeof mark - 1) : NULL;
        if (!at) return;
        at += sizeof mark - 1;
        size_t n = 0, left = b.n - (size_t)(at - b.p);
        while (n < left && n < sizeof w->tag - 1 && at[n] != '\r' && at[n] != ';') n++;
        memcpy(w->tag, at, n);
        w->tag[n] = 0;
        return;
    }
    memcpy(w->heard, b.p, b.n);
    w->nheard = b.n;
}

static void on_peer(void *ctx, const net_event *ev) {
    world *w = ctx;
    if (ev->type == NET_DATAGRAM || ev->type == NET_DATA) heard(w, ev->bytes);
    if (ev->type == NET_CLOSED && ev->conn == w->conn) {
        net_conn_close(w->conn, false);
        w->conn = NULL;
    }
    if (ev->type == NET_CLOSED && !ev->conn && w->conn) {
        net_conn_close(w->conn, false);
        w->conn = NULL;
    }
}

static void send_out(world *w, const char *p, size_t n) {
    net_addr to;
    net_addr_parse(&to, SX_LIT("10.0.0.1:5060"), 5060);
    if (w->conn && (take(w) & 1))
        net_conn_send(w->conn, sx_slice_of(p, n));
    else
        net_udp_send(w->peer, &to, sx_slice_of(p, n));
}

static void peer_request(world *w) {
    static const char *const methods[] = {"INVITE", "ACK", "BYE", "CANCEL", "MESSAGE", "INFO", "UPDATE", "WEIRD"};
    static const char *const contacts[] = {"<sip:p@10.0.0.9:5090>", "<sip:p@10.0.0.9:5090;transport=tcp>", "*",
                                           "<tel:1>", "<sip:[::1]>"};
    static const char *const routes[] = {"", "Record-Route: <sip:10.0.0.9:5090;lr>\r\n",
                                         "Record-Route: <sip:10.0.0.9:5090>,<sip:x;lr>\r\n"};
    char text[2048], tag[80];
    unsigned knobs = take(w), more = take(w);
    const char *m = methods[knobs & 7];
    tag[0] = 0;
    if (knobs & 8) snprintf(tag, sizeof tag, ";tag=%s", knobs & 16 ? "none" : w->tag);
    int n = snprintf(
        text, sizeof text,
        "%s sip:u%u@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9:5090;branch=%s%u%s\r\nMax-Forwards: %u\r\n"
        "From: <sip:p@x>;tag=f%u\r\nTo: <sip:u@y>%s\r\nCall-ID: c%u\r\nCSeq: %u %s\r\nContact: %s\r\n%s"
        "Content-Length: 0\r\n\r\n",
        m, more & 1, more & 2 ? "" : "z9hG4bK", (more >> 2) & 7, knobs & 32 ? ";rport" : "", take(w), (knobs >> 6) & 1,
        tag, (knobs >> 7) & 1, (more >> 5) + 1, m, contacts[take(w) % 5], routes[take(w) % 3]);
    if (n > 0 && (size_t)n < sizeof text) send_out(w, text, (size_t)n);
}

static void peer_answer(world *w) {
    static const char *const status[] = {"100 T", "180 R", "183 P", "200 OK", "202 A", "302 M",
                                         "401 U", "407 P", "486 B", "487 T",  "503 S", "603 D"};
    sip_scratch sc;
    if (!w->nheard || sip_parse(&sc, w->heard, w->nheard, NULL, NULL) != SX_OK || !sip_is_request(&sc.msg)) return;
    const sip_msg *m = &sc.msg;
    const char *s = status[take(w) % 12];
    unsigned knobs = take(w);
    sx_slice via = sip_value(m, SIP_HDR_VIA), from = sip_value(m, SIP_HDR_FROM), to = sip_value(m, SIP_HDR_TO);
    sx_slice id = sip_value(m, SIP_HDR_CALL_ID), cseq = sip_value(m, SIP_HDR_CSEQ);
    char text[4096], extra[256];
    extra[0] = 0;
    if (s[0] == '4' && s[1] == '0') {
        snprintf(extra, sizeof extra, "%s-Authenticate: Digest realm=\"r%u\", nonce=\"n%u\"%s\r\n",
                 s[2] == '1' ? "WWW" : "Proxy", knobs & 1, (knobs >> 1) & 3, knobs & 8 ? ", qop=\"auth\"" : "");
    } else if (knobs & 16) {
        snprintf(extra, sizeof extra, "Contact: <sip:a%u@10.0.0.9:5090>\r\n%s", knobs & 3,
                 knobs & 32 ? "Record-Route: <sip:10.0.0.9:5090;lr>\r\n" : "");
    }
    int n = snprintf(text, sizeof text,
                     "SIP/2.0 %s\r\nVia: %.*s%s\r\nFrom: %.*s\r\nTo: %.*s;tag=t%u\r\nCall-ID: %.*s\r\nCSeq: %.*s\r\n%s"
                     "Content-Length: 0\r\n\r\n",
                     s, (int)via.n, via.p, knobs & 64 ? ";received=1.2.3.4" : "", (int)from.n, from.p, (int)to.n, to.p,
                     (knobs >> 2) & 3, (int)id.n, id.p, (int)cseq.n, cseq.p, extra);
    if (n > 0 && (size_t)n < sizeof text) send_out(w, text, (size_t)n);
}

static void peer_raw(world *w) {
    size_t n = take(w);
    if (n > w->n) n = w->n;
    const char *raw = (const char *)w->p;
    w->p += n;
    w->n -= n;
    send_out(w, raw, n);
}

/* ---- the owner ---- */

static void owner_request(world *w) {
    if (!w->s) return;
    static const char *const methods[] = {"INVITE", "BYE", "MESSAGE", "REGISTER", "UPDATE", "INFO"};
    static const char *const uris[] = {"sip:b@10.0.0.9:5090",
                                       "sip:b@10.0.0.9:5090;transport=tcp",
                                       "sip:b@name.example",
                                       "sip:b@10.0.0.8",
                                       "sips:b@x",
                                       "tel:1"};
    stack_request_params p;
    stack_contact c;
    unsigned knobs = take(w);
    memset(&p, 0, sizeof p);
    memset(&c, 0, sizeof c);
    c.user = SX_LIT("me");
    p.method = sx_slice_str(methods[knobs % 6]);
    p.uri = sx_slice_str(uris[take(w) % 6]);
    p.from = SX_LIT("<sip:me@here>");
    p.contact = &c;
    p.auth = knobs & 32 ? w->auth : NULL;
    p.timeout_ms = knobs & 64 ? 1 + take(w) * 100 : 0;
    char big[1500];
    memset(big, 'b', sizeof big);
    if (knobs & 128) p.body = sx_slice_of(big, sizeof big);
    if (knobs & 16) p.dialog = w->dialogs[take(w) % MAX_OBJECTS];
    if (!p.dialog && knobs % 6 == 0) {
        stack_dialog_set *set;
        if (!full((void **)w->sets) && dlg_set_create(w->s, &p, &set) == SX_OK) put((void **)w->sets, set);
        return;
    }
    stack_request *r;
    p.user = p.dialog && knobs % 6 == 0 ? w : NULL; /* an INVITE: ends with DONE */
    if (!full((void **)w->requests) && stack_request_create(w->s, &p, &r) == SX_OK) put((void **)w->requests, r);
}

static void owner_answer(world *w) {
    if (!w->s) return;
    static const int status[] = {100, 180, 183, 200, 202, 404, 408, 486, 487, 603};
    unsigned i = take(w) % MAX_OBJECTS, knobs = take(w);
    stack_tx *tx = w->txs[i];
    if (!tx) return;
    stack_dialog *d;
    stack_contact c;
    dlg_params dp;
    memset(&c, 0, sizeof c);
    memset(&dp, 0, sizeof dp);
    dp.contact = &c;
    dp.auth = w->auth;
    if ((knobs & 1) && !full((void **)w->dialogs) && dlg_create_uas(tx, &dp, &d) == SX_OK) put((void **)w->dialogs, d);
    if (knobs & 2) {
        w->txs[i] = NULL;
        tx_drop(tx);
        return;
    }
    int code = status[take(w) % 10];
    if (tx_reply(tx, code, NULL) == SX_OK && code >= 200) w->txs[i] = NULL;
}

static void owner_other(world *w) {
    if (!w->s) return;
    unsigned what = take(w) % 9, i = take(w) % MAX_OBJECTS;
    stack_flow flow;
    switch (what) {
    case 0: end_dialog(w, w->dialogs[i]); break;
    case 1:
        if (w->sets[i]) dlg_set_cancel(w->sets[i], SX_LIT("Reason: SIP;cause=200\r\n"));
        break;
    case 2:
        if (w->sets[i]) {
            stack_dialog_set *set = w->sets[i];
            w->sets[i] = NULL;
            dlg_set_abandon(set);
        }
        break;
    case 3:
        if (w->requests[i]) stack_request_cancel(w->requests[i], sx_slice_empty());
        break;
    case 4:
        if (w->requests[i]) {
            stack_request *r = w->requests[i];
            w->requests[i] = NULL;
            stack_request_abandon(r);
        }
        break;
    case 5:
        if (w->dialogs[i] && w->final)
            dlg_ack(w->dialogs[i], w->final, sx_slice_empty(), sx_slice_empty(), sx_slice_empty());
        break;
    case 6:
        if (w->dialogs[i] && w->final) {
            stack_dialog *d = w->dialogs[i];
            w->dialogs[i] = NULL;
            dlg_ack_and_bye(d, w->final, sx_slice_empty());
        }
        break;
    case 7:
        if (w->txs[i]) {
            flow = tx_flow(w->txs[i]);
            if (stack_flow_hold(w->s, &flow, take(w) * 100) == SX_OK && (i & 1)) stack_flow_close(w->s, &flow);
        }
        break;
    default: stack_refuse(w->s, i & 1 ? 480 : 0, i & 2 ? 500 : 0, i); break;
    }
}

static void forward(world *w) {
    if (!w->s) return;
    unsigned i = take(w) % MAX_OBJECTS;
    stack_forward_params p;
    stack_request *r;
    if (!w->txs[i] || full((void **)w->requests)) return;
    memset(&p, 0, sizeof p);
    p.msg = tx_message(w->txs[i]);
    p.in_flow = tx_flow(w->txs[i]);
    p.uri = SX_LIT("sip:b@10.0.0.9:5090");
    p.record_route = true;
    p.drop_routes = take(w) & 1;
    p.user = p.msg->method == SIP_INVITE ? w : NULL;
    if (stack_forward(w->s, &p, &r) == SX_OK) put((void **)w->requests, r);
}

static void within(world *w) {
    switch (take(w) % 32) {
    case 1: owner_other(w); break;
    case 2: owner_request(w); break;
    case 3: owner_answer(w); break;
    case 4: forward(w); break;
    case 5:
        if (take(w) % 8) break;
        stack_destroy(w->s);
        w->s = NULL;
        w->n = 0;
        break;
    default: break;
    }
}

static void tcp(world *w) {
    net_addr to;
    net_addr_parse(&to, SX_LIT("10.0.0.1:5060"), 5060);
    if (w->conn) {
        net_conn_close(w->conn, take(w) & 1);
        w->conn = NULL;
    } else {
        net_tcp_connect(w->peer_loop, &to, NULL, NULL, on_peer, w, &w->conn);
    }
}

static void begin(world *w) {
    static const stack_transport both[] = {STACK_UDP, STACK_TCP};
    stack_sink sk = {sink, w};
    net_addr at;
    fake_net_begin(1);
    fake_host("10.0.0.9");
    w->peer_loop = net_loop_create();
    net_addr_parse(&at, SX_LIT("10.0.0.9:5090"), 5090);
    net_udp_open(w->peer_loop, &at, NULL, on_peer, w, &w->peer);
    fake_dns_add("name.example", "10.0.0.8", 60);
    fake_dns_add("name.example", "10.0.0.9", 60);
    fake_host("10.0.0.1");
    w->loop = net_loop_create();
    w->s = stack_create(w->loop, NULL, sk);
    w->auth = stack_auth_create();
    stack_auth_add(w->auth, sx_slice_empty(), SX_LIT("me"), SX_LIT("pw"), sx_slice_empty());
    for (int i = 0; i < 2; i++) {
        stack_listen_params p;
        stack_listener *l;
        memset(&p, 0, sizeof p);
        p.transport = both[i];
        net_addr_parse(&p.addr, SX_LIT("10.0.0.1:5060"), 5060);
        stack_listen(w->s, &p, &l);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const unsigned waits[] = {0, 1, 10, 250, 600, 5000, 33000, 130000};
    world *w = calloc(1, sizeof *w);
    if (!w) return 0;
    w->p = data;
    w->n = size;
    begin(w);
    while (w->n) {
        switch (take(w) % 9) {
        case 0: fake_run_for(waits[take(w) % 8]); break;
        case 1: peer_request(w); break;
        case 2: peer_answer(w); break;
        case 3: peer_raw(w); break;
        case 4: owner_request(w); break;
        case 5: owner_answer(w); break;
        case 6: owner_other(w); break;
        case 7: forward(w); break;
        default: tcp(w); break;
        }
        fake_run_for(2);
    }
    if (size & 1) fake_run_for(200000);
    sip_msg_unref(w->final);
    stack_auth_unref(w->auth);
    stack_destroy(w->s);
    net_conn_close(w->conn, false);
    net_udp_close(w->peer);
    fake_settle();
    net_loop_destroy(w->loop);
    net_loop_destroy(w->peer_loop);
    never(!fake_net_end()); /* something was left open */
    free(w);
    return 0;
}
