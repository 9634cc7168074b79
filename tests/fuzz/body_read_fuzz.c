/* Documents of every type on any bytes (the first says which type). What can be written of what was read must read back
 * the same. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "body/body.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const types[] = {"application/pidf+xml",
                                    "application/simple-message-summary",
                                    "application/dialog-info+xml",
                                    "application/reginfo+xml",
                                    "application/conference-info+xml",
                                    "application/im-iscomposing+xml",
                                    "message/imdn+xml",
                                    "message/cpim",
                                    "message/sipfrag"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    body_doc doc, again;
    if (size == 0) return 0;
    sx_slice type = sx_slice_str(types[data[0] % (sizeof types / sizeof *types)]);
    if (body_read(type, sx_slice_of((const char *)data + 1, size - 1), &doc) != SX_OK) return 0;
    for (size_t i = 0; i < doc.count; i++)
        never(strlen(doc.fields[i].value.p) != doc.fields[i].value.n || doc.fields[i].value.n == 0);
    sx_buf out;
    sx_buf_init(&out);
    if (body_write(type, doc.fields, doc.count, &out) == SX_OK) {
        never(body_read(type, sx_buf_view(&out), &again) != SX_OK);
        for (size_t i = 0; i < doc.count; i++) never(!sx_eq(body_get(&again, doc.fields[i].name), doc.fields[i].value));
        body_free(&again);
    }
    sx_buf_free(&out);
    body_free(&doc);
    return 0;
}
