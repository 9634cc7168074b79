/* XML documents, written by the table: values are sorted into the order of its rows, then elements are opened and
 * closed between one and the next. */
#include <stdlib.h>

#include "base/error.h"
#include "body/path.h"

#define MAX_PARTS 10u

typedef struct entry {
    const body_row *row;
    unsigned index[BODY_MAX_LEVELS];
    sx_slice value;
} entry;

typedef struct open_element {
    sx_slice part;
    const char *path; /* up to and with this element: the first n bytes */
    size_t n;
    unsigned index, levels; /* its place, if it is a list's; lists up to and with it */
} open_element;

typedef struct xml_writer {
    const body_type *t;
    entry *entries;
    size_t count;
    open_element open[MAX_PARTS];
    unsigned depth;
    bool unfinished; /* "<name", so far */
    sx_buf *out;
} xml_writer;

/* ---- order ---- */

static const char *after(const char *part) {
    part += strcspn(part, "/");
    return *part ? part + 1 : part;
}

static int compare(const void *pa, const void *pb) {
    const entry *a = pa, *b = pb;
    const char *x = a->row->path, *y = b->row->path;
    int rows = a->row < b->row ? -1 : a->row > b->row;
    for (unsigned level = 0; *x && *y; x = after(x), y = after(y)) {
        sx_slice part = path_part(x);
        if (!sx_eq(part, path_part(y))) return rows;
        if (!path_is_list(part)) continue;
        if (a->index[level] != b->index[level]) return a->index[level] < b->index[level] ? -1 : 1;
        level++;
    }
    return rows;
}

/* Whether entry i stands inside the element. */
static bool inside(const xml_writer *w, size_t i, const open_element *el) {
    const entry *e = &w->entries[i];
    if (strncmp(e->row->path, el->path, el->n) != 0 || (e->row->path[el->n] != '/' && e->row->path[el->n] != '\0'))
        return false;
    unsigned level = 0;
    for (unsigned d = 0; d < w->depth; d++) {
        if (!path_is_list(w->open[d].part)) continue;
        if (e->index[level++] != w->open[d].index) return false;
    }
    return true;
}

/* ---- text ---- */

static void escape(sx_buf *out, sx_slice s, bool attribute) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        switch (c) {
        case '&': SX_BUF_LIT(out, "&amp;"); break;
        case '<': SX_BUF_LIT(out, "&lt;"); break;
        case '>': SX_BUF_LIT(out, "&gt;"); break;
        case '"': SX_BUF_LIT(out, "&quot;"); break;
        case '\r': SX_BUF_LIT(out, "&#13;"); break; /* bare it would be read as a line feed */
        case '\n':
        case '\t':
            if (attribute) {
                sx_buf_str(out, c == '\n' ? "&#10;" : "&#9;"); /* bare it would be read as a blank */
                break;
            } /* fall through */
        default: sx_buf_char(out, c);
        }
    }
}

static void finish_tag(xml_writer *w) {
    if (w->unfinished) SX_BUF_LIT(w->out, ">");
    w->unfinished = false;
}

/* "prefix:name"; nothing for the main namespace's prefix. */
static void put_name(sx_buf *out, sx_slice part) {
    sx_slice prefix, local = path_local(part, &prefix);
    if (prefix.n > 0) {
        sx_buf_slice(out, prefix);
        sx_buf_char(out, ':');
    }
    sx_buf_slice(out, local);
}

static void put_attribute(xml_writer *w, sx_slice part, sx_slice value) {
    SX_BUF_LIT(w->out, " ");
    sx_buf_put(w->out, part.p + 1, part.n - 1);
    SX_BUF_LIT(w->out, "=\"");
    escape(w->out, value, true);
    SX_BUF_LIT(w->out, "\"");
}

static void close_to(xml_writer *w, unsigned depth) {
    while (w->depth > depth) {
        open_element *el = &w->open[--w->depth];
        if (w->unfinished) {
            SX_BUF_LIT(w->out, "/>");
            w->unfinished = false;
            continue;
        }
        SX_BUF_LIT(w->out, "</");
        put_name(w->out, el->part);
        SX_BUF_LIT(w->out, ">");
    }
}

/* ---- elements ---- */

