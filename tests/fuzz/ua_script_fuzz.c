/* A script of what a peer sends, what a program commands and passing time through a whole user agent, on the fake
 * network, clock and media. The input is the script: the first bytes say how the peer behaves by itself and what the
 * program is asked, then one byte says what happens and the next ones how. A script whose first byte has 128 in it is
 * wide: the wire fails too, there is TCP, a registrar that may misbehave, any option, and whole scenes at once; a
 * narrow one means what it meant before there were wide ones. At the end everything closes: each object that the
 * program was told of has had its one last event, and nothing is left open or allocated. No request gets two different
 * answers, and what we send can be read. SHOW=1 in the environment shows what passes. */
#include "ua_script_world.h"
/* these follow it */
#include "ua_script_say.h"
#include "ua_script_wire.h"
/* and then */
#include "ua_script_peer.h"
#include "ua_script_program.h"
/* which leaves */
#include "must.h"
#include "ua_script_more.h"
#include "ua_script_scenes.h"

static void wake(void *ctx) {
    world *w = ctx;
    sx_runq_post(net_loop_runq(w->loop), &w->pump);
}

static void pump(sx_task *t) {
    world *w = SX_CONTAINER(t, world, pump);
    if (w->agent) ua_agent_media_events(w->agent);
}

static void begin(world *w, unsigned how, unsigned habits) {
    static const char *const listeners[] = {"udp:0.0.0.0:5060", "tcp:0.0.0.0:5060"};
    net_addr at;
    ua_agent_config c;
    media_config m;
    fake_net_begin(1);
    w->show = getenv("SHOW") != NULL;
    if (w->show) fake_tap(show, w);
    fake_host("10.0.0.9");
    w->peer_loop = net_loop_create();
    net_addr_parse(&at, SX_LIT(PEER), 5090);
    net_udp_open(w->peer_loop, &at, NULL, on_peer, w, &w->peer);
    if (w->wide) net_listener_open(w->peer_loop, &at, NULL, on_stream, w, &w->door);
    sx_buf_init(&w->pile);
    w->us = US;
    fake_dns_add("name.example", "10.0.0.8", 60);
    fake_dns_add("name.example", "10.0.0.9", 60);
    fake_host(US);
    w->loop = net_loop_create();
    sx_task_init(&w->pump, pump);
    memset(&m, 0, sizeof m);
    m.wake = wake;
    m.wake_ctx = w;
    w->media = media_engine_create(&m);
    memset(&c, 0, sizeof c);
    c.max_calls = 12;
    c.bind = "0.0.0.0";
    c.user_agent = "fuzz";
    c.open = !w->wide || !(how & 64); /* whom it knows not it does not hear */
    c.watch_network = w->wide;
    if (w->wide && (habits & 64)) c.stun_server = "10.0.0.9:3478";
    never(ua_agent_create(w->loop, w->media, &c, sink, w, &w->agent) < 0);
    for (int i = 0; i < 2; i++) {
        ua_listener *l;
        never(ua_listener_create(w->agent, listeners[i], NULL, c.open, 1, &l) < 0);
    }
    unsigned asks = take(w);
    w->acks = !(habits & 1);
    w->agrees = !(habits & 2);
    w->picks_up = habits & 4;
    if (habits & 8) ua_option_set(w->agent, NULL, NULL, "reliable_1xx", "required");
    if (habits & 16) ua_option_set(w->agent, NULL, NULL, "session_expires_s", "90");
    if (w->wide && (habits & 32)) w->way = 1;
    if (w->wide && (habits & 64)) fake_media_mapping(w->media, "203.0.113.7");
    w->registrar = habits & 128 ? 15 : 0;
    ua_agent_ask(w->agent, asks ^ 0xfe);
}

/* Everything that the program has is ended by it, and time passes: whatever the peer does, nothing stays. */
static void end_all(world *w) {
    for (size_t i = 1; i <= w->nobjects; i++) {
        object *o = &w->objects[i];
        if (o->life != LIVE) continue;
        switch (o->kind) {
        case CALL: ua_call_hangup(o->ptr, NULL); break;
        case CONFERENCE: ua_conference_end(o->ptr, true); break;
        case BRIDGE: ua_bridge_end(o->ptr); break;
        case SUBSCRIPTION: ua_subscription_end(o->ptr); break;
        case PUBLICATION: ua_publication_end(o->ptr); break;
        case NOTIFIER: {
            ua_notify_config x;
            memset(&x, 0, sizeof x);
            x.state = "terminated";
            if (ua_notifier_notify(o->ptr, &x) < 0) ua_notifier_reject(o->ptr, NULL);
            break;
        }
        default: break;
        }
    }
    for (size_t i = 1; i <= w->nobjects; i++) {
        object *o = &w->objects[i];
        if (o->life == LIVE && o->kind == ACCOUNT) ua_account_close(o->ptr);
    }
    fake_media_fail(w->media, SX_OK);
    fake_media_slow(w->media, false);
    fake_run_for(1000000);
    all_ended(w, "still there long after the program ended everything");
}

static void shut_down(world *w) {
    ua_agent_shutdown(w->agent, 1000);
    fake_run_for(3000);
    if (!w->down) broken("no SHUTDOWN after its deadline", 0, 0);
    all_ended(w, "still there at SHUTDOWN");
    if (fake_media_sessions(w->media)) broken("media that nobody has any more", 0, 0);
}

static void end(world *w, unsigned how) {
    w->silent = how & 4;
    if (how % 4 < 2) {
        if (how % 4 == 1 && !w->down) end_all(w);
        shut_down(w);
    }
    ua_agent_destroy(w->agent);
    w->agent = NULL;
    media_engine_destroy(w->media);
    sx_runq_cancel(&w->pump);
    net_udp_close(w->peer);
    for (int i = 0; i < STREAMS; i++) stream_end(&w->streams[i], false);
    net_listener_close(w->door);
    sx_buf_free(&w->pile);
    fake_settle();
    net_loop_destroy(w->loop);
    net_loop_destroy(w->peer_loop);
    if (!fake_net_end()) broken("something was left open", 0, 0);
    for (int i = 0; i < HEARD; i++) free(w->heard[i].p);
    free(w);
}

static void step(world *w, unsigned what) {
    static const unsigned waits[] = {0, 1, 10, 250, 600, 5000, 33000, 190000};
    switch (what % 8) {
    case 0: fake_run_for(waits[(what >> 3) % 8]); break;
    case 1:
    case 2: peer_inside(w); break;
    case 3: peer_outside(w); break;
    case 4: peer_answer(w); break;
    default: program(w); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 4 || size > 4096) return 0;
    world *w = calloc(1, sizeof *w);
    if (!w) return 0;
    unsigned how = data[0];
    w->p = data + 1;
    w->n = size - 1;
    w->wide = how & 128;
    begin(w, how, take(w));
    while (w->n) {
        unsigned what = take(w);
        if (!w->wide || (what & 31) < 29)
            step(w, what);
        else if ((what & 31) == 29)
            wire(w);
        else if ((what & 31) == 30)
            more(w);
        else
            storm(w);
        if (what < 192) fake_run_for(3);
    }
    end(w, how);
    return 0;
}
