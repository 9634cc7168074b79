/* message/cpim (RFC 3862) with the headers of RFC 5438, for who needs its content as the bytes that it is. */
#ifndef BODY_CPIM_H
#define BODY_CPIM_H

#include "body/body.h"

typedef struct body_cpim {
    body_doc doc;          /* its headers by their names in the table */
    sx_slice content_type; /* in the bytes read; empty: it says none */
    sx_slice content;      /* in the bytes read, or decoded beside doc */
    bool group;            /* to more than one */
    /* For a notification about it (RFC 5438); empty: none. */
    sx_slice original; /* URI of Original-To: whom it was sent to at first; in the bytes read */
    sx_slice routes;   /* its IMDN-Record-Route as lines "IMDN-Route: …" of our prefix, beside doc */
} body_cpim;

/* SX_OK; SX_E_UNSUPPORTED: it requires a header that nobody here understands, or its content is encoded in an
 * unknown way; else as
 * body_read. After an error nothing is held. body_free(&out->doc) frees it. */
int body_cpim_open(sx_slice bytes, body_cpim *out);

/* As body_write, with any bytes as content. */
int body_cpim_wrap(const body_field *fields, size_t n, sx_slice content_type, sx_slice content, sx_buf *out);
/* The same where the content is a notification (RFC 5438 7.2.1): it goes the way of `routes`. */
int body_cpim_wrap_note(const body_field *fields, size_t n, sx_slice content_type, sx_slice content, sx_slice routes,
                        sx_buf *out);

#endif
