#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "base/error.h"
#include "net/internal.h"

static const struct {
    int err, code;
    const char *text;
} known[] = {
    {ECONNREFUSED, SX_E_TRANSPORT, "Connection refused"},
    {ECONNRESET, SX_E_TRANSPORT, "Connection reset by peer"},
    {ECONNABORTED, SX_E_TRANSPORT, "Connection aborted"},
    {EPIPE, SX_E_TRANSPORT, "Connection closed by peer"},
    {ETIMEDOUT, SX_E_TRANSPORT, "Connection timed out"},
    {EHOSTUNREACH, SX_E_TRANSPORT, "No route to host"},
    {EHOSTDOWN, SX_E_TRANSPORT, "Host is down"},
    {ENETUNREACH, SX_E_TRANSPORT, "Network is unreachable"},
    {ENETDOWN, SX_E_TRANSPORT, "Network is down"},
    {ENETRESET, SX_E_TRANSPORT, "Network dropped the connection"},
    {ENOPROTOOPT, SX_E_TRANSPORT, "Protocol not available"},
    {EPROTO, SX_E_TRANSPORT, "Protocol error"},
    {ENOTCONN, SX_E_TRANSPORT, "Not connected"},
    {EMSGSIZE, SX_E_TRANSPORT, "Message too long"},
    {ENOBUFS, SX_E_TRANSPORT, "No buffer space available"},
    {EADDRINUSE, SX_E_IN_USE, "Address already in use"},
    {EADDRNOTAVAIL, SX_E_ADDRESS, "Cannot assign requested address"},
    {EAFNOSUPPORT, SX_E_ADDRESS, "Address family not supported"},
    {EINVAL, SX_E_ADDRESS, "Invalid address or argument"},
    {EACCES, SX_E_PERMISSION, "Permission denied"},
    {EPERM, SX_E_PERMISSION, "Operation not permitted"},
    {EMFILE, SX_E_LIMIT, "Too many open files"},
    {ENFILE, SX_E_LIMIT, "Too many open files in the system"},
    {ENOMEM, SX_E_NOMEM, "Out of memory"},
};

static int row(int err) {
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].err == err) return (int)i;
    return -1;
}

const char *net_os_text(int err) {
    int i = row(err);
    return i < 0 ? "The operating system refused" : known[i].text;
}

int net_os_error(int err) {
    int i = row(err);
    return i < 0 ? SX_E_IO : known[i].code;
}

int net_os_fail(const char *what) {
    int err = errno;
    return sx_fail(net_os_error(err), "%s: %s (%d)", what, net_os_text(err), err);
}

int net_os_socket(net_loop *l, int family, int type) {
    int one = 1;
    int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return net_os_fail("socket");
    if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    int rc = net_loop_own_fd(l, fd);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return fd;
}

void net_os_close(net_loop *l, int fd) {
    if (fd < 0) return;
    net_loop_disown_fd(l, fd);
    close(fd);
}

int net_os_local(int fd, net_addr *out) {
    struct sockaddr_storage ss;
    socklen_t n = sizeof ss;
    if (getsockname(fd, (struct sockaddr *)&ss, &n) != 0) return net_os_fail("getsockname");
    if (!net_addr_from_sockaddr(out, (struct sockaddr *)&ss, n))
        return sx_fail(SX_E_IO, "a local address of no known kind");
    return SX_OK;
}
