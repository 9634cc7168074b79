/* Struct initialisers, for those who cannot use the macros. */
#include "src/abi.h"

/* What was promised about layouts and numbers, checked by every compiler that builds this. */
#include "generated/asserts.h"

#define INIT(type)                                                                                                     \
    void type##_init(type *p, uint32_t size) {                                                                         \
        if (!p || size < sizeof p->struct_size) return;                                                                \
        memset(p, 0, size);                                                                                            \
        p->struct_size = size;                                                                                         \
    }

ABI_EACH_STRUCT(INIT)
