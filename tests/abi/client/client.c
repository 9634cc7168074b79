/* A program as somebody may have written it against this header: every function once, on loopback. Built with an older
 * header it must run unchanged on every newer library of the same major version (ci/abi). Says what failed and
 * returns 1. */
#include <sipua/sipua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEED(what)                                                                                                     \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            fprintf(stderr, "line %d: %s (last error: %s)\n", __LINE__, #what, sipua_last_error_text());               \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

static sipua_agent *agent;
static char domain[64], direct[64], wav[256];
static int server_port;

/* The next event of that type, its view in *v; others are looked at and dropped. */
static sipua_event *until(sipua_event_type type, sipua_id id, sipua_event_view *v) {
    sipua_event *e;
    sipua_event_view_init(v, sizeof *v);
    for (;;) {
        int32_t rc = sipua_poll(agent, 20000, &e);
        if (rc != 1) fprintf(stderr, "waiting for %s\n", sipua_event_type_name(type));
        NEED(rc == 1);
        NEED(sipua_event_get(e, v) >= (int32_t)sizeof v->struct_size);
        NEED(sipua_event_json(e) && strstr(sipua_event_json(e), sipua_event_type_name(v->type)));
        if (v->type == type && (!id || v->id == id)) return e;
        sipua_event_destroy(e);
    }
}

static void wait_for(sipua_event_type type, sipua_id id) {
    sipua_event_view v = SIPUA_EVENT_VIEW_INIT;
    sipua_event_destroy(until(type, id, &v));
}

static void reply(uint64_t tag, int32_t code) {
    for (;;) {
        sipua_event_view v;
        sipua_event_destroy(until(SIPUA_EVENT_REPLY, 0, &v));
        if (v.tag != tag) continue;
        NEED(v.code == code);
        return;
    }
}

static void about(void) {
    sipua_option_info o = SIPUA_OPTION_INFO_INIT;
    NEED(sipua_abi_version() >= SIPUA_VERSION_MAJOR * 65536 + SIPUA_VERSION_MINOR && strchr(sipua_version(), '.'));
    NEED(strstr(sipua_features(), "udp") && sipua_option_count() > 5);
    for (int32_t i = 0; i < sipua_option_count(); i++) {
        sipua_option_info_init(&o, sizeof o);
        NEED(sipua_option_at(i, &o) > 0 && *o.key && *o.type && *o.scope && o.default_value && *o.text && *o.since);
        NEED(strcmp(o.type, "int") || (o.minimum <= atoi(o.default_value) && atoi(o.default_value) <= o.maximum));
    }
    NEED(sipua_option_at(-1, &o) == SIPUA_E_NOT_FOUND && sipua_last_error() == SIPUA_E_NOT_FOUND);
    NEED(!strcmp(sipua_error_name(SIPUA_E_GONE), "SIPUA_E_GONE") && *sipua_error_text(SIPUA_E_GONE));
    NEED(sipua_error_retryable(SIPUA_E_FULL) == 1 && sipua_error_fatal(SIPUA_E_CLOSED) == 1);
    NEED(!strcmp(sipua_cause_text(SIPUA_CAUSE_BUSY), "Busy"));
}

static void uris(void) {
    char buffer[100], out[100];
    sipua_uri u = SIPUA_URI_INIT;
    sipua_uri_init(&u, sizeof u);
    NEED(sipua_uri_parse("sip:alice@example.com:5070;lr?a=b", &u, buffer, sizeof buffer) > 0);
    NEED(!strcmp(u.scheme, "sip") && !strcmp(u.user, "alice") && !strcmp(u.host, "example.com") && u.port == 5070);
    NEED(!strcmp(u.parameters, "lr") && !strcmp(u.headers, "a=b"));
    NEED(sipua_uri_write(&u, out, sizeof out) > 0 && !strcmp(out, "sip:alice@example.com:5070;lr?a=b"));
}

