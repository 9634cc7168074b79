/* The program above the agent in ua_script_fuzz.c: any command at any time, on what lives. */
static const ua_reply *reply_of(world *w, ua_reply *r) {
    static const int status[] = {0, 180, 183, 486, 603, 302, 488, 491, 200, 404};
    static const ua_pair pairs[] = {{"X-A", "b"}, {"Reason", "Q.850;cause=16"}};
    unsigned a = take(w);
    memset(r, 0, sizeof *r);
    if (a < 64) return NULL;
    r->status = status[a % 10];
    r->early_media = a & 64;
    r->media_none = a % 32 == 9;
    r->headers = pairs;
    r->header_count = a % 3;
    r->q850 = a % 7 == 6 ? 17 : 0;
    if (r->media_none) r->body = sx_slice_str(sdps[0]), r->content_type = "application/sdp";
    return r;
}

static const char *target_of(world *w) {
    static const char *const all[] = {"sip:b@" PEER, "sip:c@" PEER,    "sip:b@name.example:5090",      "sip:u@" US,
                                      "tel:1",       "sip:b@10.0.0.7", "sip:b@" PEER ";transport=tcp", "nobody"};
    unsigned a = take(w);
    return all[a < 160 ? 0 : a % 8];
}

static ua_account *account_of(world *w) { return take(w) & 1 ? pick(w, ACCOUNT) : NULL; }

static void make_account(world *w) {
    ua_account_config c;
    ua_account *made = NULL;
    ua_account_config_init(&c);
    unsigned a = take(w);
    c.aor = "sip:acc@10.0.0.9:5090";
    c.password = a & 1 ? "pw" : NULL;
    c.server = "sip:" PEER;
    c.expires = a & 2 ? 60 : 0;
    c.auto_answer = a & 4;
    c.media_none = a % 32 == 24;
    uint64_t id = object_new(w, ACCOUNT, MAKING, NULL);
    if (!id) return;
    object_made(w, id, ua_account_create(w->agent, &c, id, &made), made);
    if (made && (a & 16)) ua_account_register(made);
}

static void account_op(world *w) {
    ua_account *acc = pick(w, ACCOUNT);
    unsigned a = take(w) % 4;
    if (!acc) return;
    if (a == 0) ua_account_register(acc);
    if (a == 1) ua_account_unregister(acc, take(w) & 1);
    if (a == 2) ua_account_close(acc);
    if (a == 3) ua_option_set(w->agent, acc, NULL, "qualify_s", take(w) & 1 ? "10" : "0");
}

static void make_call(world *w) {
    ua_call_config c;
    ua_call *made = NULL;
    char other[400];
    memset(&c, 0, sizeof c);
    unsigned a = take(w);
    ua_account *acc = account_of(w);
    c.target = target_of(w);
    c.media_default = true;
    c.timeout_ms = a & 1 ? 5000 : 0;
    c.max_redirects = a & 2 ? 3 : 0;
    c.anonymous = a & 4;
    c.asserted_identity = a & 8 ? "sip:me@x" : NULL;
    c.media_none = a % 32 == 16;
    if (c.media_none) c.body = sx_slice_str(sdps[0]);
    leg *l = &w->legs[take(w) % LEGS];
    if (a & 64) {
        snprintf(other, sizeof other, "%s;to-tag=t0;from-tag=f0%s", l->id, a & 32 ? ";early-only" : "");
        *(a & 128 ? &c.replaces : &c.join) = other;
    }
    uint64_t id = object_new(w, CALL, MAKING, NULL);
    if (id) object_made(w, id, ua_call_create(w->agent, acc, &c, id, &made), made);
}

static void change(world *w, ua_call *c, int hold) {
    static const char *const codecs[] = {"PCMA", "PCMU"};
    ua_change x;
    memset(&x, 0, sizeof x);
    unsigned a = take(w);
    x.hold = hold;
    x.method = (ua_change_method)(a % 3);
    x.codecs = codecs;
    x.codec_count = a & 16 ? 1 + (a >> 7) : 0;
    ua_call_change(c, &x, a);
}

