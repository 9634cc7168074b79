/* The table of fields, as readers and writers see it. */
#ifndef BODY_TABLE_H
#define BODY_TABLE_H

#include "body/body.h"

enum {
    BODY_REQUIRED = 1, /* of each item of its list, or of the document */
    BODY_HIDDEN = 2,   /* a second way to the same name: not listed. Read; written only if it has `when` */
    BODY_JOIN = 4,     /* what comes several times becomes words with a space between (BODY_MAX_JOINED bytes), else the
                          first counts */
    BODY_VIRTUAL = 8,  /* stands nowhere by itself: the rows with `when` carry it */
    BODY_TOKEN = 16,   /* no blanks in it */
    BODY_LINE = 32,    /* one line */
    BODY_RAW = 64      /* blanks at its ends belong to it, and control characters may be in it */
};

typedef struct body_row {
    const char *name;
    const char *kind;
    const char *text;
    /* XML alone: from the root, "/" between, "@x" an attribute, "p:x" an element of the namespace with that prefix,
     * else of the main one, "x[]" a list, "*" the name of an element. Rows stand in the order of the document, an
     * element's attributes first, what shares a beginning together. */
    const char *path;
    const char *fallback; /* written where it was not given: '#' becomes the next index */
    const char *when;     /* "kind=delivery": it says that as well, and is the one written if that was given */
    unsigned flags;
} body_row;

typedef struct body_namespace {
    const char
        *prefix; /* as we write it, and as it is understood where a peer did not declare it; "" is the main one */
    const char *uri;
    const char *also[5]; /* beginnings of URIs that mean the same */
} body_namespace;

typedef struct body_type {
    const char *name;
    const char *alias; /* another name for it, or NULL */
    const body_row *rows;
    size_t nrows;
    const body_namespace *spaces; /* XML, ended by a NULL prefix */
    int (*read)(const struct body_type *t, sx_slice bytes, body_doc *out);
    int (*write)(const struct body_type *t, const body_field *fields, size_t n, sx_buf *out);
} body_type;

const body_type *body_type_of(sx_slice content_type);
const body_type *body_type_at(size_t i); /* NULL beyond the last */

int body_xml_read(const body_type *t, sx_slice bytes, body_doc *out);
int body_xml_write(const body_type *t, const body_field *fields, size_t n, sx_buf *out);
int body_summary_read(const body_type *t, sx_slice bytes, body_doc *out);
int body_summary_write(const body_type *t, const body_field *fields, size_t n, sx_buf *out);
int body_cpim_read(const body_type *t, sx_slice bytes, body_doc *out);
int body_cpim_write(const body_type *t, const body_field *fields, size_t n, sx_buf *out);
int body_sipfrag_read(const body_type *t, sx_slice bytes, body_doc *out);
int body_sipfrag_write(const body_type *t, const body_field *fields, size_t n, sx_buf *out);

/* ---- values ---- */

#define BODY_MAX_LEVELS 4u /* lists inside lists */

#define BODY_MAX_ROWS 32u
#define BODY_MAX_JOINED 1024u

/* While reading: what came last of each row. Items come one after the other, so the same name can only come twice in a
 * row. */
typedef struct body_reader {
    const body_type *t;
    body_doc *doc;
    struct {
        size_t at; /* its field + 1; 0: none yet */
        unsigned index[BODY_MAX_LEVELS];
    } last[BODY_MAX_ROWS];
} body_reader;

void body_reader_init(body_reader *r, const body_type *t, body_doc *doc); /* *doc becomes empty */
/* Appends a value of that row under the name with its indices, as the kind wants it; what is empty or none of the kind
 * is left out. index NULL: none. SX_OK, SX_E_LIMIT or SX_E_NOMEM. */
int body_add(body_reader *r, const body_row *row, const unsigned *index, sx_slice value);
int body_add_named(body_reader *r, const char *name, sx_slice value); /* of a document without lists */
/* The listed row of a name and its indices; NULL: none. */
const body_row *body_find(const body_type *t, sx_slice name, unsigned index[BODY_MAX_LEVELS]);
/* Whether a value may be written for the row; *value becomes what is written (a part of it, or a constant). Else
 * sx_fail's code. */
int body_check(const body_row *row, sx_slice *value);
/* Of a document without lists: the field of that name, as body_check has it; empty: not given. */
sx_slice body_given(const body_type *t, const body_field *fields, size_t n, const char *name);
/* Unknown names, doubles, wrong values and missing required ones of a document without lists. */
int body_check_flat(const body_type *t, const body_field *fields, size_t n);
/* RFC 3339. *zone: whether it says which. */
bool body_is_time(sx_slice s, bool *zone);

#endif
