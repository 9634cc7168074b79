/* SRV and NAPTR answers, read from the bytes as they came: c-ares 1.18 tells no TTL of theirs. Every offset is checked,
 * pointers inside names only go backwards, and what is looked at is bounded (RFC 1035 4.1, 2782, 3403 4.1). */
#define _GNU_SOURCE
#include "net/dns_read.h"

#include <stdlib.h>

#include "base/error.h"

#define RR_MAX 256 /* answers looked at */
#define ALIASES 8
#define TYPE_CNAME 5
#define TYPE_SOA 6
#define TYPE_SRV 33
#define TYPE_NAPTR 35

dns_set *dns_set_new(size_t n, size_t text) {
    dns_set *s = calloc(1, sizeof *s + n * sizeof s->v[0] + text);
    if (!s) return NULL;
    s->refs = 1;
    s->ttl_s = UINT32_MAX;
    s->n = n;
    return s;
}

void dns_set_unref(dns_set *s) {
    if (s && --s->refs == 0) free(s);
}

typedef struct packet {
    const unsigned char *p;
    size_t n;
} packet;

typedef struct dns_name {
    char text[DNS_NAME + 1]; /* in lower case, without the last dot */
    size_t n;
    bool odd; /* bytes that are in no host name */
} dns_name;

typedef struct rr {
    dns_name name;
    unsigned type, class;
    uint32_t ttl_s;
    size_t data, ndata;
} rr;

static unsigned get16(const packet *k, size_t at) { return (unsigned)k->p[at] << 8 | k->p[at + 1]; }
static uint32_t get32(const packet *k, size_t at) { return (uint32_t)get16(k, at) << 16 | get16(k, at + 2); }

static bool is_host_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

static bool add_label(dns_name *out, const unsigned char *p, size_t n) {
    if (out->n + (out->n > 0) + n > DNS_NAME) return false;
    if (out->n) out->text[out->n++] = '.';
    for (size_t i = 0; i < n; i++) {
        char c = sx_lower((char)p[i]);
        if (!is_host_byte(c)) out->odd = true;
        out->text[out->n++] = c;
    }
    return true;
}

/* Reads the name at *at, leaves *at behind it. */
static bool read_name(const packet *k, size_t *at, dns_name *out) {
    size_t i = *at, before = *at;
    bool jumped = false;
    out->n = 0;
    out->odd = false;
    for (;;) {
        if (i >= k->n) return false;
        unsigned len = k->p[i];
        if (len >= 0xc0) {
            if (i + 2 > k->n) return false;
            size_t to = get16(k, i) & 0x3fff;
            if (to >= before) return false; /* only backwards: it ends */
            if (!jumped) *at = i + 2;
            jumped = true;
            i = before = to;
            continue;
        }
        if (len > 63 || i + 1 + len > k->n) return false;
        if (!len) {
            if (!jumped) *at = i + 1;
            return true;
        }
        if (!add_label(out, k->p + i + 1, len)) return false;
        i += 1 + len;
    }
}

static bool read_rr(const packet *k, size_t *at, rr *out) {
    if (!read_name(k, at, &out->name) || k->n - *at < 10) return false;
    out->type = get16(k, *at);
    out->class = get16(k, *at + 2);
    out->ttl_s = get32(k, *at + 4);
    if (out->ttl_s > INT32_MAX) out->ttl_s = 0; /* RFC 2181 8 */
    out->ndata = get16(k, *at + 8);
    out->data = *at + 10;
    if (k->n - out->data < out->ndata) return false;
    *at = out->data + out->ndata;
    return true;
}

static bool is_of(const rr *r, const dns_name *name) {
    return r->class == 1 && !r->name.odd && !name->odd &&
           sx_eq(sx_slice_of(r->name.text, r->name.n), sx_slice_of(name->text, name->n));
}

/* ---- one record */

typedef struct parsed {
    net_dns_record r; /* name: still in `name` */
    dns_name name;
} parsed;

static bool read_string(const packet *k, size_t *at, size_t end, sx_slice *out) {
    if (*at >= end || end - *at < 1u + k->p[*at]) return false;
    *out = sx_slice_of((const char *)k->p + *at + 1, k->p[*at]);
    *at += 1 + out->n;
    return true;
}

static bool read_record(const packet *k, const rr *r, parsed *out) {
    size_t at = r->data, end = r->data + r->ndata;
    sx_slice regexp;
    memset(&out->r, 0, sizeof out->r);
    out->r.ttl_s = r->ttl_s;
    if (r->type == TYPE_SRV) {
        if (r->ndata < 7) return false;
        out->r.type = NET_DNS_SRV;
        out->r.priority = (uint16_t)get16(k, at);
        out->r.weight = (uint16_t)get16(k, at + 2);
        out->r.port = (uint16_t)get16(k, at + 4);
        at += 6;
    } else {
        if (r->ndata < 8) return false;
        out->r.type = NET_DNS_NAPTR;
        out->r.order = (uint16_t)get16(k, at);
        out->r.preference = (uint16_t)get16(k, at + 2);
        at += 4;
        if (!read_string(k, &at, end, &out->r.flags) || !read_string(k, &at, end, &out->r.service) ||
            !read_string(k, &at, end, &regexp))
            return false;
        out->r.regexp = regexp.n > 0;
    }
    return read_name(k, &at, &out->name) && at <= end && !out->name.odd;
}

