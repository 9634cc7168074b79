/* What the files of abi/src share: checking what comes in, copying it into one block, filling what goes out. */
#ifndef ABI_ABI_H
#define ABI_ABI_H

#include "base/error.h"
#include "core/core.h"
#include "generated/structs.h"
#include "sipua/sipua.h"

static inline core_agent *abi_core(sipua_agent *agent) { return (core_agent *)(void *)agent; }
static inline const core_event *abi_event(const sipua_event *event) { return (const core_event *)(const void *)event; }

#define ABI_MAX_NUMBER (1ull << 53) /* 64-bit scalars stay below it: a double holds them exactly */
#define ABI_MAX_TEXT 8192           /* bytes of one string */
#define ABI_MAX_PEM (8 << 20)       /* bytes of PEM text, or of a file of it */
#define ABI_MAX_BODY 60000          /* bytes; a message has 64 KiB in all */
#define ABI_MAX_LIST 128            /* items of a list */
#define ABI_MAX_USERS 100000        /* of a server */

/* Is this an agent that takes commands? */
int abi_enter(sipua_agent *agent);

/* The bytes of a struct up to and with a member: what the first release had. */
#define ABI_FIRST(type, member) ((uint32_t)(offsetof(type, member) + sizeof(((type *)0)->member)))
/* Copies a versioned struct into the library's own, zero where the caller's ends. SX_E_VERSION: smaller than in the
 * first release, or with something in the part that is not known here. */
int abi_in(void *full, uint32_t full_size, uint32_t first, const void *theirs, const char *name);
/* Fills an out-struct; returns the size filled. */
int abi_out(void *theirs, const void *full, uint32_t full_size, uint32_t first, const char *name);
int abi_padding(uint32_t reserved, const char *name);
/* Both for a struct by its type: copied in, its padding checked. */
#define ABI_IN(type, full, theirs)                                                                                     \
    do {                                                                                                               \
        ABI_TRY(abi_in(full, sizeof(type), ABI_FIRST_##type, theirs, #type));                                          \
        ABI_TRY(abi_padding((uint32_t)ABI_RESERVED_##type(full), #type));                                              \
    } while (0)
#define ABI_OUT(type, theirs, full) abi_out(theirs, full, sizeof(type), ABI_FIRST_##type, #type)

/* Checks; each returns SX_OK or fails with its words. `what` names the value. NULL is legal where not `required`. */
int abi_text(const char *what, const char *s, bool required); /* UTF-8, no control characters */
int abi_path(const char *path);
int abi_number(const char *what, uint64_t v); /* below 2^53 */
int abi_switch(const char *what, int32_t v);
int abi_range(const char *what, int64_t v, int64_t min, int64_t max);
int abi_rate(int32_t rate, bool zero_allowed);
int abi_list(const char *what, const void *list, uint64_t count, uint32_t max);
int abi_texts(const char *what, const char *const *list, uint32_t count);
int abi_codecs(const char *const *list, uint32_t count);
int abi_headers(const sipua_pair *list, uint32_t count);
int abi_headers_of(const sipua_pair *list, uint32_t count, int status); /* a 3xx may name contacts */
int abi_body(const char *body, uint32_t size);
int abi_uri(const char *what, const char *s, bool required); /* a whole URI */
int abi_target(const char *s, bool required);                /* a URI, user@host, or a user */
int abi_listen_address(const char *s);
int abi_hop(const char *what, const char *s);      /* a SIP URI, or the URL of a WebSocket server; NULL is legal */
int abi_replaces(const char *what, const char *s); /* "CALL-ID;to-tag=X;from-tag=Y"; NULL is legal */
int abi_package(const char *s);                    /* of events, with parameters */
int abi_params(const char *what, const char *s);   /* ";"-separated parameters; NULL is legal */
int abi_token(const char *s);                      /* a bearer token (RFC 6750); NULL is legal */
int abi_ha1(const char *s);                        /* NULL is legal */
int abi_ws_headers(const sipua_pair *list, uint32_t count); /* of an HTTP request */
/* PEM text, or the name of a file (or of a directory) that can be read and, a file, has PEM in it. SX_E_NOT_FOUND,
 * SX_E_PERMISSION, SX_E_FORMAT. NULL is legal. */
int abi_pem(const char *what, const char *s, bool directory);
int abi_certificate(const char *cert, const char *key, const char *password);
int abi_pins(const char *const *list, uint32_t count);
int abi_host(const char *what, const char *s, bool numeric); /* host or host:port; NULL is legal */

/* Packing into a command's block: run once to count (p NULL), once to copy. */
typedef struct abi_pack {
    char *p;
    size_t n;
} abi_pack;
const char *abi_pack_str(abi_pack *k, const char *s);
const char *const *abi_pack_strs(abi_pack *k, const char *const *list, size_t count);
const ua_pair *abi_pack_pairs(abi_pack *k, const sipua_pair *list, size_t count);
sx_slice abi_pack_bytes(abi_pack *k, const void *p, size_t n);
typedef void (*abi_fill)(abi_pack *k, core_params *p, const void *in);
/* NULL with the error set. fill may be NULL. */
core_cmd *abi_command(core_op op, uint64_t tag, abi_fill fill, const void *in);

/* A command about an existing object, and one about two of them. */
int abi_pair_command(sipua_agent *agent, sipua_id id, core_kind kind, sipua_id with, core_kind with_kind, core_op op,
                     uint64_t tag, core_need need, abi_fill fill, const void *in);
int abi_object_command(sipua_agent *agent, sipua_id id, core_kind kind, core_op op, uint64_t tag, core_need need,
                       abi_fill fill, const void *in);
/* A command that makes an object; owner (0: none) must be a live `owner_kind`. *id gets the number before the command
 * is queued. user 0: the owner's. */
typedef struct abi_new {
    core_op op;
    core_kind kind;
    core_kind owner_kind;
    sipua_id owner;
    uint64_t user;
    uint64_t tag;
    bool inherit_user;
    int32_t rate; /* calls and conferences: 0 default */
    core_kind with_kind;
    sipua_id with[2]; /* others that it needs; 0: none */
    bool one_will_do; /* one of them may have ended already: the stack's thread says so in its reply */
} abi_new;
int abi_create(sipua_agent *agent, const abi_new *what, abi_fill fill, const void *in, sipua_id *id);

/* sipua_reply and sipua_message_config are used by more than one kind. */
typedef struct abi_reply {
    sipua_reply r;
    bool call; /* of a call, else of a message */
} abi_reply;
int abi_reply_in(abi_reply *out, const sipua_reply *reply, int min, int max, bool call);
void abi_reply_fill(abi_pack *k, core_params *p, const void *in);

/* What runs of a call's configuration elsewhere too. */
int abi_check_call(sipua_call_config *c, bool target);
void abi_fill_call(abi_pack *k, ua_call_config *u, const sipua_call_config *c);
int abi_room_for_a_call(sipua_agent *agent);
/* A player or recorder of a call or conference. */
typedef struct abi_file {
    const char *path;
    int32_t loop, side;
} abi_file;
int abi_create_file(sipua_agent *agent, sipua_id owner, core_kind owner_kind, core_op op, const abi_file *in,
                    uint64_t user, uint64_t tag, sipua_id *id);

#define ABI_TRY(expr)                                                                                                  \
    do {                                                                                                               \
        int abi_rc_ = (expr);                                                                                          \
        if (abi_rc_ < 0) return abi_rc_;                                                                               \
    } while (0)

#endif
