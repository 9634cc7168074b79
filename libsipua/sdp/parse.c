#include "base/error.h"
#include "sdp/internal.h"

/* One pass that counts (lines, attributes per section), one that reads: every array has its exact room, nothing grows.
 */

enum { MAX_BANDWIDTH = 16 };

typedef struct reader {
    sx_arena *a;
    sdp_session *s;
    sdp_media *m; /* the section being read; NULL: the session */
} reader;

typedef struct counts {
    size_t media;
    size_t attrs[SDP_MAX_MEDIA + 1];
    size_t bandwidth[SDP_MAX_MEDIA + 1];
} counts;

/* Next line with "x=" in front and a value free of NUL, value trimmed. CR and LF end a line in any combination. */
static bool next_line(sx_slice *rest, size_t *lines, char *type, sx_slice *value) {
    while (rest->n) {
        size_t n = 0;
        while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r') n++;
        sx_slice line = sx_slice_of(rest->p, n);
        if (n < rest->n) n++;
        rest->p += n;
        rest->n -= n;
        if (line.n) ++*lines;
        if (line.n < 2 || line.p[1] != '=' || memchr(line.p, 0, line.n)) continue;
        *type = line.p[0];
        *value = sx_trim(sx_slice_of(line.p + 2, line.n - 2));
        return true;
    }
    return false;
}

static int count_lines(sx_slice text, counts *c) {
    size_t lines = 0;
    char type;
    sx_slice value;
    bool first = true;
    memset(c, 0, sizeof *c);
    while (next_line(&text, &lines, &type, &value)) {
        if (first && (type != 'v' || !sx_eq(value, SX_LIT("0")))) return SX_E_FORMAT;
        first = false;
        if (lines > SDP_MAX_LINES) return SX_E_LIMIT;
        if (type == 'm' && ++c->media > SDP_MAX_MEDIA) return SX_E_LIMIT;
        if (type == 'a') c->attrs[c->media]++;
        if (type == 'b') c->bandwidth[c->media]++;
    }
    return first ? SX_E_FORMAT : SX_OK;
}

static size_t least(size_t x, size_t y) { return x < y ? x : y; }

/* "IN IP4 192.0.2.1/127/3" */
static bool read_conn(sx_slice v, sdp_conn *out) {
    sx_slice more, net = sdp_word(&v), type = sdp_word(&v), addr = sx_split(sdp_word(&v), '/', &more);
    uint8_t family = sx_ieq(type, SX_LIT("IP4")) ? 4 : sx_ieq(type, SX_LIT("IP6")) ? 6 : 0;
    if (!sx_ieq(net, SX_LIT("IN")) || !family || !addr.n) return false;
    out->addr = addr;
    out->family = family;
    return true;
}

/* Takes the last word off. */
static sx_slice last_word(sx_slice *v) {
    size_t at = v->n;
    while (at && v->p[at - 1] != ' ' && v->p[at - 1] != '\t') at--;
    sx_slice w = sx_slice_of(v->p + at, v->n - at);
    *v = sx_trim(sx_slice_of(v->p, at));
    return w;
}

/* From the right, because some phones put their display name, blanks and all, where the user belongs. */
static void read_origin(sx_slice v, sdp_origin *o) {
    if (!v.n) return;
    sx_slice whole = v;
    sx_slice version, id;
    last_word(&v);
    last_word(&v);
    last_word(&v);
    sx_slice tail = sx_slice_between(v.p + v.n, whole.p + whole.n);
    sdp_conn conn;
    version = last_word(&v);
    id = last_word(&v);
    if (!v.n || !id.n || !version.n || !read_conn(tail, &conn)) return;
    o->user = v;
    o->id = id;
    o->version = version;
    o->conn = conn;
}

static uint16_t read_ms(sx_slice v) {
    uint64_t ms;
    sx_slice fraction;
    /* "20.0" has been seen */
    if (!sx_to_u64(sx_split(sdp_word(&v), '.', &fraction), UINT64_MAX, &ms)) return 0;
    return (uint16_t)(ms > SDP_MAX_PTIME ? SDP_MAX_PTIME : ms);
}

static void read_format(sdp_format *f, sx_slice token, bool rtp) {
    uint64_t pt;
    f->fmt = token;
    f->pt = rtp && sx_to_u64(token, 127, &pt) ? (int)pt : -1;
    f->channels = 1;
    sdp_static_format(f);
}

