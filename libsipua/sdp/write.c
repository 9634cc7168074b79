#include "base/error.h"
#include "sdp/internal.h"

/* A value fits one line and survives the reader: no CR, LF or NUL, no blanks at its ends. */
static bool value_ok(sx_slice s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == 0) return false;
    return sx_trim(s).n == s.n;
}

static bool word_ok(sx_slice s) { return s.n && value_ok(s) && sx_find(s, ' ') < 0 && sx_find(s, '\t') < 0; }

static bool conn_ok(const sdp_conn *c, bool needed) {
    if (!c->addr.n) return !needed;
    return word_ok(c->addr) && sx_find(c->addr, '/') < 0 && (c->family == 4 || c->family == 6);
}

static bool attrs_ok(const sdp_attr *attrs, size_t n, bool media_level) {
    for (size_t i = 0; i < n; i++) {
        sdp_direction d;
        if (!attrs[i].name.n || !value_ok(attrs[i].name) || sx_find(attrs[i].name, ':') >= 0) return false;
        if (sdp_direction_read(attrs[i].name, &d) || sdp_attr_is_field(attrs[i].name, media_level)) return false;
        if (attrs[i].value.p && !value_ok(attrs[i].value)) return false;
    }
    return true;
}

static bool lines_ok(const sx_slice *v, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!v[i].n || !value_ok(v[i])) return false;
    return true;
}

static bool media_ok(const sdp_media *m) {
    if (!word_ok(m->type) || !word_ok(m->proto) || m->count == 0 || m->n_formats > SDP_MAX_FORMATS) return false;
    if (!conn_ok(&m->conn, false) || !conn_ok(&m->rtcp_conn, false) || !value_ok(m->mid)) return false;
    if (m->n_attrs > SDP_MAX_ATTRS || !attrs_ok(m->attrs, m->n_attrs, true)) return false;
    for (size_t i = 0; i < m->n_formats; i++) {
        const sdp_format *f = &m->formats[i];
        if (!word_ok(f->fmt) || !value_ok(f->fmtp)) return false;
        if (f->has_rtpmap && (!f->name.n || !value_ok(f->name) || sx_find(f->name, '/') >= 0)) return false;
    }
    return lines_ok(m->bandwidth, m->n_bandwidth);
}

static bool session_ok(const sdp_session *s) {
    const sdp_origin *o = &s->origin;
    if (!o->user.n || !value_ok(o->user) || !word_ok(o->id) || !word_ok(o->version) || !conn_ok(&o->conn, true))
        return false;
    if (!s->name.n || !value_ok(s->name) || !s->time.n || !value_ok(s->time) || !conn_ok(&s->conn, false)) return false;
    if (s->n_attrs > SDP_MAX_ATTRS || !attrs_ok(s->attrs, s->n_attrs, false)) return false;
    if (!lines_ok(s->bandwidth, s->n_bandwidth) || s->n_media > SDP_MAX_MEDIA) return false;
    for (size_t i = 0; i < s->n_media; i++)
        if (!media_ok(&s->media[i])) return false;
    return true;
}

static void put_line(sx_buf *b, const char *head, sx_slice value) {
    sx_buf_str(b, head);
    sx_buf_slice(b, value);
    SX_BUF_LIT(b, "\r\n");
}

static void put_number(sx_buf *b, const char *head, uint64_t v) {
    sx_buf_str(b, head);
    sx_buf_u64(b, v);
    SX_BUF_LIT(b, "\r\n");
}

static void put_conn(sx_buf *b, const char *head, const sdp_conn *c) {
    if (!c->addr.n) return;
    sx_buf_str(b, head);
    sx_buf_str(b, c->family == 6 ? "IN IP6 " : "IN IP4 ");
    sx_buf_slice(b, c->addr);
}

static void put_conn_line(sx_buf *b, const sdp_conn *c) {
    put_conn(b, "c=", c);
    if (c->addr.n) SX_BUF_LIT(b, "\r\n");
}

static void put_attrs(sx_buf *b, const sdp_attr *attrs, size_t n) {
    for (size_t i = 0; i < n; i++) {
        SX_BUF_LIT(b, "a=");
        sx_buf_slice(b, attrs[i].name);
        if (attrs[i].value.p) sx_buf_char(b, ':');
        sx_buf_slice(b, attrs[i].value);
        SX_BUF_LIT(b, "\r\n");
    }
}

