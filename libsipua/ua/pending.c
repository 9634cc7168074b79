/* What nobody has built yet. Each function moves out of here with the file that does it. */
#include "base/error.h"
#include "ua/ua.h"

static int later(const char *what) { return sx_fail(SX_E_UNSUPPORTED, "%s: this build cannot do that yet", what); }


/* ---- muting ---- */

int ua_call_mute(ua_call *call, unsigned sides, bool on) { return later("call_mute"); }

/* ---- conferences ---- */

int ua_conference_create(ua_agent *agent, const ua_conference_config *config, uint64_t id, ua_conference **out) {
    return later("conference_create");
}

uint64_t ua_conference_id(const ua_conference *conference) { return 0; }

int ua_conference_add(ua_conference *conference, ua_call *call) { return later("conference_add"); }

int ua_conference_remove(ua_conference *conference, ua_call *call) { return later("conference_remove"); }

int ua_conference_play(ua_conference *conference, const char *path, bool loop, uint64_t player) {
    return later("conference_play");
}

int ua_conference_stop_play(ua_conference *conference, uint64_t player) { return later("conference_stop_play"); }

int ua_conference_record(ua_conference *conference, const char *path, uint64_t recorder) {
    return later("conference_record");
}

int ua_conference_stop_record(ua_conference *conference, uint64_t recorder) { return later("conference_stop_record"); }

int ua_conference_end(ua_conference *conference, bool hangup) { return later("conference_end"); }

media_audio *ua_conference_audio(ua_conference *conference) { return NULL; }

/* ---- bridges ---- */

int ua_bridge_create(ua_agent *agent, ua_call *a, ua_call *b, const ua_bridge_config *config, uint64_t id,
                     ua_bridge **out) {
    return later("bridge_create");
}

uint64_t ua_bridge_id(const ua_bridge *bridge) { return 0; }

int ua_bridge_end(ua_bridge *bridge) { return later("bridge_end"); }
