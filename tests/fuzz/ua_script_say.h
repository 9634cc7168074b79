/* What the peer says: bodies and header lines, right, wrong, huge. */
static const char *const sdps[] = {
    "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n",
    "v=0\r\no=- 1 2 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\n",
    "v=0\r\no=- 1 3 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\na=inactive\r\nm=audio 4000 RTP/AVP 0\r\n",
    "v=0\r\no=- 1 4 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0\r\n",
    "v=0\r\no=- 1 5 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4002 RTP/AVP 8\r\na=recvonly\r\n"
    "m=video 4004 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n",
    "v=0\r\no=- 1 6 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n",
    "v=0\r\no=- 1 7 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 96\r\n"
    "a=rtpmap:96 opus/48000/2\r\na=curr:qos local none\r\na=des:qos mandatory local sendrecv",
    "v=0\r\no=- 1 8 IN IP4 10.0.0.9\r\ns=-\r\nt=0 0\r\n",
    "v=0\r\nm=audio 70000 RTP/AVP x\r\n\r\nc=",
    "v=0\r\no=- 1 9 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\n"
    "m=audio 4010 RTP/AVP 0\r\n",
};
enum { SDPS = sizeof sdps / sizeof *sdps };

/* ---- and in wide scripts besides ---- */

#define HEAD9(n) "v=0\r\no=- 9 " #n " IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n"
static const char *const more_sdps[] = {
    HEAD9(1) "m=video 4004 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\nm=audio 4000 RTP/AVP 0\r\n",
    HEAD9(2) "m=audio 0 RTP/AVP 0\r\nm=video 0 RTP/AVP 99\r\n",
    HEAD9(3) "m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=curr:qos local none\r\n"
             "a=curr:qos remote none\r\na=des:qos mandatory local sendrecv\r\na=des:qos optional remote sendrecv\r\n",
    HEAD9(4) "m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=curr:qos local sendrecv\r\n"
             "a=curr:qos remote sendrecv\r\na=des:qos mandatory local sendrecv\r\na=conf:qos remote sendrecv\r\n",
    HEAD9(5) "m=audio 4000 RTP/AVP 0\r\na=curr:qos e2e none\r\na=des:qos mandatory e2e sendrecv\r\n",
    HEAD9(6) "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\na=setup:actpass\r\na=ice-ufrag:x\r\na=rtcp-mux\r\n",
    HEAD9(7) "a=group:BUNDLE a v\r\nm=audio 4000 RTP/AVP 8 0 9 18 96\r\na=mid:a\r\na=rtpmap:96 "
             "opus/48000/2\r\na=ptime:60\r\n"
             "m=video 4000 RTP/AVP 99\r\na=mid:v\r\nm=image 4006 udptl t38\r\nm=audio 4008 RTP/AVP 0\r\n",
    HEAD9(8) "m=audio 4100 RTP/AVP 0 101 102\r\na=rtpmap:101 telephone-event/8000\r\na=rtpmap:102 "
             "telephone-event/48000\r\n"
             "a=fmtp:101 0-16\r\na=rtcp:4200\r\na=sendrecv\r\n",
    "v=0\r\no=- 9 9 IN IP6 fd00::9\r\ns=-\r\nc=IN IP6 fd00::9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n",
    "v=0\r\no=- 9 10 IN IP4 pbx.example\r\ns=-\r\nc=IN IP4 pbx.example\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n",
    HEAD9(11) "a=sendonly\r\nm=audio 4000 RTP/AVP 0\r\na=recvonly\r\n",
    HEAD9(12) "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\na=inactive",
    HEAD9(13) "m=audio 4000 RTP/AVP 127 126 125\r\na=rtpmap:127 G729/8000\r\n",
    HEAD9(14) "m=text 4000 RTP/AVP 98\r\n",
    HEAD9(15) "m=audio 4000/2 RTP/AVP 0\r\nm=audio 1 RTP/AVP 0\r\nm=audio 2 RTP/AVP 0\r\nm=audio 3 RTP/AVP 0\r\n"
              "m=audio 4 RTP/AVP 0\r\nm=audio 5 RTP/AVP 0\r\nm=audio 6 RTP/AVP 0\r\nm=audio 7 RTP/AVP 0\r\n"
              "m=audio 8 RTP/AVP 0\r\nm=audio 9 RTP/AVP 0\r\nm=audio 10 RTP/AVP 0\r\nm=audio 11 RTP/AVP 0\r\n"
              "m=audio 12 RTP/AVP 0\r\nm=audio 13 RTP/AVP 0\r\nm=audio 14 RTP/AVP 0\r\nm=audio 15 RTP/AVP 0\r\n"
              "m=audio 16 RTP/AVP 0\r\n",
    HEAD9(16) "m=audio 4000 RTP/AVP 8\r\n",
};
enum { MORE_SDPS = sizeof more_sdps / sizeof *more_sdps };