static void put_direction(sx_buf *b, sdp_direction d) {
    SX_BUF_LIT(b, "a=");
    sx_buf_str(b, sdp_direction_name(d));
    SX_BUF_LIT(b, "\r\n");
}

static void put_format(sx_buf *b, const sdp_format *f) {
    if (f->has_rtpmap) {
        SX_BUF_LIT(b, "a=rtpmap:");
        sx_buf_slice(b, f->fmt);
        sx_buf_char(b, ' ');
        sx_buf_slice(b, f->name);
        sx_buf_char(b, '/');
        sx_buf_u64(b, f->rate);
        if (f->channels > 1) {
            sx_buf_char(b, '/');
            sx_buf_u64(b, f->channels);
        }
        SX_BUF_LIT(b, "\r\n");
    }
    if (!f->fmtp.n) return;
    SX_BUF_LIT(b, "a=fmtp:");
    sx_buf_slice(b, f->fmt);
    put_line(b, " ", f->fmtp);
}

static void put_media_line(sx_buf *b, const sdp_media *m) {
    SX_BUF_LIT(b, "m=");
    sx_buf_slice(b, m->type);
    sx_buf_char(b, ' ');
    sx_buf_u64(b, m->port);
    if (m->count > 1) {
        sx_buf_char(b, '/');
        sx_buf_u64(b, m->count);
    }
    sx_buf_char(b, ' ');
    sx_buf_slice(b, m->proto);
    for (size_t i = 0; i < m->n_formats; i++) {
        sx_buf_char(b, ' ');
        sx_buf_slice(b, m->formats[i].fmt);
    }
    SX_BUF_LIT(b, "\r\n");
}

static void put_media(sx_buf *b, const sdp_media *m) {
    put_media_line(b, m);
    put_conn_line(b, &m->conn);
    for (size_t i = 0; i < m->n_bandwidth; i++) put_line(b, "b=", m->bandwidth[i]);
    for (size_t i = 0; i < m->n_formats; i++) put_format(b, &m->formats[i]);
    if (m->ptime) put_number(b, "a=ptime:", m->ptime);
    if (m->maxptime) put_number(b, "a=maxptime:", m->maxptime);
    if (m->has_direction) put_direction(b, m->direction);
    if (m->rtcp_port) {
        SX_BUF_LIT(b, "a=rtcp:");
        sx_buf_u64(b, m->rtcp_port);
        put_conn(b, " ", &m->rtcp_conn);
        SX_BUF_LIT(b, "\r\n");
    }
    if (m->rtcp_mux) SX_BUF_LIT(b, "a=rtcp-mux\r\n");
    if (m->mid.n) put_line(b, "a=mid:", m->mid);
    put_attrs(b, m->attrs, m->n_attrs);
}

int sdp_write(sx_buf *out, const sdp_session *s) {
    size_t before = out->n;
    if (!session_ok(s)) return SX_E_INVALID;
    SX_BUF_LIT(out, "v=0\r\no=");
    sx_buf_slice(out, s->origin.user);
    sx_buf_char(out, ' ');
    sx_buf_slice(out, s->origin.id);
    sx_buf_char(out, ' ');
    sx_buf_slice(out, s->origin.version);
    put_conn(out, " ", &s->origin.conn);
    put_line(out, "\r\ns=", s->name);
    put_conn_line(out, &s->conn);
    for (size_t i = 0; i < s->n_bandwidth; i++) put_line(out, "b=", s->bandwidth[i]);
    put_line(out, "t=", s->time);
    if (s->has_direction) put_direction(out, s->direction);
    put_attrs(out, s->attrs, s->n_attrs);
    for (size_t i = 0; i < s->n_media; i++) put_media(out, &s->media[i]);
    if (!out->failed) return SX_OK;
    out->n = before;
    return SX_E_NOMEM;
}

int sdp_text(sx_arena *a, const sdp_session *s, sx_slice *out) {
    sx_buf b;
    sx_buf_init(&b);
    int err = sdp_write(&b, s);
    *out = sx_slice_empty();
    if (err == SX_OK) {
        *out = sx_arena_dup(a, sx_buf_view(&b));
        if (!out->p) err = SX_E_NOMEM;
    }
    sx_buf_free(&b);
    return err;
}
