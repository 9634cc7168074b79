/* Silence by our own will, each way. No signalling: the peer is not told, and the RTP clock runs on. */
#include "ua/call.h"

int ua_call_mute(ua_call *c, unsigned sides, bool on) {
    unsigned known = UA_FLAG_SEND | UA_FLAG_RECEIVE;
    if (!c->session || c->media_none) return sx_fail(SX_E_STATE, "this call has no media of ours");
    if (c->state == CALL_STOPPING) return sx_fail(SX_E_GONE, "the call has ended");
    if (!sides || (sides & ~known)) return sx_fail(SX_E_INVALID, "what is muted is SEND, RECEIVE or both");
    unsigned now = on ? c->muted | sides : c->muted & ~sides;
    if (now == c->muted) return SX_OK;
    int rc = media_mute(session_media(c->session),
                        (now & UA_FLAG_SEND ? MEDIA_MUTE_SEND : 0) | (now & UA_FLAG_RECEIVE ? MEDIA_MUTE_RECEIVE : 0));
    if (rc != SX_OK) return rc;
    c->muted = now;
    if (c->mute_news == CALL_MUTE_NEWS) c->mute_news--; /* so many in one turn of the loop: the last ones are one */
    c->mute_said[c->mute_news++] = now | (on ? 1u : 0u);
    call_post(c, CALL_SAY_MUTED);
    return SX_OK;
}

void call_mute_say(ua_call *c) {
    for (unsigned i = 0; i < c->mute_news; i++) {
        ua_event ev = call_event(c, c->mute_said[i] & 1u ? UA_EV_CALL_MUTED : UA_EV_CALL_UNMUTED);
        ev.flags = c->mute_said[i] & ~1u;
        ua_emit(c->agent, &ev);
    }
    c->mute_news = 0;
}
