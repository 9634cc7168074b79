/* What client programs demand. client.c has its own: it is recorded alone in abi/baseline. */
#ifndef NEED_H
#define NEED_H

#include <sipua/sipua.h>
#include <stdio.h>
#include <stdlib.h>

#define NEED(what)                                                                                                     \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            fprintf(stderr, "line %d: %s (last error: %s)\n", __LINE__, #what, sipua_last_error_text());               \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

#endif