static const char *const more_lines[] = {
    "Supported: 100rel, precondition, tdialog, norefersub, gruu, outbound, path\r\n",
    "Require: timer, replaces\r\nSupported: timer\r\nSession-Expires: 100\r\n",
    "Accept: text/plain\r\n",
    "Content-Encoding: gzip\r\n",
    "Content-Language: tlh\r\nContent-Disposition: render;handling=required\r\n",
    "Privacy: id;header;critical\r\nRemote-Party-ID: \"R\" <sip:r@x>;party=calling;privacy=full\r\n",
    "Diversion: <sip:d@x>;reason=unconditional\r\nHistory-Info: <sip:h@x?Reason=SIP%3Bcause%3D302>;index=1\r\n",
    "Alert-Info: <http://x>;info=alert-autoanswer;delay=2\r\n",
    "Answer-Mode: Auto\r\nCall-Info: <sip:a>;answer-after=3\r\n",
    "Recv-Info: a, b\r\nP-Early-Media: supported\r\n",
    "Replaces: a;to-tag=1;from-tag=2\r\nJoin: a;to-tag=1;from-tag=2\r\n",
    "Target-Dialog: x;local-tag=1;remote-tag=2\r\nRequire: tdialog\r\n",
    "Min-SE: 4000\r\nSession-Expires: 90\r\nSupported: timer\r\n",
    "Reason: SIP;cause=200;text=\"elsewhere\", Q.850;cause=16\r\n",
    "Record-Route: <sip:10.0.0.9:5090;lr>, <sip:10.0.0.9:5090;transport=tcp;lr>\r\n",
    "Record-Route: <sip:10.0.0.9:5090>\r\n",
    "Referred-By: <sip:boss@x>;cid=\"a@b\"\r\nIdentity: x\r\n",
    "Proxy-Require: x\r\nProxy-Authorization: Digest realm=\"r\"\r\n",
    "Supported: 100rel\r\nRequire: 100rel, precondition\r\n",
    "Contact: <sip:other@10.0.0.9:5090;transport=tcp>\r\n",
    "To: <sip:second@x>\r\nCall-ID: second\r\n",
    "Event: presence\r\nSubscription-State: active\r\nRefer-To: <sip:x@10.0.0.9>\r\n",
    "Max-Breadth: 0\r\nTimestamp: 54.1\r\n",
    "Subject: =?utf-8?q?=00?=\r\nOrganization: \xff\xfe\r\nPriority: emergency\r\n",
};
enum { MORE_LINES = sizeof more_lines / sizeof *more_lines };

