/* What the packets of so many calls cost without any RTP code: connected sockets, one of them a call, each sends 172
 * octets and receives as many (with the kernel's time of arrival) every 20 ms, all from one thread. rtp_floor CALLS
 * SECONDS: CPU ms per call and second. */
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

int main(int argc, char **argv) {
    if (argc < 3) bench_die("usage", "rtp_floor CALLS SECONDS");
    int calls = atoi(argv[1]) / 2 * 2, seconds = atoi(argv[2]), one = 1;
    int *fd = calloc((size_t)calls, sizeof *fd);
    struct sockaddr_in *a = calloc((size_t)calls, sizeof *a);
    socklen_t size = sizeof *a;
    if (!fd || !a) bench_die("memory", "ran out");
    for (int i = 0; i < calls; i++) {
        a[i].sin_family = AF_INET;
        a[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (fd[i] < 0 || bind(fd[i], (struct sockaddr *)&a[i], size) < 0) bench_die("socket", strerror(errno));
        setsockopt(fd[i], SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
        getsockname(fd[i], (struct sockaddr *)&a[i], &size);
    }
    for (int i = 0; i < calls; i++)
        if (connect(fd[i], (struct sockaddr *)&a[i ^ 1], size) < 0) bench_die("connect", strerror(errno));
    /* As a worker does it: on a grid of 10 ms, half of the calls receive on one tick and send on the next, the other
     * half the other way round. */
    char out[172] = {0}, in[2048], control[64];
    struct iovec iov = {in, sizeof in};
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    uint64_t before = bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    long received = 0;
    for (int turn = 0; turn < seconds * 100; turn++) {
        for (int i = 0; i < calls; i++) {
            struct msghdr m = {
                .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
            if ((i / 2 + turn) % 2)
                (void)!send(fd[i], out, sizeof out, 0);
            else if (recvmsg(fd[i], &m, 0) > 0)
                received++;
        }
        next.tv_nsec += 10000000;
        if (next.tv_nsec >= 1000000000) next.tv_nsec -= 1000000000, next.tv_sec++;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    double ms = (double)(bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - before) / 1e6;
    printf("{\"cpu_ms\":%.4f,\"received\":%ld}\n", ms / calls / seconds, received);
    return 0;
}
