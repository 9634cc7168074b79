/* Commands from app threads to the stack thread: one block each, with all its strings, in a queue that many may push to
 * without a lock and one empties at a stroke. */
#ifndef CORE_COMMANDS_H
#define CORE_COMMANDS_H

#include "core/event.h"
#include "core/ids.h"
#include "core/tls.h"
#include "server/server.h"
#include "ua/ua.h"

typedef enum core_op {
    CORE_OP_NOP, /* says only that it was reached */
    CORE_OP_FLUSH,
    CORE_OP_LOG,  /* a line from another thread */
    CORE_OP_FIRE, /* the wake-up callback was set */
    CORE_OP_SHUTDOWN,
    CORE_OP_AGENT_STATS,
    CORE_OP_NETWORK_CHANGED,
    CORE_OP_RELOAD_TLS,
    CORE_OP_ASK,
    CORE_OP_OPTION,
    CORE_OP_ACCOUNT_CREATE,
    CORE_OP_ACCOUNT_REGISTER,
    CORE_OP_ACCOUNT_UNREGISTER,
    CORE_OP_ACCOUNT_CLOSE,
    CORE_OP_ACCOUNT_TOKEN,
    CORE_OP_CALL_CREATE,
    CORE_OP_CALL_RING,
    CORE_OP_CALL_ANSWER,
    CORE_OP_CALL_REJECT,
    CORE_OP_CALL_HANGUP,
    CORE_OP_CALL_USER,
    CORE_OP_CALL_DTMF,
    CORE_OP_CALL_STATS,
    CORE_OP_CALL_PLAY,
    CORE_OP_PLAYER_STOP,
    CORE_OP_CALL_RECORD,
    CORE_OP_RECORDER_STOP,
    CORE_OP_MESSAGE_SEND,
    CORE_OP_MESSAGE_ACCEPT,
    CORE_OP_MESSAGE_REJECT,
    CORE_OP_OPTIONS_SEND,
    CORE_OP_LISTENER_CREATE,
    CORE_OP_LISTENER_CLOSE,
    CORE_OP_SERVER_CREATE,
    CORE_OP_SERVER_USER,
    CORE_OP_SERVER_CLOSE,
    CORE_OP_DRAIN,
    CORE_OP_CALL_CHANGE,
    CORE_OP_CALL_ACCEPT_CHANGE,
    CORE_OP_CALL_REJECT_CHANGE,
    CORE_OP_CALL_MUTE,
    CORE_OP_CALL_REQUEST,
    CORE_OP_CALL_COLLECT,
    CORE_OP_COLLECTOR_STOP,
    CORE_OP_CALL_TRANSFER,
    CORE_OP_TRANSFER_SEND,
    CORE_OP_TRANSFER_ACCEPT,
    CORE_OP_TRANSFER_REJECT,
    CORE_OP_CONFERENCE_CREATE,
    CORE_OP_CONFERENCE_ADD,
    CORE_OP_CONFERENCE_REMOVE,
    CORE_OP_CONFERENCE_PLAY,
    CORE_OP_CONFERENCE_RECORD,
    CORE_OP_CONFERENCE_END,
    CORE_OP_BRIDGE_CREATE,
    CORE_OP_BRIDGE_END,
    CORE_OP_SUBSCRIPTION_CREATE,
    CORE_OP_SUBSCRIPTION_REFRESH,
    CORE_OP_SUBSCRIPTION_END,
    CORE_OP_NOTIFIER_ACCEPT,
    CORE_OP_NOTIFIER_REJECT,
    CORE_OP_NOTIFIER_NOTIFY,
    CORE_OP_PUBLICATION_CREATE,
    CORE_OP_PUBLICATION_UPDATE,
    CORE_OP_PUBLICATION_END
} core_op;

/* Pointers in here point into the command's own block. */
typedef union core_params {
    struct {
        int level;
        const char *module;
        const char *text;
        size_t n;
    } log;
    struct {
        int deadline_ms;
    } shutdown;
    struct {
        int kind;
        bool on;
    } ask;
    struct {
        const char *key;
        const char *value;
    } option;
    struct {
        ua_account_config config; /* its tls is set by core/ */
        core_tls_config tls;
    } account;
    struct {
        const char *token;
    } token;
    struct {
        bool all;
    } unregister;
    ua_call_config call;
    struct {
        ua_reply reply;
        uint64_t user; /* 0: as it is */
    } reply;
    struct {
        uint64_t user;
    } user;
    struct {
        const char *digits;
        int duration_ms, gap_ms;
    } dtmf;
    struct {
        const char *path;
        bool loop;
        int side;
    } file; /* of player and recorder */
    ua_message_config message;
    struct {
        const char *address;
        const char *advertise;
        int open; /* 0: as the agent, 1 on, 2 off */
        core_tls_config tls;
        const char *const *origins;
        size_t origin_count;
        const char *ws_path;
    } listener;
    srv_config server;
    srv_user server_user;
    struct {
        bool on;
    } drain;
    ua_change change;
    struct {
        unsigned sides;
        bool on;
    } mute;
    ua_request_config request;
    ua_collect_config collect;
    ua_transfer_config transfer; /* its consult is set by core/ */
    struct {
        ua_call_config config;
        bool given;
    } accept; /* of a transfer */
    ua_conference_config conference;
    struct {
        bool hangup;
    } end;
    ua_bridge_config bridge;
    ua_subscribe_config subscribe;
    struct {
        int expires;
    } refresh;
    struct {
        ua_notify_config config;
        uint64_t user;
        bool given;
    } notify;
    ua_publish_config publish;
    struct {
        const char *content_type;
        sx_slice body;
    } update;
} core_params;

typedef struct core_cmd {
    struct core_cmd *next;
    core_op op;
    size_t size; /* of the whole block */
    uint64_t tag;
    core_event *reply;   /* memory for the reply, when there is a tag */
    core_entry *entry;   /* whom it is about, or what it makes; a reference, or NULL */
    core_entry *with[2]; /* others that it needs: calls of a bridge, the transfer that makes a call; the same */
    core_params p;
    char data[];
} core_cmd;

typedef struct core_commands {
    core_cmd *head; /* atomic; newest first */
} core_commands;

core_cmd *core_cmd_alloc(core_op op, size_t room);
void core_cmd_free(core_cmd *c); /* NULL is harmless */

/* Any thread. 1: it was empty, so the stack thread must be woken; 0; SX_E_CLOSED: nothing is taken any more. */
int core_commands_push(core_commands *q, core_cmd *c);
/* Stack thread: all that waits, oldest first. */
core_cmd *core_commands_take(core_commands *q);
/* The same for the last time: from now on pushing says SX_E_CLOSED. */
core_cmd *core_commands_close(core_commands *q);

#endif
