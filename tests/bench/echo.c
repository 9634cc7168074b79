/* Round trip of audio through somebody's echo: calls sip:bench@127.0.0.1:PORT with PCMU, sends a packet each 20 ms,
 * now and then a loud one among silent ones, and takes the time until the loudness comes back.
 * bench_echo PORT N: prints the median and the 90th percentile in ms of N such packets. */
#define _GNU_SOURCE /* ppoll */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

enum { FRAME = 160, EVERY = 25 }; /* a loud packet each half second */

static uint8_t silence[FRAME], tone[FRAME];

static uint8_t to_ulaw(int sample) {
    int sign = sample < 0 ? 0x80 : 0, exponent = 7;
    int magnitude = (sample < 0 ? -sample : sample) + 132;
    if (magnitude > 32767) magnitude = 32767;
    for (int mask = 0x4000; exponent > 0 && !(magnitude & mask); exponent--) mask >>= 1;
    return (uint8_t) ~(sign | exponent << 4 | ((magnitude >> (exponent + 3)) & 15));
}

static int is_loud(const uint8_t *payload, size_t n) {
    size_t loud = 0;
    for (size_t i = 0; i < n; i++) loud += (uint8_t)~payload[i] % 128 > 0x50; /* the upper three segments */
    return loud > 4;
}

static int udp_socket(int *port) {
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t size = sizeof a;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0) bench_die("socket", strerror(errno));
    getsockname(fd, (struct sockaddr *)&a, &size);
    *port = ntohs(a.sin_port);
    return fd;
}

static void aim(int fd, int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) bench_die("connect", strerror(errno));
}

typedef struct call {
    int sip, sip_port, rtp, rtp_port, peer_port;
    char to[512], contact[512];
} call;

static void request(call *c, const char *method, int cseq, const char *body) {
    char text[2048];
    int n = snprintf(text, sizeof text,
                     "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bKe%d%s\r\nMax-Forwards: 70\r\n"
                     "From: <sip:echo@127.0.0.1:%d>;tag=e%d\r\nTo: %s\r\nCall-ID: echo-%d\r\nCSeq: %d %s\r\n"
                     "Contact: <sip:echo@127.0.0.1:%d>\r\n%sContent-Length: %zu\r\n\r\n%s",
                     method, c->contact, c->sip_port, cseq, method, c->sip_port, c->sip_port, c->to, c->sip_port, cseq,
                     method, c->sip_port, *body ? "Content-Type: application/sdp\r\n" : "", strlen(body), body);
    if (send(c->sip, text, (size_t)n, 0) != n) bench_die("send", strerror(errno));
}

static void copy_after(char *out, size_t room, const char *text, const char *what, const char *end) {
    const char *at = strstr(text, what);
    if (!at) bench_die("answer", "lacks a header");
    at += strlen(what);
    size_t n = strcspn(at, end);
    if (n >= room) bench_die("answer", "too long");
    memcpy(out, at, n);
    out[n] = 0;
}

static void set_up(call *c, int port) {
    char sdp[256], answer[8192] = "", number[16];
    c->sip = udp_socket(&c->sip_port);
    c->rtp = udp_socket(&c->rtp_port);
    aim(c->sip, port);
    snprintf(c->contact, sizeof c->contact, "sip:bench@127.0.0.1:%d", port);
    snprintf(c->to, sizeof c->to, "<sip:bench@127.0.0.1:%d>", port);
    snprintf(sdp, sizeof sdp, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                              "m=audio %d RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n", c->rtp_port);
    request(c, "INVITE", 1, sdp);
    while (strncmp(answer, "SIP/2.0 2", 9) != 0) {
        struct pollfd p = {.fd = c->sip, .events = POLLIN};
        if (poll(&p, 1, 10000) != 1) bench_die("echo", "no answer");
        ssize_t n = recv(c->sip, answer, sizeof answer - 1, 0);
        if (n <= 0) bench_die("echo", strerror(errno));
        answer[n] = 0;
        if (answer[8] > '2') bench_die("echo", "refused");
    }
    copy_after(c->to, sizeof c->to, answer, "\r\nTo: ", "\r");
    copy_after(c->contact, sizeof c->contact, answer, "\r\nContact: <", ">");
    copy_after(number, sizeof number, answer, "m=audio ", " ");
    request(c, "ACK", 1, "");
    aim(c->rtp, atoi(number));
}

static void send_packet(int fd, int i, int loud) {
    uint8_t packet[12 + FRAME] = {0x80, 0};
    uint32_t stamp = (uint32_t)i * FRAME;
    packet[2] = (uint8_t)(i >> 8);
    packet[3] = (uint8_t)i;
    for (int k = 0; k < 4; k++) packet[4 + k] = (uint8_t)(stamp >> (24 - 8 * k));
    memcpy(packet + 8, "echo", 4);
    memcpy(packet + 12, loud ? tone : silence, FRAME);
    (void)!send(fd, packet, sizeof packet, MSG_DONTWAIT);
}

/* Takes what comes until that time; the time of the first loud packet, or 0. */
static uint64_t listen_until(int fd, uint64_t until) {
    uint64_t heard = 0, now;
    while ((now = bench_now_ns()) < until) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        struct timespec left = {0, (long)(until - now)};
        uint8_t packet[2048];
        if (ppoll(&p, 1, &left, NULL) != 1) continue;
        ssize_t n = recv(fd, packet, sizeof packet, MSG_DONTWAIT);
        if (n > 12 && (packet[1] & 127) == 0 && !heard && is_loud(packet + 12, (size_t)n - 12)) heard = bench_now_ns();
    }
    return heard;
}

int main(int argc, char **argv) {
    if (argc < 3) bench_die("usage", "bench_echo PORT N");
    size_t n = (size_t)atoi(argv[2]), have = 0;
    double *ms = calloc(n, sizeof *ms);
    call c = {0};
    if (!ms) bench_die("memory", "ran out");
    memset(silence, 0xff, sizeof silence);
    for (int i = 0; i < FRAME; i++) tone[i] = to_ulaw((int)(20000 * sin(i * 2 * 3.14159265 * 8 / FRAME)));
    set_up(&c, atoi(argv[1]));
    uint64_t next = bench_now_ns(), sent = 0;
    for (int i = 0; have < n && i < (int)n * EVERY * 3 + 200; i++) {
        int loud = i >= 100 && i % EVERY == 0; /* two seconds to settle */
        if (loud) sent = bench_now_ns();
        send_packet(c.rtp, i, loud);
        next += 20000000;
        uint64_t heard = listen_until(c.rtp, next);
        if (heard && sent) {
            ms[have++] = (double)(heard - sent) / 1e6;
            sent = 0;
        }
    }
    request(&c, "BYE", 2, "");
    double p50 = bench_quantile(ms, have, 0.5), p90 = bench_quantile(ms, have, 0.9);
    printf("{\"heard\":%zu,\"p50\":%.2f,\"p90\":%.2f}\n", have, p50, p90);
    close(c.sip);
    close(c.rtp);
    free(ms);
    return 0;
}
