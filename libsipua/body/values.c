/* Values as their kinds want them, and names with indices. */
#include <stdlib.h>

#include "base/error.h"
#include "base/utf8.h"
#include "body/table.h"

#define MAX_INT ((UINT64_C(1) << 53) - 1)

static bool digit(char c) { return c >= '0' && c <= '9'; }

/* ---- kinds ---- */

static bool digits(sx_slice *s, size_t n, unsigned most) {
    unsigned v = 0;
    if (s->n < n) return false;
    for (size_t i = 0; i < n; i++) {
        if (!digit(s->p[i])) return false;
        v = v * 10 + (unsigned)(s->p[i] - '0');
    }
    *s = sx_slice_of(s->p + n, s->n - n);
    return v <= most;
}

static bool one(sx_slice *s, const char *of) {
    if (s->n == 0 || !strchr(of, *s->p) || *s->p == '\0') return false;
    *s = sx_slice_of(s->p + 1, s->n - 1);
    return true;
}

bool body_is_time(sx_slice s, bool *zone) {
    *zone = false;
    if (!digits(&s, 4, 9999) || !one(&s, "-") || !digits(&s, 2, 12) || !one(&s, "-") || !digits(&s, 2, 31))
        return false;
    if (!one(&s, "Tt ") || !digits(&s, 2, 23) || !one(&s, ":") || !digits(&s, 2, 59) || !one(&s, ":") ||
        !digits(&s, 2, 60))
        return false;
    if (one(&s, ".")) {
        if (!digits(&s, 1, 9)) return false;
        while (s.n > 0 && digit(*s.p)) one(&s, "0123456789");
    }
    if (s.n == 0) return true;
    *zone = true;
    if (one(&s, "Zz")) return s.n == 0;
    return one(&s, "+-") && digits(&s, 2, 23) && one(&s, ":") && digits(&s, 2, 59) && s.n == 0;
}

/* The word of the kind, as the table writes it; empty: none of them. */
static sx_slice word_of(const char *kind, sx_slice value) {
    sx_slice rest = sx_slice_str(kind);
    while (rest.n > 0) {
        sx_slice word = sx_split(rest, '|', &rest);
        if (sx_ieq(word, value)) return word;
    }
    return sx_slice_empty();
}

static sx_slice switch_of(sx_slice v) {
    if (sx_ieq(v, SX_LIT("yes")) || sx_ieq(v, SX_LIT("true")) || sx_eq(v, SX_LIT("1"))) return SX_LIT("yes");
    if (sx_ieq(v, SX_LIT("no")) || sx_ieq(v, SX_LIT("false")) || sx_eq(v, SX_LIT("0"))) return SX_LIT("no");
    return sx_slice_empty();
}

static bool is(const body_row *row, const char *kind) { return strcmp(row->kind, kind) == 0; }

static sx_slice int_of(sx_slice v) {
    uint64_t n;
    if (!sx_to_u64(v, MAX_INT, &n)) return sx_slice_empty();
    while (v.n > 1 && *v.p == '0') v = sx_slice_of(v.p + 1, v.n - 1);
    return v;
}

/* ---- reading ---- */

void body_reader_init(body_reader *r, const body_type *t, body_doc *doc) {
    memset(r, 0, sizeof *r);
    memset(doc, 0, sizeof *doc);
    r->t = t;
    r->doc = doc;
    doc->type = t->name;
    sx_arena_init(&doc->arena, 1024);
}

/* Valid UTF-8 without NUL, terminated. p == NULL: no memory. */
static sx_slice clean(sx_arena *arena, sx_slice s) {
    if (sx_utf8_valid(s) && sx_find(s, '\0') < 0) return sx_arena_dup(arena, s);
    char *p = sx_arena_alloc(arena, s.n * 3 + 1), *at = p;
    if (!p) return sx_slice_empty();
    while (s.n > 0) {
        size_t n = *s.p ? sx_utf8_sequence(s.p, s.n) : 0;
        memcpy(at, n ? s.p : "\xEF\xBF\xBD", n ? n : 3);
        at += n ? n : 3;
        s = sx_slice_of(s.p + (n ? n : 1), s.n - (n ? n : 1));
    }
    *at = '\0';
    return sx_slice_between(p, at);
}

static sx_slice join(sx_arena *arena, sx_slice a, sx_slice b) {
    char *p = sx_arena_alloc(arena, a.n + b.n + 2);
    if (!p) return sx_slice_empty();
    memcpy(p, a.p, a.n);
    p[a.n] = ' ';
    memcpy(p + a.n + 1, b.p, b.n);
    return sx_slice_of(p, a.n + 1 + b.n);
}