static void make_transfer(world *w, ua_call *c) {
    ua_transfer_config x;
    ua_transfer *made = NULL;
    memset(&x, 0, sizeof x);
    unsigned a = take(w);
    x.subscribe = !(a & 1);
    x.hangup = a & 2;
    x.consult = a & 4 ? pick(w, CALL) : NULL;
    x.target = x.consult ? NULL : target_of(w);
    x.referred_by = a & 8 ? "" : NULL;
    x.recipient = c ? NULL : "sip:r@" PEER;
    x.timeout_ms = a & 16 ? 3000 : 0;
    ua_account *acc = c ? NULL : account_of(w);
    uint64_t id = object_new(w, TRANSFER, MAKING, NULL);
    if (!id) return;
    int rc = c ? ua_call_transfer(c, &x, id, &made) : ua_transfer_send(w->agent, acc, &x, id, &made);
    object_made(w, id, rc, made);
}

static void transfer_op(world *w) {
    ua_transfer *t = pick(w, TRANSFER);
    ua_reply r;
    ua_call *made = NULL;
    unsigned a = take(w);
    if (!t) return;
    if (a & 1) {
        ua_transfer_reject(t, reply_of(w, &r));
        return;
    }
    uint64_t id = object_new(w, CALL, MAKING, NULL);
    if (id) object_made(w, id, ua_transfer_accept(t, NULL, id, &made), made);
}

static void inside_call(world *w, ua_call *c) {
    static const char *const methods[] = {NULL, "OPTIONS", "MESSAGE", "WEIRD", "INFO"};
    ua_request *request = NULL;
    ua_collector *collector = NULL;
    unsigned a = take(w);
    uint64_t id = object_new(w, a & 1 ? REQUEST : COLLECTOR, MAKING, NULL);
    if (!id) return;
    w->objects[id].owner = ua_call_id(c);
    if (a & 1) {
        ua_request_config x;
        memset(&x, 0, sizeof x);
        x.method = methods[(a >> 1) % 5];
        x.content_type = a & 32 ? "text/plain" : NULL;
        x.body = a & 32 ? SX_LIT("x") : sx_slice_empty();
        object_made(w, id, ua_call_request(c, &x, id, &request), request);
    } else {
        ua_collect_config x = {1 + (int)(a >> 6), a & 2 ? "#" : NULL, a & 4 ? -1 : 2000, 500, a & 8};
        object_made(w, id, ua_call_collect(c, &x, id, &collector), collector);
    }
}

static void message_op(world *w) {
    ua_message_config x;
    ua_message *made = NULL;
    memset(&x, 0, sizeof x);
    unsigned a = take(w);
    ua_account *acc = account_of(w);
    x.target = target_of(w);
    x.call = a & 1 ? pick(w, CALL) : NULL;
    x.content_type = "text/plain";
    x.body = SX_LIT("hello");
    x.cpim = a & 2;
    x.disposition = a & 4 ? 3 : 0;
    x.composing = a & 8 ? UA_ON : a & 16 ? UA_OFF : UA_AS_IS;
    if (a & 32) x.report = "delivered", x.message_id = "m1";
    uint64_t id = object_new(w, MESSAGE, MAKING, NULL);
    if (!id) return;
    int rc = a & 64 ? ua_options_send(w->agent, acc, &x, id, &made) : ua_message_send(w->agent, acc, &x, id, &made);
    object_made(w, id, rc, made);
}

static void events_op(world *w) {
    static const char *const names[] = {"presence", "dialog", "message-summary", "reg;id=1"};
    ua_subscribe_config s;
    ua_publish_config p;
    ua_subscription *sub = NULL;
    ua_publication *pub = NULL;
    unsigned a = take(w);
    ua_account *acc = account_of(w);
    memset(&s, 0, sizeof s);
    memset(&p, 0, sizeof p);
    s.target = p.target = target_of(w);
    s.event = names[a % 4];
    s.expires = a & 4 ? 0 : a & 8 ? 60 : 3600;
    p.event = "presence";
    p.content_type = "application/pidf+xml";
    p.body = SX_LIT("<presence/>");
    p.expires = s.expires ? s.expires : 60;
    uint64_t id = object_new(w, a & 16 ? PUBLICATION : SUBSCRIPTION, MAKING, NULL);
    if (!id) return;
    if (a & 16)
        object_made(w, id, ua_publication_create(w->agent, acc, &p, id, &pub), pub);
    else
        object_made(w, id, ua_subscription_create(w->agent, acc, &s, id, &sub), sub);
}

