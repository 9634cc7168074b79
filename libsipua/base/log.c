#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

void sx_log_printf(sx_log *log, sx_level level, const char *module, const char *fmt, ...) {
    char line[2048]; /* longer lines are cut: a log never allocates */
    va_list ap;
    if (!log || !log->write) return;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (n < 0) return;
    if ((size_t)n >= sizeof line) n = (int)sizeof line - 1;
    log->write(log->ctx, level, module, line, (size_t)n);
}
