/* The table behind sip_hdr_of, for the one loop where a call per header line is too much. Private to this folder. */
#ifndef SIP_NAMES_TABLE_H
#define SIP_NAMES_TABLE_H

#include "sip/names.h"

typedef struct sip_hdr_row {
    char name[30]; /* canonical, padded with NUL */
    uint8_t len;
    char compact;
} sip_hdr_row;

extern const sip_hdr_row sip_hdr_rows[SIP_HDR_COUNT];
extern const uint8_t sip_hdr_slots[512];

/* The only id a name of two or more bytes may have; it must still be compared. */
static inline unsigned sip_hdr_guess(const char *p, size_t n) {
    unsigned h = (unsigned)n * 182 + ((unsigned char)p[0] | 0x20u) * 69 + ((unsigned char)p[n - 1] | 0x20u) * 15 +
                 ((unsigned char)p[n / 2] | 0x20u) * 139;
    return sip_hdr_slots[(h ^ (h >> 8)) & 511];
}

#endif
