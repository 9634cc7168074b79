/* The raw peer of ua_script_fuzz.c: requests inside and outside dialogs, answers, all of them right or wrong by knobs.
 */
static void copy(char *to, size_t room, sx_slice s) {
    size_t n = s.n < room - 1 ? s.n : room - 1;
    if (n) memcpy(to, s.p, n);
    to[n] = 0;
}

static leg *leg_of(world *w, sx_slice id) {
    for (unsigned i = 0; i < LEGS; i++) {
        if (w->legs[i].id[0] && says(id, w->legs[i].id)) return &w->legs[i];
    }
    return NULL;
}

static leg *leg_new(world *w, sx_slice id) {
    leg *l = &w->legs[w->nlegs++ % LEGS];
    memset(l, 0, sizeof *l);
    copy(l->id, sizeof l->id, id);
    l->rseq = 1;
    return l;
}

static void contact_of(const sip_msg *m, leg *l) {
    sip_addr a;
    if (sip_addr_first(m, SIP_HDR_CONTACT, &a) == 0) copy(l->target, sizeof l->target, a.uri);
}

typedef struct lines {
    const char *from, *to, *extra, *type, *body, *hops;
} lines;

static void put_request(world *w, leg *l, const char *method, const char *uri, unsigned cseq, lines x) {
    static char text[70000];
    const char *body = x.body ? x.body : "";
    bool same = !strcmp(method, "CANCEL") && l->branch[0];
    char branch[32];
    snprintf(branch, sizeof branch, "z9hG4bKs%u", ++w->branches);
    if (!strcmp(method, "INVITE")) {
        copy(l->branch, sizeof l->branch, sx_slice_str(branch));
        copy(l->uri, sizeof l->uri, sx_slice_str(uri));
        l->invite = cseq;
    }
    int n = snprintf(text, sizeof text,
                     "%s %s SIP/2.0\r\nVia: SIP/2.0/%s " PEER ";branch=%s\r\nMax-Forwards: %s\r\nFrom: %s\r\nTo: "
                     "%s\r\nCall-ID: %s\r\nCSeq: %u %s\r\nContact: <sip:p@" PEER ">\r\n%s%s%s%sContent-Length: "
                     "%zu\r\n\r\n%s",
                     method, uri, proto(w), same ? l->branch : branch, x.hops ? x.hops : "70", x.from, x.to, l->id,
                     cseq, method, x.extra ? x.extra : "", x.type ? "Content-Type: " : "", x.type ? x.type : "",
                     x.type ? "\r\n" : "", strlen(body), body);
    send_to_us(w, text, n, sizeof text);
}

static void put_ack(world *w, leg *l, unsigned cseq, const char *body) {
    lines x = {l->ours, l->theirs, NULL, body ? "application/sdp" : NULL, body, NULL};
    put_request(w, l, "ACK", l->target, cseq, x);
}

/* ---- what each request says ---- */

static const char *session_lines(unsigned knob) {
    static const char *const all[] = {
        "",
        "Supported: 100rel, timer, replaces\r\n",
        "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\nMin-SE: 90\r\n",
        "Supported: timer\r\nSession-Expires: 1800;refresher=uas\r\n",
        "Supported: timer\r\nSession-Expires: 20\r\n",
        "Require: 100rel\r\n",
        "Require: precondition\r\nSupported: 100rel\r\n",
        "Require: weird\r\n",
        "Allow: INVITE, ACK, BYE, CANCEL\r\n",
        "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, REFER, INFO, NOTIFY\r\n",
        "Session-Expires: 4294967296;refresher=x\r\n",
        "Call-Info: <sip:a>;answer-after=0\r\nP-Asserted-Identity: <sip:x@y>, <tel:1>\r\n"};
    return all[knob % 12];
}

static const char *const packages[] = {"refer", "presence",   "message-summary", "dialog",
                                       "reg",   "conference", "odd;id=1",        ""};

