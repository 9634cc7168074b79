/* The agent and an event as userdata, and waiting for several agents at once. */
#define _GNU_SOURCE
#include <poll.h>
#include <time.h>

#include "support.h"

#define AGENT "sipua.agent.handle"
#define EVENT "sipua.event.handle"

/* Dropping an agent's handle stops its threads; nothing is said to anybody (agent_shutdown does that). */
static int agent_gc(lua_State *L) {
    sl_agent *a = (sl_agent *)lua_touserdata(L, 1);
    sipua_agent *agent = a->agent;
    a->agent = NULL;
    sipua_agent_free(agent);
    return 0;
}

static int event_gc(lua_State *L) {
    sl_event *e = (sl_event *)lua_touserdata(L, 1);
    sipua_event *event = e->event;
    e->event = NULL;
    sipua_event_destroy(event);
    return 0;
}

static int agent_text(lua_State *L) {
    sl_agent *a = (sl_agent *)lua_touserdata(L, 1);
    lua_pushfstring(L, "sipua agent handle (%s)", a && a->agent ? "open" : "closed");
    return 1;
}

static int event_text(lua_State *L) {
    sl_event *e = (sl_event *)lua_touserdata(L, 1);
    lua_pushfstring(L, "sipua event handle (%s)", e && e->event ? "held" : "destroyed");
    return 1;
}

static void set_kind(lua_State *L, const char *kind, lua_CFunction gc, lua_CFunction text) {
    if (luaL_newmetatable(L, kind)) {
        lua_pushcfunction(L, gc);
        lua_setfield(L, -2, "__gc");
        lua_pushcfunction(L, text);
        lua_setfield(L, -2, "__tostring");
        lua_pushboolean(L, 0); /* nobody gets at __gc to call it with something else */
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
}

sl_agent *sl_new_agent(lua_State *L) {
    sl_agent *a = (sl_agent *)lua_newuserdata(L, sizeof *a);
    a->agent = NULL;
    set_kind(L, AGENT, agent_gc, agent_text);
    return a;
}

sl_event *sl_new_event(lua_State *L) {
    sl_event *e = (sl_event *)lua_newuserdata(L, sizeof *e);
    e->event = NULL;
    set_kind(L, EVENT, event_gc, event_text);
    return e;
}

static void *check(lua_State *L, int index, const char *kind, const char *word, const char *function,
                   const char *what) {
    void *p = lua_touserdata(L, index);
    int same = 0;
    if (p && lua_getmetatable(L, index)) {
        luaL_getmetatable(L, kind);
        same = lua_rawequal(L, -1, -2);
        lua_pop(L, 2);
    }
    if (!same) sl_bad(L, function, what, "%s expected, got a %s", word, luaL_typename(L, index));
    return p;
}

sl_agent *sl_check_agent(lua_State *L, int index, const char *function, const char *what) {
    return (sl_agent *)check(L, index, AGENT, "an agent's handle", function, what);
}

sl_event *sl_check_event(lua_State *L, int index, const char *function, const char *what) {
    return (sl_event *)check(L, index, EVENT, "an event's handle", function, what);
}

int sl_now(lua_State *L) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec / 1e9);
    return 1;
}

int sl_wait(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    int timeout = (int)luaL_checkinteger(L, 2);
    size_t room = 0;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) room++;
    struct pollfd *fds = (struct pollfd *)sl_scratch(L, room * sizeof *fds);
    nfds_t n = 0;
    for (size_t i = 1; i <= room; i++) {
        lua_rawgeti(L, 1, (int)i);
        sl_agent *a = sl_check_agent(L, lua_gettop(L), "wait", "agents");
        int32_t fd = a->agent ? sipua_agent_fd(a->agent) : -1;
        if (fd >= 0) fds[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
        lua_pop(L, 1);
    }
    lua_pushboolean(L, poll(fds, n, timeout) > 0);
    return 1;
}
