/* The world of ua_script_fuzz.c: one user agent, one raw peer, what the program was told of, and what must hold. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "net/stun.h"
#include "sdp/sdp.h"
#include "sip/frame.h"
#include "sip/headers.h"
#include "support/fake_media.h"
#include "support/fake_net.h"
#include "ua/ua.h"

#define US "10.0.0.1"
#define PEER "10.0.0.9:5090"

enum { OBJECTS = 64, LEGS = 8, HEARD = 8, STREAMS = 4, FINALS = 64 };

typedef enum kind {
    NONE,
    ACCOUNT,
    CALL,
    MESSAGE,
    TRANSFER,
    REQUEST,
    COLLECTOR,
    SUBSCRIPTION,
    NOTIFIER,
    PUBLICATION,
    CONFERENCE,
    BRIDGE
} kind;
typedef enum life {
    FREE,
    MAKING,
    LIVE,
    RETIRED,
    DEAD
} life; /* RETIRED: refused within its first event, heard no more */

typedef struct object {
    kind kind;
    life life;
    void *ptr;
    uint64_t owner; /* of a request or a collector: its call */
} object;

/* A dialog as the peer knows it, or what may become one. */
typedef struct leg {
    char id[128], ours[256], theirs[256], target[256], branch[32], uri[256];
    unsigned cseq, invite, rseq, rcseq;
} leg;

/* A connection between the two. The first ones the peer opens, the others we do. */
typedef struct stream {
    net_conn *conn;
    sip_framer f;
} stream;

typedef struct world {
    bool wide; /* the script says so: everything below may happen; a script that does not means what it always meant */
    const char *us;
    unsigned way; /* how the peer sends: 0 UDP, else 1 + which of streams */
    stream streams[STREAMS];
    net_listener *door;
    bool gather; /* what goes by a stream waits for the next ones, to leave as one segment */
    sx_buf pile;
    ua_listener *listener; /* a further one of the program */
    unsigned registrar;    /* how REGISTER is answered */
    char contact[256];     /* of the last REGISTER */
    struct {
        unsigned branch;
        int method, status;
    } finals[FINALS]; /* what requests of the peer got */
    net_loop *loop, *peer_loop;
    media_engine *media;
    ua_agent *agent;
    net_udp *peer;
    sx_task pump;
    object objects[OBJECTS + 1]; /* by id; 0 is none */
    size_t nobjects;
    leg legs[LEGS];
    unsigned nlegs, branches, calls;
    struct {
        char *p;
        size_t n;
    } heard[HEARD]; /* the last requests of the agent */
    unsigned nheard;
    bool acks, agrees, picks_up; /* the peer: acknowledges; says 200 in dialogs; and to new INVITEs */
    bool down, silent;
    unsigned read;
    bool show; /* SHOW in the environment: what passes, for whoever looks into a finding */
    const uint8_t *p;
    size_t n;
} world;

static unsigned take(world *w) {
    if (!w->n) return 0;
    w->n--;
    return *w->p++;
}

static void broken(const char *what, uint64_t id, int type) {
    fprintf(stderr, "broken: %s (object %llu, event %d)\n", what, (unsigned long long)id, type);
    abort();
}

static void show(void *ctx, const fake_packet *p) {
    (void)ctx;
    const char *end = memchr(p->bytes.p, '\r', p->bytes.n);
    fprintf(stderr, "%llu port %u: %.*s\n", (unsigned long long)fake_now(), net_addr_port(&p->from),
            end ? (int)(end - p->bytes.p) : 0, p->bytes.p);
}

/* ---- what the program was told of ---- */

static uint64_t object_new(world *w, kind k, life l, void *ptr) {
    if (w->nobjects >= OBJECTS) return 0;
    object *o = &w->objects[++w->nobjects];
    o->kind = k;
    o->life = l;
    o->ptr = ptr;
    return w->nobjects;
}

/* The object that a creating function made, or nothing: then no event of it may ever come. */
static void object_made(world *w, uint64_t id, int rc, void *ptr) {
    object *o = &w->objects[id];
    if (o->life != MAKING) broken("ended while it was being made", id, 0);
    o->life = rc < 0 ? DEAD : LIVE;
    o->ptr = rc < 0 ? NULL : ptr;
    if (rc >= 0 && !ptr) broken("made, but nothing there", id, 0);
}