static void say_notify(world *w, char *extra, size_t room, lines *x) {
    static const char *const states[] = {"active;expires=300",
                                         "terminated;reason=noresource",
                                         "pending",
                                         "terminated",
                                         "terminated;reason=probation;retry-after=1",
                                         "active;expires=0",
                                         "odd",
                                         "active"};
    static const char *const bodies[] = {
        "SIP/2.0 100 Trying\r\n",
        "SIP/2.0 180 Ringing\r\n",
        "SIP/2.0 200 OK\r\n",
        "SIP/2.0 486 Busy\r\n",
        "SIP/2.0 9",
        "<?xml version=\"1.0\"?><presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"p\"><tuple id=\"a\">",
        "Messages-Waiting: yes\r\nVoice-Message: 1/2\r\n",
        ""};
    unsigned a = take(w), b = take(w);
    snprintf(extra, room, "Event: %s%s\r\nSubscription-State: %s\r\n", packages[a % 8], a & 64 ? ";id=2" : "",
             states[(a >> 3) % 8]);
    x->body = bodies[b % 8];
    x->type = b & 16 ? "application/pidf+xml" : b & 32 ? "application/simple-message-summary" : "message/sipfrag";
}

static void say_subscribe(world *w, char *extra, size_t room) {
    static const char *const expires[] = {"3600", "0", "1", "4294967296", "60", "-1", "x", "300"};
    unsigned a = take(w);
    snprintf(extra, room, "Event: %s\r\nExpires: %s\r\n", packages[a % 8], expires[(a >> 3) % 8]);
}

static void say_refer(world *w, char *extra, size_t room) {
    char to[400];
    unsigned a = take(w);
    leg *l = &w->legs[take(w) % LEGS];
    const char *const plain[] = {"<sip:c@10.0.0.9:5090>", "<sip:u@10.0.0.1>", "<tel:1>", "",
                                 "<sip:c@10.0.0.9:5090;method=BYE>"};
    if (a & 8)
        snprintf(to, sizeof to, "<sip:c@10.0.0.9:5090?%s=%.80s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s>",
                 a & 32 ? "Join" : "Replaces", l->id, a & 16 ? "t0" : "f0", a & 16 ? "f0" : "t0");
    else
        snprintf(to, sizeof to, "%s", plain[(a >> 4) % 5]);
    snprintf(extra, room, "Refer-To: %s\r\n%s%s", to, a & 1 ? "Refer-Sub: false\r\nSupported: norefersub\r\n" : "",
             a & 2   ? "Referred-By: <sip:boss@x>\r\n"
             : a & 4 ? "Refer-To: <sip:d@x>\r\n"
                     : "");
    const char *ours = strstr(l->ours, ";tag="), *theirs = strstr(l->theirs, ";tag=");
    if (!(a & 64) || !ours || !theirs || !l->id[0]) return;
    size_t used = strlen(extra);
    snprintf(extra + used, room - used, "Target-Dialog: %s;local-tag=%.60s;remote-tag=%.60s\r\n%s", l->id, theirs + 5,
             ours + 5,
             a & 1   ? "Require: tdialog\r\n"
             : a & 2 ? "Require: nosub\r\n"
                     : "");
}

static void say_info(world *w, char *extra, size_t room, lines *x) {
    static const char *const types[] = {"application/dtmf-relay", "application/dtmf", "text/plain", NULL};
    static const char *const bodies[] = {"Signal=5\r\nDuration=160\r\n", "5", "Signal=\r\n",
                                         "Signal=#\r\nDuration=99999999999\r\n"};
    unsigned a = take(w);
    (void)extra, (void)room;
    x->type = types[a % 4];
    x->body = x->type ? bodies[(a >> 2) % 4] : NULL;
}

static void say_message(world *w, lines *x) {
    static const char *const types[] = {"text/plain", "message/cpim", "application/im-iscomposing+xml",
                                        "message/imdn+xml"};
    static const char *const bodies[] = {
        "hi",
        "From: <im:a@x>\r\nTo: <im:b@y>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: m1\r\n"
        "DateTime: 2026-01-01T00:00:00Z\r\nimdn.Disposition-Notification: positive-delivery, display\r\n\r\n"
        "Content-Type: text/plain\r\n\r\nhi",
        "<?xml version=\"1.0\"?><isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>active</state>"
        "<refresh>60</refresh></isComposing>",
        "<?xml version=\"1.0\"?><imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>m1</message-id>"
        "<delivery-notification><status><delivered/></status></delivery-notification></imdn>"};
    unsigned a = take(w);
    x->type = types[a % 4];
    x->body = bodies[a & 16 ? (a >> 2) % 4 : a % 4];
}

