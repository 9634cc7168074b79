/* Whole scenes at once, for wide scripts: one that had to find each step of a conference of three by itself would
 * rarely come to what can go wrong in one. */

static ua_call *newest(world *w) {
    for (size_t i = w->nobjects; i > 0; i--) {
        if (w->objects[i].kind == CALL && w->objects[i].life == LIVE) return w->objects[i].ptr;
    }
    return NULL;
}

/* A call of the peer that is answered; the newest call, or NULL. */
static ua_call *called(world *w, unsigned a) {
    char id[32];
    size_t before = w->nobjects;
    snprintf(id, sizeof id, "p%u", w->calls++);
    leg *l = leg_new(w, sx_slice_str(id));
    snprintf(l->ours, sizeof l->ours, "<sip:p@x>;tag=f0");
    snprintf(l->theirs, sizeof l->theirs, "<sip:u@" US ">");
    copy(l->uri, sizeof l->uri, SX_LIT("sip:u@" US));
    char extra[600];
    snprintf(extra, sizeof extra, "%s", session_lines((a >> 4) & 7));
    if (a & 128) say_replaces(w, extra, sizeof extra, (a >> 4) & 7);
    lines x = {l->ours, l->theirs, extra, "application/sdp", sdps[a & 8 ? 6 : 0], NULL};
    put_request(w, l, "INVITE", l->uri, ++l->cseq, x);
    flush(w);
    fake_run_for(20);
    ua_call *c = w->nobjects > before ? newest(w) : NULL;
    if (c && (a & 4)) ua_call_ring(c, NULL);
    if (c && !(a & 2)) ua_call_answer(c, NULL);
    fake_run_for(20);
    return w->nobjects > before ? newest(w) : NULL;
}

/* A call of ours, which the peer answers. */
static ua_call *calling(world *w, unsigned a) {
    ua_call_config c;
    ua_call *made = NULL;
    memset(&c, 0, sizeof c);
    c.target = a & 8 ? "sip:b@" PEER ";transport=tcp" : "sip:b@" PEER;
    c.media_default = true;
    uint64_t id = object_new(w, CALL, MAKING, NULL);
    if (!id) return NULL;
    object_made(w, id, ua_call_create(w->agent, a & 16 ? pick(w, ACCOUNT) : NULL, &c, id, &made), made);
    fake_run_for(20);
    answer ring = {183, 0, a & 32 ? "Require: 100rel\r\nRSeq: 1\r\n" : "", sdps[0], NULL};
    answer yes = {200, a >> 6, more_extras[19], sdps[0], NULL};
    if (w->nheard && (a & 4))
        put_answer(w, w->heard[(w->nheard - 1) % HEARD].p, w->heard[(w->nheard - 1) % HEARD].n, ring);
    if (w->nheard && !(a & 2))
        put_answer(w, w->heard[(w->nheard - 1) % HEARD].p, w->heard[(w->nheard - 1) % HEARD].n, yes);
    flush(w);
    fake_run_for(20);
    return w->objects[id].life == LIVE ? made : NULL;
}

static void party(world *w, unsigned a) {
    ua_conference_config x = {0};
    ua_conference *f = NULL;
    uint64_t id = object_new(w, CONFERENCE, MAKING, NULL);
    if (!id) return;
    object_made(w, id, ua_conference_create(w->agent, &x, id, &f), f);
    for (unsigned i = 0; i < 2 + (a & 3) && w->objects[id].life == LIVE; i++) {
        ua_call *c = (a >> (2 + i)) & 1 ? calling(w, a & 48) : called(w, 0);
        if (c && w->objects[id].life == LIVE) ua_conference_add(f, c);
    }
}

static void pair(world *w, unsigned a, unsigned b) {
    ua_bridge_config x = {b & 1, b & 2, b & 4, b & 8, b & 16, b & 32, b & 128};
    ua_bridge *made = NULL;
    called(w, a & 7);
    void *first = newest(w);
    size_t at = w->nobjects;
    ua_call *second = b & 64 ? called(w, a >> 5) : calling(w, a >> 2);
    if (!first || !second || first == second || w->objects[at].ptr != first) return;
    uint64_t id = object_new(w, BRIDGE, MAKING, NULL);
    if (id) object_made(w, id, ua_bridge_create(w->agent, first, second, &x, id, &made), made);
}