/* Of answers. */
static const char *const more_extras[] = {
    "Retry-After: 0\r\n",
    "Retry-After: 5 (busy);duration=10\r\n",
    "WWW-Authenticate: Digest realm=\"r\", nonce=\"n2\", stale=true, qop=\"auth,auth-int\", algorithm=SHA-256\r\n",
    "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n3\"\r\nProxy-Authenticate: Digest realm=\"s\", nonce=\"n\"\r\n",
    "WWW-Authenticate: Basic realm=\"r\"\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"\", algorithm=XXX\r\n",
    "Contact: <sip:u@" US ">\r\n",
    "Contact: <sip:x@10.0.0.9:5090?Replaces=a>;q=0.1, <tel:1>, <sip:y@10.0.0.9:5090;transport=tcp>;expires=0\r\n",
    "Unsupported: replaces, timer\r\nAccept: application/sdp\r\n",
    "Min-SE: 100\r\n",
    "Min-SE: 90000\r\nSession-Expires: 90000;refresher=uac\r\n",
    "Require: timer, weird\r\nSession-Expires: 90;refresher=uas\r\n",
    "Record-Route: <sip:" PEER ";lr>, <sip:" PEER ";transport=tcp;lr>\r\n",
    "Expires: 4294967296\r\nSIP-ETag: e2\r\n",
    "Expires: 1\r\n",
    "Min-Expires: 4294967296\r\n",
    "Min-Expires: 90\r\n",
    "Require: 100rel\r\nRSeq: 4294967295\r\n",
    "Require: 100rel\r\nRSeq: x\r\n",
    "Reason: SIP;cause=200;text=\"x\"\r\nP-Asserted-Identity: <sip:z@x>\r\n",
    "Allow: INVITE\r\nAllow-Events: x\r\nRecv-Info: a\r\n",
    "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx\r\n",
    "Content-Encoding: gzip\r\n",
    "Service-Route: <sip:" PEER ";lr>\r\nPath: <sip:x;lr>\r\nFlow-Timer: 1\r\n",
    "Service-Route: x\r\nFlow-Timer: 0\r\nDate: x\r\nRequire: outbound\r\n"};

typedef struct document {
    const char *type, *text;
} document;
#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
static const document documents[] = {
    {"application/pidf+xml", XML
     "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"pres:a@x\"><tuple id=\"t\"><status><basic>open</basic>"
     "</status><contact priority=\"0.8\">sip:a@x</contact><note>hi</note></tuple></presence>"},
    {"application/simple-message-summary",
     "Messages-Waiting: yes\r\nMessage-Account: sip:a@x\r\nVoice-Message: 2/8 (0/2)\r\n"},
    {"application/dialog-info+xml", XML
     "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"0\" state=\"full\" "
     "entity=\"sip:a@x\"><dialog "
     "id=\"1\" call-id=\"p0\" local-tag=\"t0\" remote-tag=\"f0\" direction=\"recipient\"><state code=\"200\">confirmed"
     "</state><remote><identity>sip:b@x</identity></remote></dialog></dialog-info>"},
    {"application/reginfo+xml", XML
     "<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"1\" state=\"partial\"><registration aor=\"sip:a@x\" "
     "id=\"1\" state=\"active\"><contact id=\"2\" state=\"terminated\" event=\"expired\"><uri>sip:c@x</uri></contact>"
     "</registration></reginfo>"},
    {"application/conference-info+xml",
     XML "<conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" entity=\"sip:c@x\" version=\"4294967295\" "
         "state=\"deleted\"><users><user entity=\"sip:a@x\"><endpoint entity=\"e\"/></user></users></conference-info>"},
    {"message/sipfrag;version=2.0", "SIP/2.0 180 Ringing\r\nX: y\r\n"},
    {"message/sipfrag", "SIP/2.0 603 Decline\r\n"},
    {"message/sipfrag", "SIP/2.0 99999999999999 X"},
    {"application/im-iscomposing+xml",
     XML "<isComposing><state>idle</state><refresh>4294967299</refresh></isComposing>"},
    {"message/imdn+xml", XML "<imdn><message-id>m1</message-id><display-notification><status><displayed/></status>"
                             "</display-notification></imdn>"},
    {"message/cpim",
     "From: <im:a@x>\r\nTo: <im:b@y>\r\nTo: <im:c@y>\r\nRequire: weird\r\n\r\nContent-Type: text/plain\r\n\r\nx"},
    {"message/cpim;charset=x",
     "From: MR X <im:a@x>\nSubject: ;lang=fr y\n\nContent-Type: text/html\nContent-ID: <1>\n\n<b>"},
    {"multipart/mixed;boundary=b", "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--\r\n"},
    {"application/pidf+xml", "<!DOCTYPE a [<!ENTITY e \"eeeeeeeeee\">]><presence>&e;&e;</presence>"},
    {"text/plain", NULL}, /* huge */
    {"application/dialog-info+xml", NULL},
    {"application/pidf+xml", ""},
    {"application/sdp", "v=0\r\n"},
};
enum { DOCUMENTS = sizeof documents / sizeof *documents };

