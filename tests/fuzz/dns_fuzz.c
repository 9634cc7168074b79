/* SRV and NAPTR answers as a DNS server, or whoever speaks in its place, sends them. The first byte chooses the type;
 * what comes out keeps net/dns.h's promises, and can be put in order. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "net/dns_read.h"
#include "stack/resolve_uri.h"

static void check_name(sx_slice s) {
    must(s.n <= DNS_NAME);
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        must((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.');
    }
}

static uint32_t rank_of(const net_dns_record *r) {
    return r->type == NET_DNS_SRV ? r->priority : (uint32_t)r->order << 16 | r->preference;
}

static void check_order(const dns_set *s) {
    uint8_t order[64];
    bool seen[64] = {false};
    stack_srv_order(s->v, s->n, order);
    for (size_t i = 0; i < s->n; i++) {
        must(order[i] < s->n && !seen[order[i]]);
        seen[order[i]] = true;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size) return 0;
    net_dns_type type = data[0] & 1 ? NET_DNS_NAPTR : NET_DNS_SRV;
    size_t n = size - 1;
    unsigned char *exact = malloc(n ? n : 1); /* what is read beyond it is seen */
    must(exact != NULL);
    memcpy(exact, data + 1, n);
    dns_set *set;
    uint32_t absent_s;
    int rc = dns_read(exact, n, type, &set, &absent_s);
    must((rc >= 0) == (set != NULL));
    free(exact); /* the records have copies */
    if (!set) return 0;
    must(set->n >= 1 && set->n <= DNS_RECORDS);
    for (size_t i = 0; i < set->n; i++) {
        const net_dns_record *r = &set->v[i];
        must(r->type == type && r->ttl_s <= INT32_MAX);
        check_name(r->name);
        must(r->flags.n <= 255 && r->service.n <= 255);
        must(!i || rank_of(&set->v[i - 1]) <= rank_of(r));
        stack_naptr_transport(r->service, false);
    }
    if (type == NET_DNS_SRV) check_order(set);
    dns_set_unref(set);
    return 0;
}