/* "c#-#" with the places of the lists that are open. */
static void put_fallback(xml_writer *w, sx_slice part, const char *pattern) {
    char text[64];
    sx_buf value;
    sx_buf_init_fixed(&value, text, sizeof text);
    unsigned d = 0;
    for (const char *p = pattern; *p; p++) {
        if (*p != '#') {
            sx_buf_char(&value, *p);
            continue;
        }
        while (d < w->depth && !path_is_list(w->open[d].part)) d++;
        sx_buf_u64(&value, w->open[d++].index);
    }
    put_attribute(w, part, sx_buf_view(&value));
}

/* The element's attributes, given or with a value of their own; and whether all is there that it must say. */
static int put_attributes(xml_writer *w, const open_element *el, size_t from) {
    bool whole = path_is_list(el->part) || w->depth == 1;
    for (size_t k = 0; k < w->t->nrows; k++) {
        const body_row *row = &w->t->rows[k];
        const char *below = path_below(row, el->path, el->n);
        if (!below || row->flags & BODY_HIDDEN) continue;
        bool own = path_is_attribute(path_part(below));
        bool needed = row->flags & BODY_REQUIRED && whole && !strstr(below, "[]/");
        const entry *e = NULL;
        for (size_t i = from; (own || needed) && i < w->count && !e && inside(w, i, el); i++)
            if (w->entries[i].row == row) e = &w->entries[i];
        if (own && e)
            put_attribute(w, path_part(below), e->value);
        else if (own && row->fallback)
            put_fallback(w, path_part(below), row->fallback);
        else if (needed && !e)
            return sx_fail(SX_E_FORMAT, "%s needs %s", w->t->name, row->name);
    }
    return SX_OK;
}

static void put_namespaces(xml_writer *w) {
    for (const body_namespace *s = w->t->spaces; s->prefix; s++) {
        sx_buf_str(w->out, *s->prefix ? " xmlns:" : " xmlns");
        sx_buf_str(w->out, s->prefix);
        SX_BUF_LIT(w->out, "=\"");
        sx_buf_str(w->out, s->uri);
        SX_BUF_LIT(w->out, "\"");
    }
}

static int open_one(xml_writer *w, const char *path, sx_slice part, unsigned index, size_t from) {
    open_element *el = &w->open[w->depth++];
    el->part = part;
    el->path = path;
    el->n = (size_t)(part.p + part.n - path);
    el->index = index;
    finish_tag(w);
    SX_BUF_LIT(w->out, "<");
    put_name(w->out, part);
    w->unfinished = true;
    if (w->depth == 1) put_namespaces(w);
    return put_attributes(w, el, from);
}

/* Closes and opens what lies between the last entry's element and this one's. *left: what of the path is no element. */
static int move_to(xml_writer *w, size_t i, const char **left) {
    const entry *e = &w->entries[i];
    const char *at = e->row->path;
    unsigned depth = 0, level = 0;
    for (; depth < w->depth && *at; depth++, at = after(at)) {
        sx_slice part = path_part(at);
        if (!sx_eq(part, w->open[depth].part)) break;
        if (path_is_list(part) && e->index[level++] != w->open[depth].index) {
            level--;
            break;
        }
    }
    bool item = depth < w->depth && *at && sx_eq(path_part(at), w->open[depth].part);
    unsigned last = item ? w->open[depth].index + 1 : 0;
    close_to(w, depth);
    for (; *at && !path_is_attribute(path_part(at)) && !path_is_word(path_part(at)); at = after(at)) {
        sx_slice part = path_part(at);
        unsigned index = path_is_list(part) ? e->index[level++] : 0;
        if (path_is_list(part) && index != last)
            return sx_fail(SX_E_FORMAT, "%s: items of a list count from 0 without gaps", e->row->name);
        last = 0;
        int rc = open_one(w, e->row->path, part, index, i);
        if (rc != SX_OK) return rc;
    }
    *left = at;
    return SX_OK;
}