/* Replaces or Join of a dialog, as it is or with swapped tags. */
static void say_replaces(world *w, char *extra, size_t room, unsigned knob) {
    leg *l = &w->legs[take(w) % LEGS];
    const char *a = strstr(l->ours, ";tag="), *b = strstr(l->theirs, ";tag=");
    if (!a || !b || !l->id[0]) return;
    if (knob & 1) {
        const char *swap = a;
        a = b;
        b = swap;
    }
    size_t used = strlen(extra);
    snprintf(extra + used, room - used, "%s: %s;to-tag=%.60s;from-tag=%.60s%s\r\n", knob & 2 ? "Join" : "Replaces",
             l->id, b + 5, a + 5, knob & 4 ? ";early-only" : "");
}

static const char *const in_dialog[] = {"INVITE",  "UPDATE", "PRACK",     "BYE",     "CANCEL", "INFO",
                                        "REFER",   "NOTIFY", "SUBSCRIBE", "MESSAGE", "ACK",    "OPTIONS",
                                        "PUBLISH", "WEIRD",  "INVITE",    "BYE"};

/* NULL for some: a request without a body. In wide scripts there are more of them. */
static const char *sdp_of(world *w, unsigned a) {
    if (a % 16 < SDPS && (!w->wide || a < 128)) return sdps[a % 16];
    return w->wide && a >= 112 && a < 224 ? more_sdps[a % MORE_SDPS] : NULL;
}

/* What only wide scripts say. */
static void say_more(world *w, const char *m, leg *l, char *extra, size_t room, lines *x) {
    unsigned a = take(w);
    if (!strcmp(m, "NOTIFY") || !strcmp(m, "MESSAGE") || !strcmp(m, "PUBLISH")) say_document(w, &x->type, &x->body);
    if (!strcmp(m, "NOTIFY"))
        more_notify(w, l, extra, room);
    else if (!strcmp(m, "SUBSCRIBE"))
        more_subscribe(w, l, extra, room);
    else if (!strcmp(m, "REFER"))
        more_refer(w, extra, room);
    else if (!strcmp(m, "INFO"))
        more_info(w, extra, room, &x->type, &x->body);
    size_t used = strlen(extra);
    if (a & 64) snprintf(extra + used, room - used, "%s", more_lines[a % MORE_LINES]);
    if (a >> 5 == 1) x->hops = a & 1 ? "0" : "x";
    if (a >> 5 == 5 && !x->body) say_document(w, &x->type, &x->body);
}

static void say(world *w, const char *m, leg *l, char *extra, size_t room, lines *x) {
    extra[0] = 0;
    x->extra = extra;
    if (!strcmp(m, "INVITE") || !strcmp(m, "UPDATE") || !strcmp(m, "PRACK") || !strcmp(m, "ACK")) {
        unsigned a = take(w), b = take(w);
        x->body = sdp_of(w, a);
        if (x->body) x->type = "application/sdp";
        if (m[0] == 'P' && w->wide)
            more_rack(l, b, extra, room);
        else if (m[0] == 'P')
            snprintf(extra, room, "RAck: %u %u INVITE\r\n", l->rseq + (b & 1), l->rcseq + ((b >> 1) & 1));
        else
            snprintf(extra, room, "%s", session_lines(b));
        if (m[0] == 'I' && (b & 64)) say_replaces(w, extra, room, a >> 4);
        if (w->wide && (b & 128)) say_more(w, m, l, extra + strlen(extra), room - strlen(extra), x);
    } else if (w->wide && (take(w) & 1)) {
        say_more(w, m, l, extra, room, x);
    } else if (!strcmp(m, "NOTIFY")) {
        say_notify(w, extra, room, x);
    } else if (!strcmp(m, "SUBSCRIBE") || !strcmp(m, "PUBLISH")) {
        say_subscribe(w, extra, room);
    } else if (!strcmp(m, "REFER")) {
        say_refer(w, extra, room);
    } else if (!strcmp(m, "INFO")) {
        say_info(w, extra, room, x);
    } else if (!strcmp(m, "MESSAGE")) {
        say_message(w, x);
    }
}

