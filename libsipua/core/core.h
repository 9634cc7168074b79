/* Floor 4's face towards abi/: an agent with its stack thread, its queues and its ids. Every function may be called
 * from any thread; none waits unless its comment says so. */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "core/commands.h"
#include "core/event.h"
#include "core/ids.h"
#include "core/tls.h"
#include "ua/ua.h"

typedef struct core_agent core_agent;

typedef struct core_config {
    ua_agent_config ua; /* its log and tls are set here */
    core_tls_config tls;
    const char *const *listen;
    size_t listen_count; /* 0: udp and tcp on `bind`, one free port for both */
    uint16_t rtp_port_min, rtp_port_max;
    unsigned media_workers;
    uint32_t queue_events;
    uint64_t queue_bytes;
    int log_level; /* sx_level; 0: nothing */
} core_config;

/* Waits until the stack thread is up. Strings are needed only meanwhile. */
int core_agent_create(const core_config *config, core_agent **out);
/* Stops and joins the thread; everything answers SX_E_CLOSED from then on. In a forked child: closes descriptors. */
int core_agent_close(core_agent *a);
void core_agent_free(core_agent *a);
/* SX_OK, SX_E_FORKED or SX_E_CLOSED, with its detail set. */
int core_agent_check(core_agent *a);

core_ids *core_agent_ids(core_agent *a);
int core_agent_max_calls(const core_agent *a); /* -1: no limit */

/* Which commands are refused when too many events wait: none, those with a tag, those that make something. */
typedef enum core_need { CORE_NEED_NOTHING, CORE_NEED_REPLY, CORE_NEED_ROOM } core_need;
/* Hands a command over and takes it, whatever comes of it. With a tag a place for the reply is reserved. SX_E_FULL,
 * SX_E_CLOSED, SX_E_NOMEM. */
int core_submit(core_agent *a, core_cmd *c, core_need need);

/* May wait, at most timeout_ms (-1: for ever). 1, 0, SX_E_BUSY, SX_E_INTERRUPTED, SX_E_CLOSED, SX_E_FORKED. */
int core_poll(core_agent *a, int timeout_ms, core_event **out);
int core_poll_interrupt(core_agent *a);
int core_agent_fd(core_agent *a);
int core_agent_set_wakeup(core_agent *a, void (*fn)(void *arg), void *arg);
/* Which calls are ready for audio: fills up to cap ids, returns how many there were. */
int core_audio_ready(core_agent *a, uint64_t *ids, uint32_t cap);

#endif
