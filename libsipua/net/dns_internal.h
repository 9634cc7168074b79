/* What dns.c (questions), dns_ask.c (c-ares) and dns_cache.c know of each other. */
#ifndef NET_DNS_INTERNAL_H
#define NET_DNS_INTERNAL_H

#include "base/hash.h"
#include "net/dns_read.h"
#include "net/internal.h"

#define DNS_TTL_MAX 3600u
#define DNS_NOT_FOUND_MS 30000u
#define DNS_NOT_FOUND_MAX_S 300u
#define DNS_FAILED_MS 5000u
#define DNS_GOOD_MS (24u * 3600u * 1000u)

/* ---- what is known (dns_cache.c) */

typedef enum dns_kind { DNS_V4 = '4', DNS_V6 = '6', DNS_SRV = 'S', DNS_NAPTR = 'N' } dns_kind;

/* What is known of one name in one family. */
typedef struct dns_entry {
    sx_hnode hnode;
    sx_list lru;   /* in dns_cache.order, the one used last at the end */
    unsigned refs; /* questions that wait for or read it: it stays */
    bool asking;
    dns_kind kind;
    int code;          /* of the last answer; SX_OK with records */
    const char *text;  /* a constant */
    bool stale;        /* DNS failed; the records are the last good ones */
    bool absent;       /* a server said so */
    uint64_t until_ms; /* the answer holds that long */
    uint64_t good_ms;  /* when the records came */
    dns_set *set;      /* NULL: no records */
    size_t name_n;
    char name[];
} dns_entry;

typedef struct dns_cache {
    sx_htab table;
    sx_list order;
    unsigned max;
} dns_cache;

void dns_cache_init(dns_cache *c, unsigned max);
void dns_cache_free(dns_cache *c);
/* Finds or makes; name in lower case. NULL when memory ran out. */
dns_entry *dns_cache_get(dns_cache *c, sx_slice name, dns_kind kind);
void dns_entry_found(dns_entry *e, dns_set *set, uint64_t now_ms);                      /* takes the set over */
void dns_entry_absent(dns_entry *e, const char *text, uint32_t for_s, uint64_t now_ms); /* for_s 0: 30 */
void dns_entry_failed(dns_entry *e, int code, const char *text, uint64_t now_ms);
/* Has it records that may be given though they are past their time? */
bool dns_entry_has_last_good(const dns_entry *e, uint64_t now_ms);
void dns_cache_forget(dns_cache *c);

/* ---- asking (dns_ask.c) */

struct net_dns {
    sx_grave grave;
    net_loop *loop;
    net_sink sink;
    void *ctx;
    void *channel; /* ares_channel */
    net_dns_options opt;
    bool closing, own_servers;
    bool *gone;
    sx_list sockets, waiting, ready;
    unsigned open;
    dns_cache cache;
    sx_timer timer;       /* c-ares's */
    sx_timer stale_timer; /* the first question that may be answered with what is past its time */
    sx_task task;
    net_dns_stats stats;
};

int dns_channel_open(net_dns *d, const char *servers);
void dns_channel_close(net_dns *d);
/* The system's servers anew; what was being asked is no more (asking is false). On error as it was. */
int dns_channel_again(net_dns *d);
/* Unless it is known or being asked already. The answer comes by dns_settled, maybe from inside. False: no memory. */
bool dns_ask(net_dns *d, dns_entry *e);
void dns_settled(net_dns *d); /* dns.c: an entry has its answer */

#endif