static void start(void) {
    static const char *const codecs[] = {"pcmu", "opus"};
    sipua_agent_config c = SIPUA_AGENT_CONFIG_INIT;
    sipua_agent_config_init(&c, sizeof c);
    c.max_calls = 10;
    c.bind = "127.0.0.1";
    c.open = SIPUA_ON;
    c.user_agent = "client/1";
    c.codecs = codecs;
    c.codec_count = 2;
    c.log_level = SIPUA_LOG_ERROR;
    NEED(sipua_agent_create(&c, &agent) == SIPUA_OK && sipua_agent_fd(agent) >= 0);
    sipua_event_view v;
    sipua_event_destroy(until(SIPUA_EVENT_LISTENING, 0, &v));
    snprintf(direct, sizeof direct, "127.0.0.1:%d", v.port);
    NEED(sipua_agent_set_wakeup(agent, NULL, NULL) == SIPUA_OK);
    NEED(sipua_agent_ask(agent, SIPUA_ASK_CALL, SIPUA_ON, 1) == SIPUA_OK);
    NEED(sipua_agent_ask(agent, SIPUA_ASK_MESSAGE, SIPUA_ON, 2) == SIPUA_OK);
    reply(2, SIPUA_OK);
    NEED(sipua_option_set(agent, 0, "t1_ms", "400", 3) == SIPUA_OK);
    reply(3, SIPUA_OK);
    NEED(sipua_network_changed(agent, 4) == SIPUA_OK);
    reply(4, SIPUA_OK);
    NEED(sipua_agent_reload_tls(agent, 5) == SIPUA_OK);
    reply(5, SIPUA_OK);
    NEED(sipua_poll_interrupt(agent) == SIPUA_OK);
    sipua_event *e;
    int32_t rc;
    while ((rc = sipua_poll(agent, 20000, &e)) == 1) sipua_event_destroy(e);
    NEED(rc == SIPUA_E_INTERRUPTED);
}

static sipua_id serve(sipua_id *listener) {
    sipua_pair users[] = {{"alice", "one"}, {"bob", "two"}};
    sipua_server_config c = SIPUA_SERVER_CONFIG_INIT;
    sipua_listener_config l = SIPUA_LISTENER_CONFIG_INIT;
    sipua_event_view v;
    sipua_id server;
    sipua_server_config_init(&c, sizeof c);
    c.realm = "example";
    c.users = users;
    c.user_count = 2;
    c.challenge_calls = SIPUA_ON;
    NEED(sipua_server_create(agent, &c, 0, &server) == SIPUA_OK);
    NEED(sipua_server_set_user(agent, server, "bob", "three", 0) == SIPUA_OK);
    sipua_listener_config_init(&l, sizeof l);
    l.server = server;
    l.address = "udp:127.0.0.1:0";
    NEED(sipua_listener_create(agent, &l, 0, listener) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_LISTENING, *listener, &v));
    server_port = v.port;
    snprintf(domain, sizeof domain, "127.0.0.1:%d", server_port);
    return server;
}

static sipua_id account(const char *user, const char *password) {
    char aor[100];
    sipua_account_config c = SIPUA_ACCOUNT_CONFIG_INIT;
    sipua_event_view v;
    sipua_id id;
    sipua_account_config_init(&c, sizeof c);
    snprintf(aor, sizeof aor, "sip:%s@%s", user, domain);
    c.aor = aor;
    c.password = password;
    c.user = 7;
    NEED(sipua_account_create(agent, &c, 0, &id) == SIPUA_OK);
    NEED(sipua_account_set_token(agent, id, NULL, 0) == SIPUA_OK);
    NEED(sipua_account_register(agent, id, 0) == SIPUA_OK);
    sipua_event *e = until(SIPUA_EVENT_REGISTERED, id, &v);
    NEED(v.status == 200 && v.user == 7 && v.expires > 0 && v.account == id);
    sipua_event_destroy(e);
    return id;
}

static void headers_of(const sipua_event *e) {
    const char *name, *value;
    uint64_t size;
    NEED(sipua_event_header_count(e) > 3 && sipua_event_header_at(e, 0, &name, &value) == SIPUA_OK && *name && *value);
    NEED(!strcmp(sipua_event_header(e, "x-one", 0), "1"));
    NEED(sipua_event_message(e, &size) && size > 20);
}

