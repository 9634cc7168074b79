/* The two server transaction machines (RFC 3261 17.2 with RFC 6026 and RFC 4320), pure: (input, now) to actions in the
 * caller's array. The owner keeps the last response and one timer, set to tx_machine_due(). */
#ifndef STACK_SERVER_TRANSACTION_H
#define STACK_SERVER_TRANSACTION_H

#include "stack/transaction.h"

typedef enum tx_server_state {
    TX_SERVER_TRYING = 1, /* nothing sent yet; INVITE: part of Proceeding */
    TX_SERVER_PROCEEDING,
    TX_SERVER_ACCEPTED, /* INVITE after a 2xx: repeated INVITEs are absorbed (RFC 6026 7.1) */
    TX_SERVER_COMPLETED,
    TX_SERVER_CONFIRMED,
    TX_SERVER_TERMINATED
} tx_server_state;

typedef enum tx_server_input {
    TX_SERVER_START,
    TX_SERVER_TIME,
    TX_SERVER_REQUEST, /* the request again */
    TX_SERVER_ACK,
    TX_SERVER_1XX, /* from above */
    TX_SERVER_2XX,
    TX_SERVER_FAILURE,
    TX_SERVER_DROP /* from above: no answer at all */
} tx_server_input;

typedef enum tx_server_action {
    TX_SERVER_DO_SEND = 1, /* the response from above */
    TX_SERVER_DO_RESEND,   /* the last response */
    TX_SERVER_DO_100,      /* send 100 Trying of our own */
    TX_SERVER_DO_PASS_ACK, /* an ACK that belongs to a 2xx: to the dialog */
    TX_SERVER_DO_TIMEOUT,  /* no ACK to a failure answer: to tell, nothing to do */
    TX_SERVER_DO_TERMINATE /* always the last one */
} tx_server_action;

#define TX_SERVER_MAX_ACTIONS 3
#define TX_SERVER_100_AFTER_MS 200

typedef tx_machine tx_server;

void tx_server_init(tx_server *m, bool invite, bool reliable);
int tx_server_input_at(tx_server *m, const tx_timing *t, tx_server_input in, uint64_t now_ms,
                       tx_server_action out[TX_SERVER_MAX_ACTIONS]);

#endif