/* Many elements, one in the other or side by side. */
static const char *huge(unsigned knob) {
    static char text[60000];
    size_t n = 0, most = knob & 1 ? 5000 : sizeof text - 200;
    const char *piece = knob & 2 ? "<a b=\"c\">" : "<dialog id=\"1\"><state>early</state></dialog>";
    n +=
        (size_t)snprintf(text, sizeof text, "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"0\">");
    for (size_t len = strlen(piece); n + len < most; n += len) memcpy(text + n, piece, len);
    snprintf(text + n, sizeof text - n, "</dialog-info>");
    return text;
}

static void say_document(world *w, const char **type, const char **body) {
    unsigned a = take(w);
    const document *d = &documents[a % DOCUMENTS];
    *type = d->type;
    *body = d->text ? d->text : huge(a / DOCUMENTS);
}

/* ---- what a request says, beside what it says in every script ---- */

static void more_notify(world *w, leg *l, char *extra, size_t room) {
    static const char *const packs[] = {"presence", "message-summary", "dialog", "reg;id=1", "conference",
                                        "x",        "refer",           "refer"};
    static const char *const states[] = {"active;expires=60",
                                         "terminated;reason=deactivated",
                                         "terminated;reason=rejected;retry-after=x",
                                         "terminated;reason=timeout",
                                         "terminated;reason=giveup;retry-after=5",
                                         "pending;expires=4294967296",
                                         "terminated;reason=noresource",
                                         "active;expires=1"};
    unsigned a = take(w);
    char id[24] = "";
    if (a % 8 == 7) snprintf(id, sizeof id, ";id=%u", l->cseq - (a >> 6));
    snprintf(extra, room, "Event: %s%s\r\nSubscription-State: %s\r\n", packs[a % 8], id, states[(a >> 3) % 8]);
}

static void more_subscribe(world *w, leg *l, char *extra, size_t room) {
    static const char *const expires[] = {"Expires: 3600\r\n",
                                          "Expires: 0\r\n",
                                          "",
                                          "Expires: 4294967295\r\n",
                                          "Expires: 604801\r\n",
                                          "Expires: 30\r\nExpires: 60\r\n",
                                          "Expires: 2\r\nAccept: x/y\r\n",
                                          "Expires: 99999999999999999999\r\n"};
    static const char *const packs[] = {"presence;id=7", "message-summary", "dialog;include-session-description",
                                        "refer"};
    unsigned a = take(w);
    if (a & 64)
        snprintf(extra, room, "Event: refer;id=%u\r\n%s", l->cseq ? l->cseq - 1 : 0, expires[(a >> 3) % 8]);
    else
        snprintf(extra, room, "Event: %s\r\n%s%s", packs[a % 4], expires[(a >> 3) % 8],
                 a & 128 ? "Accept: application/pidf+xml, text/*;q=0\r\nSuppress-If-Match: *\r\n" : "");
}

