/* Documents of every type from any names and values: "N" which type, then lines NAME=VALUE, ended by 0x1E. What is
 * written must read back with every value. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "body/body.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 256u

static const char *type_of(unsigned n) {
    const char *type = "";
    body_field_info info;
    for (size_t i = 0; body_field_at(i, &info); i++) {
        if (strcmp(type, info.type) == 0) continue;
        type = info.type;
        if (n-- == 0) return type;
    }
    return type;
}

static bool is_words(sx_slice name) {
    return sx_eq(name, SX_LIT("person.activity")) || sx_eq(name, SX_LIT("person.mood"));
}

/* Lists of words may come back with fewer blanks. */
static bool same_words(sx_slice a, sx_slice b) {
    while (a.n > 0 || b.n > 0) {
        sx_slice x = sx_split(sx_trim(a), ' ', &a), y = sx_split(sx_trim(b), ' ', &b);
        if (!sx_eq(x, y)) return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    body_field fields[MOST];
    size_t n = 0;
    sx_slice type = sx_slice_str(type_of(data[0] % 16u)), rest = sx_slice_of((const char *)data + 1, size - 1);
    while (rest.n > 0 && n < MOST) {
        sx_slice line = sx_split(rest, '\x1E', &rest);
        fields[n].name = sx_split(line, '=', &fields[n].value);
        n++;
    }
    sx_buf out;
    sx_buf_init(&out);
    SX_BUF_LIT(&out, "before");
    int rc = body_write(type, fields, n, &out);
    if (rc != SX_OK) {
        never(out.n != 6 || out.failed);
        sx_buf_free(&out);
        return 0;
    }
    body_doc doc;
    never(body_read(type, sx_slice_of(out.p + 6, out.n - 6), &doc) != SX_OK);
    for (size_t i = 0; i < n; i++) {
        sx_slice v = sx_trim(fields[i].value);
        sx_slice back = body_get(&doc, fields[i].name);
        never(v.n > 0 && back.n == 0);
        bool number = v.n > 0 && strspn(back.p, "0123456789") == back.n; /* less leading zeros, or "yes" for 1 */
        bool word = sx_eq(back, SX_LIT("yes")) || sx_eq(back, SX_LIT("no"));
        if (is_words(fields[i].name)) {
            word = true;
            never(v.n > 0 && !same_words(v, back));
        }
        never(v.n > 0 && !number && !word && !sx_ieq(sx_trim(back), v));
    }
    body_free(&doc);
    sx_buf_free(&out);
    return 0;
}