/* A call from one account to the other, by the server: rings, is answered, confirmed. */
static void connect_call(sipua_id from, sipua_id *out, sipua_id *in) {
    sipua_pair header = {"X-One", "1"};
    sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
    sipua_reply r = SIPUA_REPLY_INIT;
    sipua_event_view v;
    sipua_call_config_init(&c, sizeof c);
    c.target = "bob";
    c.user = 42;
    c.rate = 8000;
    c.headers = &header;
    c.header_count = 1;
    NEED(sipua_call_create(agent, from, &c, 0, out) == SIPUA_OK);
    sipua_event *e = until(SIPUA_EVENT_INCOMING_CALL, 0, &v);
    *in = v.id;
    headers_of(e);
    NEED(strstr(v.from, "alice"));
    sipua_event_destroy(e);
    NEED(sipua_call_ring(agent, *in, NULL, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_CALL_PROGRESS, *out);
    sipua_reply_init(&r, sizeof r);
    r.rate = 8000;
    NEED(sipua_call_answer(agent, *in, &r, 0) == SIPUA_OK);
    e = until(SIPUA_EVENT_CALL_CONFIRMED, 0, &v);
    NEED(v.id == *in || v.user == 42);
    sipua_event_destroy(e);
    wait_for(SIPUA_EVENT_CALL_CONFIRMED, 0);
}

static void talk(sipua_id out, sipua_id in) {
    int16_t pcm[8000];
    sipua_audio_flags flags;
    sipua_id ready[4], recorder, player;
    sipua_event_view v;
    memset(pcm, 1, sizeof pcm);
    NEED(sipua_call_record(agent, in, wav, SIPUA_RECORD_FAR, 0, 0, &recorder) == SIPUA_OK);
    NEED(sipua_audio_set_rate(agent, in, 16000) == SIPUA_OK);
    NEED(sipua_audio_write(agent, out, pcm, 1600, 8000, 9, 0) == 1600 && sipua_audio_mark(agent, out, 5) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_MARK, out, &v));
    NEED(v.mark == 5);
    NEED(sipua_audio_read(agent, in, pcm, 320, 5000, &flags) == 320);
    NEED(sipua_audio_watch(agent, in, 20, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_AUDIO_READY, 0);
    NEED(sipua_audio_ready(agent, ready, 4) == 1 && ready[0] == in);
    NEED(sipua_audio_write(agent, out, pcm, 8000, 8000, 10, 0) == 8000 && sipua_audio_queued(agent, out) > 0);
    NEED(sipua_audio_flush(agent, out, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_FLUSHED, out);
    NEED(sipua_call_dtmf(agent, out, "7", 60, 0, 0) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_DTMF, in, &v));
    NEED(v.digit == '7');
    NEED(sipua_recorder_stop(agent, recorder, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_RECORD_DONE, recorder);
    NEED(sipua_call_play(agent, out, wav, SIPUA_ON, 0, 0, &player) == SIPUA_OK);
    NEED(sipua_player_stop(agent, player, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_PLAY_DONE, player);
}

static void figures(sipua_id call) {
    sipua_call_stats s = SIPUA_CALL_STATS_INIT;
    sipua_agent_counters c = SIPUA_AGENT_COUNTERS_INIT;
    sipua_event_view v;
    sipua_call_stats_init(&s, sizeof s);
    NEED(sipua_call_stats_request(agent, call, 0) == SIPUA_OK);
    sipua_event *e = until(SIPUA_EVENT_STATS, call, &v);
    NEED(sipua_event_call_stats(e, &s) > 0 && s.packets_sent > 0 && s.codec && s.struct_size == sizeof s);
    sipua_event_destroy(e);
    sipua_agent_counters_init(&c, sizeof c);
    NEED(sipua_agent_stats(agent, 0) == SIPUA_OK);
    do {
        e = until(SIPUA_EVENT_STATS, 0, &v);
        if (!v.id) NEED(sipua_event_agent_stats(e, &c) > 0 && c.calls_now == 2 && c.accounts_now == 2);
        sipua_event_destroy(e);
    } while (v.id);
}

static void messages(sipua_id from) {
    sipua_message_config c = SIPUA_MESSAGE_CONFIG_INIT;
    sipua_event_view v;
    sipua_id id;
    char target[80];
    sipua_message_config_init(&c, sizeof c);
    c.target = "bob";
    c.body = "hello";
    c.body_size = 5;
    for (int refuse = 0; refuse < 2; refuse++) {
        NEED(sipua_message_send(agent, from, &c, 0, &id) == SIPUA_OK);
        sipua_event *e = until(SIPUA_EVENT_MESSAGE, 0, &v);
        NEED(v.body_size == 5 && !memcmp(v.body, "hello", 5));
        if (refuse)
            NEED(sipua_message_reject(agent, v.id, NULL, 0) == SIPUA_OK);
        else
            NEED(sipua_message_accept(agent, v.id, NULL, 0) == SIPUA_OK);
        sipua_event_destroy(e);
        wait_for(refuse ? SIPUA_EVENT_MESSAGE_FAILED : SIPUA_EVENT_MESSAGE_DELIVERED, id);
    }
    sipua_message_config_init(&c, sizeof c);
    snprintf(target, sizeof target, "sip:%s", domain);
    c.target = target;
    NEED(sipua_options_send(agent, 0, &c, 0, &id) == SIPUA_OK);
    wait_for(SIPUA_EVENT_OPTIONS_ANSWERED, id);
}

/* ---- what happens in a call ---- */

static void change(sipua_id out, sipua_id in) {
    sipua_change c = SIPUA_CHANGE_INIT;
    sipua_event_view v;
    sipua_change_init(&c, sizeof c);
    c.hold = SIPUA_ON;
    NEED(sipua_call_change(agent, out, &c, 100) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_CALL_HELD, out, &v));
    NEED(v.tag == 100 && v.originator == SIPUA_ORIGINATOR_LOCAL);
    NEED(sipua_agent_ask(agent, SIPUA_ASK_CHANGE, SIPUA_ON, 101) == SIPUA_OK);
    reply(101, SIPUA_OK);
    c.hold = SIPUA_OFF;
    NEED(sipua_call_change(agent, out, &c, 102) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_CALL_CHANGE_REQUESTED, in, &v));
    NEED(v.flags & SIPUA_FLAG_RESUME && v.default_status == 488);
    NEED(sipua_call_reject_change(agent, in, NULL, 0) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_CALL_CHANGE_FAILED, out, &v));
    NEED(v.tag == 102 && v.status == 488);
    NEED(sipua_call_change(agent, out, &c, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_CALL_CHANGE_REQUESTED, in);
    NEED(sipua_call_accept_change(agent, in, NULL, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_CALL_RESUMED, out);
    NEED(sipua_agent_ask(agent, SIPUA_ASK_CHANGE, SIPUA_OFF, 0) == SIPUA_OK);
    NEED(sipua_call_mute(agent, out, SIPUA_FLAG_SEND, SIPUA_ON, 0) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_CALL_MUTED, out, &v));
    NEED(v.flags == SIPUA_FLAG_SEND);
    NEED(sipua_call_mute(agent, out, SIPUA_FLAG_SEND, SIPUA_OFF, 0) == SIPUA_OK);
}

static void ask_and_collect(sipua_id out, sipua_id in) {
    sipua_request_config c = SIPUA_REQUEST_CONFIG_INIT;
    sipua_collect_config d = SIPUA_COLLECT_CONFIG_INIT;
    sipua_event_view v;
    sipua_id request, collector;
    sipua_request_config_init(&c, sizeof c);
    c.body = "hello";
    c.body_size = 5;
    NEED(sipua_call_request(agent, out, &c, 0, &request) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_REQUEST_ANSWERED, request, &v));
    NEED(v.status == 200 && v.call == out);
    sipua_collect_config_init(&d, sizeof d);
    d.timeout_ms = -1;
    NEED(sipua_call_collect(agent, in, &d, 0, &collector) == SIPUA_OK);
    NEED(sipua_collector_stop(agent, collector, 0) == SIPUA_OK);
    sipua_event *e = until(SIPUA_EVENT_COLLECTED, collector, &v);
    NEED(v.call == in && !strcmp(v.state, "stopped"));
    sipua_event_destroy(e);
}

