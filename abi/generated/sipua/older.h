/* Written by abi/gen/generate from sipua.h. Do not edit.
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
        void *library = dlopen("libsipua.so.0", RTLD_LAZY | RTLD_NOLOAD);
        if (!library) return NULL;
        if (dlsym(library, "sipua_abi_version") == (void *)sipua_abi_version) found = dlsym(library, name);
        dlclose(library); /* it stays: this needs it */
        __atomic_store_n(kept, found, __ATOMIC_RELAXED);
    }
    return found;
}

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_network_changed(sipua_agent *agent, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_network_changed");
    return found ? ((int32_t (*)(sipua_agent *, uint64_t))found)(agent, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_network_changed older_sipua_network_changed

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_agent_reload_tls(sipua_agent *agent, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_agent_reload_tls");
    return found ? ((int32_t (*)(sipua_agent *, uint64_t))found)(agent, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_agent_reload_tls older_sipua_agent_reload_tls

/* since 0.2 */
static inline __attribute__((unused))
int32_t older_sipua_account_set_token(sipua_agent *agent, sipua_id account, const char *token, uint64_t tag) {
    static void *kept;
    void *found = sipua_older_find(&kept, "sipua_account_set_token");
    return found ? ((int32_t (*)(sipua_agent *, sipua_id, const char *, uint64_t))found)(agent, account, token, tag) : SIPUA_E_UNSUPPORTED;
}
#define sipua_account_set_token older_sipua_account_set_token

#ifdef __cplusplus
}
#endif
#endif
#endif
