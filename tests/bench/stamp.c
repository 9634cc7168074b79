/* bench_stamp PORT N GAP_US: sends N MESSAGEs to loopback, each with the monotonic time of its sending as the body, each
 * after the answer to the one before and a pause. */
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

static void take_answers(int fd) {
    char answer[4096];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (poll(&p, 1, 2000) == 1) {
        ssize_t n = recv(fd, answer, sizeof answer - 1, 0);
        if (n < 12) continue;
        answer[n] = 0;
        if (strncmp(answer, "SIP/2.0 2", 9) == 0) return;
        if (strncmp(answer, "SIP/2.0 1", 9) != 0) bench_die("refused", answer);
    }
    bench_die("stamp", "no answer");
}

int main(int argc, char **argv) {
    if (argc < 4) bench_die("usage", "bench_stamp PORT N GAP_US");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))}, us;
    socklen_t size = sizeof us;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int n = atoi(argv[2]), gap = atoi(argv[3]), fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) bench_die("socket", "failed");
    getsockname(fd, (struct sockaddr *)&us, &size);
    int port = ntohs(us.sin_port);
    for (int i = 0; i < n; i++) {
        char text[1024];
        struct timespec pause = {0, gap * 1000L};
        nanosleep(&pause, NULL);
        int length = snprintf(text, sizeof text,
                              "MESSAGE sip:bench@127.0.0.1:%s SIP/2.0\r\n"
                              "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%d-%d\r\n"
                              "From: <sip:stamp@127.0.0.1:%d>;tag=s%d\r\n"
                              "To: <sip:bench@127.0.0.1:%s>\r\n"
                              "Call-ID: %d-%d\r\nCSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\n"
                              "Content-Type: text/plain\r\nContent-Length: 20\r\n\r\n%020llu",
                              argv[1], port, port, i, port, i, argv[1], port, i, (unsigned long long)bench_now_ns());
        if (send(fd, text, (size_t)length, 0) != length) bench_die("send", "failed");
        take_answers(fd);
    }
    close(fd);
    return 0;
}
