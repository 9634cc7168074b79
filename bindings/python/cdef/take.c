/* Taking events in one crossing of the border: what the interpreter would have to ask for each event by itself. */

/* The numbers that every event has, in this order. */
enum { TAKE_TYPE, TAKE_ID, TAKE_CALL, TAKE_ACCOUNT, TAKE_TIME, TAKE_TAG, TAKE_NUMBERS };

/* Takes up to `limit` waiting events, and for each writes its pointer and its numbers. A reply that says only that a
 * command was carried out is not needed any further: unless all are wanted, it is released and its pointer is NULL.
 * Returns how many; 0 and errors as of sipua_poll() when there was none. */
static int32_t sipua_py_take(sipua_agent *agent, int32_t limit, int32_t all, sipua_event **events, uint64_t *numbers) {
    for (int32_t n = 0; n < limit; n++, numbers += TAKE_NUMBERS) {
        sipua_event_view view = SIPUA_EVENT_VIEW_INIT;
        int32_t rc = sipua_poll(agent, 0, &events[n]);
        if (rc <= 0) return n ? n : rc;
        sipua_event_get(events[n], &view);
        numbers[TAKE_TYPE] = (uint64_t)(uint32_t)view.type;
        numbers[TAKE_ID] = view.id;
        numbers[TAKE_CALL] = view.call;
        numbers[TAKE_ACCOUNT] = view.account;
        numbers[TAKE_TIME] = view.time_ms;
        numbers[TAKE_TAG] = view.tag;
        if (view.type == SIPUA_EVENT_REPLY && view.code >= 0 && !all) {
            sipua_event_destroy(events[n]);
            events[n] = NULL;
        }
    }
    return limit;
}