/* One of the live ones of that kind, mostly the newest; or NULL. */
static void *pick(world *w, kind k) {
    unsigned skip = take(w) % 8;
    void *found = NULL;
    for (size_t i = w->nobjects; i > 0; i--) {
        object *o = &w->objects[i];
        if (o->kind != k || o->life != LIVE) continue;
        found = o->ptr;
        if (!skip--) break;
    }
    return found;
}

static bool says(sx_slice s, const char *text) { return sx_eq(s, sx_slice_str(text)); }

typedef struct subject {
    kind kind;
    uint64_t id;
    bool first, last;
} subject;

static subject subject_of_call(const ua_event *ev) {
    subject s = {CALL, ev->call ? ua_call_id(ev->call) : 0, false, ev->type == UA_EV_CALL_ENDED};
    s.first = ev->type == UA_EV_INCOMING_CALL || ev->type == UA_EV_CALL_REPLACED;
    return s;
}

static subject subject_of(const ua_event *ev) {
    subject s = {NONE, 0, false, false};
    switch (ev->type) {
    case UA_EV_REGISTERED:
    case UA_EV_REGISTRATION_DEGRADED:
    case UA_EV_UNREGISTERED:
    case UA_EV_REGISTRATION_FAILED:
    case UA_EV_PATH_QUALITY:
    case UA_EV_ACCOUNT_CLOSED:
        return (subject){ACCOUNT, ua_account_id(ev->account), false, ev->type == UA_EV_ACCOUNT_CLOSED};
    case UA_EV_MESSAGE:
    case UA_EV_MESSAGE_ANSWERED:
    case UA_EV_MESSAGE_DELIVERED:
    case UA_EV_MESSAGE_FAILED:
    case UA_EV_OPTIONS_ANSWERED:
        return (subject){MESSAGE, ua_message_id(ev->message), ev->type == UA_EV_MESSAGE, ev->type != UA_EV_MESSAGE};
    case UA_EV_TRANSFER_REQUESTED:
    case UA_EV_TRANSFER_PROGRESS:
    case UA_EV_TRANSFER_DONE:
        return (subject){TRANSFER, ua_transfer_id(ev->transfer), ev->type == UA_EV_TRANSFER_REQUESTED,
                         ev->type == UA_EV_TRANSFER_DONE};
    case UA_EV_REQUEST_ANSWERED: return (subject){REQUEST, ua_request_id(ev->request), false, true};
    case UA_EV_COLLECTED: return (subject){COLLECTOR, ua_collector_id(ev->collector), false, true};
    case UA_EV_SUBSCRIBE_REQUESTED: return (subject){NOTIFIER, ua_notifier_id(ev->notifier), true, false};
    case UA_EV_NOTIFY:
        if (ev->subscription) s = (subject){SUBSCRIPTION, ua_subscription_id(ev->subscription), false, false};
        return s;
    case UA_EV_SUBSCRIPTION_STATE:
        s.kind = ev->subscription ? SUBSCRIPTION : NOTIFIER;
        s.id = ev->subscription ? ua_subscription_id(ev->subscription) : ua_notifier_id(ev->notifier);
        s.last = says(ev->state, "terminated");
        return s;
    case UA_EV_PUBLISH_STATE:
        return (subject){PUBLICATION, ua_publication_id(ev->publication), false, says(ev->state, "removed")};
    case UA_EV_CONFERENCE_CHANGED:
    case UA_EV_CONFERENCE_ENDED:
        return (subject){CONFERENCE, ua_conference_id(ev->conference), false, ev->type == UA_EV_CONFERENCE_ENDED};
    case UA_EV_BRIDGE_CHANGED:
    case UA_EV_BRIDGE_ENDED: return (subject){BRIDGE, ua_bridge_id(ev->bridge), false, ev->type == UA_EV_BRIDGE_ENDED};
    case UA_EV_TRACE:
    case UA_EV_OPTIONS:
    case UA_EV_SUSPICIOUS:
    case UA_EV_MESSAGE_COMPOSING:
    case UA_EV_MESSAGE_DISPOSITION:
    case UA_EV_PLAY_DONE:
    case UA_EV_RECORD_DONE: return s;
    default: return ev->call ? subject_of_call(ev) : s;
    }
}

