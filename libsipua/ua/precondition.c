#include "ua/precondition.h"

#include <string.h>

/* Segments as the offerer names them. */
enum { LOCAL, REMOTE, E2E, SEGMENTS };
enum { SEND = 1, RECV = 2 };

static const char *const tags[] = {"local", "remote", "e2e"};
static const char *const ways[] = {"none", "send", "recv", "sendrecv"};
static const char *const strengths[] = {"none", "failure", "unknown", "optional", "mandatory"};
enum { MANDATORY = 4 };

typedef struct segment {
    bool said;
    int now;       /* SEND, RECV */
    int wanted[5]; /* by strength */
} segment;

static int index_of(sx_slice word, const char *const *list, int n) {
    for (int i = 0; i < n; i++) {
        if (sx_ieq(word, sx_slice_str(list[i]))) return i;
    }
    return -1;
}

static sx_slice word(sx_slice *rest) {
    sx_slice s = sx_trim(*rest), more;
    sx_slice first = sx_split(s, ' ', &more);
    *rest = more;
    return first;
}

/* "qos local none", "qos mandatory local sendrecv". False: not for us. */
static bool read_line(sx_slice value, bool desired, segment seg[SEGMENTS]) {
    if (!sx_ieq(word(&value), SX_LIT("qos"))) return false;
    int strength = desired ? index_of(word(&value), strengths, 5) : 0;
    int tag = index_of(word(&value), tags, SEGMENTS), way = index_of(word(&value), ways, 4);
    if (strength < 0 || tag < 0 || way < 0) return false;
    seg[tag].said = true;
    if (desired) {
        seg[tag].wanted[strength] |= way;
    } else {
        seg[tag].now |= way;
    }
    return true;
}

/* What they send we receive (RFC 3312 7.2). */
static int turned(int way) { return ((way & SEND) ? RECV : 0) | ((way & RECV) ? SEND : 0); }

static void put(sx_buf *b, const char *what, const char *strength, int tag, int way) {
    sx_buf_str(b, what);
    SX_BUF_LIT(b, ":qos ");
    if (strength) {
        sx_buf_str(b, strength);
        sx_buf_char(b, ' ');
    }
    sx_buf_str(b, tags[tag]);
    sx_buf_char(b, ' ');
    sx_buf_str(b, ways[way]);
    sx_buf_char(b, '\n');
}

static int missing(const segment *s) { return s->wanted[MANDATORY] & ~s->now; }

static void write(const segment seg[SEGMENTS], precondition *out) {
    sx_buf b;
    sx_buf_init_fixed(&b, out->room, sizeof out->room);
    bool e2e = seg[E2E].said;
    if (!e2e || seg[LOCAL].said || seg[REMOTE].said) {
        put(&b, "curr", NULL, LOCAL, SEND | RECV);
        put(&b, "curr", NULL, REMOTE, turned(seg[LOCAL].now));
    }
    if (e2e) put(&b, "curr", NULL, E2E, turned(seg[E2E].now));
    for (int tag = 0; tag < SEGMENTS; tag++) {
        int mine = tag == LOCAL ? REMOTE : tag == REMOTE ? LOCAL : E2E;
        for (int i = 4; i >= 0; i--) {
            if (seg[tag].wanted[i]) put(&b, "des", strengths[i], mine, turned(seg[tag].wanted[i]));
        }
    }
    if (missing(&seg[LOCAL])) put(&b, "conf", NULL, REMOTE, turned(missing(&seg[LOCAL])));
    if (missing(&seg[E2E])) put(&b, "conf", NULL, E2E, turned(missing(&seg[E2E])));
    out->lines = b.failed ? sx_slice_empty() : sx_buf_view(&b);
}

static bool in_use(sx_slice media) { /* behind "m=": "audio 4000 RTP/AVP 0" */
    sx_slice rest = media;
    bool audio = sx_ieq(word(&rest), SX_LIT("audio"));
    sx_slice port = word(&rest);
    return audio && !sx_eq(port, SX_LIT("0"));
}

void precondition_read(sx_slice offer, precondition *out) {
    segment seg[SEGMENTS];
    memset(seg, 0, sizeof seg);
    memset(out, 0, sizeof *out);
    bool inside = false;
    for (sx_slice rest = offer; rest.n;) {
        sx_slice line = sx_split(rest, '\n', &rest);
        line = sx_trim(line);
        if (line.n > 2 && line.p[0] == 'm' && line.p[1] == '=') {
            if (inside) break;
            inside = in_use(sx_slice_of(line.p + 2, line.n - 2));
        } else if (inside && line.n > 7 && memcmp(line.p, "a=curr:", 7) == 0) {
            out->used |= read_line(sx_slice_of(line.p + 7, line.n - 7), false, seg);
        } else if (inside && line.n > 6 && memcmp(line.p, "a=des:", 6) == 0) {
            out->used |= read_line(sx_slice_of(line.p + 6, line.n - 6), true, seg);
        }
    }
    out->met = !missing(&seg[LOCAL]) && !missing(&seg[E2E]);
    if (out->used) write(seg, out);
}