/* An account that is registered, and then perhaps what carries it is lost, or its server is asked how far it is. */
static void registered(world *w, unsigned a) {
    ua_account_config c;
    ua_account *acc = NULL;
    ua_account_config_init(&c);
    c.aor = a & 1 ? "sip:acc0@10.0.0.9:5090" : "sip:acc1@10.0.0.9:5090";
    c.server = a & 2 ? "sip:" PEER ";transport=tcp" : "sip:" PEER;
    c.flows = a & 4 ? 2 : 1;
    c.outbound_proxy = a & 4 ? "sip:" PEER ";lr" : NULL;
    c.password = "pw";
    c.gruu_contact = a & 8;
    uint64_t id = object_new(w, ACCOUNT, MAKING, NULL);
    if (!id) return;
    object_made(w, id, ua_account_create(w->agent, &c, id, &acc), acc);
    if (!acc) return;
    if (a & 16) ua_option_set(w->agent, acc, NULL, "qualify_s", "10");
    ua_account_register(acc);
    fake_run_for(40);
    if (a & 32) calling(w, 16);
    if (a & 64) fake_tcp_reset("10.0.0.9");
    if (a & 128) {
        move(w, 16 + 64);
        fake_run_for(400);
    }
    if (w->objects[id].life == LIVE && (a & 3) == 3) ua_account_unregister(acc, a & 8);
}

/* Calls whose address or connection goes. */
static void moved(world *w, unsigned a) {
    for (unsigned i = 0; i <= (a & 3); i++) a & 4 ? (void)calling(w, a & 8) : (void)called(w, 0);
    if (a & 8) fake_tcp_reset("10.0.0.9");
    if (a & 16) move(w, 16 + (a & 64));
    if (a & 32) ua_network_changed(w->agent);
    fake_run_for(a & 128 ? 5000 : 300);
}

/* Calls whose descriptions are the program's own. */
static void own_words(world *w, unsigned a) {
    ua_reply r;
    memset(&r, 0, sizeof r);
    r.media_none = true;
    r.body = a & 1 ? sx_slice_empty() : sx_slice_str(sdps[0]);
    r.content_type = "application/sdp";
    r.early_media = a & 2;
    r.status = a & 4 ? 183 : 0;
    ua_call *c = called(w, 2);
    if (c && (a & 4)) ua_call_ring(c, &r);
    r.status = 0;
    if (c && !(a & 8)) ua_call_answer(c, &r);
    fake_run_for(20);
    ua_change x = {.hold = (int)(a >> 4) % 3, .body = a & 64 ? sx_slice_str(more_sdps[0]) : sx_slice_empty()};
    c = newest(w);
    if (c) ua_call_change(c, &x, 9);
}

static void digits(world *w, unsigned a) {
    ua_collect_config x = {1 + (int)(a & 7), a & 8 ? "#" : NULL, a & 16 ? -1 : 1000, 500, a & 32};
    ua_collector *k = NULL;
    ua_call *c = a & 64 ? newest(w) : called(w, 0);
    uint64_t id = c ? object_new(w, COLLECTOR, MAKING, NULL) : 0;
    if (!id) return;
    w->objects[id].owner = ua_call_id(c);
    object_made(w, id, ua_call_collect(c, &x, id, &k), k);
    other_media(w);
    fake_run_for(10);
    if (w->objects[id].life == LIVE && k && (a & 128)) ua_collector_stop(k);
}

/* The peer transfers us, and then wants to hear no more, or all the longer. */
static void referred(world *w, unsigned a) {
    static const char *const asks[] = {"Event: refer\r\nExpires: 0\r\n", "Event: refer\r\nExpires: 60\r\n",
                                       "Event: refer;id=3\r\nExpires: 0\r\n", "Event: refer\r\n"};
    ua_call *made = NULL;
    ua_agent_ask(w->agent, ~0u);
    called(w, a & 16 ? 128 : 0);
    leg *l = &w->legs[(w->nlegs - 1) % LEGS];
    lines x = {l->ours, l->theirs, "Refer-To: <sip:c@" PEER ">\r\n", NULL, NULL, NULL};
    char other[1024];
    if (a & 8) more_refer(w, other, sizeof other), x.extra = other;
    put_request(w, l, "REFER", l->target, ++l->cseq, x);
    flush(w);
    fake_run_for(10);
    ua_transfer *t = NULL;
    for (size_t i = w->nobjects; i > 0 && !t; i--) {
        if (w->objects[i].kind == TRANSFER && w->objects[i].life == LIVE) t = w->objects[i].ptr;
    }
    uint64_t id = t && !(a & 64) ? object_new(w, CALL, MAKING, NULL) : 0;
    if (id) object_made(w, id, ua_transfer_accept(t, NULL, id, &made), made);
    fake_run_for(20);
    x.extra = asks[a & 3];
    if (a & 4) put_request(w, l, "SUBSCRIBE", l->target, ++l->cseq, x);
    flush(w);
}

