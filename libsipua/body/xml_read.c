/* XML documents, read by the table with expat. Elements are told apart by their namespaces, not by prefixes; what peers
 * get wrong is forgiven: a root of another or no namespace, prefixes that nobody declared, letters of the other case,
 * hyphens left out, blanks before the declaration, bytes behind the end, a wrong or unknown encoding. Not forgiven is a
 * DOCTYPE. */
#include <expat.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "body/path.h"

#define MAX_BINDINGS 64u
#define UNKNOWN (-1)

typedef struct binding {
    sx_slice prefix, uri; /* in the document's arena; "" is the default namespace */
    unsigned depth;
} binding;

typedef struct frame {
    const char *path; /* where we are: the first n bytes of this row's path */
    size_t n;
    unsigned levels; /* lists that we are in */
    const body_row *text;
} frame;

typedef struct xml_reader {
    body_reader values;
    const body_type *t;
    XML_Parser parser;
    frame frames[BODY_MAX_DEPTH];
    unsigned depth, skip; /* elements that are open: known ones, and below those unknown ones */
    unsigned index[BODY_MAX_LEVELS];
    unsigned next[BODY_MAX_ROWS][BODY_MAX_LEVELS]; /* the next item, by the first row of the list and its level */
    binding bound[MAX_BINDINGS];
    unsigned nbound;
    sx_slice root_uri; /* taken for the main namespace, whatever it is */
    unsigned elements;
    sx_buf text;
    int rc;
    bool done;
} xml_reader;

static void stop(xml_reader *x, int rc) {
    if (x->rc == SX_OK) x->rc = rc;
    XML_StopParser(x->parser, XML_FALSE);
}

/* Names as peers write them: "Dialog", "callid" for "call-id". */
static bool same_name(sx_slice a, sx_slice b) {
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.n && (a.p[i] == '-' || a.p[i] == '_')) i++;
        while (k < b.n && (b.p[k] == '-' || b.p[k] == '_')) k++;
        if (i == a.n || k == b.n) return i == a.n && k == b.n;
        if (sx_lower(a.p[i++]) != sx_lower(b.p[k++])) return false;
    }
}

/* ---- namespaces ---- */

static void bind(xml_reader *x, const char *name, const char *uri) {
    sx_slice n = sx_slice_str(name);
    if (x->nbound == MAX_BINDINGS || n.n < 5 || memcmp(n.p, "xmlns", 5) != 0 || (n.n > 5 && n.p[5] != ':')) return;
    binding *b = &x->bound[x->nbound];
    sx_arena *arena = &x->values.doc->arena;
    b->prefix = sx_arena_dup(arena, n.n > 6 ? sx_slice_of(n.p + 6, n.n - 6) : sx_slice_empty());
    b->uri = sx_arena_dup(arena, sx_slice_str(uri));
    b->depth = x->depth;
    if (!b->prefix.p || !b->uri.p)
        stop(x, sx_fail(SX_E_NOMEM, "no memory for a document"));
    else
        x->nbound++;
}

static bool begins(sx_slice s, const char *with) {
    size_t n = strlen(with);
    return s.n >= n && memcmp(s.p, with, n) == 0;
}

/* The row of t->spaces that an element belongs to; *uri: as it was declared. */
static int space_of(const xml_reader *x, sx_slice prefix, sx_slice *uri) {
    const body_namespace *spaces = x->t->spaces;
    *uri = sx_slice_empty();
    bool declared = false;
    for (unsigned i = x->nbound; i-- > 0 && !declared;) {
        declared = sx_eq(x->bound[i].prefix, prefix);
        if (declared) *uri = x->bound[i].uri;
    }
    if (!declared) {
        for (int i = 1; spaces[i].prefix; i++)
            if (sx_eq(sx_slice_str(spaces[i].prefix), prefix)) return i;
        return 0;
    }
    for (int i = 0; spaces[i].prefix; i++)
        if (sx_eq(*uri, sx_slice_str(spaces[i].uri))) return i;
    if (uri->n == 0 || sx_eq(*uri, x->root_uri)) return 0;
    for (int i = 1; spaces[i].prefix; i++)
        for (int k = 0; k < 5 && spaces[i].also[k]; k++)
            if (begins(*uri, spaces[i].also[k])) return i;
    return UNKNOWN;
}

/* ---- elements ---- */

