/* c-ares on the loop: its sockets and timer, questions to it, what its answers mean. */
#define _GNU_SOURCE
#include <ares.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/error.h"
#include "net/dns_internal.h"

/* A descriptor of c-ares's. */
typedef struct dns_socket {
    sx_list node;
    net_dns *dns;
    int fd;
    struct event *readable, *writable;
} dns_socket;

/* What c-ares gives back with an answer. */
typedef struct asked {
    net_dns *dns;
    dns_entry *entry;
} asked;

/* The library's own initialisation is one per process and not thread-safe: counted here. */
static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned library_users;

static bool library_enter(void) {
    pthread_mutex_lock(&library_lock);
    bool ok = library_users > 0 || ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
    if (ok) library_users++;
    pthread_mutex_unlock(&library_lock);
    return ok;
}

static void library_leave(void) {
    pthread_mutex_lock(&library_lock);
    if (--library_users == 0) ares_library_cleanup();
    pthread_mutex_unlock(&library_lock);
}

/* ---- c-ares on the loop */

static void set_timer(net_dns *d) {
    struct timeval tv;
    if (d->closing) return;
    if (!ares_timeout(d->channel, NULL, &tv)) {
        sx_timer_stop(d->loop->wheel, &d->timer);
        return;
    }
    uint64_t ms = (uint64_t)tv.tv_sec * 1000 + (uint64_t)(tv.tv_usec + 999) / 1000;
    sx_timer_start(d->loop->wheel, &d->timer, d->loop->now_ms + ms + 1);
}