static int put_entry(xml_writer *w, size_t i) {
    const entry *e = &w->entries[i];
    const char *left = "";
    int rc = move_to(w, i, &left);
    if (rc != SX_OK) return rc;
    if (path_is_attribute(path_part(left))) return SX_OK; /* written as its element was opened */
    finish_tag(w);
    if (!path_is_word(path_part(left))) {
        bool is_switch = strcmp(e->row->kind, "switch") == 0;
        sx_slice word = sx_eq(e->value, SX_LIT("yes")) ? SX_LIT("true") : SX_LIT("false");
        escape(w->out, is_switch ? word : e->value, false);
        return SX_OK;
    }
    for (sx_slice rest = e->value; rest.n > 0;) {
        sx_slice prefix, word = sx_split(rest, ' ', &rest);
        if (word.n == 0) continue;
        path_local(w->open[w->depth - 1].part, &prefix);
        SX_BUF_LIT(w->out, "<");
        sx_buf_slice(w->out, prefix);
        sx_buf_str(w->out, prefix.n ? ":" : "");
        sx_buf_slice(w->out, word);
        SX_BUF_LIT(w->out, "/>");
    }
    return SX_OK;
}

/* ---- the document ---- */

/* Of a virtual row: the one that writes it, by what else was given; NULL: that is not said by another either. */
static const body_row *written_by(const body_type *t, const body_row *row, const body_field *fields, size_t n) {
    for (size_t i = 0; i < t->nrows; i++) {
        sx_slice what;
        if (!t->rows[i].when || strcmp(t->rows[i].name, row->name) != 0) continue;
        sx_slice name = sx_split(sx_slice_str(t->rows[i].when), '=', &what);
        for (size_t k = 0; k < n; k++) {
            if (!sx_eq(fields[k].name, name)) continue;
            sx_slice v = fields[k].value;
            if (sx_ieq(sx_trim(v), what)) return &t->rows[i];
        }
    }
    return NULL;
}

static int collect(xml_writer *w, const body_field *fields, size_t n) {
    bool there[BODY_MAX_ROWS] = {false};
    for (size_t i = 0; i < n; i++) {
        entry *e = &w->entries[w->count];
        e->row = body_find(w->t, fields[i].name, e->index);
        e->value = fields[i].value;
        if (!e->row)
            return sx_fail(SX_E_FORMAT, "%s has no field %.*s", w->t->name,
                           (int)(fields[i].name.n < 60 ? fields[i].name.n : 60), fields[i].name.p);
        int rc = body_check(e->row, &e->value);
        if (rc != SX_OK) return rc;
        if (e->value.n == 0) continue;
        if (e->row->flags & BODY_VIRTUAL) {
            if (there[e->row - w->t->rows]) return sx_fail(SX_E_FORMAT, "%s is there twice", e->row->name);
            there[e->row - w->t->rows] = true;
            e->row = written_by(w->t, e->row, fields, n);
            if (!e->row) continue;
            rc = body_check(e->row, &e->value);
            if (rc != SX_OK) return rc;
        }
        w->count++;
    }
    for (size_t k = 0; k < w->t->nrows; k++)
        if (w->t->rows[k].flags & BODY_VIRTUAL && w->t->rows[k].flags & BODY_REQUIRED && !there[k])
            return sx_fail(SX_E_FORMAT, "%s needs %s", w->t->name, w->t->rows[k].name);
    qsort(w->entries, w->count, sizeof *w->entries, compare);
    for (size_t i = 1; i < w->count; i++)
        if (compare(&w->entries[i - 1], &w->entries[i]) == 0)
            return sx_fail(SX_E_FORMAT, "%s is there twice", w->entries[i].row->name);
    return SX_OK;
}

static const char *root_of(const body_type *t) {
    size_t i = 0;
    while (!t->rows[i].path) i++;
    return t->rows[i].path;
}

int body_xml_write(const body_type *t, const body_field *fields, size_t n, sx_buf *out) {
    xml_writer w = {.t = t, .out = out};
    w.entries = calloc(n + 1, sizeof *w.entries);
    if (!w.entries) return sx_fail(SX_E_NOMEM, "no memory for the document");
    int rc = collect(&w, fields, n);
    if (rc == SX_OK) {
        SX_BUF_LIT(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n");
        rc = open_one(&w, root_of(t), path_part(root_of(t)), 0, 0);
    }
    for (size_t i = 0; i < w.count && rc == SX_OK; i++) rc = put_entry(&w, i);
    if (rc == SX_OK) {
        close_to(&w, 0);
        SX_BUF_LIT(out, "\r\n");
    }
    free(w.entries);
    return rc;
}