static void peer_inside(world *w) {
    unsigned a = take(w), b = take(w);
    leg *l = &w->legs[w->nlegs ? (w->nlegs - 1 - b % 8) % LEGS : 0];
    const char *m = in_dialog[a % 16];
    char extra[2048], from[300], to[300];
    lines x = {l->ours, l->theirs, NULL, NULL, NULL, NULL};
    if (!l->id[0] || !l->target[0]) {
        if (strcmp(m, "CANCEL") || !l->id[0]) return;
    }
    unsigned wrong = a >> 4 == 15 ? 1 + (b >> 4) % 6 : 0;
    say(w, m, l, extra, sizeof extra, &x);
    unsigned cseq = m[0] == 'A' || m[0] == 'C' ? l->invite : ++l->cseq;
    if (wrong == 1) cseq = cseq > 2 ? cseq - 2 : 0;
    if (wrong == 2) cseq = l->cseq += 1000000000u;
    if (wrong == 3) {
        x.from = l->theirs;
        x.to = l->ours;
    }
    if (wrong == 4) snprintf(from, sizeof from, "%sx", l->ours), x.from = from;
    if (wrong == 5) snprintf(to, sizeof to, "%sx", l->theirs), x.to = to;
    if (m[0] == 'C' || wrong == 6) {
        snprintf(to, sizeof to, "<%s>", l->uri[0] ? l->uri : "sip:u@" US);
        if (m[0] != 'C' || !strchr(l->theirs, '=') || wrong != 6) x.to = to;
    }
    put_request(w, l, m, m[0] == 'C' && l->uri[0] ? l->uri : l->target, cseq, x);
}

/* A request outside dialogs; a fork, when the Call-ID is that of one that stands. */
static void peer_outside(world *w) {
    static const char *const methods[] = {"INVITE", "SUBSCRIBE", "MESSAGE", "REFER",
                                          "NOTIFY", "OPTIONS",   "INVITE",  "INVITE"};
    static const char *const uris[] = {"sip:u@" US, "sip:u@" US, "sip:acc@" US, "sip:nobody@" US ":5060;x"};
    unsigned a = take(w);
    char extra[2048], from[80], to[80], id[32];
    const char *m = methods[a % 8], *uri = uris[(a >> 3) % 4];
    if (w->wide && w->contact[0] && (a & 24) == 16) uri = w->contact;
    if (w->wide && (a & 24) == 24) uri = "sip:acc0@" US ";gr=urn:uuid:00000000-0000-1000-8000-000A95A0E128";
    leg *l = a & 128 && w->nlegs ? &w->legs[(w->nlegs - 1) % LEGS] : NULL;
    if (!l) {
        snprintf(id, sizeof id, "p%u", w->calls++);
        l = leg_new(w, sx_slice_str(id));
        snprintf(l->ours, sizeof l->ours, "<sip:p@x>;tag=f0");
        snprintf(l->theirs, sizeof l->theirs, "<%s>", uri);
        copy(l->uri, sizeof l->uri, sx_slice_str(uri));
    }
    snprintf(from, sizeof from, "<sip:p@x>;tag=f%u", a & 64 ? 1 : 0);
    snprintf(to, sizeof to, "<%s>", uri);
    lines x = {from, to, NULL, NULL, NULL, NULL};
    say(w, m, l, extra, sizeof extra, &x);
    put_request(w, l, m, uri, ++l->cseq, x);
}

/* ---- answers ---- */

typedef struct answer {
    int status;
    unsigned tag;
    const char *extra, *body, *binding;
} answer;

