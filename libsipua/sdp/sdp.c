#include "base/error.h"
#include "sdp/internal.h"

sx_slice sdp_word(sx_slice *rest) {
    while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
        rest->p++;
        rest->n--;
    }
    if (!rest->n) return sx_slice_empty();
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t') n++;
    sx_slice w = sx_slice_of(rest->p, n);
    rest->p += n;
    rest->n -= n;
    return w;
}

const char *sdp_direction_name(sdp_direction d) {
    static const char *const names[] = {"inactive", "sendonly", "recvonly", "sendrecv"};
    return names[d & 3];
}

bool sdp_direction_read(sx_slice name, sdp_direction *out) {
    if (name.n != 8) return false;
    for (int d = 0; d < 4; d++) {
        if (!sx_ieq(name, sx_slice_of(sdp_direction_name((sdp_direction)d), 8))) continue;
        *out = (sdp_direction)d;
        return true;
    }
    return false;
}

bool sdp_attr_is_field(sx_slice name, bool media_level) {
    static const char *const fields[] = {"rtpmap", "fmtp", "ptime", "maxptime", "rtcp", "rtcp-mux", "mid"};
    if (!media_level) return false;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (sx_ieq(name, sx_slice_str(fields[i]))) return true;
    return false;
}

void sdp_static_format(sdp_format *f) {
    /* RFC 3551, section 6, tables 4 and 5 */
    static const struct {
        uint8_t pt;
        char name[6];
        uint32_t rate;
        uint8_t channels;
    } table[] = {{0, "PCMU", 8000, 1},   {3, "GSM", 8000, 1},    {4, "G723", 8000, 1},   {5, "DVI4", 8000, 1},
                 {6, "DVI4", 16000, 1},  {7, "LPC", 8000, 1},    {8, "PCMA", 8000, 1},   {9, "G722", 8000, 1},
                 {10, "L16", 44100, 2},  {11, "L16", 44100, 1},  {12, "QCELP", 8000, 1}, {13, "CN", 8000, 1},
                 {14, "MPA", 90000, 1},  {15, "G728", 8000, 1},  {16, "DVI4", 11025, 1}, {17, "DVI4", 22050, 1},
                 {18, "G729", 8000, 1},  {25, "CelB", 90000, 1}, {26, "JPEG", 90000, 1}, {28, "nv", 90000, 1},
                 {31, "H261", 90000, 1}, {32, "MPV", 90000, 1},  {33, "MP2T", 90000, 1}, {34, "H263", 90000, 1}};
    for (size_t i = 0; f->pt >= 0 && i < sizeof table / sizeof *table; i++) {
        if (table[i].pt != f->pt) continue;
        f->name = sx_slice_str(table[i].name);
        f->rate = table[i].rate;
        f->channels = table[i].channels;
    }
}

bool sdp_proto_is_rtp(sx_slice proto) {
    for (size_t i = 0; i + 4 <= proto.n; i++)
        if (sx_ieq(sx_slice_of(proto.p + i, 4), SX_LIT("RTP/"))) return true;
    return false;
}

bool sdp_proto_fits(sx_slice x, sx_slice y) {
    if (x.n && sx_lower(x.p[x.n - 1]) == 'f') x.n--;
    if (y.n && sx_lower(y.p[y.n - 1]) == 'f') y.n--;
    return sx_ieq(x, y);
}

bool sdp_format_is_event(const sdp_format *f) { return f->rate && sx_ieq(f->name, SX_LIT("telephone-event")); }

bool sdp_format_is(const sdp_format *f, sx_slice name, uint32_t rate, unsigned channels) {
    if (!f->rate || f->rate != rate || !sx_ieq(f->name, name)) return false;
    /* Some peers write opus/48000 or opus/48000/1; RFC 7587 knows one opus only. */
    return f->channels == (channels ? channels : 1) || sx_ieq(name, SX_LIT("opus"));
}

const sdp_conn *sdp_media_conn(const sdp_session *s, const sdp_media *m) {
    return m->conn.addr.n ? &m->conn : &s->conn;
}

bool sdp_conn_is_hold(const sdp_conn *c) {
    static const char invalid[] = ".invalid"; /* RFC 6157, section 5.1 */
    sx_slice a = c->addr;
    if (sx_eq(a, SX_LIT("0.0.0.0")) || sx_eq(a, SX_LIT("::"))) return true;
    size_t n = sizeof invalid - 1;
    return a.n > n && sx_ieq(sx_slice_of(a.p + a.n - n, n), sx_slice_of(invalid, n));
}

sdp_direction sdp_media_direction(const sdp_session *s, const sdp_media *m) {
    int d = m->direction;
    if (sdp_conn_is_hold(sdp_media_conn(s, m))) d &= ~SDP_RECVONLY;
    return (sdp_direction)d;
}

const sdp_attr *sdp_attr_find(const sdp_attr *attrs, size_t n, const char *name) {
    sx_slice wanted = sx_slice_str(name);
    for (size_t i = 0; i < n; i++)
        if (sx_ieq(attrs[i].name, wanted)) return &attrs[i];
    return NULL;
}

const sdp_attr *sdp_media_attr(const sdp_session *s, const sdp_media *m, const char *name) {
    const sdp_attr *own = sdp_attr_find(m->attrs, m->n_attrs, name);
    return own ? own : sdp_attr_find(s->attrs, s->n_attrs, name);
}

bool sdp_fmtp_get(sx_slice fmtp, const char *key, sx_slice *value) {
    sx_slice wanted = sx_slice_str(key);
    while (fmtp.n) {
        sx_slice v, k = sx_split(sx_split(fmtp, ';', &fmtp), '=', &v);
        if (!sx_ieq(sx_trim(k), wanted)) continue;
        *value = sx_trim(v);
        return true;
    }
    return false;
}

bool sdp_same(const sdp_session *x, const sdp_session *y) {
    const sdp_session *both[2] = {x, y};
    sx_buf text[2];
    bool ok = true;
    for (int i = 0; i < 2; i++) {
        sdp_session s = *both[i];
        memset(&s.origin, 0, sizeof s.origin);
        s.origin.user = s.name = SX_LIT("-");
        s.origin.id = s.origin.version = SX_LIT("0");
        s.origin.conn.addr = SX_LIT("0.0.0.0");
        s.origin.conn.family = 4;
        s.time = SX_LIT("0 0");
        sx_buf_init(&text[i]);
        ok = sdp_write(&text[i], &s) == SX_OK && ok;
    }
    ok = ok && sx_eq(sx_buf_view(&text[0]), sx_buf_view(&text[1]));
    sx_buf_free(&text[0]);
    sx_buf_free(&text[1]);
    return ok;
}

sx_slice sdp_dup(sx_arena *a, sx_slice s) { return s.p ? sx_arena_dup(a, s) : s; }

sdp_conn sdp_dup_conn(sx_arena *a, const sdp_conn *c) {
    sdp_conn copy = *c;
    copy.addr = sdp_dup(a, c->addr);
    return copy;
}

sdp_attr *sdp_dup_attrs(sx_arena *a, const sdp_attr *attrs, size_t n) {
    sdp_attr *copy = n ? sx_arena_alloc(a, n * sizeof *copy) : NULL;
    for (size_t i = 0; copy && i < n; i++) {
        copy[i].name = sdp_dup(a, attrs[i].name);
        copy[i].value = sdp_dup(a, attrs[i].value);
    }
    return copy;
}