static sx_slice name_of(sx_arena *arena, const char *pattern, const unsigned *index) {
    char text[160];
    sx_buf b;
    sx_buf_init_fixed(&b, text, sizeof text);
    for (; *pattern; pattern++) {
        if (*pattern == '#')
            sx_buf_u64(&b, *index++);
        else
            sx_buf_char(&b, *pattern);
    }
    return sx_arena_dup(arena, sx_buf_view(&b));
}

/* The value in the form of its kind, in the arena; false: it is none. */
static bool take(body_reader *r, const body_row *row, sx_slice v, sx_slice *out) {
    sx_arena *arena = &r->doc->arena;
    bool zone;
    if (!(row->flags & BODY_RAW)) v = sx_trim(v);
    if (v.n == 0) return false;
    if (is(row, "int")) {
        v = int_of(v);
    } else if (is(row, "switch")) {
        v = switch_of(v);
    } else if (is(row, "time")) {
        if (!body_is_time(v, &zone)) return false;
        if (!zone) { /* some say no zone, and most of those mean this one */
            sx_slice with = join(arena, v, SX_LIT("Z"));
            if (!with.p) {
                *out = with;
                return true;
            }
            memmove((char *)(uintptr_t)with.p + v.n, "Z", 2);
            *out = sx_slice_of(with.p, v.n + 1);
            return true;
        }
    } else if (!is(row, "string")) {
        sx_slice word = word_of(row->kind, v);
        if (word.n > 0) v = word;
    }
    if (v.n == 0) return false;
    *out = clean(arena, v);
    return true;
}

static size_t first_of_name(const body_type *t, const body_row *row) {
    size_t i = 0;
    while (strcmp(t->rows[i].name, row->name) != 0) i++;
    return i;
}

static bool grow(body_doc *doc) {
    if (doc->count < doc->room) return true;
    size_t room = doc->room ? doc->room * 2 : 16;
    body_field *more = realloc(doc->fields, room * sizeof *more);
    if (!more) return false;
    doc->fields = more;
    doc->room = room;
    return true;
}

int body_add(body_reader *r, const body_row *row, const unsigned *index, sx_slice value) {
    static const unsigned none[BODY_MAX_LEVELS];
    body_doc *doc = r->doc;
    sx_slice v;
    if (!index) index = none;
    if (!take(r, row, value, &v)) return SX_OK;
    size_t key = first_of_name(r->t, row);
    bool again = r->last[key].at > 0;
    unsigned levels = 0;
    for (const char *p = row->name; *p; p++) levels += *p == '#';
    for (unsigned i = 0; i < levels; i++) again = again && r->last[key].index[i] == index[i];
    if (v.p && again) {
        body_field *there = &doc->fields[r->last[key].at - 1];
        if (!(row->flags & BODY_JOIN)) return SX_OK;
        if (there->value.n + v.n > BODY_MAX_JOINED) return SX_OK;
        v = join(&doc->arena, there->value, v);
        if (v.p) there->value = v;
        return v.p ? SX_OK : sx_fail(SX_E_NOMEM, "no memory for a document");
    }
    if (doc->count == BODY_MAX_FIELDS) return sx_fail(SX_E_LIMIT, "a document of more than %u values", BODY_MAX_FIELDS);
    sx_slice name = v.p ? name_of(&doc->arena, row->name, index) : sx_slice_empty();
    if (!name.p || !grow(doc)) return sx_fail(SX_E_NOMEM, "no memory for a document");
    doc->fields[doc->count].name = name;
    doc->fields[doc->count++].value = v;
    r->last[key].at = doc->count;
    memcpy(r->last[key].index, index, sizeof r->last[key].index);
    return SX_OK;
}

int body_add_named(body_reader *r, const char *name, sx_slice value) {
    unsigned index[BODY_MAX_LEVELS];
    return body_add(r, body_find(r->t, sx_slice_str(name), index), NULL, value);
}

/* ---- writing ---- */

static bool match(const char *pattern, sx_slice name, unsigned *index) {
    size_t level = 0;
    const char *p = name.p, *end = name.p + name.n;
    for (; *pattern; pattern++) {
        if (*pattern != '#') {
            if (p == end || *p++ != *pattern) return false;
            continue;
        }
        unsigned v = 0;
        const char *from = p;
        for (; p < end && digit(*p) && p - from < 5; p++) v = v * 10 + (unsigned)(*p - '0');
        if (p == from || (*from == '0' && p - from > 1) || v >= BODY_MAX_FIELDS) return false;
        index[level++] = v;
    }
    return p == end;
}

