/* Any bytes: parse, read every header with every reader, keep, answer, rewrite and read back, redact. */
#include <stdlib.h>

#include "base/error.h"
#include "must.h"
#include "sip/digest.h"
#include "sip/headers.h"
#include "sip/lex.h"
#include "sip/write.h"

static volatile size_t sink;
static void touch(sx_slice s) {
    for (size_t i = 0; i < s.n; i++) sink += (unsigned char)s.p[i];
}
static void read_params(sx_slice params) {
    sip_param p;
    sx_slice rest = params;
    while (sip_param_next(&rest, &p)) {
        touch(p.name);
        touch(p.value);
    }
    sip_param_get(params, SX_LIT("tag"), &p.value);
}

static void read_addrs(const sip_msg *m, sip_hdr_id id) {
    sip_list l;
    sip_addr a;
    sip_uri u, v;
    sip_list_begin(&l, m, id);
    while (sip_addr_next(&l, &a) > 0) {
        touch(a.display);
        touch(sip_addr_tag(&a));
        read_params(a.params);
        sip_contact_expires(m, &a, 1);
        if (sip_uri_parse(a.uri, &u) != SX_OK) continue;
        sip_uri_check(&u);
        must(sip_uri_eq(&u, &u));
        sx_buf b;
        sx_buf_init(&b);
        sip_uri_write(&b, &u);
        must(sip_uri_parse(sx_buf_view(&b), &v) == SX_OK && sip_uri_eq(&u, &v));
        sx_buf_free(&b);
    }
}

static void read_lists(const sip_msg *m, sip_hdr_id id) {
    sip_list l;
    sx_slice one, params, token;
    sip_auth auth;
    sip_via via;
    sip_list_begin(&l, m, id);
    while (sip_list_next(&l, &one) > 0) {
        must(one.n > 0);
        sip_reason_value r;
        sip_media_type t;
        if (sip_token_read(one, &token, &params) == SX_OK) read_params(params);
        if (sip_reason_read(one, &r) == SX_OK) touch(r.text);
        if (sip_media_type_read(one, &t) == SX_OK) read_params(t.params);
    }
    sip_list_begin(&l, m, id);
    while (sip_via_next(&l, &via) > 0) {
        touch(via.host);
        read_params(via.params);
    }
    sip_list_begin(&l, m, id);
    while (sip_auth_next(&l, &auth) > 0) {
        sip_param p;
        while (sip_auth_param_next(&auth.params, &p)) touch(p.value);
    }
}

static void read_value(sx_slice v) {
    sip_cseq c;
    sip_rack k;
    sip_retry_after r;
    sip_dialog_ref d;
    uint32_t n;
    sx_slice params;
    if (sip_cseq_read(v, &c) == SX_OK) touch(c.method_name);
    if (sip_rack_read(v, &k) == SX_OK) touch(k.cseq.method_name);
    if (sip_retry_after_read(v, &r) == SX_OK) touch(r.comment);
    if (sip_dialog_ref_read(v, &d) == SX_OK) touch(d.to_tag);
    if (sip_delta_read(v, &n, &params) == SX_OK) read_params(params);
}

/* What the writer makes of a good message is the same message. */
static void rewrite(const sip_msg *m) {
    sx_buf b;
    sip_writer w;
    sip_scratch *s = (sip_scratch *)malloc(sizeof *s);
    sip_limits wide = {1u << 24, 1u << 20, 0};
    sx_buf_init(&b);
    sip_write_begin(&w, &b);
    if (sip_is_request(m))
        sip_write_request(&w, m->method_name, m->uri);
    else
        sip_write_status(&w, m->status, m->reason);
    int copied = 0;
    for (int i = 0; i < m->nhdrs; i++) {
        if (m->hdrs[i].id == SIP_HDR_CONTENT_LENGTH) continue;
        sip_write_copy_one(&w, m, &m->hdrs[i]);
        copied++;
    }
    if (s && copied < SIP_MAX_HEADERS && sip_write_end(&w, sx_slice_empty(), m->body) == SX_OK) {
        must(sip_parse(s, b.p, b.n, &wide, NULL) == SX_OK);
        must(s->msg.nhdrs == copied + 1 && sx_eq(s->msg.body, m->body) && s->msg.status == m->status);
        must(sx_eq(s->msg.uri, m->uri));
    }
    free(s);
    sx_buf_free(&b);
}

static void answer(const sip_msg *m, const sip_parse_error *err) {
    sx_buf b;
    sip_writer w;
    sip_scratch *s = (sip_scratch *)malloc(sizeof *s);
    sip_limits wide = {1u << 24, 1u << 20, 0};
    sip_response_spec spec = {err->status, sx_slice_str(err->what), SX_LIT("t"), SX_LIT("192.0.2.1"), 5060};
    sx_buf_init(&b);
    sip_write_begin(&w, &b);
    sip_write_response(&w, m, &spec);
    must(sip_write_end(&w, sx_slice_empty(), sx_slice_empty()) == SX_OK);
    if (s) must(sip_parse(s, b.p, b.n, &wide, NULL) == SX_OK || m->nhdrs == SIP_MAX_HEADERS);
    free(s);
    sx_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static sip_scratch s;
    sip_parse_error err;
    sip_basics basics;
    sx_buf b;
    sx_buf_init(&b);
    sip_redact(&b, sx_slice_of((const char *)data, size));
    sx_buf_free(&b);
    int rc = sip_parse(&s, (const char *)data, size, NULL, &err);
    const sip_msg *m = &s.msg;
    if (rc == SX_OK) {
        rewrite(m);
        rc = sip_basics_read(m, &basics, &err);
        if (rc == SX_OK) {
            touch(basics.call_id);
            err.status = 200;
            err.what = "OK";
        }
    } else if (rc == SX_E_INVALID) {
        return 0;
    }
    if (err.status) answer(m, &err);
    for (int id = 0; id < SIP_HDR_COUNT; id++) {
        if (!sip_first(m, (sip_hdr_id)id)) continue;
        read_addrs(m, (sip_hdr_id)id);
        read_lists(m, (sip_hdr_id)id);
        sip_option_tags(m, (sip_hdr_id)id, NULL);
        for (const sip_hdr *h = sip_first(m, (sip_hdr_id)id); h; h = sip_next(m, h)) {
            must(sip_find(m, sip_hdr_raw_name(m, h), NULL) != NULL);
            read_value(sip_hdr_value(m, h));
        }
    }
    sip_challenge ch[4];
    sip_challenges(m, ch, 4);
    sip_msg *keep = sip_msg_keep(m);
    if (keep) {
        must(sx_eq(keep->bytes, m->bytes) && sx_eq(keep->body, m->body) && sx_eq(keep->uri, m->uri));
        sip_msg_unref(keep);
    }
    return 0;
}
