/* stranger HOST:PORT HEX: sends the request as it is over UDP, with $self for its own port, again every half second
 * until something comes back; prints the status line of the final answer, acknowledges it if the request was an INVITE,
 * and ends. Somebody whose bytes no SIP stack would send. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM 8192

static char request[ROOM], answer[ROOM], ack[ROOM];

static size_t unhex(const char *hex, int port) {
    char raw[ROOM];
    size_t n = 0, out = 0;
    for (; hex[0] && hex[1] && n < sizeof raw - 1; hex += 2) {
        char pair[3] = {hex[0], hex[1], 0};
        raw[n++] = (char)strtol(pair, NULL, 16);
    }
    for (size_t i = 0; i < n && out < ROOM - 8;) {
        if (n - i >= 5 && !memcmp(raw + i, "$self", 5)) {
            out += (size_t)sprintf(request + out, "%d", port);
            i += 5;
        } else {
            request[out++] = raw[i++];
        }
    }
    return out;
}

/* The line of that header with its CRLF; it ends the program when there is none. */
static void copy(char *to, const char *message, const char *name) {
    const char *at = message;
    while ((at = strstr(at, "\r\n"))) {
        at += 2;
        if (strncasecmp(at, name, strlen(name))) continue;
        strncat(to, at, strcspn(at, "\r") + 2);
        return;
    }
    fprintf(stderr, "no %s\n", name);
    exit(1);
}

static void acknowledge(int fd) {
    const char *uri = request + 7;
    snprintf(ack, sizeof ack, "ACK %.*s\r\n", (int)strcspn(uri, "\r"), uri);
    copy(ack, request, "Via:");
    copy(ack, request, "From:");
    copy(ack, answer, "To:");
    copy(ack, request, "Call-ID:");
    strcat(ack, "CSeq: 1 ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
    send(fd, ack, strlen(ack), 0);
}

int main(int argc, char **argv) {
    struct sockaddr_in to = {.sin_family = AF_INET}, own;
    socklen_t size = sizeof own;
    char *colon = argc == 3 ? strchr(argv[1], ':') : NULL;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (!colon) return 2;
    *colon = 0;
    to.sin_port = htons((unsigned short)atoi(colon + 1));
    if (inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 || connect(fd, (struct sockaddr *)&to, sizeof to) ||
        getsockname(fd, (struct sockaddr *)&own, &size)) {
        perror("stranger");
        return 1;
    }
    size_t length = unhex(argv[2], ntohs(own.sin_port));
    bool heard = false;
    for (int tries = 0; tries < 120; tries++) {
        struct pollfd one = {fd, POLLIN, 0};
        if (!heard) send(fd, request, length, 0);
        if (poll(&one, 1, 500) <= 0) continue;
        ssize_t n = recv(fd, answer, sizeof answer - 1, 0);
        if (n < 12) continue;
        answer[n] = 0;
        heard = true;
        if (answer[8] == '1') continue; /* SIP/2.0 1xx */
        if (!strncmp(request, "INVITE ", 7)) acknowledge(fd);
        printf("%.*s\n", (int)strcspn(answer, "\r"), answer);
        return 0;
    }
    puts("no answer");
    return 1;
}