/* A REFER that nobody follows, one that is followed, one outside a call. */
static void transfers(sipua_id out, sipua_id in, sipua_id from) {
    sipua_transfer_config c = SIPUA_TRANSFER_CONFIG_INIT;
    sipua_event_view v;
    sipua_id transfer, wanted, onward;
    char target[80];
    (void)in;
    sipua_transfer_config_init(&c, sizeof c);
    snprintf(target, sizeof target, "sip:carol@%s", direct);
    c.target = target;
    c.hangup = SIPUA_OFF;
    NEED(sipua_agent_ask(agent, SIPUA_ASK_TRANSFER, SIPUA_ON, 110) == SIPUA_OK);
    reply(110, SIPUA_OK);
    for (int follow = 0; follow < 2; follow++) {
        NEED(sipua_call_transfer(agent, out, &c, 0, &transfer) == SIPUA_OK);
        sipua_event_destroy(until(SIPUA_EVENT_TRANSFER_REQUESTED, 0, &v));
        wanted = v.id;
        if (follow)
            NEED(sipua_transfer_accept(agent, wanted, NULL, 0, &onward) == SIPUA_OK);
        else
            NEED(sipua_transfer_reject(agent, wanted, NULL, 0) == SIPUA_OK);
        if (follow) {
            sipua_event_destroy(until(SIPUA_EVENT_INCOMING_CALL, 0, &v));
            NEED(sipua_call_reject(agent, v.id, NULL, 0) == SIPUA_OK);
        }
        sipua_event_destroy(until(SIPUA_EVENT_TRANSFER_DONE, transfer, &v));
        NEED(v.status == (follow ? 486 : 603));
    }
    c.recipient = target;
    NEED(sipua_transfer_send(agent, from, &c, 0, &transfer) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_TRANSFER_DONE, transfer, &v));
    NEED(sipua_agent_ask(agent, SIPUA_ASK_TRANSFER, SIPUA_OFF, 0) == SIPUA_OK);
}