static void put_answer(world *w, const char *request, size_t n, answer x) {
    static const char *const tags[] = {"t0", "t1", "t2", "t3"};
    sip_scratch sc;
    if (!request || sip_parse(&sc, request, n, NULL, NULL) != SX_OK || !sip_is_request(&sc.msg)) return;
    const sip_msg *m = &sc.msg;
    char text[8192], to[256], records[1024], contacts[600];
    sip_addr a;
    sx_slice via = sip_value(m, SIP_HDR_VIA), from = sip_value(m, SIP_HDR_FROM), id = sip_value(m, SIP_HDR_CALL_ID);
    sx_slice cseq = sip_value(m, SIP_HDR_CSEQ);
    copy(to, sizeof to - 10, sip_value(m, SIP_HDR_TO));
    bool fresh = sip_addr_first(m, SIP_HDR_TO, &a) == 0 && !sip_addr_tag(&a).n && x.status > 100;
    if (fresh) {
        strcat(to, ";tag=");
        strcat(to, tags[x.tag % 4]);
        leg *l = leg_of(w, id);
        if (!l) l = leg_new(w, id);
        copy(l->ours, sizeof l->ours, sx_slice_str(to));
        copy(l->theirs, sizeof l->theirs, from);
        contact_of(m, l);
    }
    const char *body = x.body ? x.body : "";
    copy(records, sizeof records, sx_slice_str(x.extra));
    snprintf(contacts, sizeof contacts, "<sip:p@" PEER ">");
    if (w->wide && m->method == SIP_REGISTER) { /* the binding that was asked for */
        sx_slice own = sip_value(m, SIP_HDR_CONTACT);
        snprintf(contacts, sizeof contacts, "%.*s%s", (int)(own.n < 500 ? own.n : 500), own.p,
                 x.binding ? x.binding : "");
    }
    int len = snprintf(text, sizeof text,
                       "SIP/2.0 %d X\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %s\r\nCall-ID: %.*s\r\nCSeq: %.*s\r\nContact: "
                       "%s\r\n%s%sContent-Length: %zu\r\n\r\n%s",
                       x.status, (int)via.n, via.p, (int)from.n, from.p, to, (int)id.n, id.p, (int)cseq.n, cseq.p,
                       contacts, records, *body ? "Content-Type: application/sdp\r\n" : "", strlen(body), body);
    send_to_us(w, text, len, sizeof text);
}

static void peer_answer(world *w) {
    static const int status[] = {100, 180, 183, 200, 202, 302, 401, 407, 408, 420, 422, 423, 481, 486, 487, 488,
                                 489, 491, 500, 503, 603, 199, 405, 412, 200, 183, 180, 200, 501, 412, 200, 699};
    static const char *const extras[] = {
        "",
        "Require: 100rel\r\nRSeq: 1\r\n",
        "Require: 100rel\r\nRSeq: 2\r\n",
        "Require: 100rel\r\nRSeq: 7\r\n",
        "Expires: 600\r\nSIP-ETag: e1\r\n",
        "Require: timer\r\nSession-Expires: 90;refresher=uac\r\nSupported: timer\r\n",
        "Session-Expires: 120;refresher=uas\r\nMin-SE: 3600\r\n",
        "Contact: <sip:other@" PEER ">, <sip:third@" PEER ">\r\n",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\nProxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n",
        "Retry-After: 1\r\n",
        "Min-Expires: 7200\r\nRetry-After: 0\r\nWarning: 304 x \"no\"\r\n",
        "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, REFER\r\nSupported: replaces, 100rel\r\n",
        "Allow: INVITE, ACK, BYE, CANCEL\r\nAccept: text/plain\r\n",
        "Expires: 0\r\n",
        "Refer-Sub: false\r\nSupported: norefersub\r\n",
        "Record-Route: <sip:" PEER ";lr>\r\nReason: Q.850;cause=17\r\n"};
    if (!w->nheard) return;
    unsigned a = take(w), b = take(w), c = take(w);
    unsigned at = (w->nheard - 1 - a % 4) % HEARD;
    answer x = {status[b % 32], a >> 6, extras[c % 16], c >> 4 < SDPS ? sdps[c >> 4] : NULL, NULL};
    if (w->wide && (b & 128)) {
        x.extra = more_extras[take(w) % (sizeof more_extras / sizeof *more_extras)];
        x.body = sdp_of(w, take(w));
    }
    put_answer(w, w->heard[at].p, w->heard[at].n, x);
}