/* An object that the peer made: its first event. Where no room is left it is refused there and then. */
static void adopt(world *w, const ua_event *ev, subject *s) {
    static const ua_reply refusal = {.status = 500};
    void *ptr = s->kind == CALL       ? (void *)ev->call
                : s->kind == TRANSFER ? (void *)ev->transfer
                : s->kind == NOTIFIER ? (void *)ev->notifier
                                      : (void *)ev->message;
    bool room = take(w) % 16 != 7;
    s->id = object_new(w, s->kind, room ? LIVE : RETIRED, ptr);
    if (s->kind == CALL && s->id) ua_call_set_id(ev->call, s->id);
    if (s->kind == TRANSFER && s->id) ua_transfer_set_id(ev->transfer, s->id);
    if (s->kind == NOTIFIER && s->id) ua_notifier_set_id(ev->notifier, s->id);
    if (s->kind == MESSAGE && s->id) ua_message_set_id(ev->message, s->id);
    if (room && s->id) return;
    switch (s->kind) {
    case CALL: ua_call_overload(ev->call); break;
    case TRANSFER: ua_transfer_reject(ev->transfer, &refusal); break;
    case NOTIFIER: ua_notifier_reject(ev->notifier, &refusal); break;
    default: ua_message_reject(ev->message, &refusal); break;
    }
}

/* Every byte that is told can be read. */
static unsigned read_all(const ua_event *ev) {
    const sx_slice *const texts[] = {
        &ev->reason,        &ev->text,      &ev->from,       &ev->from_name,   &ev->to,          &ev->to_name,
        &ev->target,        &ev->codec,     &ev->transport,  &ev->host,        &ev->body,        &ev->identity,
        &ev->identity_name, &ev->diversion, &ev->state,      &ev->event,       &ev->digits,      &ev->message_id,
        &ev->privacy,       &ev->replaces,  &ev->local_host, &ev->referred_by, &ev->content_type};
    unsigned sum = ev->other ? (unsigned)ua_call_id(ev->other) : 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t k = 0; k < texts[i]->n; k++) sum += (unsigned char)texts[i]->p[k];
    }
    sip_msg *kept = ev->msg ? sip_msg_keep(ev->msg) : NULL;
    if (kept) sum += (unsigned)kept->bytes.n;
    sip_msg_unref(kept);
    return sum;
}

/* Orphans: what runs inside a call ends with it, told or not. */
static void end_inside(world *w, uint64_t call) {
    for (size_t i = 1; i <= w->nobjects; i++) {
        object *o = &w->objects[i];
        if ((o->kind == REQUEST || o->kind == COLLECTOR) && o->owner == call && o->life == LIVE) o->life = RETIRED;
    }
}

static void sink(void *ctx, const ua_event *ev) {
    world *w = ctx;
    w->read += read_all(ev);
    if (w->show && ev->type != UA_EV_TRACE)
        fprintf(stderr, "%llu event %d\n", (unsigned long long)fake_now(), ev->type);
    if (w->down) return;
    if (ev->type == UA_EV_SHUTDOWN) {
        w->down = true;
        return;
    }
    subject s = subject_of(ev);
    if (s.kind == NONE) return;
    if (!s.id && s.first) {
        adopt(w, ev, &s);
        return;
    }
    if (!s.id) return; /* refused for want of room above: nobody knows it */
    if (s.id > w->nobjects) broken("an object that nobody made", s.id, ev->type);
    object *o = &w->objects[s.id];
    if (o->kind != s.kind) broken("another kind of object", s.id, ev->type);
    if (o->life == DEAD) broken("an event after the last", s.id, ev->type);
    if (o->life == MAKING && s.last) broken("ended while it was being made", s.id, ev->type);
    if (!s.last || o->life == RETIRED) return;
    o->life = DEAD;
    o->ptr = NULL;
    if (s.kind == CALL) end_inside(w, s.id);
}

/* What must have ended by now. */
static void all_ended(world *w, const char *when) {
    for (size_t i = 1; i <= w->nobjects; i++) {
        if (w->objects[i].life == LIVE) {
            fprintf(stderr, "kind %d\n", w->objects[i].kind);
            broken(when, i, 0);
        }
    }
}