/* "audio 49170/2 RTP/AVP 0 8 97" */
static int read_media(reader *r, const counts *c, sx_slice v) {
    sdp_media *m = &r->s->media[r->s->n_media];
    sx_slice type = sdp_word(&v), ports = sdp_word(&v), proto = sdp_word(&v), n_ports;
    sx_slice port = sx_split(ports, '/', &n_ports);
    uint64_t number, count = 1;
    if (!type.n || !proto.n || !sx_to_u64(port, 65535, &number)) return SX_E_FORMAT;
    if (n_ports.p && (!sx_to_u64(n_ports, 65535, &count) || count == 0)) return SX_E_FORMAT;
    m->type = type;
    m->port = (uint16_t)number;
    m->count = (uint16_t)count;
    m->proto = proto;
    size_t n = 0;
    for (sx_slice rest = v; sdp_word(&rest).n;) n++;
    n = least(n, SDP_MAX_FORMATS);
    size_t section = ++r->s->n_media;
    m->formats = n ? sx_arena_alloc(r->a, n * sizeof *m->formats) : NULL;
    m->attrs =
        c->attrs[section] ? sx_arena_alloc(r->a, least(c->attrs[section], SDP_MAX_ATTRS) * sizeof *m->attrs) : NULL;
    m->bandwidth = c->bandwidth[section]
                       ? sx_arena_alloc(r->a, least(c->bandwidth[section], MAX_BANDWIDTH) * sizeof *m->bandwidth)
                       : NULL;
    if (r->a->failed) return SX_E_NOMEM;
    for (bool rtp = sdp_proto_is_rtp(proto); m->n_formats < n; m->n_formats++)
        read_format(&m->formats[m->n_formats], sdp_word(&v), rtp);
    r->m = m;
    return SX_OK;
}

/* The format that an rtpmap or fmtp line means: by number, so that "096" is 96. The first that has none yet. */
static sdp_format *find_format(sdp_media *m, sx_slice token, bool for_rtpmap) {
    uint64_t pt;
    bool number = sx_to_u64(token, 127, &pt);
    for (size_t i = 0; i < m->n_formats; i++) {
        sdp_format *f = &m->formats[i];
        if (for_rtpmap ? f->has_rtpmap : f->fmtp.n > 0) continue;
        if (f->pt >= 0 ? number && (uint64_t)f->pt == pt : sx_eq(f->fmt, token)) return f;
    }
    return NULL;
}

/* "97 opus/48000/2" */
static void read_rtpmap(sdp_media *m, sx_slice v) {
    sx_slice token = sdp_word(&v), after, channels;
    sx_slice name = sx_trim(sx_split(v, '/', &after));
    sx_slice rate = sx_split(after, '/', &channels);
    sdp_format *f = find_format(m, token, true);
    uint64_t hz = 0, n = 1;
    if (!f || !name.n) return;
    if (!sx_to_u64(sx_trim(rate), SDP_MAX_RATE, &hz)) hz = 0;
    if (channels.p && (!sx_to_u64(sx_trim(channels), SDP_MAX_CHANNELS, &n) || n == 0)) {
        hz = 0;
        n = 1;
    }
    f->has_rtpmap = true;
    f->name = name;
    f->rate = (uint32_t)hz;
    f->channels = (uint8_t)n;
}

static void read_fmtp(sdp_media *m, sx_slice v) {
    sx_slice token = sdp_word(&v);
    v = sx_trim(v);
    sdp_format *f = v.n ? find_format(m, token, false) : NULL;
    if (f) f->fmtp = v;
}

/* "53020 IN IP6 2001:db8::1" (RFC 3605) */
static void read_rtcp(sdp_media *m, sx_slice v) {
    uint64_t port;
    if (m->rtcp_port || !sx_to_u64(sdp_word(&v), 65535, &port)) return;
    m->rtcp_port = (uint16_t)port;
    if (port) read_conn(v, &m->rtcp_conn);
}

