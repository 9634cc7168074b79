/* What nobody has plumbed yet. */
#include "src/abi.h"

int32_t sipua_event_document_count(const sipua_event *event) { return sx_fail(SX_E_UNSUPPORTED, "not yet"); }

int32_t sipua_event_document_at(const sipua_event *event, int32_t index, const char **name, const char **value) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_document_write(const char *type, const sipua_pair *fields, uint32_t field_count, char *buffer,
                             uint32_t capacity) {
    return sx_fail(SX_E_UNSUPPORTED, "not yet");
}

int32_t sipua_field_count(void) { return sx_fail(SX_E_UNSUPPORTED, "not yet"); }

int32_t sipua_field_at(int32_t index, sipua_field_info *info) { return sx_fail(SX_E_UNSUPPORTED, "not yet"); }