static void on_timer(sx_timer *t, uint64_t now_ms) {
    net_dns *d = SX_CONTAINER(t, net_dns, timer);
    ares_process_fd(d->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    set_timer(d);
}

static void on_socket(evutil_socket_t fd, short what, void *ctx) {
    net_dns *d = ctx; /* not the socket: c-ares may close it inside */
    net_loop *l = d->loop;
    net_loop_tick(l);
    ares_process_fd(d->channel, what & EV_READ ? fd : ARES_SOCKET_BAD, what & EV_WRITE ? fd : ARES_SOCKET_BAD);
    set_timer(d);
    net_loop_tock(l);
}

static dns_socket *socket_of(net_dns *d, int fd, bool make) {
    SX_LIST_EACH(it, tmp, &d->sockets) {
        dns_socket *s = SX_CONTAINER(it, dns_socket, node);
        if (s->fd == fd) return s;
    }
    dns_socket *s = make ? calloc(1, sizeof *s) : NULL;
    if (!s) return NULL;
    s->dns = d;
    s->fd = fd;
    s->readable = event_new(d->loop->base, fd, EV_READ | EV_PERSIST, on_socket, d);
    s->writable = event_new(d->loop->base, fd, EV_WRITE | EV_PERSIST, on_socket, d);
    if (!s->readable || !s->writable) {
        if (s->readable) event_free(s->readable);
        if (s->writable) event_free(s->writable);
        free(s);
        return NULL; /* the question will time out */
    }
    net_loop_own_fd(d->loop, fd);
    sx_list_append(&d->sockets, &s->node);
    return s;
}

static void on_socket_state(void *ctx, ares_socket_t fd, int readable, int writable) {
    net_dns *d = ctx;
    dns_socket *s = socket_of(d, fd, readable || writable);
    if (!s) return;
    if (readable)
        event_add(s->readable, NULL);
    else
        event_del(s->readable);
    if (writable)
        event_add(s->writable, NULL);
    else
        event_del(s->writable);
    if (readable || writable) return;
    event_free(s->readable);
    event_free(s->writable);
    net_loop_disown_fd(d->loop, fd);
    sx_list_remove(&s->node);
    free(s);
}

/* ---- answers */

static dns_set *set_of(const struct ares_addrinfo *res, bool v6) {
    dns_set *set = dns_set_new(DNS_RECORDS, 0);
    if (!set) return NULL;
    set->n = 0;
    for (const struct ares_addrinfo_node *a = res->nodes; a && set->n < DNS_RECORDS; a = a->ai_next) {
        net_dns_record *r = &set->v[set->n];
        if (!net_addr_from_sockaddr(&r->addr, a->ai_addr, a->ai_addrlen) || net_addr_is_v6(&r->addr) != v6) continue;
        r->type = NET_DNS_ADDRESS;
        net_addr_set_port(&r->addr, 0);
        r->ttl_s = a->ai_ttl < 0 ? 0 : (uint32_t)a->ai_ttl;
        if (r->ttl_s < 1) r->ttl_s = 1;
        set->n++;
    }
    dns_set *small = realloc(set, sizeof *set + set->n * sizeof set->v[0]);
    return small ? small : set;
}

static const char *absence_of(dns_kind kind) {
    switch (kind) {
    case DNS_V4: return "the name has no IPv4 address";
    case DNS_V6: return "the name has no IPv6 address";
    case DNS_SRV: return "the name has no SRV record";
    case DNS_NAPTR: return "the name has no NAPTR record";
    }
    return "";
}

static void no_answer(net_dns *d, dns_entry *e, int status, uint32_t absent_s) {
    uint64_t now = d->loop->now_ms;
    switch (status) {
    case ARES_ENOTFOUND:
    case ARES_EBADNAME: dns_entry_absent(e, "no such name", absent_s, now); break;
    case ARES_ENODATA: dns_entry_absent(e, absence_of(e->kind), absent_s, now); break;
    case ARES_ETIMEOUT: dns_entry_failed(e, SX_E_TIMEOUT, "no DNS server answers", now); break;
    case ARES_ENOMEM: dns_entry_failed(e, SX_E_NOMEM, "out of memory", now); break;
    default: /* c-ares calls a server that answers SERVFAIL "refused" too, when it was the last one */
        dns_entry_failed(e, SX_E_DNS, "the DNS servers fail or cannot be reached", now);
    }
    if (e->absent)
        d->stats.absent++;
    else
        d->stats.failed++;
}

/* NULL: nobody is interested any more. */
static dns_entry *take(void *ctx, net_dns **d) {
    asked *a = ctx;
    dns_entry *e = a->entry;
    *d = a->dns;
    free(a);
    if ((*d)->closing) return NULL;
    e->asking = false;
    return e;
}

static void on_addresses(void *ctx, int status, int timeouts, struct ares_addrinfo *res) {
    net_dns *d;
    dns_entry *e = take(ctx, &d);
    if (e && status != ARES_EDESTRUCTION) {
        dns_set *set = status == ARES_SUCCESS && res ? set_of(res, e->kind == DNS_V6) : NULL;
        if (set && set->n) {
            dns_entry_found(e, set, d->loop->now_ms);
        } else {
            no_answer(d, e, status == ARES_SUCCESS ? (set ? ARES_ENODATA : ARES_ENOMEM) : status, 0);
            dns_set_unref(set);
        }
        dns_settled(d);
    }
    if (res) ares_freeaddrinfo(res);
}

static void on_records(void *ctx, int status, int timeouts, unsigned char *p, int n) {
    net_dns *d;
    dns_entry *e = take(ctx, &d);
    dns_set *set = NULL;
    uint32_t absent_s = 0;
    if (!e || status == ARES_EDESTRUCTION) return;
    bool answered = status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND;
    if (answered && p && n > 0) {
        int rc = dns_read(p, (size_t)n, e->kind == DNS_SRV ? NET_DNS_SRV : NET_DNS_NAPTR, &set, &absent_s);
        if (rc == SX_E_NOMEM) status = ARES_ENOMEM;
        if (status == ARES_SUCCESS && rc == SX_E_DNS) status = ARES_ENODATA;
        if (status == ARES_SUCCESS && rc == SX_E_PROTOCOL) status = ARES_EBADRESP;
    }
    if (status == ARES_SUCCESS && set) {
        dns_entry_found(e, set, d->loop->now_ms);
    } else {
        dns_set_unref(set);
        no_answer(d, e, status == ARES_SUCCESS ? ARES_EBADRESP : status, absent_s);
    }
    dns_settled(d);
}

bool dns_ask(net_dns *d, dns_entry *e) {
    if (e->asking || e->until_ms > d->loop->now_ms) return true;
    asked *a = malloc(sizeof *a);
    if (!a) return false;
    a->dns = d;
    a->entry = e;
    e->asking = true;
    d->stats.sent++;
    if (e->kind == DNS_SRV || e->kind == DNS_NAPTR) {
        ares_query(d->channel, e->name, 1 /* IN */, e->kind == DNS_SRV ? 33 : 35, on_records, a);
    } else {
        struct ares_addrinfo_hints hints;
        memset(&hints, 0, sizeof hints);
        hints.ai_family = e->kind == DNS_V6 ? AF_INET6 : AF_INET;
        hints.ai_socktype = SOCK_DGRAM; /* each address once */
        hints.ai_flags = ARES_AI_NOSORT;
        ares_getaddrinfo(d->channel, e->name, NULL, &hints, on_addresses, a);
    }
    set_timer(d);
    return true;
}

/* ---- life */

static int open_channel(net_dns *d, const char *servers, ares_channel *out) {
    struct ares_options a;
    char lookups[] = "fb"; /* the hosts file, then DNS */
    memset(&a, 0, sizeof a);
    a.timeout = d->opt.timeout_ms ? (int)d->opt.timeout_ms : 2000;
    a.tries = d->opt.tries ? (int)d->opt.tries : 3;
    a.lookups = lookups;
    a.sock_state_cb = on_socket_state;
    a.sock_state_cb_data = d;
    int rc =
        ares_init_options(out, &a, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB);
    if (rc != ARES_SUCCESS) return sx_fail(rc == ARES_ENOMEM ? SX_E_NOMEM : SX_E_DNS, "c-ares: %s", ares_strerror(rc));
    if (!servers) return SX_OK;
    rc = ares_set_servers_ports_csv(*out, servers);
    if (rc == ARES_SUCCESS) return SX_OK;
    ares_destroy(*out);
    return sx_fail(rc == ARES_ENOMEM ? SX_E_NOMEM : SX_E_INVALID, "these are no DNS servers: %s", servers);
}

int dns_channel_open(net_dns *d, const char *servers) {
    ares_channel channel;
    if (!library_enter()) return sx_fail(SX_E_DNS, "c-ares cannot be used");
    sx_timer_init(&d->timer, on_timer);
    d->own_servers = servers != NULL;
    int rc = open_channel(d, servers, &channel);
    if (rc < 0)
        library_leave();
    else
        d->channel = channel;
    return rc;
}

int dns_channel_again(net_dns *d) {
    ares_channel fresh, old = d->channel;
    int rc = open_channel(d, NULL, &fresh);
    if (rc < 0) return rc;
    d->channel = fresh;
    ares_destroy(old); /* what it was asking comes back as ARES_EDESTRUCTION */
    set_timer(d);
    return SX_OK;
}

void dns_channel_close(net_dns *d) {
    ares_destroy(d->channel);
    library_leave();
}
