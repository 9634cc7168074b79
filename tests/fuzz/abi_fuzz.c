/* The C ABI driven by bytes: two agents on loopback that call each other, functions, ids and arguments as the input says,
 * raw datagrams in between. Whatever is done, every event can be read, and close comes back. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <sipua/sipua.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "must.h"

enum { IDS = 24, STEPS = 200 };

typedef struct in {
    const uint8_t *p, *end;
} in;

static sipua_agent *agents[2];
static int ports[2];
static sipua_id ids[IDS];
static unsigned next_id;
static int sock;
static char sound[64], recording[64]; /* files of ours */
static unsigned woken;

static void wakeup(void *arg) {
    __atomic_add_fetch((unsigned *)arg, 1, __ATOMIC_RELAXED);
}

static uint8_t byte(in *i) {
    return i->p < i->end ? *i->p++ : 0;
}

static uint32_t word(in *i) {
    uint32_t v = byte(i);
    v |= (uint32_t)byte(i) << 8;
    return v;
}

/* A string out of the input: up to a NUL or 60 bytes; sometimes NULL. */
static const char *text(in *i, char *buffer) {
    size_t n = byte(i) % 64, k = 0;
    if (n == 63) return NULL;
    for (; k < n && i->p < i->end && *i->p; k++) buffer[k] = (char)*i->p++;
    buffer[k] = 0;
    return buffer;
}

static const char *target(in *i, char *buffer, int agent) {
    static const char *const forms[] = {"sip:bob@127.0.0.1:%d", "sip:127.0.0.1:%d;transport=tcp", "bob@127.0.0.1:%d"};
    unsigned form = byte(i) % 4;
    if (form == 3) return text(i, buffer);
    snprintf(buffer, 80, forms[form], ports[!agent]);
    return buffer;
}

static void remember(sipua_id id) {
    if (id) ids[next_id++ % IDS] = id;
}

static sipua_id pick(in *i) {
    unsigned v = byte(i);
    return v == 255 ? 0 : v == 254 ? ~0ull : ids[v % IDS];
}

static void look_at(sipua_event *e) {
    sipua_event_view v = SIPUA_EVENT_VIEW_INIT;
    sipua_call_stats s = SIPUA_CALL_STATS_INIT;
    sipua_agent_counters c = SIPUA_AGENT_COUNTERS_INIT;
    uint64_t size;
    const char *name, *value;
    never(sipua_event_get(e, &v) != (int32_t)sizeof v);
    const char *strings[] = {v.reason, v.text, v.from, v.from_name, v.to, v.to_name, v.target, v.codec, v.transport, v.host,
                             v.module, v.content_type, v.check, v.names, v.pub_gruu, v.temp_gruu, v.local_host, v.state, v.package, v.message_id, v.digits, v.identity,
                             v.identity_name, v.diversion, v.referred_by, v.replaces, v.privacy, v.dialog};
    size_t sum = 0;
    for (size_t k = 0; k < sizeof strings / sizeof strings[0]; k++) sum += strings[k] ? strlen(strings[k]) : 0;
    for (uint64_t k = 0; k < v.body_size; k++) sum += v.body[k];
    for (int32_t k = 0; k < sipua_event_header_count(e); k++)
        if (!sipua_event_header_at(e, k, &name, &value)) sum += strlen(name) + strlen(value);
    for (int32_t k = 0; k < sipua_event_document_count(e); k++)
        if (!sipua_event_document_at(e, k, &name, &value)) sum += strlen(name) + strlen(value);
    sipua_event_header(e, "From", 0);
    sipua_event_message(e, &size);
    sipua_event_call_stats(e, &s);
    sipua_event_agent_stats(e, &c);
    never(!sipua_event_json(e) || sum == (size_t)-1);
    remember(v.id);
    remember(v.other);
    if (v.type == SIPUA_EVENT_LISTENING) {
        for (int a = 0; a < 2; a++)
            if (!ports[a]) {
                ports[a] = v.port;
                break;
            }
    }
    sipua_event_destroy(e);
}

static void drain(int agent, int timeout_ms) {
    sipua_event *e;
    for (int k = 0; k < 50 && sipua_poll(agents[agent], k ? 0 : timeout_ms, &e) == 1; k++) look_at(e);
}