static void add(xml_reader *x, const body_row *row, sx_slice value) {
    int rc = SX_OK;
    if (row->when) {
        sx_slice what, name = sx_split(sx_slice_str(row->when), '=', &what);
        unsigned index[BODY_MAX_LEVELS];
        rc = body_add(&x->values, body_find(x->t, name, index), NULL, what);
    }
    if (rc == SX_OK) rc = body_add(&x->values, row, x->index, value);
    if (rc != SX_OK) stop(x, rc);
}

static void take_attributes(xml_reader *x, const frame *f, const char **atts) {
    for (; *atts && x->rc == SX_OK; atts += 2) {
        for (size_t i = 0; i < x->t->nrows; i++) {
            const char *below = path_below(&x->t->rows[i], f->path, f->n);
            if (!below || *below != '@' || !same_name(sx_slice_str(below + 1), sx_slice_str(atts[0]))) continue;
            add(x, &x->t->rows[i], sx_slice_str(atts[1]));
            break;
        }
    }
}

/* The first row that goes through an element of this name inside `at`; its part, or none. */
static sx_slice child_of(const xml_reader *x, const frame *at, int space, sx_slice local, const body_row **row) {
    sx_slice prefix;
    for (size_t i = 0; i < x->t->nrows; i++) {
        const char *below = path_below(&x->t->rows[i], at->path, at->n);
        if (!below || *below == '@') continue;
        sx_slice part = path_part(below);
        *row = &x->t->rows[i];
        if (path_is_word(part)) {
            if (!sx_ieq(local, SX_LIT("note"))) return part; /* words for people, beside those that are names */
            continue;
        }
        sx_slice name = path_local(part, &prefix);
        /* the root may be of any namespace */
        bool strict = sx_ieq(name, SX_LIT("note")); /* "no-te" is a word of the row beside it */
        bool here = at->n == 0 || (space != UNKNOWN && sx_eq(prefix, sx_slice_str(x->t->spaces[space].prefix)));
        if (here && (strict ? sx_ieq(name, local) : same_name(name, local))) return part;
    }
    return sx_slice_empty();
}

static void enter(xml_reader *x, const frame *at, const body_row *row, sx_slice part, const char **atts) {
    frame *f = &x->frames[x->depth];
    f->path = row->path;
    f->n = (size_t)(part.p + part.n - row->path);
    f->levels = at->levels;
    f->text = NULL;
    if (path_is_list(part)) {
        size_t list = (size_t)(row - x->t->rows);
        x->index[f->levels] = x->next[list][f->levels]++;
        f->levels++;
        for (size_t i = 0; i < x->t->nrows; i++) /* lists inside it begin anew */
            for (unsigned k = f->levels; k < BODY_MAX_LEVELS && path_below(&x->t->rows[i], f->path, f->n); k++)
                x->next[i][k] = 0;
    }
    for (size_t i = 0; i < x->t->nrows && !f->text; i++) {
        const char *path = x->t->rows[i].path;
        if (path && strncmp(path, f->path, f->n) == 0 && path[f->n] == '\0') f->text = &x->t->rows[i];
    }
    x->text.n = 0;
    x->depth++;
    take_attributes(x, f, atts);
}

static void XMLCALL on_start(void *ctx, const char *name, const char **atts) {
    static const frame outside = {"", 0, 0, NULL};
    xml_reader *x = ctx;
    if (x->rc != SX_OK) return;
    if (++x->elements > BODY_MAX_ELEMENTS || x->depth + x->skip >= BODY_MAX_DEPTH) {
        stop(x, sx_fail(SX_E_LIMIT, "a document with too many elements, or too deep"));
        return;
    }
    if (x->skip > 0) {
        x->skip++;
        return;
    }
    unsigned count = 0;
    for (const char **a = atts; *a && x->rc == SX_OK; a += 2) {
        if (++count > BODY_MAX_ATTRIBUTES) stop(x, sx_fail(SX_E_LIMIT, "an element with too many attributes"));
        bind(x, a[0], a[1]);
    }
    if (x->rc != SX_OK) return;
    sx_slice local, uri, prefix = sx_split(sx_slice_str(name), ':', &local);
    if (!local.p) {
        local = prefix;
        prefix = sx_slice_empty();
    }
    const frame *at = x->depth > 0 ? &x->frames[x->depth - 1] : &outside;
    int space = space_of(x, prefix, &uri);
    const body_row *row = NULL;
    sx_slice part = child_of(x, at, space, local, &row);
    if (x->depth == 0) {
        x->root_uri = uri;
        if (part.n == 0) stop(x, sx_fail(SX_E_FORMAT, "%.60s is no root of %s", name, x->t->name));
        if (part.n == 0) return;
    }
    if (part.n == 0 || path_is_word(part)) {
        if (part.n > 0) add(x, row, local);
        x->skip = 1;
        return;
    }
    enter(x, at, row, part, atts);
}

