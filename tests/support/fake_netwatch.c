#include <stdlib.h>

#include "base/error.h"
#include "support/fake_internal.h"

struct net_netwatch {
    sx_list node;
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    sx_timer timer;
};

static void settled(sx_timer *t, uint64_t now) {
    net_netwatch *w = SX_CONTAINER(t, net_netwatch, timer);
    net_event ev = fake_event_of(NET_CHANGED);
    ev.text = "the addresses of this machine have changed";
    w->sink(w->ctx, &ev);
}

int net_netwatch_open(net_loop *l, net_sink sink, void *ctx, net_netwatch **out) {
    net_netwatch *w = calloc(1, sizeof *w);
    if (!w) return sx_fail(SX_E_NOMEM, "no memory to watch the network");
    w->loop = l;
    w->sink = sink;
    w->ctx = ctx;
    sx_timer_init(&w->timer, settled);
    sx_list_append(&l->netwatches, &w->node);
    *out = w;
    return SX_OK;
}

static void watch_free(sx_grave *g) {
    free(SX_CONTAINER(g, net_netwatch, grave));
}

void net_netwatch_close(net_netwatch *w) {
    if (!w) return;
    sx_timer_stop(w->loop->wheel, &w->timer);
    sx_list_remove(&w->node);
    sx_runq_bury(&w->loop->runq, &w->grave, watch_free);
}

void fake_netwatch_free_all(net_loop *l) {
    for (sx_list *n; (n = sx_list_first(&l->netwatches)) != NULL;)
        net_netwatch_close(SX_CONTAINER(n, net_netwatch, node));
}

void fake_net_changed(const char *address) {
    net_addr a;
    bool one = address && net_addr_parse_host(&a, sx_slice_str(address), 0);
    SX_LIST_EACH(it, tmp, &fake.loops) {
        net_loop *l = SX_CONTAINER(it, net_loop, node);
        if (one && !fake_owns(l->machine, &a)) continue;
        SX_LIST_EACH(wi, wtmp, &l->netwatches) {
            net_netwatch *w = SX_CONTAINER(wi, net_netwatch, node);
            if (!sx_timer_running(&w->timer))
                sx_timer_start(l->wheel, &w->timer, fake.now_ms + NET_NETWATCH_DEBOUNCE_MS);
        }
    }
}
