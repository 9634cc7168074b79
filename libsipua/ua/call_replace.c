/* INVITEs that take another call's place (RFC 3891) or want into it (RFC 3911), received and sent. The other call is
 * named by its dialog: Call-ID, to-tag (ours) and from-tag (the peer's). Who knows both tags has them from somebody who
 * is in the call, or may watch it; that is all the proof there is. */
#include <stdlib.h>

#include "sip/lex.h"
#include "ua/call.h"

/* ---- which call? ---- */

static uint64_t hash_of(sx_slice call_id, sx_slice local_tag, sx_slice remote_tag) {
    uint64_t h = sx_hash_mix(sx_hash_seed(), call_id.p, call_id.n);
    h = sx_hash_mix(h, local_tag.p, local_tag.n);
    return sx_hash_mix(h, remote_tag.p, remote_tag.n);
}

void call_replace_ended(ua_call *c, const stack_dialog *d) {
    ua_agent *a = c->agent;
    dlg_info info;
    dlg_get(d, &info);
    a->ended[a->ended_at++ % UA_ENDED] = hash_of(info.call_id, info.local_tag, info.remote_tag);
}

static bool has_ended(const ua_agent *a, const sip_dialog_ref *ref) {
    uint64_t h = hash_of(ref->call_id, ref->to_tag, ref->from_tag);
    for (size_t i = 0; i < UA_ENDED; i++) {
        if (a->ended[i] == h) return true;
    }
    return false;
}

/* 0 and the call, or what the INVITE deserves (RFC 3891 3, RFC 3911 4). */
static int find(ua_agent *a, const sip_dialog_ref *ref, ua_call **out) {
    dlg_info info;
    stack_dialog *d = dlg_find(a->stack, ref->call_id, ref->to_tag, ref->from_tag);
    if (!d || !dlg_is_owned_by(d, call_on_stack)) return has_ended(a, ref) ? 603 : 481;
    ua_call *c = dlg_user(d);
    if (c->state >= CALL_LEAVING) return 603;
    dlg_get(d, &info);
    if (info.state == DLG_CONFIRMED) {
        if (ref->early_only) return 486; /* it was to be picked up only while it rings */
    } else if (!info.uac) {
        return 481; /* somebody calls us: that is not answered by a third one's INVITE */
    }
    *out = c;
    return 0;
}

ua_call *call_replace_named(ua_agent *a, const sip_dialog_ref *ref) {
    stack_dialog *d = dlg_find(a->stack, ref->call_id, ref->to_tag, ref->from_tag);
    ua_call *c = d && dlg_is_owned_by(d, call_on_stack) ? dlg_user(d) : NULL;
    return c && c->state < CALL_LEAVING ? c : NULL;
}

static size_t count(const sip_msg *m, sip_hdr_id id, sx_slice *value) {
    size_t n = 0;
    for (const sip_hdr *h = sip_first(m, id); h; h = sip_next(m, h), n++) *value = sip_hdr_value(m, h);
    return n;
}

bool call_replace_incoming(ua_agent *a, const stack_event *ev, call_replace *out) {
    sx_slice value = sx_slice_empty();
    sip_dialog_ref ref;
    memset(out, 0, sizeof *out);
    size_t replaces = count(ev->msg, SIP_HDR_REPLACES, &value), joins = count(ev->msg, SIP_HDR_JOIN, &value);
    if (!replaces && !joins) return false;
    int status = 400;
    if (replaces + joins == 1 && sip_dialog_ref_read(value, &ref) == SX_OK) {
        status = joins && !ua_asks(a, UA_ASK_JOIN) ? 488 : find(a, &ref, &out->other);
    }
    if (status) {
        ua_answer(ev->tx, status, NULL, sx_slice_empty());
        return true;
    }
    out->join = joins > 0;
    out->early_only = ref.early_only;
    out->asks = out->join || ua_asks(a, UA_ASK_REPLACE);
    if (out->other->media_none && ua_asks(a, UA_ASK_CALL)) out->asks = true; /* the SDP can only be the program's */
    return false;
}

/* ---- what becomes of the two calls ---- */

void call_replace_link(ua_call *c, const call_replace *what) {
    if (!what->other) return;
    c->media_none = what->other->media_none;
    c->links.other = what->other;
    c->links.join = what->join;
    c->links.early_only = what->early_only;
    c->links.automatic = !what->asks;
    sx_list_append(&what->other->links.rivals, &c->links.in_rivals);
}

