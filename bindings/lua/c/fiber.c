/* Fibers for Lua 5.1, whose pcall, for and metamethods cannot be crossed by a yield: a fiber is a coroutine with a C
 * stack of its own, so that waiting switches stacks and crosses anything. Lua itself sees a thread that has called a C
 * function which has not returned yet. The other interpreters need none of it. */
#define _GNU_SOURCE
#include "support.h"

#if LUA_VERSION_NUM == 501 && defined(__linux__) && defined(__GLIBC__)
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define FIBER "sipua.fiber"
/* Address space only: pages become memory when they are touched. Lua allows 200 nested calls from C, and one of
 * string.gsub takes 9 KB. */
#define STACK (sizeof(void *) == 8 ? 4u << 20 : 2u << 20)

/* AddressSanitizer is told which stack is in use. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#define LEAVE(save, bottom, size) __sanitizer_start_switch_fiber(save, bottom, size)
#define ARRIVE(saved, bottom, size) __sanitizer_finish_switch_fiber(saved, bottom, size)
#else
#define LEAVE(save, bottom, size) ((void)(save), (void)(bottom), (void)(size))
#define ARRIVE(saved, bottom, size) ((void)(saved), (void)(bottom), (void)(size))
#endif

typedef enum fiber_state { NEW, RUNNING, WAITING, ENDED } fiber_state;

typedef struct fiber {
    ucontext_t inside, outside;
    lua_State *L; /* its thread, kept by a reference while it has not ended */
    char *stack;
    const void *outer; /* the stack that it was resumed from, and its size */
    size_t outer_size;
    int thread;
    fiber_state state;
} fiber;

static void drop_stack(fiber *f) {
    if (f->stack) munmap(f->stack, STACK);
    f->stack = NULL;
}

static int fiber_gc(lua_State *L) {
    fiber *f = (fiber *)lua_touserdata(L, 1);
    if (f->state == RUNNING) return 0; /* the interpreter is being closed from inside it */
    luaL_unref(L, LUA_REGISTRYINDEX, f->thread);
    drop_stack(f);
    return 0;
}

/* A pointer does not fit an int, which is all that makecontext passes. */
static void entry(unsigned high, unsigned low) {
    fiber *f = (fiber *)(((uintptr_t)high << 16 << 16) | (uintptr_t)low);
    ARRIVE(NULL, &f->outer, &f->outer_size);
    lua_pcall(f->L, 0, 0, 0); /* the function catches its own errors */
    f->state = ENDED;
    LEAVE(NULL, f->outer, f->outer_size);
    swapcontext(&f->inside, &f->outside);
}

int sl_fiber_create(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    fiber *f = (fiber *)lua_newuserdata(L, sizeof *f);
    f->stack = NULL;
    f->thread = LUA_NOREF;
    f->state = NEW;
    if (luaL_newmetatable(L, FIBER)) {
        lua_pushcfunction(L, fiber_gc);
        lua_setfield(L, -2, "__gc");
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
    f->L = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, f->L, 1);
    f->thread = luaL_ref(L, LUA_REGISTRYINDEX);
    f->stack = (char *)mmap(NULL, STACK, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (f->stack == MAP_FAILED) {
        f->stack = NULL;
        luaL_unref(L, LUA_REGISTRYINDEX, f->thread);
        return luaL_error(L, "no memory for the stack of a task");
    }
    mprotect(f->stack, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE); /* an overflow is caught, not silent */
    getcontext(&f->inside);
    f->inside.uc_stack.ss_sp = f->stack;
    f->inside.uc_stack.ss_size = STACK;
    f->inside.uc_link = NULL;
    uintptr_t p = (uintptr_t)f;
    makecontext(&f->inside, (void (*)(void))entry, 2, (unsigned)(p >> 16 >> 16), (unsigned)p);
    return 1;
}

static fiber *check(lua_State *L) { return (fiber *)luaL_checkudata(L, 1, FIBER); }

int sl_fiber_resume(lua_State *L) {
    fiber *f = check(L);
    if (f->state != NEW && f->state != WAITING) return luaL_error(L, "a fiber that cannot be resumed");
    f->state = RUNNING;
    void *kept = NULL;
    LEAVE(&kept, f->stack, STACK);
    swapcontext(&f->outside, &f->inside);
    ARRIVE(kept, NULL, NULL);
    if (f->state == ENDED) {
        drop_stack(f);
        luaL_unref(L, LUA_REGISTRYINDEX, f->thread);
        f->thread = LUA_NOREF;
    }
    lua_pushboolean(L, f->state != ENDED);
    return 1;
}

int sl_fiber_yield(lua_State *L) {
    fiber *f = check(L);
    if (f->state != RUNNING) return luaL_error(L, "only a running fiber can wait");
    f->state = WAITING;
    void *kept = NULL;
    LEAVE(&kept, f->outer, f->outer_size);
    swapcontext(&f->inside, &f->outside);
    ARRIVE(kept, &f->outer, &f->outer_size);
    return 0;
}

#else

int sl_fiber_create(lua_State *L) {
    lua_pushnil(L);
    return 1;
}

int sl_fiber_resume(lua_State *L) { return luaL_error(L, "there are no fibers here"); }

int sl_fiber_yield(lua_State *L) { return luaL_error(L, "there are no fibers here"); }

#endif
