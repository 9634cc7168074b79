/* Inner loops of the message scan. Sixteen bytes at a time where SSE2 is there, one elsewhere. Never reads outside
 * [p, end). */
#ifndef SIP_SCAN_H
#define SIP_SCAN_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The first LF, CR or NUL at or behind p, or end. */
static inline const char *sip_scan_line(const char *p, const char *end) {
#ifdef __SSE2__
    const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r'), nul = _mm_setzero_si128();
    while (end - p >= 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, lf), _mm_cmpeq_epi8(x, cr)), _mm_cmpeq_epi8(x, nul));
        int mask = _mm_movemask_epi8(hit);
        if (mask) return p + __builtin_ctz((unsigned)mask);
        p += 16;
    }
#endif
    while (p < end && *p != '\n' && *p != '\r' && *p != '\0') p++;
    return p;
}

#endif