static void reply_of(in *i, sipua_reply *r, char *b1, char *b2) {
    memset(r, 0, sizeof *r);
    r->struct_size = byte(i) % 16 ? sizeof *r : word(i) % (sizeof *r + 1); /* never more than there is */
    r->status = (int32_t)word(i) % 1000;
    r->reason = text(i, b1);
    r->media = byte(i) % 8 ? 0 : 2;
    r->early_media = byte(i) % 3;
    r->rate = byte(i) % 2 ? 16000 : 0;
    if (byte(i) % 4 == 0) {
        r->body = text(i, b2);
        r->body_size = r->body ? (uint32_t)strlen(r->body) : 0;
    }
}

static void calls(in *i, int a, unsigned op) {
    char b1[80], b2[80], b3[80], b4[80];
    sipua_pair header = {NULL, NULL};
    sipua_reply r;
    sipua_id id = 0;
    switch (op) {
    case 0: case 1: {
        sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
        c.target = target(i, b1, a);
        c.from = byte(i) % 4 ? NULL : text(i, b2);
        c.media = byte(i) % 3;
        c.timeout_ms = (int32_t)word(i);
        if (byte(i) % 3 == 0) {
            header.name = text(i, b3);
            header.value = text(i, b4);
            c.headers = &header;
            c.header_count = 1;
        }
        sipua_call_create(agents[a], byte(i) % 2 ? pick(i) : 0, &c, byte(i), &id);
        break;
    }
    case 2: reply_of(i, &r, b1, b2); sipua_call_ring(agents[a], pick(i), byte(i) % 2 ? &r : NULL, byte(i)); break;
    case 3: case 4: reply_of(i, &r, b1, b2); sipua_call_answer(agents[a], pick(i), byte(i) % 3 ? NULL : &r, byte(i)); break;
    case 5: reply_of(i, &r, b1, b2); sipua_call_reject(agents[a], pick(i), byte(i) % 2 ? &r : NULL, byte(i)); break;
    case 6: reply_of(i, &r, b1, b2); sipua_call_hangup(agents[a], pick(i), byte(i) % 2 ? &r : NULL, byte(i)); break;
    case 7: sipua_call_dtmf(agents[a], pick(i), text(i, b1), byte(i), byte(i), byte(i)); break;
    case 8: sipua_call_stats_request(agents[a], pick(i), byte(i)); break;
    default: sipua_call_set_user(agents[a], pick(i), word(i), byte(i)); break;
    }
    remember(id);
}

#include "abi_controls.h"

static void sounds(in *i, int a, unsigned op) {
    static int16_t pcm[4800];
    static const int32_t rates[] = {8000, 16000, 24000, 48000, 44100, 0};
    sipua_audio_flags flags;
    sipua_id ready[4];
    uint32_t n = word(i) % 4800;
    switch (op) {
    case 0: sipua_audio_write(agents[a], pick(i), pcm, n, rates[byte(i) % 6], byte(i), byte(i) % 2); break;
    case 1: sipua_audio_read(agents[a], pick(i), pcm, n, byte(i) % 2, &flags); break;
    case 2: sipua_audio_set_rate(agents[a], pick(i), rates[byte(i) % 6]); break;
    case 3: sipua_audio_flush(agents[a], pick(i), byte(i)); break;
    case 4: sipua_audio_mark(agents[a], pick(i), byte(i)); break;
    case 5: sipua_audio_queued(agents[a], pick(i)); break;
    case 6: sipua_audio_watch(agents[a], pick(i), byte(i), byte(i)); break;
    default: sipua_audio_ready(agents[a], ready, byte(i) % 5); break;
    }
}

static void files(in *i, int a, unsigned op) {
    static const char *const strange[] = {"/dev/null", "/nowhere/x.wav", "/proc/self/maps", "", NULL};
    sipua_id id = 0;
    const char *other = strange[byte(i) % 5];
    switch (op) {
    case 0: case 1: sipua_call_play(agents[a], pick(i), op ? sound : other, byte(i) % 4, byte(i), byte(i), &id); break;
    case 2: sipua_player_stop(agents[a], pick(i), byte(i)); break;
    case 3: case 4: /* nothing is made outside of our own file */
        sipua_call_record(agents[a], pick(i), op == 3 ? recording : other, byte(i) % 4, byte(i), byte(i), &id);
        break;
    default: sipua_recorder_stop(agents[a], pick(i), byte(i)); break;
    }
    remember(id);
}

