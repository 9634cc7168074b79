/* What the program of a wide script does besides. */
#include "ua/options.h"

static void records(world *w, unsigned a) {
    ua_call *c = pick(w, CALL);
    ua_conference *f = pick(w, CONFERENCE);
    if (c) {
        if (a & 1) ua_call_record(c, "b.wav", (int)(a >> 1) % 4, 1002);
        if (a & 8) ua_call_stop_record(c, 1002);
    }
    if (!f) return;
    if (a & 16) ua_conference_record(f, "c.wav", 1003);
    if (a & 32) ua_conference_stop_record(f, 1003);
    if (a & 64) ua_conference_stop_play(f, 1000);
    if (a & 128) media_audio_unref(ua_conference_audio(f));
}

/* An account with all that it may say. */
static void other_account(world *w) {
    static const char *const servers[] = {
        "sip:" PEER, "sip:" PEER ";transport=tcp", "sip:name.example:5090", "ws://" PEER "/x", NULL, "sip:10.0.0.7"};
    static const char *const aors[] = {"sip:acc0@10.0.0.9:5090", "sip:acc1@10.0.0.9:5090", "sip:acc2@name.example",
                                       "sip:acc3@10.0.0.9:5090;transport=tcp"};
    static const char *const proxies[] = {"sip:" PEER ";lr", "sip:10.0.0.9:5091;transport=tcp;lr"};
    static const char *const peers[] = {"10.0.0.9"};
    static const ua_pair headers[] = {{"X-Acc", "1"}};
    ua_account_config c;
    ua_account *made = NULL;
    ua_account_config_init(&c);
    unsigned a = take(w), b = take(w);
    c.aor = aors[a & 3];
    c.server = servers[(a >> 2) % 6];
    c.password = a & 32 ? "pw" : NULL;
    c.bearer_token = a & 64 ? "token" : NULL;
    c.expires = a & 128 ? 20 : 3600;
    c.outbound_proxy = b & 1 ? proxies[0] : NULL;
    c.outbound_proxies = proxies + 1;
    c.outbound_proxy_count = b & 1 && b & 2 ? 1 : 0;
    c.flows = b & 2 ? 2 : 1;
    c.contact_rewrite = b & 4;
    c.gruu = c.gruu_contact = b & 8;
    c.outbound = b & 16;
    c.sticky = !(b & 32);
    c.transport = b & 64 ? STACK_TCP : STACK_ANY;
    c.auto_answer = b & 128;
    c.preload_route = a & b & 1;
    c.display_name = "A \"q\" \xc3\xa4";
    c.peers = peers;
    c.peer_count = b & 4 ? 1 : 0;
    c.headers = headers;
    c.header_count = a & 1;
    c.instance_id = b & 16 ? "urn:uuid:00000000-0000-1000-8000-000A95A0E128" : NULL;
    uint64_t id = object_new(w, ACCOUNT, MAKING, NULL);
    if (!id) return;
    object_made(w, id, ua_account_create(w->agent, &c, id, &made), made);
    if (made) ua_account_register(made);
}

/* Any option, for the agent, an account or a call. No T1 of a minute: nothing would end while we look. */
static void any_option(world *w) {
    static const char *const small[] = {"100", "500", "1000", "50"};
    char number[24], words[64];
    unsigned a = take(w), b = take(w);
    const ua_option *o = ua_option_at(a % ua_option_count());
    const char *value = number;
    if (o->key[0] == 't' && o->key[1] <= '9') {
        value = small[b % 4];
    } else if (o->choices) {
        sx_slice rest = sx_slice_str(o->choices);
        for (unsigned i = 0; i < b % 4; i++) sx_split(rest, ' ', &rest);
        copy(words, sizeof words, sx_split(rest, ' ', &rest));
        value = words;
    } else if (o->type[0] == 's') {
        value = b & 1 ? "on" : "off";
    } else {
        const int numbers[] = {o->minimum, o->minimum + 1, 2, 100, 1000, 90, o->maximum, o->minimum - 1};
        snprintf(number, sizeof number, "%d", numbers[b % 8]);
    }
    ua_option_set(w->agent, b & 64 ? pick(w, ACCOUNT) : NULL, b & 128 ? pick(w, CALL) : NULL, o->key, value);
}

static void other_media(world *w) {
    static const media_event_type types[] = {MEDIA_DTMF_SENT, MEDIA_MARK,        MEDIA_FLUSHED, MEDIA_AUDIO_READY,
                                             MEDIA_PLAY_DONE, MEDIA_RECORD_DONE, MEDIA_STATS,   MEDIA_LATCHED,
                                             MEDIA_ERROR,     MEDIA_LEARNED,     MEDIA_LINKED,  MEDIA_DTMF};
    media_event ev;
    unsigned a = take(w);
    ua_call *c = pick(w, CALL);
    memset(&ev, 0, sizeof ev);
    ev.type = types[a % 12];
    ev.code = a & 64 ? SX_E_IO : SX_OK;
    if (ev.type == MEDIA_PLAY_DONE) ev.u.play.play_id = 1001;
    if (ev.type == MEDIA_RECORD_DONE) ev.u.record.record_id = 1002;
    if (ev.type == MEDIA_LINKED) ev.u.linked.untouched = a & 32;
    if (ev.type == MEDIA_DTMF)
        ev.u.dtmf.digit = '7', ev.u.dtmf.duration_ms = 1 + (a >> 5) * 50, ev.u.dtmf.passed = a & 16;
    if (ev.type == MEDIA_DTMF && c) { /* a terminator of whoever collects, at last */
        fake_media_say(w->media, c, ev);
        ev.u.dtmf.digit = '#';
    }
    if (ev.type == MEDIA_LEARNED) net_addr_parse(&ev.u.learned.rtp, SX_LIT("203.0.113.9:7000"), 7000);
    if (ev.type == MEDIA_LATCHED) net_addr_parse(&ev.u.latched.new_remote, SX_LIT("10.0.0.9:4010"), 4010);
    if (c) fake_media_say(w->media, c, ev);
}

