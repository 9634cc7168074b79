#include <stdlib.h>

#include "sdp/offer_answer.h"
#include "ua/internal.h"

static int read_list(const char *const *list, size_t n, codec_choice *out, size_t *count) {
    for (size_t i = 0; i < n; i++) {
        codec_choice c;
        int rc = codec_choice_parse(sx_slice_str(list[i]), &c);
        if (rc != SX_OK) { /* a codec that we do not have is a wrong setting as well (detail stays) */
            return rc == SX_E_NOT_FOUND ? sx_fail(SX_E_FORMAT, "no codec named %.60s", list[i] ? list[i] : "") : rc;
        }
        size_t at = 0;
        while (at < *count && out[at].info != c.info) at++;
        if (at < *count) continue; /* named twice */
        if (*count == SDP_MAX_CODECS) return sx_fail(SX_E_LIMIT, "more than %d codecs", SDP_MAX_CODECS);
        out[(*count)++] = c;
    }
    return SX_OK;
}

int ua_codecs_create(const char *const *list, size_t n, ua_codecs **out) {
    codec_choice v[SDP_MAX_CODECS];
    size_t count = 0;
    const char *all[SDP_MAX_CODECS];
    if (!n) {
        const codec_info *info;
        while (n < SDP_MAX_CODECS && (info = codec_at(n)) != NULL) all[n++] = info->name;
        list = all;
    }
    int rc = read_list(list, n, v, &count);
    if (rc != SX_OK) return rc;
    ua_codecs *c = malloc(sizeof *c + count * sizeof c->v[0]);
    if (!c) return sx_fail(SX_E_NOMEM, "no memory for the list of codecs");
    c->refs = 1;
    c->n = count;
    memcpy(c->v, v, count * sizeof c->v[0]);
    *out = c;
    return SX_OK;
}

ua_codecs *ua_codecs_ref(ua_codecs *c) {
    c->refs++;
    return c;
}

void ua_codecs_unref(ua_codecs *c) {
    if (c && --c->refs == 0) free(c);
}
