/* Where a URI or the URL of a WebSocket says that a request goes: what a Contact, Record-Route or program may hold. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "stack/resolve_uri.h"

static bool inside(sx_slice s, const char *p, size_t n) { return !s.n || (s.p >= p && s.p + s.n <= p + n); }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size ? size : 1);
    must(text != NULL);
    if (size) memcpy(text, data, size);
    stack_want w;
    if (stack_want_read(sx_slice_of(text, size), &w) == 0) {
        must(w.host.n && w.name.n && inside(w.host, text, size) && inside(w.name, text, size));
        must(inside(w.path, text, size));
        must(!memchr(w.name.p, '\r', w.name.n) && !memchr(w.name.p, '\n', w.name.n));
        must(!w.path.n || (!memchr(w.path.p, '\r', w.path.n) && !memchr(w.path.p, ' ', w.path.n)));
        must(!w.secure || w.transport == STACK_ANY || stack_is_secure(w.transport));
        must(!w.url || (stack_is_ws(w.transport) && w.port));
        stack_target t;
        memset(&t, 0, sizeof t);
        if (stack_want_numeric(&w, &t)) must(net_addr_is_set(&t.addr) && net_addr_port(&t.addr));
        sx_arena a;
        sx_arena_init(&a, 64);
        const char *path = stack_want_path(&w, &a);
        must(!path || *path == '/');
        sx_arena_free(&a);
    }
    free(text);
    return 0;
}