static void refuse_untold(ua_call *c, int status, int code) {
    call_end e = {.originator = UA_SYSTEM, .cause = UA_CAUSE_REJECTED, .status = status, .code = code};
    c->links.untold = true;
    call_in_refuse(c, status, NULL);
    call_finish(c, &e);
}

bool call_replace_begin(ua_call *c, const sip_msg *msg) {
    ua_call *other = c->links.other;
    if (!c->links.automatic) return false;
    if (!other || other->state >= CALL_LEAVING) { /* it ended while the media was prepared */
        refuse_untold(c, 603, SX_OK);
        return true;
    }
    int rc = call_in_answer(c, NULL);
    if (rc != SX_OK) {
        refuse_untold(c, 500, rc);
        return true;
    }
    sx_buf from_name, to_name, identity;
    sx_buf_init(&from_name);
    sx_buf_init(&to_name);
    sx_buf_init(&identity);
    ua_event ev = call_event(c, UA_EV_CALL_REPLACED);
    ua_event_message_fields(&ev, msg, &from_name, &to_name);
    call_identity_read(&ev, msg, &identity);
    ev.other = other;
    call_emit_dialog(c, c->dialog, &ev);
    sx_buf_free(&from_name);
    sx_buf_free(&to_name);
    sx_buf_free(&identity);
    return true;
}

void call_replace_established(ua_call *c) {
    call_end e = {.originator = UA_SYSTEM,
                  .cause = UA_CAUSE_REJECTED,
                  .status = 486,
                  .text = SX_LIT("the call that it wanted to pick up has been answered")};
    SX_LIST_EACH(it, tmp, &c->links.rivals) {
        ua_call *rival = SX_CONTAINER(it, ua_call, links.in_rivals);
        if (!rival->links.early_only || rival->links.join || rival->state != CALL_OFFERED) continue;
        call_in_refuse(rival, 486, NULL);
        call_finish(rival, &e);
    }
}

void call_replace_answered(ua_call *c) {
    ua_call *other = c->links.other;
    if (!other || c->links.join || other->state >= CALL_LEAVING) return;
    call_end e = {.originator = UA_REMOTE, .cause = UA_CAUSE_REPLACED};
    other->links.heir = c;
    c->links.depth = c->links.depth > other->links.depth ? c->links.depth : other->links.depth;
    call_terminate(other, &e, 486, SX_LIT("Reason: SIP;cause=200;text=\"Replaced\"\r\n"));
}

void call_replace_fields(const ua_call *c, const sip_msg *m, ua_event *ev) {
    sip_addr addr;
    if (sip_addr_first(m, SIP_HDR_REFERRED_BY, &addr) == SX_OK) ev->referred_by = addr.uri;
    if (!c->links.other) return;
    ev->other = c->links.other;
    ev->replaces = sip_value(m, c->links.join ? SIP_HDR_JOIN : SIP_HDR_REPLACES);
    if (c->links.join) ev->flags |= UA_FLAG_JOIN;
    if (c->links.early_only) ev->flags |= UA_FLAG_EARLY_ONLY;
}

void call_replace_drop(ua_call *c) {
    sx_list *n;
    while ((n = sx_list_pop(&c->links.rivals)) != NULL) SX_CONTAINER(n, ua_call, links.in_rivals)->links.other = NULL;
    sx_list_remove(&c->links.in_rivals);
    if (c->links.other && c->links.other->links.heir == c) c->links.other->links.heir = NULL;
    c->links.other = c->links.heir = NULL;
}

/* ---- sent ---- */

static int put(sx_buf *b, const char *name, const char *tag, const char *text) {
    sx_slice value = sx_trim(sx_slice_str(text));
    sip_dialog_ref ref;
    if (!sip_is_header_value(value) || sx_find(value, ',') >= 0 || sip_dialog_ref_read(value, &ref) != SX_OK)
        return sx_fail(SX_E_INVALID, "%s is not CALL-ID;to-tag=X;from-tag=Y", tag);
    sx_buf_str(b, name);
    sx_buf_slice(b, value);
    SX_BUF_LIT(b, "\r\nRequire: ");
    sx_buf_str(b, tag);
    SX_BUF_LIT(b, "\r\n");
    return SX_OK;
}

int call_replace_lines(const ua_call_config *cfg, sx_buf *lines) {
    bool replaces = cfg->replaces && *cfg->replaces, join = cfg->join && *cfg->join;
    if (replaces && join) return sx_fail(SX_E_INVALID, "a call replaces another or joins it, not both");
    if (replaces) return put(lines, "Replaces: ", "replaces", cfg->replaces);
    return join ? put(lines, "Join: ", "join", cfg->join) : SX_OK;
}
