/* A virtual network under a virtual clock, for tests of everything above net/: whole user agents in one process, no
 * sockets, no threads, no waiting, the same run every time. The functions of net/loop.h, udp.h, tcp.h and dns.h are all
 * here a second time; a test links sipua_fakenet instead of sipua_net. One thread only.
 *
 *     fake_net_begin(1);
 *     fake_host("10.0.0.1");  net_loop *a = net_loop_create();  ... open sockets on 10.0.0.1 or 0.0.0.0
 *     fake_host("10.0.0.2");  net_loop *b = net_loop_create();  ...
 *     fake_link_set("10.0.0.1", "10.0.0.2", &link);             loss, latency, ...
 *     fake_run_for(32000);                                      32 s pass in no time
 *     ... close everything, net_loop_destroy both
 *     fake_net_end();                                           false if something was not closed
 *
 * Time stands still while code runs and moves from event to event. What happens at the same millisecond happens in this
 * order: run queues, packets as they were sent, timers (loops as they were created). sx_now_ms and sx_wall_ms follow;
 * sx_rand_* gives a fixed sequence drawn from the seed. */
#ifndef FAKE_NET_H
#define FAKE_NET_H

#ifdef __cplusplus
extern "C" {
#endif

#include "net/dns.h"
#include "net/netwatch.h"
#include "net/tcp.h"
#include "net/udp.h"

/* The clock starts at 1,000,000 ms, the wall clock at 2026-01-01 00:00:00 UTC; one link everywhere: 1 ms, no loss. */
void fake_net_begin(uint64_t seed);
/* Ends the fake clock and random numbers; what is still open is freed. false: something was still open (a leak). */
bool fake_net_end(void);

/* The machine that loops created (and source addresses asked for) from here on belong to: its IP addresses, at most 4,
 * "10.0.0.1 2001:db8::1". The same first address is the same machine. Every machine has 127.0.0.1 and ::1 of its own.
 * Before the first call there is a machine with these two only. */
void fake_host(const char *addresses);
/* Adds or takes away an address while running: sockets bound to it lose it. */
void fake_host_up(const char *address, bool up);
/* The machine that had the address `from` has `to` in its place: another network. Connections are cut off in silence. */
void fake_host_move(const char *from, const char *to);
/* Every net_netwatch of the machine that has this address (NULL: of all) says NET_CHANGED 250 ms from now. Changes of
 * addresses by themselves tell nobody. */
void fake_net_changed(const char *address);

/* ---- time */
uint64_t fake_now(void);              /* ms */
bool fake_step(void);                 /* moves to the next event and handles it; false: nothing will ever happen */
void fake_run_until(uint64_t now_ms); /* handles all up to and including this time, and leaves the clock there */
void fake_run_for(uint64_t ms);
/* Until done(ctx) is true; false if it was not after max_ms. */
bool fake_run_until_done(bool (*done)(void *ctx), void *ctx, uint64_t max_ms);
void fake_settle(void);               /* only the run queues: nothing moves, no packet arrives */
void fake_wall_set(uint64_t wall_ms); /* UTC at this moment */

/* ---- links, one for each direction */
typedef struct fake_packet {
    net_addr from, to; /* as they leave the sender, before NAT */
    bool tcp;
    sx_slice bytes;
    uint64_t n;       /* counts the packets of this link, from 1 */
    uint64_t at_ms;   /* when it was sent */
    bool dropped;     /* for the tap only */
} fake_packet;

/* What becomes of a datagram. */
typedef struct fake_fate {
    bool lost, cut;
    unsigned copies;
    unsigned delay_ms[2]; /* of each copy */
} fake_fate;

/* All zero: a perfect link. Per cent of datagrams, drawn from the seed. TCP has latency and `cut` only. */
typedef struct fake_link {
    unsigned latency_ms;
    unsigned jitter_ms;    /* 0..jitter more, so that datagrams overtake each other */
    unsigned loss_percent;
    unsigned dup_percent;
    unsigned reorder_percent, reorder_ms; /* these come reorder_ms later */
    bool cut;              /* nothing passes, nobody is told */
    /* Sees each datagram, and may have something else become of it. */
    void (*mishap)(void *ctx, const fake_packet *p, fake_fate *fate);
    void *mishap_ctx;
} fake_link;

/* From one address to another; NULL: any. The most exact match holds (both, then from, then to, then neither). */
void fake_link_set(const char *from, const char *to, const fake_link *link);
/* Loses the next n datagrams of that direction after letting `skip` pass. NULL: any. Several may be pending. */
void fake_drop(const char *from, const char *to, unsigned skip, unsigned n);
/* Like fake_drop, but counts only datagrams whose bytes begin with `start` ("INVITE ", "SIP/2.0 200"). */
void fake_drop_starting(const char *from, const char *to, const char *start, unsigned skip, unsigned n);
/* Sees every datagram and every TCP segment when it is sent. NULL: nobody. */
void fake_tap(void (*see)(void *ctx, const fake_packet *p), void *ctx);
/* Puts a datagram on the wire as if from `from`: spoofing and strangers. */
void fake_inject(const char *from, const char *to, sx_slice bytes);
uint64_t fake_sent(void);    /* datagrams and segments so far */
uint64_t fake_dropped(void);
/* A datagram for a closed port comes back as NET_SEND_ERROR; false: it vanishes (a firewall). Default true. */
void fake_icmp(bool on);
/* Datagrams and connections of `inside` appear to others as from `outside` with other ports (40000 and up), and find
 * their way back. Mappings are forgotten with fake_nat_rebind: the next ones get new ports. */
void fake_nat(const char *inside, const char *outside);
void fake_nat_rebind(void);

/* ---- TCP */
typedef enum fake_tcp_mode { FAKE_TCP_NORMAL, FAKE_TCP_REFUSE, FAKE_TCP_HANG } fake_tcp_mode;
/* For connects to this "host:port" or "host". Without a listener a connect is refused anyway. */
void fake_tcp_set(const char *to, fake_tcp_mode mode);
/* Segments of at most n bytes from now on; 0: as sent. */
void fake_tcp_chunk(size_t n);
/* Resets every connection to or from that "host:port" or "host": both ends get NET_CLOSED with SX_E_TRANSPORT. */
unsigned fake_tcp_reset(const char *addr);

/* ---- TLS is TCP here with certificates checked by a simple rule, in the time that TCP takes; what a tap sees is plain.
 * net_tls_options.cert of a listener are the names that it is for: "pbx.example,10.0.0.1"; they are compared whole with
 * the tls_name of the client (or the address that it connects to). "expired:pbx.example" fails with tls_check "expired",
 * and so with all words of net/event.h. PEM text or a path (with a slash) is for every name. A client with `insecure`
 * takes all; `need_client` wants any `cert` of it. `ca`, pins and lists are not looked at. A TLS client at a plain
 * listener gets "not TLS", a plain one at a TLS listener a reset. A listener's owner gets NET_REFUSED. */

/* ---- DNS: names are compared without case; the answer comes after 1 ms, as net/dns.h says */
void fake_dns_add(const char *name, const char *address, uint32_t ttl_s);
void fake_dns_add_srv(const char *name, unsigned priority, unsigned weight, unsigned port, const char *target);
void fake_dns_add_naptr(const char *name, unsigned order, unsigned preference, const char *flags, const char *service,
                        const char *replacement);
/* From now on this name fails: SX_E_DNS, SX_E_TIMEOUT (after 5 s); SX_OK: its records again. */
void fake_dns_fail(const char *name, int code);
void fake_dns_clear(void);
uint64_t fake_dns_queries(void);

#ifdef __cplusplus
}
#endif
#endif
