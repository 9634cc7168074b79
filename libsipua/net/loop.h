/* One thread's event loop: descriptors (libevent, a private base), timers (one wheel), a run queue.
 *
 * A turn: wait; then for each ready descriptor its handler, after every handler the run queue; then the timers that are
 * due, after each the run queue; at the end of the turn the queued datagrams go out in batches. The library installs no
 * signal handler, raises no SIGPIPE, and all descriptors are close-on-exec and non-blocking. */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/log.h"
#include "base/runq.h"
#include "base/timer.h"
#include "net/event.h"

typedef struct net_loop net_loop;
typedef struct net_watch net_watch;

/* NULL when memory or descriptors ran out (sx_last_error says which). May be created on another thread than the one
 * that runs it, if the hand-over is a barrier (pthread_create is). */
net_loop *net_loop_create(void);
/* All objects must be closed before; their memory still in the graveyard goes here. NULL is harmless. */
void net_loop_destroy(net_loop *l);
/* In a forked child, instead of everything else: closes the loop's descriptors and touches nothing more. The memory
 * stays lost, for the threads that owned it do not exist here and may have been in the middle of a change. */
void net_loop_abandon(net_loop *l);

/* Runs until net_loop_stop is called from a handler, task or timer; the turn is finished, datagrams are sent. A stop
 * asked for before the run ends it after one turn. */
void net_loop_run(net_loop *l);
void net_loop_stop(net_loop *l);
/* One turn that waits at most max_wait_ms (0: not at all): for tests. */
void net_loop_run_once(net_loop *l, unsigned max_wait_ms);

sx_wheel *net_loop_wheel(net_loop *l); /* in milliseconds of net_loop_now */
sx_runq *net_loop_runq(net_loop *l);
/* sx_now_ms, read once per wake-up and again before the timers fire. */
uint64_t net_loop_now(const net_loop *l);

/* A descriptor of somebody else's (an eventfd, say): NET_READABLE to the sink while it can be read. The descriptor
 * stays the caller's, who closes it after the watch. */
int net_watch_open(net_loop *l, int fd, net_sink sink, void *ctx, net_watch **out);
void net_watch_close(net_watch *w); /* NULL is harmless */

#endif