/* What needs an option and then its moment: a call that is silent, a caller who wants to be answered, a timer that is
 * too short for the other side, a caller without an offer whose first answer is reliable. */
static void moments(world *w, unsigned a) {
    media_event ev;
    ua_call *c;
    memset(&ev, 0, sizeof ev);
    ev.type = MEDIA_STALLED;
    if (a & 4) ua_agent_ask(w->agent, ~0u);
    if ((a & 3) == 0) {
        c = called(w, 0);
        if (c) ua_option_set(w->agent, NULL, c, "rtp_timeout_ms", "100");
        if (c) fake_media_say(w->media, c, ev);
        fake_run_for(300);
    } else if ((a & 3) == 1) {
        ua_option_set(w->agent, NULL, NULL, "answer_after", "on");
        char id[32];
        snprintf(id, sizeof id, "p%u", w->calls++);
        leg *l = leg_new(w, sx_slice_str(id));
        snprintf(l->ours, sizeof l->ours, "<sip:p@x>;tag=f0");
        snprintf(l->theirs, sizeof l->theirs, "<sip:u@" US ">");
        lines x = {l->ours, l->theirs, more_lines[7 + (a & 8) / 8], "application/sdp", sdps[0], NULL};
        put_request(w, l, "INVITE", "sip:u@" US, ++l->cseq, x);
        flush(w);
        fake_run_for(a & 16 ? 4000 : 50);
    } else if ((a & 3) == 2) {
        answer no = {422, 0, "Min-SE: 2000\r\n", NULL, NULL};
        unsigned before = w->nheard;
        ua_option_set(w->agent, NULL, NULL, "session_expires_s", "90");
        calling(w, 2);
        if (w->nheard != before) put_answer(w, w->heard[before % HEARD].p, w->heard[before % HEARD].n, no);
        flush(w);
        fake_run_for(20);
    } else {
        listener(w, a >> 3);
        fake_run_for(5);
        if (a & 64) listener(w, a >> 3);
    }
}

static void more_scenes(world *w, unsigned a) {
    switch (a % 10) {
    case 0:
    case 1: registered(w, take(w)); break;
    case 2: moved(w, take(w)); break;
    case 3: own_words(w, take(w)); break;
    case 4: digits(w, take(w)); break;
    case 5: moments(w, take(w)); break;
    case 6: any_option(w); break;
    case 7: referred(w, take(w)); break;
    case 8: odds(w); break;
    default: called(w, 128 | take(w)); break;
    }
}

static void more(world *w) {
    unsigned a = take(w);
    if (a & 128) {
        more_scenes(w, a);
        return;
    }
    switch (a % 16) {
    case 0: records(w, take(w)); break;
    case 1:
    case 2: other_account(w); break;
    case 3:
    case 4: any_option(w); break;
    case 5: other_media(w); break;
    case 6: other_call(w); break;
    case 7: large(w); break;
    case 8: other_transfer(w); break;
    case 9: odds(w); break;
    case 10:
    case 11: called(w, take(w)); break;
    case 12:
    case 13: calling(w, take(w)); break;
    case 14: party(w, take(w)); break;
    default: {
        unsigned b = take(w);
        pair(w, b, take(w));
        break;
    }
    }
}

/* The same once more and again: of the peer, or of the program. */
static void storm(world *w) {
    unsigned a = take(w);
    unsigned times = 2 + a % 16, pause = a & 64 ? 150 : 0;
    const uint8_t *p = w->p, *end = p;
    size_t n = w->n;
    for (unsigned i = 0; i < times; i++) {
        w->p = p;
        w->n = n;
        if ((a & 48) == 0)
            program(w);
        else if ((a & 48) == 16)
            peer_answer(w);
        else
            peer_inside(w);
        if (w->p > end) end = w->p;
        if (pause) fake_run_for(pause);
    }
    w->n = n - (size_t)(end - p);
    w->p = end;
}
