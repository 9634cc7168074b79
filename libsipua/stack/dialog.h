/* Dialogs (RFC 3261 12): who we talk with, over which route, and the counting of requests both ways. A request inside a
 * dialog is an ordinary one with `dialog` set in its parameters. */
#ifndef STACK_DIALOG_H
#define STACK_DIALOG_H

#include "stack/auth.h"
#include "stack/respond.h"
#include "stack/stack.h"

typedef enum dlg_state { DLG_EARLY = 1, DLG_CONFIRMED, DLG_ENDED } dlg_state;

/* A look inside; the slices live as long as the dialog, remote_target until it is refreshed. */
typedef struct dlg_info {
    dlg_state state;
    bool uac; /* we sent the request that made it */
    bool secure;
    sx_slice call_id;
    sx_slice local_tag;
    sx_slice remote_tag;
    sx_slice local;         /* From in our requests, without tag: "Alice" <sip:alice@example.org> */
    sx_slice remote;        /* To in our requests, without tag */
    sx_slice remote_target; /* URI of the peer's Contact */
    size_t nroutes;
    uint32_t local_cseq; /* the last one sent; 0: none */
    uint32_t remote_cseq;
    stack_flow flow; /* by which the peer was last heard */
} dlg_info;

typedef struct dlg_params {
    const stack_contact *contact; /* ours in answers and target refreshing requests; NULL: none */
    stack_auth *auth;             /* for requests inside; may be NULL */
    net_tls *tls;                 /* for the connections of requests inside; NULL: the stack's. A reference is taken */
    sx_slice ws_headers;          /* the same; empty: none. Copied */
    stack_sink sink;
    void *user;
} dlg_params;

/* The dialog that an incoming request opens (INVITE, SUBSCRIBE, REFER …), early at first, bound to tx: each answer with
 * a tag moves it on, a 2xx confirms it, a failure leaves it for dlg_end(). SX_E_STATE: tx has a dialog already or was
 * answered. SX_E_PROTOCOL: the request has no usable Contact or From (answer 400). SX_E_HEADER: a
 * line break in the Contact. */
int dlg_create_uas(stack_tx *tx, const dlg_params *p, stack_dialog **out);

/* The dialog that a 2xx to a request of ours outside dialogs opens (SUBSCRIBE, REFER; INVITE has dialog_set.h);
 * confirmed. `r` is the request, in the event that brought `final`. SX_E_STATE: there is one with these tags
 * already, a NOTIFY that came before the 2xx has made it (dlg_find). SX_E_PROTOCOL: the answer has no To tag. */
int dlg_create_uac(stack_request *r, const sip_msg *final, const dlg_params *p, stack_dialog **out);

/* What may come for a request of ours outside dialogs before its 2xx, or from other forks of it: a NOTIFY by its
 * Call-ID and our tag (RFC 6665 4.1.4, 4.4.1). As long as this stands such a NOTIFY comes to the sink as
 * STACK_EV_REQUEST with `dialog` NULL, unless a dialog has its tags. Else it gets 481. */
typedef struct stack_expect stack_expect;
int dlg_expect(stack *s, sx_slice call_id, sx_slice local_tag, stack_sink sink, void *user, stack_expect **out);
void dlg_expect_end(stack_expect *e); /* dead on return, no further event; NULL is fine */
/* The dialog that such a NOTIFY makes, bound to tx, confirmed; local_cseq: of our request. Where two came at the same
 * time the second gets the dialog of the first. SX_E_STATE: tx has a dialog or was answered. SX_E_PROTOCOL: no usable
 * Contact or From, or a CSeq from the past (answer 400). */
int dlg_create_notified(stack_tx *tx, const dlg_params *p, uint32_t local_cseq, stack_dialog **out);

/* Ends it here: no further event, the handle is dead on return, what the peer still sends gets 481. Requests inside it
 * that are under way go on (so: BYE first, then dlg_end). Harmless for NULL. Nothing is sent. */
void dlg_end(stack_dialog *d);

void dlg_get(const stack_dialog *d, dlg_info *out);
sx_slice dlg_route(const stack_dialog *d, size_t i); /* value of our i-th Route, as the route set has it */
/* By which the peer is to be reached from now on: requests inside go over this connection, where it leads to their hop.
 */
void dlg_set_flow(stack_dialog *d, const stack_flow *flow);
void dlg_set_owner(stack_dialog *d, stack_sink sink, void *user);
void *dlg_user(const stack_dialog *d);
bool dlg_is_owned_by(const stack_dialog *d, stack_sink_fn fn); /* do its events go there? Says what dlg_user is */

/* ACK to a 2xx to an INVITE of ours in this dialog; `final` is that 2xx. Kept, and sent again by the stack each time
 * the 2xx is repeated. A body is the SDP answer to an offer in the 2xx. */
int dlg_ack(stack_dialog *d, const sip_msg *final, sx_slice headers, sx_slice content_type, sx_slice body);
/* For a 2xx that nobody wants: ACK, BYE and dlg_end() in one. */
void dlg_ack_and_bye(stack_dialog *d, const sip_msg *final, sx_slice bye_headers);

/* By Call-ID and both tags, e.g. of a Replaces header (RFC 3891): NULL if there is none. */
stack_dialog *dlg_find(stack *s, sx_slice call_id, sx_slice local_tag, sx_slice remote_tag);

#endif
