/* Inner loops of the message scan. Sixteen bytes at a time where SSE2 is there, one elsewhere. Never reads outside
 * [p, end). */
#ifndef SIP_SCAN_H
#define SIP_SCAN_H

#include "sip/lex.h"
#include "sip/names_table.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The first LF, CR or NUL at or behind p, or end. */
static inline const char *sip_scan_line(const char *p, const char *end) {
#ifdef __SSE2__
    const __m128i cr = _mm_set1_epi8('\r');
    while (end - p >= 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
        /* all up to CR at once: a tab or another control between them is rare */
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(x, cr), x));
        for (; mask; mask &= mask - 1) {
            const char *q = p + __builtin_ctz(mask);
            if (*q == '\r' || *q == '\n' || *q == '\0') return q;
        }
        p += 16;
    }
#endif
    while (p < end && *p != '\n' && *p != '\r' && *p != '\0') p++;
    return p;
}

/* A known header in its usual spelling, with its colon directly behind, in the first 16 bytes: its id, and *colon.
 * Anything else: SIP_HDR_OTHER, and the long way round must be taken. */
static inline sip_hdr_id sip_scan_name(const char *p, const char *end, const char **colon) {
#ifdef __SSE2__
    if (end - p < 16) return SIP_HDR_OTHER;
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    unsigned colons = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(':')));
    if (colons < 4) return SIP_HDR_OTHER; /* none, or a name shorter than two bytes */
    unsigned n = (unsigned)__builtin_ctz(colons), want = (1u << n) - 1;
    if (n < 2) return SIP_HDR_OTHER;
    unsigned id = sip_hdr_guess(p, n);
    __m128i name = _mm_loadu_si128((const __m128i *)(const void *)sip_hdr_rows[id].name);
    unsigned same = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, name));
    if ((same & want) != want || sip_hdr_rows[id].len != n) return SIP_HDR_OTHER;
    *colon = p + n;
    return (sip_hdr_id)id;
#else
    (void)p, (void)end, (void)colon;
    return SIP_HDR_OTHER;
#endif
}

/* The runs below begin at p and end at `end` at the latest. Everything from `begin` on (begin <= p) may be read: with
 * 16 bytes there, the last piece is read together with what stands before it. */
#ifdef __SSE2__
static inline unsigned sip_mask_any(__m128i x, char a, char b) {
    return (unsigned)_mm_movemask_epi8(
        _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8(a)), _mm_cmpeq_epi8(x, _mm_set1_epi8(b))));
}
/* Bytes that are not of class SIP_C_VALUE. */
static inline unsigned sip_mask_value_stop(__m128i x) {
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(' ')), x);
    return (unsigned)_mm_movemask_epi8(low) | sip_mask_any(x, ';', ',') | sip_mask_any(x, '<', '>') |
           sip_mask_any(x, '"', '"');
}
/* Bytes that are not of class SIP_C_HOST. */
static inline unsigned sip_mask_host_stop(__m128i x) {
    __m128i letter = _mm_sub_epi8(_mm_or_si128(x, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i digit = _mm_sub_epi8(x, _mm_set1_epi8('0')), dash = _mm_sub_epi8(x, _mm_set1_epi8('-'));
    __m128i good = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(25)), letter);
    good = _mm_or_si128(good, _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit));
    good = _mm_or_si128(good, _mm_cmpeq_epi8(_mm_min_epu8(dash, _mm_set1_epi8(1)), dash));
    good = _mm_or_si128(good, _mm_cmpeq_epi8(x, _mm_set1_epi8('_')));
    return (unsigned)_mm_movemask_epi8(good) ^ 0xffff;
}
/* Bytes of class SIP_C_URI_STOP. */
static inline unsigned sip_mask_uri_stop(__m128i x) {
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(' ')), x);
    return (unsigned)_mm_movemask_epi8(low) | sip_mask_any(x, '<', '>') | sip_mask_any(x, '"', 0x7f);
}
#define SIP_RUN(mask_of, p, begin, end)                                                                                \
    while ((end) - (p) >= 16) {                                                                                        \
        unsigned mask_ = mask_of(_mm_loadu_si128((const __m128i *)(const void *)(p)));                                 \
        if (mask_) return (p) + __builtin_ctz(mask_);                                                                  \
        (p) += 16;                                                                                                     \
    }                                                                                                                  \
    if ((p) < (end) && (end) - (begin) >= 16) {                                                                        \
        unsigned mask_ = mask_of(_mm_loadu_si128((const __m128i *)(const void *)((end)-16)));                          \
        mask_ >>= 16 - ((end) - (p));                                                                                  \
        return mask_ ? (p) + __builtin_ctz(mask_) : (end);                                                             \
    }
#else
#define SIP_RUN(mask_of, p, begin, end) (void)(begin)
#endif

/* Behind the characters of an unquoted parameter value. */
static inline const char *sip_run_value(const char *begin, const char *p, const char *end) {
    SIP_RUN(sip_mask_value_stop, p, begin, end);
    while (p < end && sip_is(*p, SIP_C_VALUE)) p++;
    return p;
}
/* Behind the characters of a host name or IPv4 address. */
static inline const char *sip_run_host(const char *begin, const char *p, const char *end) {
    SIP_RUN(sip_mask_host_stop, p, begin, end);
    while (p < end && sip_is(*p, SIP_C_HOST)) p++;
    return p;
}
/* The first character that can be in no URI, or end. */
static inline const char *sip_run_uri(const char *begin, const char *p, const char *end) {
    SIP_RUN(sip_mask_uri_stop, p, begin, end);
    while (p < end && !sip_is(*p, SIP_C_URI_STOP)) p++;
    return p;
}

#endif
