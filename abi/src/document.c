/* Bodies as names and values. */
#include <stdlib.h>

#include "body/body.h"
#include "src/abi.h"

static int no_event(void) { return sx_fail(SX_E_INVALID, "event is NULL"); }

int32_t sipua_event_document_count(const sipua_event *event) {
    if (!event) return no_event();
    const body_doc *d = core_event_document(abi_event(event));
    return d ? (int32_t)d->count : sx_fail(SX_E_NOMEM, "no memory for a document");
}

int32_t sipua_event_document_at(const sipua_event *event, int32_t index, const char **name, const char **value) {
    if (name) *name = NULL;
    if (value) *value = NULL;
    if (!event) return no_event();
    if (!name || !value) return sx_fail(SX_E_INVALID, "there is nowhere to write name or value");
    const body_doc *d = core_event_document(abi_event(event));
    if (!d) return sx_fail(SX_E_NOMEM, "no memory for a document");
    if (index < 0 || (size_t)index >= d->count)
        return sx_fail(SX_E_NOT_FOUND, "the document has no value number %d", (int)index);
    *name = d->fields[index].name.p;
    *value = d->fields[index].value.p;
    return SX_OK;
}

static int write_into(const char *type, const body_field *fields, uint32_t n, char *buffer, uint32_t capacity) {
    sx_buf b;
    sx_buf_init(&b);
    int rc = body_write(sx_slice_str(type), fields, n, &b);
    if (rc >= 0 && b.n >= capacity)
        rc = sx_fail(SX_E_FULL, "the buffer of %u bytes is too small: the document has %zu", (unsigned)capacity, b.n);
    if (rc >= 0) {
        memcpy(buffer, b.p, b.n);
        buffer[b.n] = 0;
        rc = (int)b.n;
    }
    sx_buf_free(&b);
    return rc;
}

int32_t sipua_document_write(const char *type, const sipua_pair *fields, uint32_t field_count, char *buffer,
                             uint32_t capacity) {
    if (!buffer && capacity) return sx_fail(SX_E_INVALID, "buffer is NULL");
    ABI_TRY(abi_text("type", type, true));
    ABI_TRY(abi_list("fields", fields, field_count, BODY_MAX_FIELDS));
    body_field *list = calloc(field_count + 1u, sizeof *list);
    if (!list) return sx_fail(SX_E_NOMEM, "no memory for a document");
    int rc = SX_OK;
    for (uint32_t i = 0; i < field_count && rc == SX_OK; i++) {
        list[i].name = sx_slice_str(fields[i].name);
        list[i].value = sx_slice_str(fields[i].value);
        if (!fields[i].name || !fields[i].value)
            rc = sx_fail(SX_E_INVALID, "field %u has no name or value", (unsigned)i + 1);
        else if (list[i].value.n > BODY_MAX || !core_utf8_valid(list[i].name) || !core_utf8_valid(list[i].value))
            rc = sx_fail(SX_E_FORMAT, "field %u is too long, or not UTF-8", (unsigned)i + 1);
    }
    if (rc == SX_OK) rc = write_into(type, list, field_count, buffer, capacity);
    free(list);
    return rc;
}

int32_t sipua_field_count(void) { return (int32_t)body_field_count(); }

int32_t sipua_field_at(int32_t index, sipua_field_info *info) {
    sipua_field_info full = SIPUA_FIELD_INFO_INIT;
    body_field_info row;
    if (index < 0 || !body_field_at((size_t)index, &row))
        return sx_fail(SX_E_NOT_FOUND, "there is no field number %d", (int)index);
    full.type = row.type;
    full.name = row.name;
    full.kind = row.kind;
    full.text = row.text;
    return ABI_OUT(sipua_field_info, info, &full);
}
