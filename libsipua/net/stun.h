/* STUN Binding (RFC 8489), as pure functions over bytes: a UDP flow's keep-alive (RFC 5626 4.4.2) and what a server sees
 * as our address. No credentials: what a server sends of MESSAGE-INTEGRITY is passed over. */
#ifndef NET_STUN_H
#define NET_STUN_H

#include "net/addr.h"

#define NET_STUN_TID 12     /* bytes of a transaction id */
#define NET_STUN_REQUEST 28 /* bytes of a request: header and FINGERPRINT */
#define NET_STUN_ANSWER 52  /* at most, of what net_stun_response_write writes */

/* Is it STUN and not SIP? The first two bits, the magic cookie and the length say so: exactly one whole message. */
bool net_stun_is(sx_slice datagram);
bool net_stun_is_request(sx_slice datagram);  /* and is it a Binding request? */
bool net_stun_is_response(sx_slice datagram); /* … or an answer to one, good or bad? */

/* ---- asking */

void net_stun_tid_make(unsigned char tid[NET_STUN_TID]); /* unguessable */
/* Fills NET_STUN_REQUEST bytes, FINGERPRINT included. The same bytes again are a retransmission. */
void net_stun_request_write(unsigned char out[NET_STUN_REQUEST], const unsigned char tid[NET_STUN_TID]);

typedef struct net_stun_response {
    net_addr mapped; /* our address as the server saw it; none with an error */
    unsigned error;  /* 0: a good answer; else ERROR-CODE, 300 to 699 */
    sx_slice reason; /* its words, into the datagram: raw bytes of the server's */
} net_stun_response;

/* SX_OK: good, or an error answer (error != 0).
 * SX_E_NOT_FOUND: no Binding response, or one of another transaction: not meant for the asker, who goes on waiting.
 * SX_E_FORMAT: it is one, but malformed, with a wrong FINGERPRINT, or without a usable address: dropped likewise.
 * SX_E_UNSUPPORTED: it demands an understanding that we have not (RFC 8489 6.3.3): the transaction has failed. */
int net_stun_response_read(sx_slice datagram, const unsigned char tid[NET_STUN_TID], net_stun_response *out);

/* ---- answering */

/* The transaction id of a well-formed Binding request. SX_E_NOT_FOUND: not one. SX_E_FORMAT: malformed, to be dropped.
 * SX_E_UNSUPPORTED: unknown comprehension-required attributes; tid is filled, the answer is 420. */
int net_stun_request_read(sx_slice datagram, unsigned char tid[NET_STUN_TID]);
/* The answer: where the request came from, and FINGERPRINT. Returns its length. */
size_t net_stun_response_write(unsigned char out[NET_STUN_ANSWER], const unsigned char tid[NET_STUN_TID],
                               const net_addr *mapped);
/* The answer 420, Unknown Attribute, to a request that net_stun_request_read found SX_E_UNSUPPORTED; names the first of
 * them. */
size_t net_stun_refusal_write(unsigned char out[NET_STUN_ANSWER], sx_slice request);

#endif
