/* Events on their way: from the media to their calls and conferences, and from all objects to the program; between the
 * two those who watch a call on behalf of another object see them. */
#include "ua/internal.h"
#include "ua/together.h"

ua_event ua_event_of(ua_event_type type) {
    ua_event ev;
    memset(&ev, 0, sizeof ev);
    ev.type = type;
    return ev;
}

void ua_emit(ua_agent *a, const ua_event *ev) {
    if (ev->call) ua_transfer_note(ev);
    if (ev->call) call_conference_note(ev->call, ev);
    a->sink(a->ctx, ev);
    if (ev->type == UA_EV_CALL_REPLACED && ev->call && ev->other) {
        call_conference_replaced(ev->call, ev->other);
        call_bridge_replaced(ev->call, ev->other);
    }
    if (ev->call) call_bridge_note(ev->call, ev);
}

void ua_agent_media_events(ua_agent *a) {
    media_event ev;
    while (a->media && media_poll(a->media, &ev)) {
        if (ua_conference_is_marked(ev.user))
            ua_conference_media_event(ev.user, &ev);
        else if (ev.user)
            ua_call_media_event(ev.user, &ev);
    }
}
