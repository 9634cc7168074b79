/* Answering requests: the server transaction as the floors above see it.
 *
 * The handle comes with STACK_EV_REQUEST and is the owner's until the final answer (tx_respond or tx_forward with a
 * status of 200 or more) or tx_drop(): do not touch it afterwards, retransmissions are the stack's business. Only
 * STACK_EV_CANCELED may come for it in between. Who forwards 2xx answers later on calls tx_keep() first. */
#ifndef STACK_RESPOND_H
#define STACK_RESPOND_H

#include "stack/stack.h"

typedef struct tx_response {      /* slices are copied */
    int status;                   /* 100..699 */
    sx_slice reason;              /* empty: the standard phrase */
    sx_slice headers;             /* further lines, each with CRLF; not Via, From, To, Call-ID, CSeq, Record-Route,
                                     Content-Length */
    const stack_contact *contact; /* NULL: the dialog's, where a dialog is bound and the answer wants one */
    sx_slice content_type;
    sx_slice body;
} tx_response;

/* A To tag is added to all but 100: the dialog's if one is bound (dlg_create_uas), else one per transaction. With a
 * dialog: Record-Route is copied, Contact is put in, the answer moves the dialog on, and a 2xx to an INVITE is repeated
 * until its ACK (STACK_EV_ACK or STACK_EV_ACK_TIMEOUT follow).
 * A 100 is sent by the stack itself 200 ms after an INVITE without an answer.
 * SX_E_INVALID, SX_E_HEADER, SX_E_NOMEM, SX_E_STATE (a final answer was given). An error leaves all as it was. A
 * failing transport is no error here: the peer will ask again. */
int tx_respond(stack_tx *tx, const tx_response *r);
/* The same without body and headers. */
int tx_reply(stack_tx *tx, int status, const char *reason);
/* Forgets the request without an answer, and counts it; its retransmissions are swallowed for 64*T1. */
void tx_drop(stack_tx *tx);

const sip_msg *tx_message(const stack_tx *tx); /* the request; until the final answer */
stack_flow tx_flow(const stack_tx *tx);
stack_listener *tx_listener(const stack_tx *tx); /* NULL: over a connection that we opened, or it is gone */
stack_dialog *tx_dialog(const stack_tx *tx);
bool tx_is_canceled(const stack_tx *tx);
sx_slice tx_local_tag(const stack_tx *tx); /* what To will say in our answers */
/* Whose events (CANCELED, TX_DONE) they are from now on. */
void tx_set_owner(stack_tx *tx, stack_sink sink, void *user);
/* Keeps the handle until STACK_EV_TX_DONE, so that further 2xx answers to an INVITE can be forwarded (RFC 6026). */
void tx_keep(stack_tx *tx);

#endif