static void watched_op(world *w) {
    unsigned a = take(w);
    ua_subscription *s = pick(w, SUBSCRIPTION);
    ua_publication *p = pick(w, PUBLICATION);
    if (s && (a & 3) == 0) ua_subscription_refresh(s, a & 4 ? 90 : 0);
    if (s && (a & 3) == 1) ua_subscription_end(s);
    if (p && (a & 3) == 2) ua_publication_update(p, a & 4 ? "text/plain" : NULL, SX_LIT("new"));
    if (p && (a & 3) == 3) ua_publication_end(p);
}

static void notifier_op(world *w) {
    static const char *const states[] = {NULL, "active", "pending", "terminated"};
    ua_notifier *t = pick(w, NOTIFIER);
    ua_notify_config x;
    ua_reply r;
    unsigned a = take(w);
    if (!t) return;
    memset(&x, 0, sizeof x);
    x.state = states[a % 4];
    x.reason = a & 4 ? "rejected" : NULL;
    x.content_type = a & 8 ? "text/plain" : NULL;
    x.body = a & 8 ? SX_LIT("x") : sx_slice_empty();
    x.expires = a & 16 ? 30 : 0;
    if (a >> 6 == 0)
        ua_notifier_reject(t, reply_of(w, &r));
    else if (a >> 6 == 1)
        ua_notifier_notify(t, &x);
    else
        ua_notifier_accept(t, a & 32 ? NULL : &x);
}

static void conference_op(world *w) {
    unsigned a = take(w) % 8;
    ua_conference *f = pick(w, CONFERENCE), *made = NULL;
    ua_call *c = pick(w, CALL);
    ua_conference_config x = {a & 1 ? 16000 : 0};
    if (!f || a == 7) {
        uint64_t id = object_new(w, CONFERENCE, MAKING, NULL);
        if (id) object_made(w, id, ua_conference_create(w->agent, &x, id, &made), made);
        return;
    }
    if (a == 6) ua_conference_end(f, take(w) & 1);
    if (a == 5) ua_conference_play(f, "a.wav", take(w) & 1, 1000);
    if (!c) return;
    if (a < 4) ua_conference_add(f, c);
    if (a == 4) ua_conference_remove(f, c);
}

static void bridge_op(world *w) {
    unsigned a = take(w);
    ua_bridge *b = pick(w, BRIDGE), *made = NULL;
    ua_call *x = pick(w, CALL), *y = pick(w, CALL);
    ua_bridge_config c = {a & 1, a & 2, a & 4, a & 8, a & 16, a & 32, a & 64};
    if (b && a > 200) {
        ua_bridge_end(b);
        return;
    }
    if (!x || !y) return;
    uint64_t id = object_new(w, BRIDGE, MAKING, NULL);
    if (id) object_made(w, id, ua_bridge_create(w->agent, x, y, &c, id, &made), made);
}

static void call_op(world *w) {
    ua_call *c = pick(w, CALL);
    ua_reply r;
    unsigned a = take(w) % 22;
    if (!c) return;
    switch (a) {
    case 0: ua_call_ring(c, reply_of(w, &r)); break;
    case 1:
    case 2: ua_call_answer(c, reply_of(w, &r)); break;
    case 3: ua_call_reject(c, reply_of(w, &r)); break;
    case 4: ua_call_hangup(c, reply_of(w, &r)); break;
    case 5: change(w, c, UA_ON); break;
    case 6: change(w, c, UA_OFF); break;
    case 7: change(w, c, UA_AS_IS); break;
    case 8: ua_call_accept_change(c, reply_of(w, &r)); break;
    case 9: ua_call_reject_change(c, reply_of(w, &r)); break;
    case 10: ua_call_dtmf(c, take(w) & 1 ? "12#" : "1,A", (int)take(w), 50); break;
    case 11: ua_call_mute(c, take(w) & 1 ? UA_FLAG_SEND : UA_FLAG_SEND | UA_FLAG_RECEIVE, take(w) & 1); break;
    case 12:
    case 13: make_transfer(w, c); break;
    case 14:
    case 15: inside_call(w, c); break;
    case 16: ua_call_overload(c); break;
    case 17: ua_call_play(c, "a.wav", take(w) & 1, 1001); break;
    case 18: ua_call_stop_play(c, 1001); break;
    case 19: ua_call_stats(c); break;
    case 20: ua_option_set(w->agent, NULL, c, "max_call_ms", take(w) & 1 ? "1000" : "0"); break;
    default: media_audio_unref(ua_call_audio(c)); break;
    }
}