/* What an account may say of TLS, WebSocket and its Contact: any of it may be nonsense. */
static void ways(in *i, sipua_account_config *c) {
    static char b[8][80];
    static const char *const urls[] = {"ws://127.0.0.1:%d/sip?x=y", "wss://127.0.0.1:%d", "sip:127.0.0.1:%d;transport=tls"};
    static const char *list[1];
    static sipua_pair header;
    unsigned form = byte(i) % 4;
    snprintf(b[0], sizeof b[0], urls[form % 3], ports[0]);
    c->outbound_proxy = form == 3 ? text(i, b[0]) : b[0];
    c->transport = byte(i) % 3 ? NULL : text(i, b[1]);
    c->contact_params = text(i, b[2]);
    c->contact_features = text(i, b[3]);
    c->ha1 = byte(i) % 3 ? NULL : text(i, b[4]);
    c->bearer_token = byte(i) % 2 ? NULL : text(i, b[5]);
    c->tls_ca = byte(i) % 3 ? NULL : text(i, b[6]);
    c->tls_verify = byte(i) % 3;
    c->flows = byte(i) % 4;
    list[0] = byte(i) % 2 ? "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" : b[6];
    c->tls_pins = list;
    c->tls_pin_count = byte(i) % 2;
    header.name = header.value = b[2];
    c->ws_headers = &header;
    c->ws_header_count = byte(i) % 2;
}

static void others(in *i, int a, unsigned op) {
    char b1[80], b2[80], b3[80];
    sipua_id id = 0;
    sipua_reply r;
    switch (op) {
    case 0: {
        sipua_account_config c = SIPUA_ACCOUNT_CONFIG_INIT;
        c.aor = target(i, b1, a);
        c.password = text(i, b2);
        c.auto_answer = byte(i) % 3;
        c.display_name = text(i, b3);
        if (byte(i) % 4 == 0) ways(i, &c);
        sipua_account_create(agents[a], &c, byte(i), &id);
        break;
    }
    case 1: sipua_account_register(agents[a], pick(i), byte(i)); break;
    case 2: sipua_account_unregister(agents[a], pick(i), byte(i) % 4, byte(i)); break;
    case 3: sipua_account_close(agents[a], pick(i), byte(i)); break;
    case 4: case 5: {
        sipua_message_config c = SIPUA_MESSAGE_CONFIG_INIT;
        c.target = target(i, b1, a);
        c.body = text(i, b2);
        c.body_size = c.body ? (uint32_t)strlen(c.body) : 0;
        c.content_type = byte(i) % 3 ? NULL : text(i, b3);
        if (op == 4)
            sipua_message_send(agents[a], byte(i) % 2 ? pick(i) : 0, &c, byte(i), &id);
        else
            sipua_options_send(agents[a], byte(i) % 2 ? pick(i) : 0, &c, byte(i), &id);
        break;
    }
    case 6: reply_of(i, &r, b1, b2); sipua_message_accept(agents[a], pick(i), byte(i) % 2 ? &r : NULL, byte(i)); break;
    case 7: reply_of(i, &r, b1, b2); sipua_message_reject(agents[a], pick(i), byte(i) % 2 ? &r : NULL, byte(i)); break;
    case 8: {
        sipua_server_config c = SIPUA_SERVER_CONFIG_INIT;
        sipua_pair user = {text(i, b1), text(i, b2)};
        c.users = &user;
        c.user_count = byte(i) % 2;
        c.mode = byte(i) % 3;
        sipua_server_create(agents[a], &c, byte(i), &id);
        break;
    }
    case 9: {
        sipua_listener_config c = SIPUA_LISTENER_CONFIG_INIT;
        static const char *const streams[] = {"tcp:127.0.0.1:0", "ws:127.0.0.1:0", "tls:127.0.0.1:0", "wss:127.0.0.1:0"};
        unsigned form = byte(i);
        c.address = form % 4 ? "udp:127.0.0.1:0" : form & 64 ? text(i, b1) : streams[form >> 4 & 3];
        c.ws_path = form % 4 || form & 128 ? NULL : text(i, b2);
        c.tls_cert = form % 16 ? NULL : text(i, b3);
        c.server = byte(i) % 2 ? pick(i) : 0;
        sipua_listener_create(agents[a], &c, byte(i), &id);
        break;
    }
    case 10: sipua_listener_close(agents[a], pick(i), byte(i)); break;
    case 11: sipua_server_set_user(agents[a], pick(i), text(i, b1), text(i, b2), byte(i)); break;
    case 12: sipua_server_close(agents[a], pick(i), byte(i)); break;
    case 13: sipua_option_set(agents[a], byte(i) % 2 ? pick(i) : 0, text(i, b1), text(i, b2), byte(i)); break;
    case 14: sipua_agent_stats(agents[a], byte(i)); break;
    case 15: sipua_agent_ask(agents[a], byte(i) % 9, byte(i) % 4, byte(i)); break;
    case 16: sipua_network_changed(agents[a], byte(i)); break;
    case 17: sipua_agent_reload_tls(agents[a], byte(i)); break;
    default: sipua_account_set_token(agents[a], pick(i), text(i, b1), byte(i)); break;
    }
    remember(id);
}