static void other_call(world *w) {
    static const ua_pair headers[] = {{"X-Call", "1"}, {"Session-ID", "a"}, {"Diversion", "<sip:d@x>"}};
    static const char *const codecs[] = {"PCMU", "opus", "G729"};
    ua_call_config c;
    ua_call *made = NULL;
    memset(&c, 0, sizeof c);
    unsigned a = take(w);
    ua_account *acc = account_of(w);
    c.target = target_of(w);
    c.media_default = true;
    c.from = a & 1 ? "sip:me@x" : NULL;
    c.from_name = a & 1 ? "Me" : NULL;
    c.headers = headers;
    c.header_count = a & 2 ? 3 : 0;
    c.codecs = codecs;
    c.codec_count = (a >> 2) % 4;
    c.rate = a & 16 ? 16000 : 0;
    c.privacy = a & 32 ? "id;session" : NULL;
    c.preferred_identity = a & 64 ? "tel:+1" : NULL;
    c.timeout_ms = a & 128 ? -1 : 1;
    uint64_t id = object_new(w, CALL, MAKING, NULL);
    if (id) object_made(w, id, ua_call_create(w->agent, acc, &c, id, &made), made);
}

/* A change with headers or a description of the program's own; large bodies, which leave by another transport. */
static void large(world *w) {
    static char text[3000];
    static const ua_pair headers[] = {{"X-C", "1"}};
    unsigned a = take(w);
    ua_call *c = pick(w, CALL);
    memset(text, 'x', sizeof text - 1);
    if (a % 3 == 0) {
        ua_change x = {.hold = (int)(a >> 2) % 3, .headers = headers, .header_count = 1};
        x.body = a & 32 ? sx_slice_str(more_sdps[0]) : sx_slice_str(sdps[0]);
        x.method = (ua_change_method)((a >> 6) % 3);
        if (c) ua_call_change(c, &x, 7);
    } else if (a % 3 == 1) {
        ua_message_config x = {.target = target_of(w), .content_type = "text/plain", .body = sx_slice_str(text)};
        ua_message *made = NULL;
        x.call = a & 16 ? c : NULL;
        x.cpim = a & 32;
        x.timeout_ms = a & 64 ? 100 : 0;
        uint64_t id = object_new(w, MESSAGE, MAKING, NULL);
        if (id) object_made(w, id, ua_message_send(w->agent, account_of(w), &x, id, &made), made);
    } else if (c) {
        ua_request_config x = {
            .method = a & 16 ? "WEIRD" : NULL, .content_type = "text/plain", .body = sx_slice_str(text)};
        ua_request *made = NULL;
        x.timeout_ms = a & 64 ? 100 : 0;
        uint64_t id = object_new(w, REQUEST, MAKING, NULL);
        if (!id) return;
        w->objects[id].owner = ua_call_id(c);
        object_made(w, id, ua_call_request(c, &x, id, &made), made);
    }
}

static void other_transfer(world *w) {
    ua_transfer *t = pick(w, TRANSFER);
    ua_call *made = NULL;
    ua_call_config c;
    memset(&c, 0, sizeof c);
    c.media_default = true;
    c.timeout_ms = take(w) & 1 ? 1000 : 0;
    c.max_redirects = 1;
    uint64_t id = t ? object_new(w, CALL, MAKING, NULL) : 0;
    if (id) object_made(w, id, ua_transfer_accept(t, &c, id, &made), made);
}

static void listener(world *w, unsigned a) {
    if (w->listener) {
        ua_listener_close(w->listener);
        w->listener = NULL;
    } else if (ua_listener_create(w->agent, a & 1 ? "udp:0.0.0.0:5062" : "tcp:0.0.0.0:5062",
                                  a & 2 ? "pbx.example" : NULL, true, 2, &w->listener) < 0) {
        w->listener = NULL;
    }
}

static void odds(world *w) {
    ua_counters n;
    unsigned a = take(w);
    ua_collector *k = pick(w, COLLECTOR);
    ua_account *acc = pick(w, ACCOUNT);
    switch (a % 8) {
    case 0:
        if (k) ua_collector_stop(k);
        break;
    case 1:
        if (acc) ua_account_set_token(acc, a & 16 ? "other" : NULL);
        break;
    case 2: listener(w, a >> 4); break;
    case 3:
        ua_agent_get_counters(w->agent, &n);
        if (n.calls_now > 1000) broken("more calls than can be", 0, 0);
        break;
    case 4: ua_agent_drain(w->agent, a & 16); break;
    case 5: ua_network_changed(w->agent); break;
    case 6:
        if (acc) ua_account_close(acc);
        break;
    default:
        if (a > 128) ua_agent_shutdown(w->agent, (int)(a & 112) * 20);
        break;
    }
}
