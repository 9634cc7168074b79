"""What the bindings include in place of sipua.h: the functions of later versions, missed politely by an older library."""

from model import Function, Header
from outputs.python_cdef import join

FILES = ["abi/generated/sipua/older.h"]

HEAD = """/* Written by abi/gen/generate from sipua.h. Do not edit.
 * In place of sipua.h, for what must run on older libraries of this major version too: a function that the loaded library
 * does not have is SIPUA_E_UNSUPPORTED, NULL, or does nothing. Each is looked up when it is first called, because a linked
 * reference, even a weak one, makes the loader insist on its version. Whoever links libsipua.a in defines SIPUA_API as
 * nothing: then nothing can be missing, and everything is as in sipua.h. */
#ifndef SIPUA_OLDER_H
#define SIPUA_OLDER_H

#ifdef SIPUA_API
#include <sipua/sipua.h>
#else
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#include <sipua/sipua.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The function of that name in the library that this is linked with, or NULL. Threads may look up at the same time. */
static inline __attribute__((unused)) void *sipua_older_find(void **kept, const char *name) {
    void *found = __atomic_load_n(kept, __ATOMIC_RELAXED);
    if (!found) {
        void *library = dlopen("libsipua.so.%d", RTLD_LAZY | RTLD_NOLOAD);
        if (!library) return NULL;
        if (dlsym(library, "sipua_abi_version") == (void *)sipua_abi_version) found = dlsym(library, name);
        dlclose(library); /* it stays: this needs it */
        __atomic_store_n(kept, found, __ATOMIC_RELAXED);
    }
    return found;
}
"""

TAIL = """
#ifdef __cplusplus
}
#endif
#endif
#endif
"""


def wrapper(f: Function) -> str:
    params = ", ".join(join(p.type, p.name) for p in f.params) or "void"
    types = ", ".join(p.type.rstrip() for p in f.params) or "void"
    call = f"(({join(f.returns, '(*)')}({types}))found)({', '.join(p.name for p in f.params)})"
    missing = ("" if f.returns == "void" else " NULL" if f.returns.endswith("*") else " SIPUA_E_UNSUPPORTED")
    text = (f"\n/* since {f.since} */\n"
            f"static inline __attribute__((unused))\n{join(f.returns, 'older_' + f.name)}({params}) {{\n"
            f"    static void *kept;\n"
            f'    void *found = sipua_older_find(&kept, "{f.name}");\n')
    if missing:
        text += f"    return found ? {call} :{missing};\n"
    else:
        text += f"    if (found) {call};\n"
    return text + f"}}\n#define {f.name} older_{f.name}\n"


def newer(header: Header) -> list[Function]:
    """The functions that the first library of this major version had not. Those with a callback are of C only."""
    return [f for f in header.functions if f.since and not f.callback]


def write(header: Header) -> list[str]:
    return [HEAD % header.version[0] + "".join(map(wrapper, newer(header))) + TAIL]