static void pure(in *i) {
    char b1[80], buffer[96];
    sipua_uri u = SIPUA_URI_INIT;
    const char *s = text(i, b1);
    u.struct_size = byte(i) % 8 ? sizeof u : word(i);
    if (u.struct_size > sizeof u) u.struct_size = sizeof u;
    if (sipua_uri_parse(s, &u, buffer, byte(i) % sizeof buffer) > 0 && sipua_uri_write(&u, b1, sizeof b1) > 0) {
        sipua_uri again = SIPUA_URI_INIT;
        never(sipua_uri_parse(b1, &again, buffer, sizeof buffer) < 0);
    }
    int32_t number = (int32_t)word(i) - 32768;
    number = byte(i) % 2 ? number % 64 : number;
    size_t sum = strlen(sipua_error_text(number)) + strlen(sipua_error_name(number)) + strlen(sipua_cause_text(number)) +
                 strlen(sipua_event_type_name(number)) + strlen(sipua_last_error_text()) + strlen(sipua_version()) +
                 strlen(sipua_features());
    never(sum == (size_t)-1 || sipua_error_retryable(number) + sipua_error_fatal(number) > 2 || sipua_last_error() > 0);
    sipua_option_info o = SIPUA_OPTION_INFO_INIT;
    bool there = number >= 0 && number < sipua_option_count();
    never((sipua_option_at(number, &o) > 0) != there || sipua_abi_version() < 1);
}

/* Initialisers with a size of the caller's own. */
static void init(in *i, unsigned op) {
    static uint64_t room[64];
    uint32_t size = word(i) % (sizeof room + 1);
    memset(room, 0xa5, sizeof room);
    switch (op) {
#define INIT(n, type)                                                                                                  \
    case n: type##_init((type *)(void *)room, size); break;
        INIT(0, sipua_agent_config)
        INIT(1, sipua_event_view)
        INIT(2, sipua_call_stats)
        INIT(3, sipua_agent_counters)
        INIT(4, sipua_account_config)
        INIT(5, sipua_call_config)
        INIT(6, sipua_reply)
        INIT(7, sipua_message_config)
        INIT(8, sipua_listener_config)
        INIT(9, sipua_server_config)
        INIT(10, sipua_option_info)
        INIT(11, sipua_uri)
        INIT(12, sipua_change)
        INIT(13, sipua_request_config)
        INIT(14, sipua_collect_config)
        INIT(15, sipua_transfer_config)
        INIT(16, sipua_conference_config)
        INIT(17, sipua_bridge_config)
        INIT(18, sipua_subscribe_config)
        INIT(19, sipua_notify_config)
        INIT(20, sipua_publish_config)
        INIT(21, sipua_field_info)
#undef INIT
    }
    never(size >= 4 && *(uint32_t *)(void *)room != size);
    for (size_t k = size; k < sizeof room; k++)
        never(((unsigned char *)room)[k] != 0xa5);
}