/* An attribute that is a field of sdp_media; what it says wrongly is as if it were absent. */
static void read_media_field(sdp_media *m, sx_slice name, sx_slice value) {
    if (sx_ieq(name, SX_LIT("rtpmap")))
        read_rtpmap(m, value);
    else if (sx_ieq(name, SX_LIT("fmtp")))
        read_fmtp(m, value);
    else if (sx_ieq(name, SX_LIT("ptime")))
        m->ptime = m->ptime ? m->ptime : read_ms(value);
    else if (sx_ieq(name, SX_LIT("maxptime")))
        m->maxptime = m->maxptime ? m->maxptime : read_ms(value);
    else if (sx_ieq(name, SX_LIT("rtcp")))
        read_rtcp(m, value);
    else if (sx_ieq(name, SX_LIT("rtcp-mux")))
        m->rtcp_mux = true;
    else if (sx_ieq(name, SX_LIT("mid")))
        m->mid = m->mid.n ? m->mid : value;
}

static void read_attr(reader *r, sx_slice line) {
    sx_slice value, name = sx_trim(sx_split(line, ':', &value));
    if (!name.n) return;
    if (value.p) {
        value = sx_trim(value);
        if (!value.p) value.p = "";
    }
    sdp_direction d;
    if (sdp_direction_read(name, &d)) {
        *(r->m ? &r->m->direction : &r->s->direction) = d;
        *(r->m ? &r->m->has_direction : &r->s->has_direction) = true;
        return;
    }
    if (r->m && sdp_attr_is_field(name, true)) {
        read_media_field(r->m, name, value);
        return;
    }
    sdp_attr *attrs = r->m ? r->m->attrs : r->s->attrs;
    size_t *n = r->m ? &r->m->n_attrs : &r->s->n_attrs;
    if (*n >= SDP_MAX_ATTRS) return;
    attrs[*n].name = name;
    attrs[*n].value = value;
    ++*n;
}

static int read_line(reader *r, const counts *c, char type, sx_slice v) {
    sdp_session *s = r->s;
    sx_slice *bandwidth = r->m ? r->m->bandwidth : s->bandwidth;
    size_t *n_bandwidth = r->m ? &r->m->n_bandwidth : &s->n_bandwidth;
    sdp_conn *conn = r->m ? &r->m->conn : &s->conn;
    switch (type) {
    case 'm': return read_media(r, c, v);
    case 'a': read_attr(r, v); break;
    case 'c':
        if (!conn->addr.n) read_conn(v, conn);
        break;
    case 'b':
        if (v.n && *n_bandwidth < MAX_BANDWIDTH) bandwidth[(*n_bandwidth)++] = v;
        break;
    case 'o':
        if (!s->origin.user.n) read_origin(v, &s->origin);
        break;
    case 's':
        if (!s->name.n) s->name = v;
        break;
    case 't':
        if (!s->time.n) s->time = v;
        break;
    default: break; /* i= u= e= p= r= z= k= and what nobody knows */
    }
    return SX_OK;
}

static void fill_defaults(sdp_session *s) {
    if (!s->origin.user.n) {
        s->origin.user = SX_LIT("-");
        s->origin.id = s->origin.version = SX_LIT("0");
        s->origin.conn.addr = SX_LIT("0.0.0.0");
        s->origin.conn.family = 4;
    }
    s->name = sdp_nonempty(s->name, "-");
    s->time = sdp_nonempty(s->time, "0 0");
    if (!s->has_direction) s->direction = SDP_SENDRECV;
    for (size_t i = 0; i < s->n_media; i++)
        if (!s->media[i].has_direction) s->media[i].direction = s->direction;
}

int sdp_parse(sx_arena *a, sx_slice text, sdp_session *out) {
    counts c;
    reader r = {a, out, NULL};
    memset(out, 0, sizeof *out);
    if (text.n > SDP_MAX_TEXT) return SX_E_LIMIT;
    int err = count_lines(text, &c);
    if (err < 0) return err;
    text = sx_arena_dup(a, text);
    if (c.media) out->media = sx_arena_alloc(a, c.media * sizeof *out->media);
    if (c.attrs[0]) out->attrs = sx_arena_alloc(a, least(c.attrs[0], SDP_MAX_ATTRS) * sizeof *out->attrs);
    if (c.bandwidth[0])
        out->bandwidth = sx_arena_alloc(a, least(c.bandwidth[0], MAX_BANDWIDTH) * sizeof *out->bandwidth);
    if (a->failed) err = SX_E_NOMEM;
    size_t lines = 0;
    char type;
    sx_slice value;
    while (err >= 0 && next_line(&text, &lines, &type, &value)) err = read_line(&r, &c, type, value);
    if (err < 0)
        memset(out, 0, sizeof *out);
    else
        fill_defaults(out);
    return err;
}