static void XMLCALL on_end(void *ctx, const char *name) {
    xml_reader *x = ctx;
    (void)name;
    if (x->rc != SX_OK || x->done) return;
    if (x->skip > 0) {
        x->skip--;
    } else {
        const frame *f = &x->frames[--x->depth];
        if (f->text) add(x, f->text, sx_buf_view(&x->text));
        x->text.n = 0;
        if (x->depth == 0 && x->rc == SX_OK) { /* what comes after it is nothing that matters */
            x->done = true;
            XML_StopParser(x->parser, XML_FALSE);
        }
    }
    while (x->nbound > 0 && x->bound[x->nbound - 1].depth >= x->depth) x->nbound--;
}

static void XMLCALL on_text(void *ctx, const char *s, int n) {
    xml_reader *x = ctx;
    if (x->rc != SX_OK || x->skip > 0 || x->depth == 0 || !x->frames[x->depth - 1].text) return;
    sx_buf_put(&x->text, s, (size_t)n);
    if (x->text.failed) stop(x, sx_fail(SX_E_NOMEM, "no memory for a document"));
}

static void XMLCALL on_doctype(void *ctx, const char *name, const char *system, const char *public, int subset) {
    (void)name, (void)system, (void)public, (void)subset;
    stop(ctx, sx_fail(SX_E_FORMAT, "a document with a DOCTYPE is not read"));
}

/* ---- the document ---- */

static void *xml_malloc(size_t n) { return malloc(n); }
static void *xml_realloc(void *p, size_t n) { return realloc(p, n); }
static void xml_free(void *p) { free(p); }

static int parse(const body_type *t, sx_slice bytes, const char *encoding, body_doc *out, enum XML_Error *error) {
    static const XML_Memory_Handling_Suite memory = {xml_malloc, xml_realloc, xml_free};
    *error = XML_ERROR_NONE;
    xml_reader *x = calloc(1, sizeof *x);
    XML_Parser parser = x ? XML_ParserCreate_MM(encoding, &memory, NULL) : NULL;
    if (!parser) {
        free(x);
        return sx_fail(SX_E_NOMEM, "no memory for a document");
    }
    x->t = t;
    x->parser = parser;
    sx_buf_init(&x->text);
    body_reader_init(&x->values, t, out);
    XML_SetHashSalt(parser, (unsigned long)sx_rand_u32() | 1);
    XML_SetUserData(parser, x);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    enum XML_Status status = XML_Parse(parser, bytes.p, (int)bytes.n, XML_TRUE);
    int rc = x->rc;
    if (rc == SX_OK && !x->done) {
        *error = status == XML_STATUS_OK ? XML_ERROR_NO_ELEMENTS : XML_GetErrorCode(parser);
        rc = *error == XML_ERROR_NO_MEMORY
                 ? sx_fail(SX_E_NOMEM, "no memory for a document")
                 : sx_fail(SX_E_FORMAT, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(parser),
                           XML_ErrorString(*error));
    }
    XML_ParserFree(parser);
    sx_buf_free(&x->text);
    free(x);
    if (rc != SX_OK) body_free(out);
    return rc;
}

int body_xml_read(const body_type *t, sx_slice bytes, body_doc *out) {
    enum XML_Error error;
    while (bytes.n > 0 && strchr(" \t\r\n", *bytes.p)) { /* a line before the declaration */
        if (*bytes.p == '\0') break;
        bytes = sx_slice_of(bytes.p + 1, bytes.n - 1);
    }
    int rc = parse(t, bytes, NULL, out, &error);
    /* "UTF8", "windows-1252": mostly ASCII in truth */
    if (error == XML_ERROR_UNKNOWN_ENCODING || error == XML_ERROR_INCORRECT_ENCODING)
        rc = parse(t, bytes, "UTF-8", out, &error);
    if (error == XML_ERROR_INVALID_TOKEN && !sx_utf8_valid(bytes)) rc = parse(t, bytes, "ISO-8859-1", out, &error);
    return rc;
}
