/* The two client transaction machines (RFC 3261 17.1 with RFC 6026), pure: (input, now) to actions in the caller's
 * array. No socket, no clock, no memory of their own; the owner keeps the messages and one timer, set to
 * tx_machine_due(). */
#ifndef STACK_CLIENT_TRANSACTION_H
#define STACK_CLIENT_TRANSACTION_H

#include "stack/transaction.h"

typedef enum tx_client_state {
    TX_CLIENT_CALLING = 1, /* non-INVITE: Trying */
    TX_CLIENT_PROCEEDING,
    TX_CLIENT_ACCEPTED, /* INVITE after a 2xx: further ones pass (RFC 6026 7.2) */
    TX_CLIENT_COMPLETED,
    TX_CLIENT_TERMINATED
} tx_client_state;

typedef enum tx_client_input {
    TX_CLIENT_START,
    TX_CLIENT_TIME, /* tx_machine_due() has come */
    TX_CLIENT_1XX,
    TX_CLIENT_2XX,
    TX_CLIENT_FAILURE,    /* 300..699 */
    TX_CLIENT_SEND_ERROR, /* one datagram could not be sent, or ICMP says nobody is there */
    TX_CLIENT_LOST        /* the connection is gone */
} tx_client_input;

typedef enum tx_client_action {
    TX_CLIENT_DO_SEND = 1,  /* the request */
    TX_CLIENT_DO_RESEND,    /* the request once more */
    TX_CLIENT_DO_ACK,       /* for a failure answer, in this transaction (17.1.1.3) */
    TX_CLIENT_DO_PASS,      /* the response goes up */
    TX_CLIENT_DO_TIMEOUT,   /* report: no (final) answer */
    TX_CLIENT_DO_TRANSPORT, /* report: it could not be sent */
    TX_CLIENT_DO_TERMINATE  /* always the last one */
} tx_client_action;

#define TX_CLIENT_MAX_ACTIONS 4

typedef tx_machine tx_client;

void tx_client_init(tx_client *m, bool invite, bool reliable);
/* Returns how many actions were written. */
int tx_client_input_at(tx_client *m, const tx_timing *t, tx_client_input in, uint64_t now_ms,
                       tx_client_action out[TX_CLIENT_MAX_ACTIONS]);

#endif
