/* The body of an event as names and values: read when somebody asks, once. */
#include <stdlib.h>

#include "base/error.h"
#include "core/event.h"

static void drop(body_doc *d) {
    body_free(d);
    free(d);
}

static const body_doc nothing; /* a body that cannot be read stands as this, so that nobody reads it twice */

void core_document_free(const body_doc *d) {
    if (d && d != &nothing) drop((body_doc *)(uintptr_t)d);
}

const body_doc *core_event_document(const core_event *e) {
    const body_doc *have = __atomic_load_n(&e->document, __ATOMIC_ACQUIRE), *none = NULL;
    if (have) return have;
    sx_slice type = sx_slice_str(e->str[CORE_STR_CONTENT_TYPE]);
    sx_slice bytes = sx_slice_of((const char *)e->body, (size_t)e->body_size);
    if (!bytes.n || !body_known(type)) return &nothing;
    body_doc *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    int rc = body_read(type, bytes, made);
    if (rc == SX_E_NOMEM) {
        drop(made);
        return NULL;
    }
    const body_doc *result = made;
    if (rc < 0) {
        drop(made);
        result = &nothing;
    }
    if (__atomic_compare_exchange_n((const body_doc **)(uintptr_t)&e->document, &none, result, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return result;
    core_document_free(result);
    return none;
}
