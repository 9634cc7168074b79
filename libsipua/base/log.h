/* Where log lines go. One per agent, shared by its threads; the writer must be thread-safe and never block. */
#ifndef SX_LOG_H
#define SX_LOG_H

#include <stddef.h>

typedef enum sx_level { SX_LOG_ERROR = 1, SX_LOG_WARNING = 2, SX_LOG_INFO = 3, SX_LOG_DEBUG = 4 } sx_level;

typedef struct sx_log {
    void (*write)(void *ctx, sx_level level, const char *module, const char *text, size_t n);
    void *ctx;
    int level; /* lines above it are not even formatted; 0: nothing. Read and set with __atomic builtins */
} sx_log;

void sx_log_printf(sx_log *log, sx_level level, const char *module, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* NULL as log is legal and says nothing. Each file defines SX_MODULE before use. */
#define SX_LOG(log, lvl, ...)                                                                                          \
    do {                                                                                                               \
        sx_log *sx_log_ = (log);                                                                                       \
        if (sx_log_ && __atomic_load_n(&sx_log_->level, __ATOMIC_RELAXED) >= (int)(lvl))                               \
            sx_log_printf(sx_log_, (lvl), SX_MODULE, __VA_ARGS__);                                                     \
    } while (0)

#endif
