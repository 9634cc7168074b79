/* Watches the addresses and default routes of this machine (netlink). Rules: net/event.h.
 *
 * The kernel tells of much that changes nothing for us: link-local and tentative addresses, routes of a container's
 * bridge, lifetimes that are renewed. So NET_CHANGED comes only if the set of usable addresses or of default routes is
 * another one than before, and 250 ms after the first sign of it: what happens together is one change. */
#ifndef NET_NETWATCH_H
#define NET_NETWATCH_H

#include "net/loop.h"

enum { NET_NETWATCH_DEBOUNCE_MS = 250 };

typedef struct net_netwatch net_netwatch;

/* Event: NET_CHANGED, with words. SX_E_UNSUPPORTED: this system does not tell; SX_E_NOMEM, SX_E_LIMIT, SX_E_IO. */
int net_netwatch_open(net_loop *l, net_sink sink, void *ctx, net_netwatch **out);
void net_netwatch_close(net_netwatch *w); /* NULL is harmless */

#endif
