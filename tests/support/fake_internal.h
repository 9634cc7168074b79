/* What the parts of the fake network know of each other. */
#ifndef FAKE_INTERNAL_H
#define FAKE_INTERNAL_H

#include "base/buf.h"
#include "base/list.h"
#include "support/fake_net.h"

typedef struct fake_machine {
    sx_list node;
    net_addr addrs[4];
    int naddrs;
} fake_machine;

struct net_loop {
    sx_list node;
    fake_machine *machine;
    sx_wheel *wheel;
    sx_runq runq;
    sx_list watches, udps, listeners, conns, resolvers, netwatches;
    bool stop;
};

/* Something that will happen. The receiver is looked up then, by id or address: it may be gone. */
typedef struct fake_event {
    uint64_t at, seq;
    void (*fn)(struct fake_event *e);
    uint64_t id, token;
    net_addr from, to, real_from;
    int code;
    const char *text;
    char *bytes;
    size_t n;
} fake_event;

typedef struct fake_world {
    uint64_t now_ms, now_us, wall_ms, wall_at_ms;
    uint64_t rng, seq, ids;
    sx_list machines, loops;
    fake_machine *here;    /* where new loops go */
    net_loop *running;     /* whose handler runs now */
    fake_event **heap;
    size_t nheap, capheap;
    uint16_t next_port;
    uint64_t sent, dropped, dns_queries;
    bool no_icmp, begun, leaked;
    size_t chunk;
    void (*see)(void *ctx, const fake_packet *p);
    void *see_ctx;
} fake_world;

extern fake_world fake;

/* fake_net.c */
/* The fake network's own memory: zeroed, never NULL (a test out of memory ends), not counted by oom.h. */
void *fake_alloc(size_t n);
fake_event *fake_schedule(uint64_t at, void (*fn)(fake_event *));
void fake_set_bytes(fake_event *e, sx_slice bytes);
void fake_deliver(net_loop *l, net_sink sink, void *ctx, const net_event *ev); /* then the run queue */
net_event fake_event_of(net_event_type type);
bool fake_owns(const fake_machine *m, const net_addr *a); /* one of its addresses, or loopback */
/* Can a socket on l be bound here? Chooses a port for 0 among those `taken` denies. */
int fake_bind(net_loop *l, net_addr *local, bool (*taken)(const net_addr *a, const fake_machine *m));
int fake_source(const fake_machine *m, const net_addr *dst, net_addr *src);
/* Does a socket on machine m, bound to `bound`, receive what `sender` sends to `to`? */
bool fake_matches(const fake_machine *m, const net_addr *bound, const net_addr *to, const fake_machine *sender);
fake_machine *fake_machine_at(const net_addr *a, const fake_machine *sender);
uint32_t fake_random(uint32_t below);

/* fake_wire.c */
fake_fate fake_pass(const net_addr *from, const net_addr *to, bool tcp, sx_slice bytes);
void fake_wire_reset(void);
/* NAT: what others see of `from`; and whom a packet to `to` really reaches (false: nobody). */
void fake_nat_out(net_addr *from, const net_addr *to);
bool fake_nat_in(net_addr *to);

/* fake_dns.c, fake_udp.c, fake_tcp.c */
void fake_dns_reset(void);
void fake_tcp_modes_reset(void);
void fake_udp_free_all(net_loop *l);
void fake_tcp_free_all(net_loop *l);
void fake_dns_free_all(net_loop *l);

/* fake_tls.c: why the handshake fails (of net/event.h's list), NULL: it does not. Both NULL: plain. */
const char *fake_tls_check(const net_tls *client, const net_tls *server, const char *name);
const char *fake_tls_names(const net_tls *t); /* what is in the certificate; NULL: any */
void fake_tls_first_name(const net_tls *t, char *out, size_t cap);
void fake_netwatch_free_all(net_loop *l);

#endif
