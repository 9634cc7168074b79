#include "core/event.h"

#include <stdlib.h>

#include "base/buf.h"
#include "core/ids.h"
#include "sip/lex.h"
#include "sip/write.h"
#include "ua/ua.h"

core_event *core_event_alloc(size_t room) {
    if (room > SIZE_MAX / 4) return NULL;
    core_event *e = malloc(sizeof *e + room);
    if (!e) return NULL;
    memset(e, 0, sizeof *e);
    e->room = room;
    e->bytes = sizeof *e + room;
    return e;
}

void core_event_free(core_event *e) {
    if (!e) return;
    core_entry *entry = e->entry;
    sip_msg_unref(e->msg);
    free(e->headers);
    free(e->redacted);
    free(e->json);
    core_document_free(e->document);
    free(e->extra);
    free(e->call_stats);
    free(e->agent_stats);
    free(e);
    core_entry_unref(entry);
}

/* What programs print as it is: a stranger shall not write to their terminals. A recording's target is their own path.
 */
static bool from_peer(const core_event *e, core_str which) {
    switch (which) {
    case CORE_STR_FROM:
    case CORE_STR_FROM_NAME:
    case CORE_STR_TO:
    case CORE_STR_TO_NAME:
    case CORE_STR_NAMES:
    case CORE_STR_PUB_GRUU:
    case CORE_STR_TEMP_GRUU:
    case CORE_STR_PACKAGE:
    case CORE_STR_STATE:
    case CORE_STR_MESSAGE_ID:
    case CORE_STR_IDENTITY:
    case CORE_STR_IDENTITY_NAME:
    case CORE_STR_DIVERSION:
    case CORE_STR_REFERRED_BY:
    case CORE_STR_REPLACES:
    case CORE_STR_PRIVACY:
    case CORE_STR_DIALOG: return true;
    case CORE_STR_TARGET: return e->type != UA_EV_RECORD_DONE;
    default: return false;
    }
}

void core_event_set_str(core_event *e, core_str which, sx_slice s) {
    if (!s.p || s.n > e->room) return;
    size_t need = core_text_room(s);
    if (need > e->room - e->used) return;
    char *at = e->data + e->used;
    size_t n = from_peer(e, which) ? core_utf8_line(at, s) : core_utf8_repair(at, s);
    at[n] = 0;
    e->used += n + 1;
    e->str[which] = at;
}

void core_event_set_body(core_event *e, sx_slice body) {
    if (!body.n || body.n > e->room - e->used) return;
    char *at = e->data + e->used;
    memcpy(at, body.p, body.n);
    e->used += body.n;
    e->body = (const uint8_t *)at;
    e->body_size = body.n;
}

/* A folded line becomes one space (RFC 3261 7.3.1); the result is not longer. */
static size_t unfold(char *out, sx_slice s) {
    size_t at = 0;
    for (size_t i = 0; i < s.n;) {
        if (s.p[i] != '\r' && s.p[i] != '\n') {
            out[at++] = s.p[i++];
            continue;
        }
        while (at && (out[at - 1] == ' ' || out[at - 1] == '\t')) at--;
        while (i < s.n && sip_is(s.p[i], SIP_C_WS)) i++;
        out[at++] = ' ';
    }
    return at;
}

static core_headers *build_headers(const sip_msg *m) {
    size_t text = 0, longest = 0;
    for (size_t i = 0; i < m->nhdrs; i++) {
        sx_slice value = sip_hdr_value(m, &m->hdrs[i]);
        text += core_text_room(sip_hdr_raw_name(m, &m->hdrs[i])) + core_text_room(value) + 2;
        if (value.n > longest) longest = value.n;
    }
    /* each value is unfolded behind the texts first */
    core_headers *h = malloc(sizeof *h + m->nhdrs * sizeof h->v[0] + text + longest + 1);
    if (!h) return NULL;
    char *at = (char *)&h->v[m->nhdrs], *scratch = at + text;
    h->count = m->nhdrs;
    for (size_t i = 0; i < m->nhdrs; i++) {
        h->v[i].name = at;
        sx_slice name = sip_hdr_raw_name(m, &m->hdrs[i]);
        at += core_utf8_repair(at, name.p ? name : SX_LIT(""));
        *at++ = 0;
        h->v[i].value = at;
        at += core_utf8_repair(at, sx_slice_of(scratch, unfold(scratch, sip_hdr_value(m, &m->hdrs[i]))));
        *at++ = 0;
    }
    return h;
}

/* Publishes what was made lazily; the loser of a race frees its own. */
static void *publish(void **slot, void *made) {
    void *none = NULL;
    if (!made) return NULL;
    if (__atomic_compare_exchange_n(slot, &none, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return made;
    free(made);
    return none;
}

const core_headers *core_event_headers(const core_event *e) {
    core_headers *have = __atomic_load_n(&e->headers, __ATOMIC_ACQUIRE);
    if (have || !e->msg) return have;
    return publish((void **)(uintptr_t)&e->headers, build_headers(e->msg));
}

sx_slice core_event_message(const core_event *e) {
    core_bytes *have = __atomic_load_n(&e->redacted, __ATOMIC_ACQUIRE);
    if (!have && e->msg) {
        sx_buf b;
        sx_buf_init(&b);
        sip_redact(&b, e->msg->bytes);
        core_bytes *made = b.failed ? NULL : malloc(sizeof *made + b.n);
        if (made) {
            made->n = b.n;
            memcpy(made->p, b.p, b.n);
        }
        sx_buf_free(&b);
        have = publish((void **)(uintptr_t)&e->redacted, made);
    }
    return have ? sx_slice_of(have->p, have->n) : sx_slice_empty();
}