static uint32_t rank_of(const net_dns_record *r) {
    return r->type == NET_DNS_SRV ? r->priority : (uint32_t)r->order << 16 | r->preference;
}

/* By rank, in the server's order among equals; there are 64 at most. */
static void sort(dns_set *s) {
    for (size_t i = 1; i < s->n; i++) {
        net_dns_record r = s->v[i];
        size_t j = i;
        for (; j > 0 && rank_of(&s->v[j - 1]) > rank_of(&r); j--) s->v[j] = s->v[j - 1];
        s->v[j] = r;
    }
}

static sx_slice keep(char **text, const char *p, size_t n) {
    char *to = *text;
    memcpy(to, p, n);
    *text += n;
    return sx_slice_of(to, n);
}

static dns_set *set_of(const parsed *v, size_t n) {
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) bytes += v[i].name.n + v[i].r.flags.n + v[i].r.service.n;
    dns_set *s = dns_set_new(n, bytes);
    if (!s) return NULL;
    char *text = (char *)&s->v[n];
    for (size_t i = 0; i < n; i++) {
        s->v[i] = v[i].r;
        s->v[i].name = keep(&text, v[i].name.text, v[i].name.n);
        if (v[i].r.flags.n) s->v[i].flags = keep(&text, v[i].r.flags.p, v[i].r.flags.n);
        if (v[i].r.service.n) s->v[i].service = keep(&text, v[i].r.service.p, v[i].r.service.n);
    }
    sort(s);
    return s;
}

/* ---- the answer */

/* Walks the answers once: the records of `name`, and its alias. Negative: no answer at all. */
static int collect(const packet *k, size_t at, size_t count, unsigned type, const dns_name *name, parsed *v, size_t *n,
                   rr *alias) {
    rr r;
    *n = 0;
    memset(alias, 0, sizeof *alias);
    for (size_t i = 0; i < count && i < RR_MAX; i++) {
        if (!read_rr(k, &at, &r)) return SX_E_PROTOCOL;
        if (!is_of(&r, name)) continue;
        if (r.type == TYPE_CNAME) *alias = r;
        if (r.type == type && *n < DNS_RECORDS && read_record(k, &r, &v[*n])) (*n)++;
    }
    return SX_OK;
}

/* RFC 2308 5: the SOA beside "no such name" says for how long that holds. */
static uint32_t absent_for(const packet *k, size_t at, size_t answers, size_t authority) {
    rr r;
    if (answers > RR_MAX) return 0;
    for (size_t i = 0; i < answers + authority && i < 2 * RR_MAX; i++) {
        if (!read_rr(k, &at, &r)) return 0;
        if (i < answers || r.type != TYPE_SOA || r.ndata < 22) continue;
        uint32_t minimum = get32(k, r.data + r.ndata - 4);
        if (minimum > r.ttl_s) minimum = r.ttl_s;
        return minimum ? minimum : 1;
    }
    return 0;
}

int dns_read(const unsigned char *p, size_t n, net_dns_type type, dns_set **out, uint32_t *absent_s) {
    packet k = {p, n};
    dns_name name;
    size_t at = 12;
    *out = NULL;
    *absent_s = 0;
    if (n < 12 || get16(&k, 4) != 1 || !read_name(&k, &at, &name) || n - at < 4) return SX_E_PROTOCOL;
    at += 4;
    size_t answers = get16(&k, 6), authority = get16(&k, 8);
    parsed *v = malloc(DNS_RECORDS * sizeof *v);
    if (!v) return SX_E_NOMEM;
    uint32_t ttl_s = UINT32_MAX;
    int rc = SX_E_DNS;
    for (int hop = 0; hop <= ALIASES; hop++) {
        size_t found;
        rr alias;
        int walked = collect(&k, at, answers, type == NET_DNS_SRV ? TYPE_SRV : TYPE_NAPTR, &name, v, &found, &alias);
        if (walked != SX_OK || found) {
            *out = found ? set_of(v, found) : NULL;
            if (*out) (*out)->ttl_s = ttl_s;
            rc = walked != SX_OK ? walked : *out ? SX_OK : SX_E_NOMEM;
            break;
        }
        size_t to = alias.data;
        if (!alias.type || !read_name(&k, &to, &name)) break;
        if (alias.ttl_s < ttl_s) ttl_s = alias.ttl_s;
    }
    free(v);
    if (rc == SX_E_PROTOCOL) {
        dns_set_unref(*out);
        *out = NULL;
    }
    if (rc == SX_E_DNS) *absent_s = absent_for(&k, at, answers, authority);
    return rc;
}