/* ---- what comes ---- */

static void heard_answer(world *w, const sip_msg *m) {
    leg *l = leg_of(w, sip_value(m, SIP_HDR_CALL_ID));
    sip_addr a;
    sip_cseq cs;
    if (!l || sip_cseq_read(sip_value(m, SIP_HDR_CSEQ), &cs) != SX_OK) return;
    if (sip_addr_first(m, SIP_HDR_TO, &a) == 0 && sip_addr_tag(&a).n && m->status < 300)
        copy(l->theirs, sizeof l->theirs, sip_value(m, SIP_HDR_TO));
    contact_of(m, l);
    const sip_hdr *h = sip_find(m, SX_LIT("RSeq"), NULL);
    if (h) {
        l->rseq = (unsigned)strtoul(sip_hdr_value(m, h).p, NULL, 10);
        l->rcseq = (unsigned)cs.number;
    }
    if (!w->acks || m->status < 200 || cs.method != SIP_INVITE) return;
    if (m->status < 300) {
        put_ack(w, l, (unsigned)cs.number, NULL);
    } else {
        char text[1024];
        sx_slice to = sip_value(m, SIP_HDR_TO), from = sip_value(m, SIP_HDR_FROM), via = sip_value(m, SIP_HDR_VIA);
        int n = snprintf(text, sizeof text,
                         "ACK %s SIP/2.0\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %.*s\r\nCall-ID: %s\r\nCSeq: %u ACK\r\n"
                         "Content-Length: 0\r\n\r\n",
                         l->uri, (int)via.n, via.p, (int)from.n, from.p, (int)to.n, to.p, l->id, (unsigned)cs.number);
        send_to_us(w, text, n, sizeof text);
    }
}