static void together(sipua_id out, sipua_id in) {
    sipua_conference_config c = SIPUA_CONFERENCE_CONFIG_INIT;
    sipua_bridge_config b = SIPUA_BRIDGE_CONFIG_INIT;
    sipua_event_view v;
    sipua_id room, player, recorder, bridge;
    sipua_conference_config_init(&c, sizeof c);
    NEED(sipua_conference_create(agent, &c, 0, &room) == SIPUA_OK);
    NEED(sipua_conference_add(agent, room, out, 0) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_CONFERENCE_CHANGED, room, &v));
    NEED(v.other == out && v.count == 1 && v.flags & SIPUA_FLAG_ADDED);
    NEED(sipua_conference_play(agent, room, wav, SIPUA_ON, 0, 0, &player) == SIPUA_OK);
    NEED(sipua_player_stop(agent, player, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_PLAY_DONE, player);
    NEED(sipua_conference_record(agent, room, wav, 0, 0, &recorder) == SIPUA_OK);
    NEED(sipua_recorder_stop(agent, recorder, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_RECORD_DONE, recorder);
    NEED(sipua_conference_remove(agent, room, out, 0) == SIPUA_OK);
    NEED(sipua_conference_end(agent, room, SIPUA_OFF, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_CONFERENCE_ENDED, room);
    sipua_bridge_config_init(&b, sizeof b);
    b.hangup = SIPUA_OFF;
    NEED(sipua_bridge_create(agent, out, in, &b, 0, &bridge) == SIPUA_OK);
    NEED(sipua_bridge_end(agent, bridge, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_BRIDGE_ENDED, bridge);
}

/* ---- events around calls ---- */

static void documents(const sipua_event *e) {
    sipua_field_info f = SIPUA_FIELD_INFO_INIT;
    sipua_pair fields[] = {{"waiting", "yes"}, {"voice.new", "3"}};
    const char *name, *value;
    char out[200];
    sipua_field_info_init(&f, sizeof f);
    NEED(sipua_field_count() > 20 && sipua_field_at(0, &f) > 0 && *f.type && *f.name && *f.kind && *f.text);
    NEED(sipua_document_write("application/simple-message-summary", fields, 2, out, sizeof out) > 20);
    NEED(strstr(out, "Messages-Waiting: yes"));
    NEED(sipua_document_write("image/png", fields, 2, out, sizeof out) == SIPUA_E_UNSUPPORTED);
    NEED(sipua_document_write("application/simple-message-summary", fields, 2, out, 4) == SIPUA_E_FULL);
    NEED(sipua_event_document_count(e) == 1 && sipua_event_document_at(e, 0, &name, &value) == SIPUA_OK);
    NEED(!strcmp(name, "waiting") && !strcmp(value, "no"));
}

static void watch(sipua_id from) {
    static const char body[] = "Messages-Waiting: no\r\n";
    sipua_subscribe_config c = SIPUA_SUBSCRIBE_CONFIG_INIT;
    sipua_notify_config n = SIPUA_NOTIFY_CONFIG_INIT;
    sipua_event_view v;
    sipua_id subscription, notifier;
    char target[80];
    sipua_subscribe_config_init(&c, sizeof c);
    snprintf(target, sizeof target, "sip:carol@%s", direct);
    c.target = target;
    c.event = "message-summary";
    NEED(sipua_agent_ask(agent, SIPUA_ASK_SUBSCRIBE, SIPUA_ON, 120) == SIPUA_OK);
    reply(120, SIPUA_OK);
    NEED(sipua_subscription_create(agent, 0, &c, 0, &subscription) == SIPUA_OK);
    sipua_event *e = until(SIPUA_EVENT_SUBSCRIBE_REQUESTED, 0, &v);
    NEED(!strcmp(v.package, "message-summary"));
    notifier = v.id;
    sipua_event_destroy(e);
    NEED(sipua_notifier_accept(agent, notifier, NULL, 77, 0) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_NOTIFY, subscription, &v));
    sipua_notify_config_init(&n, sizeof n);
    n.content_type = "application/simple-message-summary";
    n.body = body;
    n.body_size = sizeof body - 1;
    NEED(sipua_notifier_notify(agent, notifier, &n, 0) == SIPUA_OK);
    e = until(SIPUA_EVENT_NOTIFY, subscription, &v);
    documents(e);
    sipua_event_destroy(e);
    NEED(sipua_subscription_refresh(agent, subscription, 60, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_NOTIFY, subscription);
    NEED(sipua_subscription_end(agent, subscription, 0) == SIPUA_OK);
    do sipua_event_destroy(until(SIPUA_EVENT_SUBSCRIPTION_STATE, subscription, &v));
    while (v.retry_ms != -1);
    NEED(sipua_subscription_create(agent, from, &c, 0, &subscription) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_SUBSCRIBE_REQUESTED, 0, &v));
    NEED(sipua_notifier_reject(agent, v.id, NULL, 0) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_SUBSCRIPTION_STATE, subscription, &v));
    NEED(v.status == 403);
}

static void publish(void) {
    sipua_publish_config c = SIPUA_PUBLISH_CONFIG_INIT;
    sipua_event_view v;
    sipua_id publication;
    char target[80];
    sipua_publish_config_init(&c, sizeof c);
    snprintf(target, sizeof target, "sip:carol@%s", direct);
    c.target = target;
    c.event = "presence";
    c.content_type = "text/plain";
    c.body = "here";
    c.body_size = 4;
    NEED(sipua_publication_create(agent, 0, &c, 0, &publication) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_PUBLISH_STATE, publication, &v));
    NEED(v.status >= 400 && v.retry_ms == -1);
    NEED(sipua_publication_update(agent, publication, NULL, "gone", 4, 0) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_PUBLISH_STATE, publication, &v));
    NEED(sipua_publication_end(agent, publication, 0) == SIPUA_OK);
    sipua_event *e;
    do e = until(SIPUA_EVENT_PUBLISH_STATE, publication, &v);
    while (strcmp(v.state, "removed") && (sipua_event_destroy(e), 1));
    sipua_event_destroy(e);
}