static void media_op(world *w) {
    ua_call *c = pick(w, CALL);
    unsigned a = take(w);
    media_event ev;
    memset(&ev, 0, sizeof ev);
    switch (a % 6) {
    case 0: fake_media_fail(w->media, a & 64 ? SX_E_NOMEM : SX_OK); return;
    case 1: fake_media_slow(w->media, a & 64); return;
    case 2:
        if (c) fake_media_prepared(w->media, c);
        return;
    case 3:
        ev.type = MEDIA_DTMF;
        ev.u.dtmf.digit = "5#*A!"[(a >> 3) % 5];
        ev.u.dtmf.duration_ms = 100;
        break;
    case 4: ev.type = a & 64 ? MEDIA_STALLED : MEDIA_RESUMED; break;
    default: ev.type = a & 64 ? MEDIA_STARTED : MEDIA_REMOTE_BYE; break;
    }
    if (c) fake_media_say(w->media, c, ev);
}

static void option(world *w) {
    static const char *const keys[] = {"session_expires_s",      "session_min_se_s",   "session_refresher",
                                       "session_refresh_method", "reliable_1xx",       "dtmf_method",
                                       "answer_after",           "unsolicited_notify", "stall_ms",
                                       "max_subscriptions",      "max_transfers",      "change_decision_ms"};
    static const char *const values[][4] = {{"90", "1800", "0", "200"},
                                            {"90", "900", "3600", "90"},
                                            {"auto", "local", "remote", "auto"},
                                            {"auto", "update", "invite", "x"},
                                            {"off", "supported", "required", "off"},
                                            {"auto", "rtp", "info", "info-dtmf"},
                                            {"on", "off", "on", "off"},
                                            {"on", "off", "on", "off"},
                                            {"100", "500", "5000", "x"},
                                            {"0", "1", "2", "100"},
                                            {"0", "1", "5", "2"},
                                            {"100", "1000", "30000", "0"}};
    unsigned a = take(w);
    ua_option_set(w->agent, NULL, NULL, keys[a % 12], values[a % 12][a >> 6]);
}

static void agent_op(world *w) {
    unsigned a = take(w);
    switch (a % 8) {
    case 0: ua_agent_ask(w->agent, take(w)); break;
    case 1: ua_agent_drain(w->agent, a & 64); break;
    case 2: ua_agent_admit(w->agent, a & 64); break;
    case 3: ua_network_changed(w->agent); break;
    case 4:
        if (a > 240) ua_agent_shutdown(w->agent, a & 8 ? 500 : 0);
        break;
    case 5: ua_agent_trace(w->agent, a & 64); break;
    default: option(w); break;
    }
}

static void message_answer(world *w) {
    ua_message *m = pick(w, MESSAGE);
    ua_reply r;
    if (!m) return;
    if (take(w) & 1)
        ua_message_accept(m, reply_of(w, &r));
    else
        ua_message_reject(m, reply_of(w, &r));
}

static void program(world *w) {
    switch (take(w) % 24) {
    case 0: make_account(w); break;
    case 1: account_op(w); break;
    case 2:
    case 3: make_call(w); break;
    case 4: make_transfer(w, NULL); break;
    case 5:
    case 6: transfer_op(w); break;
    case 7: message_op(w); break;
    case 8: message_answer(w); break;
    case 9: events_op(w); break;
    case 10: watched_op(w); break;
    case 11:
    case 12: notifier_op(w); break;
    case 13:
    case 14: conference_op(w); break;
    case 15: bridge_op(w); break;
    case 16: media_op(w); break;
    case 17: agent_op(w); break;
    default: call_op(w); break;
    }
}
