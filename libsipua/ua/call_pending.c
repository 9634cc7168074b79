/* What other files of a call will do: each function moves out of here with its file. */
#include "ua/call.h"

/* ---- transfer ---- */

void call_transfer_request(ua_call *c, const stack_event *ev) { ua_refuse_method(c->agent, ev->tx, ev->msg); }
