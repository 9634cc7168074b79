/* bench_connect TRANSPORT PORT: on each line "N" of stdin opens N more connections, one after the other, each up to where SIP
 * could begin (TLS handshake without resumption, WebSocket upgrade), keeps them, and prints {"seconds"}. Ends with stdin. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

typedef struct peer {
    int fd;
    SSL *ssl;
} peer;

static const char upgrade[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Protocol: sip\r\n\r\n";

static void upgrade_one(peer *p) {
    char answer[2048];
    size_t got = 0;
    int sent = p->ssl ? SSL_write(p->ssl, upgrade, sizeof upgrade - 1) : (int)write(p->fd, upgrade, sizeof upgrade - 1);
    if (sent != (int)sizeof upgrade - 1) bench_die("upgrade", "not sent");
    do {
        int n = p->ssl ? SSL_read(p->ssl, answer + got, (int)(sizeof answer - 1 - got))
                       : (int)read(p->fd, answer + got, sizeof answer - 1 - got);
        if (n <= 0) bench_die("upgrade", "closed");
        got += (size_t)n;
        answer[got] = 0;
    } while (!strstr(answer, "\r\n\r\n") && got < sizeof answer - 1);
    if (!strstr(answer, " 101 ")) bench_die("upgrade", answer);
}

static void open_one(SSL_CTX *tls, int websocket, uint16_t port) {
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    peer p = {socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), NULL};
    int one = 1;
    if (p.fd < 0 || connect(p.fd, (struct sockaddr *)&there, sizeof there)) bench_die("connect", "failed");
    setsockopt(p.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (tls) {
        p.ssl = SSL_new(tls);
        if (!p.ssl || !SSL_set_fd(p.ssl, p.fd) || SSL_connect(p.ssl) != 1) bench_die("TLS", "handshake failed");
    }
    if (websocket) upgrade_one(&p); /* and it stays open */
}

int main(int argc, char **argv) {
    if (argc < 3) bench_die("usage", "bench_connect TRANSPORT PORT");
    int websocket = argv[1][0] == 'w', secure = !strcmp(argv[1], "tls") || !strcmp(argv[1], "wss");
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    SSL_CTX *tls = secure ? SSL_CTX_new(TLS_client_method()) : NULL;
    if (tls) SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    char line[32];
    while (fgets(line, sizeof line, stdin)) {
        uint64_t start = bench_now_ns();
        for (int n = atoi(line); n > 0; n--) open_one(tls, websocket, (uint16_t)atoi(argv[2]));
        printf("{\"seconds\": %.6f}\n", (double)(bench_now_ns() - start) / 1e9);
        fflush(stdout);
    }
    return 0;
}
