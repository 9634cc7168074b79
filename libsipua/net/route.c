#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "net/addr.h"

int net_addr_source_for(const net_addr *dst, net_addr *src) {
    net_addr to = *dst;
    struct sockaddr_storage ss;
    socklen_t n = sizeof ss;
    if (!net_addr_is_set(dst)) return sx_fail(SX_E_INVALID, "no address to find a route to");
    if (net_addr_port(&to) == 0) net_addr_set_port(&to, 9);
    int fd = socket(dst->u.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return sx_fail(SX_E_IO, "socket: %s", strerror(errno));
    int rc = SX_OK;
    if (connect(fd, &to.u.sa, net_addr_len(&to)) != 0 || getsockname(fd, (struct sockaddr *)&ss, &n) != 0)
        rc = sx_fail(SX_E_TRANSPORT, "no route: %s", strerror(errno));
    else if (!net_addr_from_sockaddr(src, (struct sockaddr *)&ss, n))
        rc = sx_fail(SX_E_IO, "no source address");
    else
        net_addr_set_port(src, 0);
    close(fd);
    return rc;
}

bool net_addr_is_ours(const net_addr *a) {
    if (!net_addr_is_set(a) || net_addr_is_any(a) || net_addr_is_multicast(a)) return false;
    net_addr at = *a;
    net_addr_set_port(&at, 0);
    int fd = socket(a->u.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return errno == EMFILE || errno == ENFILE; /* nothing is known then: as it was */
    bool ours = bind(fd, &at.u.sa, net_addr_len(&at)) == 0 || errno != EADDRNOTAVAIL;
    close(fd);
    return ours;
}
