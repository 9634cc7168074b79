/* What is no XML: message waiting (RFC 3842) and the status line of a request (RFC 3420, as RFC 3515 uses it). */
#include "base/error.h"
#include "body/lines.h"
#include "body/table.h"

/* ---- message waiting ---- */

static const struct {
    const char *name; /* ours */
    const char *label;
} classes[] = {{"voice", "Voice-Message"},
               {"fax", "Fax-Message"},
               {"pager", "Pager-Message"},
               {"multimedia", "Multimedia-Message"},
               {"text", "Text-Message"}};
static const char *const counts[] = {"new", "old", "urgent_new", "urgent_old"};
#define CLASSES (sizeof classes / sizeof *classes)

static const char *count_name(size_t class, size_t which, char text[32]) {
    sx_buf b;
    sx_buf_init_fixed(&b, text, 31);
    sx_buf_str(&b, classes[class].name);
    sx_buf_char(&b, '.');
    sx_buf_str(&b, counts[which]);
    text[b.n] = '\0';
    return text;
}

/* "2/8 (0/2)", and what is left of that. */
static int take_counts(body_reader *r, size_t class, sx_slice value, bool *any) {
    for (size_t i = 0; i < 4; i++) {
        size_t n = 0, skip = 0;
        char name[32];
        while (skip < value.n && strchr(" \t/()", value.p[skip]) && value.p[skip]) skip++;
        if (skip == value.n) return SX_OK;
        value = sx_slice_of(value.p + skip, value.n - skip);
        while (n < value.n && value.p[n] >= '0' && value.p[n] <= '9') n++;
        if (n == 0) return SX_OK;
        sx_slice number = sx_slice_of(value.p, n);
        for (size_t k = 0; k < n && (i & 1) == 0; k++) *any = *any || number.p[k] != '0';
        int rc = body_add_named(r, count_name(class, i, name), number);
        if (rc != SX_OK) return rc;
        value = sx_slice_of(value.p + n, value.n - n);
    }
    return SX_OK;
}

int body_summary_read(const body_type *t, sx_slice bytes, body_doc *out) {
    body_reader r;
    body_reader_init(&r, t, out);
    bool any = false;
    int rc = SX_OK;
    while (bytes.p && rc == SX_OK) {
        sx_slice value, line = sx_trim(line_next(bytes, &bytes));
        if (line.n == 0 && out->count > 0) break; /* headers of single messages follow */
        sx_slice name = sx_trim(sx_split(line, ':', &value));
        if (sx_ieq(name, SX_LIT("Messages-Waiting"))) rc = body_add_named(&r, "waiting", value);
        if (sx_ieq(name, SX_LIT("Message-Account"))) rc = body_add_named(&r, "account", value);
        for (size_t i = 0; i < CLASSES && rc == SX_OK; i++)
            if (sx_ieq(name, sx_slice_str(classes[i].label))) rc = take_counts(&r, i, value, &any);
    }
    if (rc == SX_OK && out->count == 0) rc = sx_fail(SX_E_FORMAT, "no line of a message summary");
    /* a peer that leaves the one required line out says it by its figures */
    if (rc == SX_OK && body_get(out, SX_LIT("waiting")).n == 0)
        rc = body_add_named(&r, "waiting", any ? SX_LIT("yes") : SX_LIT("no"));
    return rc;
}

static void put_line(sx_buf *out, const char *name, sx_slice value) {
    sx_buf_str(out, name);
    SX_BUF_LIT(out, ": ");
    sx_buf_slice(out, value);
    SX_BUF_LIT(out, "\r\n");
}

int body_summary_write(const body_type *t, const body_field *fields, size_t n, sx_buf *out) {
    int rc = body_check_flat(t, fields, n);
    if (rc != SX_OK) return rc;
    put_line(out, "Messages-Waiting", body_given(t, fields, n, "waiting"));
    sx_slice account = body_given(t, fields, n, "account");
    if (account.n > 0) put_line(out, "Message-Account", account);
    for (size_t i = 0; i < CLASSES; i++) {
        sx_slice v[4];
        bool given = false;
        char name[32];
        for (size_t k = 0; k < 4; k++) {
            v[k] = body_given(t, fields, n, count_name(i, k, name));
            given = given || v[k].n > 0;
        }
        bool urgent = v[2].n > 0 || v[3].n > 0;
        if (!given) continue;
        sx_buf_str(out, classes[i].label);
        for (size_t k = 0; k < (urgent ? 4u : 2u); k++) {
            static const char *const before[] = {": ", "/", " (", "/"};
            sx_buf_str(out, before[k]);
            sx_buf_slice(out, v[k].n > 0 ? v[k] : SX_LIT("0"));
        }
        sx_buf_str(out, urgent ? ")\r\n" : "\r\n");
    }
    return SX_OK;
}

/* ---- sipfrag ---- */

int body_sipfrag_read(const body_type *t, sx_slice bytes, body_doc *out) {
    body_reader r;
    uint64_t status;
    body_reader_init(&r, t, out);
    sx_slice line = sx_slice_empty();
    while (bytes.p && line.n == 0) line = sx_trim(line_next(bytes, &bytes));
    sx_slice rest, version = sx_split(line, ' ', &rest);
    if (version.n < 4 || !sx_ieq(sx_slice_of(version.p, 4), SX_LIT("SIP/")))
        return sx_fail(SX_E_FORMAT, "a fragment without a status line");
    rest = sx_trim(rest);
    sx_slice reason, code = sx_split(rest, ' ', &reason);
    if (!sx_to_u64(code, 699, &status) || status < 100) return sx_fail(SX_E_FORMAT, "a status line without a status");
    int rc = body_add_named(&r, "status", code);
    return rc == SX_OK ? body_add_named(&r, "reason", reason) : rc;
}

int body_sipfrag_write(const body_type *t, const body_field *fields, size_t n, sx_buf *out) {
    uint64_t status;
    int rc = body_check_flat(t, fields, n);
    if (rc != SX_OK) return rc;
    sx_slice code = body_given(t, fields, n, "status"), reason = body_given(t, fields, n, "reason");
    if (!sx_to_u64(code, 699, &status) || status < 100) return sx_fail(SX_E_FORMAT, "a status is 100 to 699");
    SX_BUF_LIT(out, "SIP/2.0 ");
    sx_buf_slice(out, code);
    SX_BUF_LIT(out, " ");
    sx_buf_slice(out, reason);
    SX_BUF_LIT(out, "\r\n");
    return SX_OK;
}