int main(int argc, char **argv) {
    sipua_event_view v;
    sipua_id server, listener, alice, bob, out, in;
    snprintf(wav, sizeof wav, "%s", argc > 1 ? argv[1] : "client.wav");
    about();
    uris();
    start();
    server = serve(&listener);
    alice = account("alice", "one");
    bob = account("bob", "three");
    connect_call(alice, &out, &in);
    NEED(sipua_call_set_user(agent, out, 43, 0) == SIPUA_OK);
    talk(out, in);
    figures(out);
    change(out, in);
    ask_and_collect(out, in);
    transfers(out, in, alice);
    together(out, in);
    watch(alice);
    publish();
    NEED(sipua_call_hangup(agent, out, NULL, 0) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_CALL_ENDED, out, &v));
    NEED(v.user == 43 && v.cause == SIPUA_CAUSE_TERMINATED && v.flags & SIPUA_FLAG_ESTABLISHED);
    sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
    c.target = "bob";
    NEED(sipua_call_create(agent, alice, &c, 0, &out) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_INCOMING_CALL, 0, &v));
    NEED(sipua_call_reject(agent, v.id, NULL, 0) == SIPUA_OK);
    sipua_event_destroy(until(SIPUA_EVENT_CALL_ENDED, out, &v));
    NEED(v.status == 486 && v.cause == SIPUA_CAUSE_BUSY);
    messages(alice);
    NEED(sipua_account_unregister(agent, bob, SIPUA_DEFAULT, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_UNREGISTERED, bob);
    NEED(sipua_account_close(agent, bob, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_ACCOUNT_CLOSED, bob);
    NEED(sipua_listener_close(agent, listener, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_LISTENER_CLOSED, listener);
    NEED(sipua_server_close(agent, server, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_SERVER_CLOSED, server);
    NEED(sipua_agent_drain(agent, SIPUA_ON, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_DRAINED, 0);
    NEED(sipua_agent_shutdown(agent, 500, 0) == SIPUA_OK);
    wait_for(SIPUA_EVENT_SHUTDOWN, 0);
    NEED(sipua_agent_close(agent) == SIPUA_OK);
    sipua_agent_free(agent);
    remove(wav);
    puts("all of it works");
    return 0;
}
