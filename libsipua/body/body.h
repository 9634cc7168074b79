/* Documents: the bodies that event packages and messages carry, as flat names and values, both ways.
 *
 * A list is NAME.INDEX.FIELD with INDEX from 0 and without gaps: "tuples.0.status". One table says which fields each
 * content type has, and what kind of value each is; readers, writers and the types of the bindings come from it.
 *
 * Types: application/pidf+xml (RFC 3863, with person and activities of RFC 4479 and 4480),
 * application/simple-message-summary (3842), application/dialog-info+xml (4235), application/reginfo+xml (3680),
 * application/conference-info+xml (4575), application/im-iscomposing+xml (3994), message/imdn+xml (5438), message/cpim
 * (3862), message/sipfrag (3420).
 *
 * Every function may be called from any thread. All bytes are taken as hostile: a DOCTYPE, an entity of one's own, more
 * than BODY_MAX bytes, BODY_MAX_FIELDS values or BODY_MAX_DEPTH levels is an error. What is not in the table is
 * skipped. */
#ifndef BODY_BODY_H
#define BODY_BODY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

#define BODY_MAX 262144u      /* bytes of a document */
#define BODY_MAX_FIELDS 8192u /* values in it */
#define BODY_MAX_ELEMENTS 16384u
#define BODY_MAX_ATTRIBUTES 64u /* of one element */
#define BODY_MAX_DEPTH 32u

typedef struct body_field {
    sx_slice name;
    sx_slice value;
} body_field;

/* What body_read made. Names and values are NUL-terminated, valid UTF-8 without NUL inside (bad bytes are U+FFFD), and
 * live until body_free(). A value is never empty: what is empty counts as absent. */
typedef struct body_doc {
    const char *type; /* as the table has it: without parameters, no alias */
    body_field *fields;
    size_t count;
    size_t room; /* private, as are the next */
    sx_arena arena;
} body_doc;

/* Kinds of values. "string"; "int" (0..2^53-1, decimal digits); "switch" ("yes" or "no"); "time" (RFC 3339); else the
 * words allowed with '|' between, as "open|closed". A reader gives words that it knows as they stand here; ones that
 * the table does not have as the peer wrote them. */
typedef struct body_field_info {
    const char *type; /* content type */
    const char *name; /* "tuples.#.status": # stands for an index */
    const char *kind;
    const char *text; /* what it says, in a few words */
} body_field_info;

size_t body_field_count(void);
/* False beyond the last. Rows of a type stand together. */
bool body_field_at(size_t i, body_field_info *out);

/* Whether documents of this type (Content-Type's value; parameters are ignored) are read and written. */
bool body_known(sx_slice content_type);

/* SX_OK; SX_E_UNSUPPORTED: no such type; SX_E_FORMAT: broken, or with a DOCTYPE; SX_E_LIMIT; SX_E_NOMEM. After an error
 * *out holds nothing and needs no body_free (which does no harm). A partial update stays one: its `state` says
 * "partial". */
int body_read(sx_slice content_type, sx_slice bytes, body_doc *out);
void body_free(body_doc *doc);
/* The value of that name, else empty. */
sx_slice body_get(const body_doc *doc, sx_slice name);

/* Appends the document to *out (which stays as it was after an error). Fields in any order; an empty value counts as
 * absent; what a document cannot be without and has an obvious value is added (version 0, state full, ids).
 * SX_E_UNSUPPORTED: no such type; SX_E_FORMAT: unknown name, the same name twice, a gap in a list, a value of another
 * kind, or a required one missing (the error's text says which); SX_E_LIMIT; SX_E_NOMEM; SX_E_FULL: *out is fixed and
 * too small. */
int body_write(sx_slice content_type, const body_field *fields, size_t n, sx_buf *out);

#endif