const body_row *body_find(const body_type *t, sx_slice name, unsigned index[BODY_MAX_LEVELS]) {
    memset(index, 0, BODY_MAX_LEVELS * sizeof *index);
    for (size_t i = 0; i < t->nrows; i++)
        if (!(t->rows[i].flags & BODY_HIDDEN) && match(t->rows[i].name, name, index)) return &t->rows[i];
    return NULL;
}

/* What XML 1.0 and our readers of text can carry. */
static bool writable(sx_slice v, unsigned flags) {
    if (!sx_utf8_valid(v)) return false;
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        bool blank = c == '\t' || c == '\n' || c == '\r';
        if (flags & BODY_RAW ? c == 0 : c < ' ' && !blank) return false;
        if (c == 0xEF && i + 2 < v.n && (unsigned char)v.p[i + 1] == 0xBF && (unsigned char)v.p[i + 2] >= 0xBE &&
            !(flags & BODY_RAW))
            return false;
        if (flags & BODY_LINE && (c == '\n' || c == '\r')) return false;
        if (flags & BODY_TOKEN && (c == ' ' || blank)) return false;
    }
    return true;
}

/* Names of elements, with blanks between. "note" is none: it holds words for people (RFC 4480 3.2). */
static bool is_names(sx_slice v) {
    if (v.n > BODY_MAX_JOINED) return false;
    while (v.n > 0) {
        sx_slice name = sx_split(v, ' ', &v);
        if (sx_ieq(name, SX_LIT("note"))) return false;
        for (size_t i = 0; i < name.n; i++) {
            char c = name.p[i];
            bool letter = (sx_lower(c) >= 'a' && sx_lower(c) <= 'z') || c == '_';
            if (!letter && (i == 0 || !(digit(c) || c == '-' || c == '.'))) return false;
        }
    }
    return true;
}

int body_check(const body_row *row, sx_slice *value) {
    bool zone, ok;
    sx_slice v = row->flags & BODY_RAW ? *value : sx_trim(*value);
    size_t path = row->path ? strlen(row->path) : 0;
    if (v.n == 0) {
        *value = sx_slice_empty();
        return SX_OK;
    }
    if (is(row, "int")) {
        v = int_of(v);
        ok = v.n > 0;
    } else if (is(row, "switch")) {
        v = switch_of(v);
        ok = v.n > 0;
    } else if (is(row, "time")) {
        ok = body_is_time(v, &zone) && zone;
    } else if (is(row, "string")) {
        ok = writable(v, row->flags) && (path < 2 || strcmp(row->path + path - 2, "/*") != 0 || is_names(v));
    } else {
        v = word_of(row->kind, v);
        ok = v.n > 0;
    }
    if (!ok) return sx_fail(SX_E_FORMAT, "%s cannot have that value (%s)", row->name, row->kind);
    *value = v;
    return SX_OK;
}

sx_slice body_given(const body_type *t, const body_field *fields, size_t n, const char *name) {
    unsigned index[BODY_MAX_LEVELS];
    const body_row *row = body_find(t, sx_slice_str(name), index);
    for (size_t i = 0; row && i < n; i++) {
        sx_slice v = fields[i].value;
        if (sx_eq(fields[i].name, sx_slice_str(name)) && body_check(row, &v) == SX_OK && v.n > 0) return v;
    }
    return sx_slice_empty();
}

int body_check_flat(const body_type *t, const body_field *fields, size_t n) {
    unsigned index[BODY_MAX_LEVELS];
    bool there[BODY_MAX_ROWS] = {false};
    for (size_t i = 0; i < n; i++) {
        const body_row *row = body_find(t, fields[i].name, index);
        if (!row)
            return sx_fail(SX_E_FORMAT, "%s has no field %.*s", t->name,
                           (int)(fields[i].name.n < 60 ? fields[i].name.n : 60), fields[i].name.p);
        sx_slice v = fields[i].value;
        int rc = body_check(row, &v);
        if (rc != SX_OK) return rc;
        if (v.n == 0) continue;
        if (there[row - t->rows]) return sx_fail(SX_E_FORMAT, "%s is there twice", row->name);
        there[row - t->rows] = true;
    }
    for (size_t k = 0; k < t->nrows; k++)
        if (t->rows[k].flags & BODY_REQUIRED && !there[k])
            return sx_fail(SX_E_FORMAT, "%s needs %s", t->name, t->rows[k].name);
    return SX_OK;
}