static void more_refer(world *w, char *extra, size_t room) {
    static const char *const targets[] = {"<sip:d@10.0.0.9:5090;method=INVITE>",
                                          "sip:d@10.0.0.9:5090",
                                          "<sip:acc0@10.0.0.9:5090>",
                                          "<sip:u@10.0.0.1:5060>",
                                          "<sip:d@10.0.0.9:5090;transport=tcp>",
                                          "<sip:d@10.0.0.9:5090?Subject=x&Call-ID=y>",
                                          "<sip:d@name.example>",
                                          "<sips:d@10.0.0.9>",
                                          "<http://x/>",
                                          "<sip:d@10.0.0.9?Replaces=%>",
                                          "<sip:>",
                                          "<urn:service:sos>"};
    static const char *const others[] = {"",
                                         "Require: norefersub\r\nRefer-Sub: false\r\n",
                                         "Require: explicitsub\r\n",
                                         "Referred-By: <sip:boss@x>;cid=\"1@x\"\r\n",
                                         "Referred-By: x\r\nReferred-By: y\r\n",
                                         "Require: multiple-refer\r\n",
                                         "Refer-Events-At: x\r\n",
                                         "Refer-Sub: true\r\n"};
    unsigned a = take(w), b = take(w);
    leg *l = &w->legs[b % LEGS];
    const char *ours = strstr(l->ours, ";tag="), *theirs = strstr(l->theirs, ";tag=");
    char dialog[400] = "";
    if ((b & 32) && l->id[0] && ours && theirs)
        snprintf(dialog, sizeof dialog, "Target-Dialog: %s;local-tag=%.60s;remote-tag=%.60s\r\n", l->id, ours + 5,
                 theirs + 5);
    if ((b & 64) && l->id[0] && ours && theirs) /* an attended transfer to ourselves, or to a call of somebody */
        snprintf(extra, room, "Refer-To: <%s?%s=%.120s%%3Bto-tag%%3D%.60s%%3Bfrom-tag%%3D%.60s%s>\r\n%s%s",
                 a & 16 ? "sip:d@10.0.0.9:5090" : "sip:u@10.0.0.1", a & 64 ? "Join" : "Replaces", l->id, theirs + 5,
                 ours + 5, a & 32 ? "%3Bearly-only" : "", others[(a >> 1) % 8], dialog);
    else
        snprintf(extra, room, "Refer-To: %s\r\n%s%s", targets[a % 12], others[(a >> 4) % 8], dialog);
}

static void more_info(world *w, char *extra, size_t room, const char **type, const char **body) {
    static const document some[] = {{"application/dtmf-relay", "Signal = 10\nDuration = 0"},
                                    {"application/dtmf-relay", "signal=flash\r\n"},
                                    {"application/dtmf", "!"},
                                    {"application/dtmf", "d=5 x"},
                                    {"application/media_control+xml", "<picture_fast_update/>"},
                                    {"application/broadsoft", "event flashhook"},
                                    {"APPLICATION/DTMF-RELAY ; x=y", "Signal=A\r\nDuration=-1"},
                                    {"application/hook-flash", "signal=hf"}};
    unsigned a = take(w);
    *type = some[a % 8].type;
    *body = some[a % 8].text;
    if (a & 64) snprintf(extra, room, "Info-Package: %s\r\n", a & 128 ? "a" : "unknown;x=y");
    if ((a & 96) == 32) *type = NULL; /* a body of no type */
}

static void more_rack(const leg *l, unsigned b, char *extra, size_t room) {
    static const int off[] = {0, 1, -1, 100, 0, 0, 2, 0};
    const char *method = b & 64 ? "UPDATE" : "INVITE";
    unsigned rseq = l->rseq + (unsigned)off[b % 8], cseq = l->rcseq + (b & 32 ? 7 : 0);
    if (b % 8 == 4)
        snprintf(extra, room, "RAck: x %u INVITE\r\n", cseq);
    else if (b % 8 == 5)
        snprintf(extra, room, "RAck: %u %u INVITE\r\nRAck: 1 1 INVITE\r\n", rseq, cseq);
    else if (b % 8 != 7)
        snprintf(extra, room, "RAck: %u %u %s\r\n", rseq, cseq, method);
}