/* A registrar of every kind. */
static void registrar(world *w, const char *p, size_t n) {
    static const answer kinds[] = {
        {200, 0, "", NULL, ";expires=600"},
        {200, 0, "Service-Route: <sip:" PEER ";lr>\r\nFlow-Timer: 30\r\nRequire: outbound\r\nSupported: gruu\r\n", NULL,
         ";expires=90;pub-gruu=\"sip:g@x;gr=1\";temp-gruu=\"sip:t@x;gr\""},
        {401, 0, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n", NULL, ""},
        {423, 0, "Min-Expires: 1800\r\n", NULL, ""},
        {503, 0, "Retry-After: 2\r\n", NULL, ""},
        {200, 0, "Expires: 3600\r\n", NULL, ", <sip:else@10.0.0.7>;expires=10, <sip:other@[::1]:x>;q=2"},
        {200, 0, "", NULL, ";expires=1"},
        {200, 0, "", NULL, ";expires=0"},
        {301, 0, "", NULL, ""},
        {403, 0, "", NULL, ""},
        {439, 0, "", NULL, ""},
        {600, 0, "Retry-After: 1\r\n", NULL, ""}};
    unsigned kind = w->registrar;
    if (kind == 15) kind = take(w); /* another one each time */
    bool answered = memmem(p, n, "Authorization:", 14) != NULL;
    if (kind % 16 == 2 && answered) kind = 0;
    if (kind % 16 == 3 && memmem(p, n, "Expires: 1800", 13)) kind = 0;
    if (kind % 16 < sizeof kinds / sizeof *kinds) put_answer(w, p, n, kinds[kind % 16]);
}

static void heard_request(world *w, const sip_msg *m, sx_slice bytes) {
    sip_addr a;
    unsigned at = w->nheard % HEARD;
    bool inside = sip_addr_first(m, SIP_HDR_TO, &a) == 0 && sip_addr_tag(&a).n;
    if (m->method == SIP_ACK) return;
    char *p = malloc(bytes.n + 1);
    if (!p) return;
    memcpy(p, bytes.p, bytes.n);
    p[bytes.n] = 0;
    free(w->heard[at].p);
    w->heard[at].p = p;
    w->heard[at].n = bytes.n;
    w->nheard++;
    bool offers = m->method == SIP_INVITE || (m->method == SIP_UPDATE && m->body.n);
    answer yes = {200, 0,
                  m->method == SIP_SUBSCRIBE || m->method == SIP_PUBLISH ? "Expires: 600\r\nSIP-ETag: e\r\n" : "",
                  offers ? sdps[0] : NULL, NULL};
    if (w->wide && m->method == SIP_REGISTER) {
        copy(w->contact, sizeof w->contact, sip_addr_first(m, SIP_HDR_CONTACT, &a) == 0 ? a.uri : sx_slice_empty());
        registrar(w, p, bytes.n);
        return;
    }
    if (m->method == SIP_CANCEL || (inside && w->agrees) || (!inside && w->picks_up)) put_answer(w, p, bytes.n, yes);
}

/* What the agent describes can be read. */
static void look_at_sdp(const sip_msg *m) {
    sx_arena a;
    sdp_session session;
    sx_slice type = sip_value(m, SIP_HDR_CONTENT_TYPE);
    if (!m->body.n || !sx_ieq(type, SX_LIT("application/sdp"))) return;
    sx_arena_init(&a, 4096);
    if (sdp_parse(&a, m->body, &session) != SX_OK) broken("a description that cannot be read", 0, 0);
    sx_arena_free(&a);
}

/* A request gets one final answer, however often it is said. */
static void look_at_final(world *w, const sip_msg *m) {
    static const char mark[] = "branch=z9hG4bKs";
    sx_slice via = sip_value(m, SIP_HDR_VIA);
    sip_cseq cs;
    const char *at = memmem(via.p, via.n, mark, sizeof mark - 1);
    if (!at || m->status < 200 || sip_cseq_read(sip_value(m, SIP_HDR_CSEQ), &cs) != SX_OK) return;
    unsigned branch = (unsigned)strtoul(at + sizeof mark - 1, NULL, 10);
    unsigned i = (branch * 2 + (cs.method == SIP_CANCEL)) % FINALS;
    if (cs.method != SIP_CANCEL && w->finals[i].branch == branch && w->finals[i].method == (int)cs.method &&
        w->finals[i].status != m->status)
        broken("two different answers to one request", branch, m->status);
    w->finals[i].branch = branch;
    w->finals[i].method = (int)cs.method;
    w->finals[i].status = m->status;
}

static void heard(world *w, sx_slice bytes) {
    sip_scratch sc;
    if (sip_parse(&sc, bytes.p, bytes.n, NULL, NULL) != SX_OK) broken("not SIP", 0, 0);
    look_at_sdp(&sc.msg);
    if (sip_is_request(&sc.msg)) {
        heard_request(w, &sc.msg, bytes);
        return;
    }
    look_at_final(w, &sc.msg);
    heard_answer(w, &sc.msg);
}

/* Whether we are still there: yes, and seen as before, or behind another address since. */
static void keepalive(world *w, sx_slice bytes, const net_addr *from) {
    unsigned char out[NET_STUN_ANSWER], tid[NET_STUN_TID];
    net_addr seen = *from;
    if (!net_stun_is_request(bytes) || net_stun_request_read(bytes, tid) != SX_OK || (w->registrar & 8)) return;
    if (w->registrar & 4) net_addr_set_port(&seen, 40000);
    net_udp_send(w->peer, from, sx_slice_of((char *)out, net_stun_response_write(out, tid, &seen)));
}

static void on_peer(void *ctx, const net_event *ev) {
    world *w = ctx;
    if (ev->type != NET_DATAGRAM || w->silent) return;
    if (net_stun_is(ev->bytes))
        keepalive(w, ev->bytes, ev->from);
    else if (ev->bytes.n > 4) /* no keepalive of line ends */
        heard(w, ev->bytes);
}
