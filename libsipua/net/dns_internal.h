/* What dns.c (questions, c-ares) and dns_cache.c (answers) know of each other. */
#ifndef NET_DNS_INTERNAL_H
#define NET_DNS_INTERNAL_H

#include "base/hash.h"
#include "net/dns.h"
#include "net/internal.h"

#define DNS_RECORDS 64
#define DNS_TTL_MAX 3600u
#define DNS_NOT_FOUND_MS 30000u
#define DNS_FAILED_MS 5000u
#define DNS_GOOD_MS (24u * 3600u * 1000u)

/* What is known of one name in one family. */
typedef struct dns_entry {
    sx_hnode hnode;
    sx_list lru;   /* in dns_cache.order, the one used last at the end */
    unsigned refs; /* questions that wait for or read it: it stays */
    bool asking;
    bool v6;
    int code;          /* of the last answer; SX_OK with records */
    const char *text;  /* a constant */
    bool stale;        /* DNS failed; the records are the last good ones */
    uint64_t until_ms; /* the answer holds that long */
    uint64_t good_ms;  /* when the records came */
    net_dns_record *records;
    size_t nrecords;
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
dns_entry *dns_cache_get(dns_cache *c, sx_slice name, bool v6);
/* Takes the records (malloc'd) over. */
void dns_entry_found(dns_entry *e, net_dns_record *records, size_t n, uint64_t now_ms);
void dns_entry_failed(dns_entry *e, int code, const char *text, bool no_such_name, uint64_t now_ms);
void dns_cache_forget(dns_cache *c);

#endif