/* A datagram of the input's own making to one of them. */
static void raw(in *i, int a) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)ports[a])};
    size_t n = word(i) % 600, left = (size_t)(i->end - i->p);
    if (n > left) n = left;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ssize_t rc = sendto(sock, i->p, n, 0, (struct sockaddr *)&to, sizeof to);
    (void)rc;
    i->p += n;
}

static void step(in *i) {
    unsigned what = byte(i), op = byte(i);
    int a = what & 1;
    switch (what >> 1 & 7) {
    case 0: calls(i, a, op % 10); break;
    case 1:
        if (op < 96) calls(i, a, op % 10);
        else if (op < 200) controls(i, a, op % 21);
        else if (op < 248) packages(i, a, op % 10);
        else documents(i);
        break;
    case 2: sounds(i, a, op % 8); break;
    case 3: case 4: others(i, a, op < 240 ? op % 16 : 16 + op % 3); break;
    case 5: drain(a, (int)(op % 3)); break;
    case 6:
        if (op % 4 == 0) pure(i);
        else if (op % 4 == 1) raw(i, a);
        else if (op % 4 == 2) files(i, a, op / 4 % 6);
        else init(i, op / 4 % 22);
        break;
    default:
        if (op == 7) sipua_agent_shutdown(agents[a], byte(i), byte(i));
        if (op == 8) sipua_agent_close(agents[a]);
        if (op == 9) sipua_poll_interrupt(agents[a]);
        if (op == 10) sipua_agent_fd(agents[a]);
        if (op == 11 || op == 12) sipua_agent_set_wakeup(agents[a], op == 11 ? wakeup : NULL, &woken);
        drain(!a, 1);
        break;
    }
}

/* A tenth of a second of 8-bit mono sound, once a process. */
static void make_sound(void) {
    static const uint8_t head[] = {'R', 'I', 'F', 'F', 0x44, 3, 0, 0, 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ', 16, 0, 0, 0,
                                   1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0, 'd', 'a', 't', 'a', 0x20, 3,
                                   0, 0};
    snprintf(sound, sizeof sound, "/tmp/abi_fuzz.%d.wav", (int)getpid());
    snprintf(recording, sizeof recording, "/tmp/abi_fuzz.%d.out.wav", (int)getpid());
    FILE *f = fopen(sound, "wb");
    never(!f);
    fwrite(head, 1, sizeof head, f);
    for (int k = 0; k < 800; k++) fputc(k % 251, f);
    fclose(f);
}

static void tidy_up(void) {
    remove(sound);
    remove(recording);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!*sound) {
        make_sound();
        atexit(tidy_up);
    }
    in i = {data, data + size};
    sipua_agent_config c = SIPUA_AGENT_CONFIG_INIT;
    c.bind = "127.0.0.1";
    c.open = byte(&i) % 4 ? SIPUA_ON : SIPUA_DEFAULT;
    c.trace = byte(&i) % 4 ? SIPUA_DEFAULT : SIPUA_ON;
    c.queue_events = byte(&i) % 4 ? 0 : 1 + byte(&i);
    c.log_level = SIPUA_LOG_DEBUG;
    memset(ids, 0, sizeof ids);
    memset(ports, 0, sizeof ports);
    next_id = 0;
    sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (int a = 0; a < 2; a++) {
        never(sipua_agent_create(&c, &agents[a]) < 0);
        sipua_agent_ask(agents[a], SIPUA_ASK_CALL, SIPUA_ON, 0);
        for (int kind = SIPUA_ASK_MESSAGE; kind <= SIPUA_ASK_JOIN; kind++)
            if (kind < SIPUA_ASK_REPLACE) sipua_agent_ask(agents[a], kind, SIPUA_ON, 0);
        for (int k = 0; k < 100 && !ports[a]; k++) drain(a, 10);
    }
    for (int n = 0; n < STEPS && i.p < i.end; n++) step(&i);
    for (int a = 0; a < 2; a++) {
        drain(a, 0);
        never(sipua_agent_close(agents[a]) < 0);
        drain(a, 0);
        sipua_agent_free(agents[a]);
    }
    close(sock);
    return 0;
}
