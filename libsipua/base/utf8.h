/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
#ifndef SX_UTF8_H
#define SX_UTF8_H

#include "base/slice.h"

/* Bytes of the well-formed sequence at p, of which n are there (at least 1); 0 for a bad or cut one. NUL counts 1. */
size_t sx_utf8_sequence(const char *p, size_t n);
bool sx_utf8_valid(sx_slice s);

#endif
