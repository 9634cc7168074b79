/* Tones and their share of a signal, for the tests of codec/. */
#ifndef TESTS_TONE_H
#define TESTS_TONE_H

#include <cmath>
#include <cstdint>
#include <vector>

inline std::vector<int16_t> tone(double hz, double rate, size_t n, double amplitude = 10000, size_t from = 0) {
    std::vector<int16_t> v(n);
    for (size_t i = 0; i < n; i++)
        v[i] = (int16_t)std::lrint(amplitude * std::sin(2 * M_PI * hz * (double)(i + from) / rate));
    return v;
}

/* Energy per sample. */
inline double power(const int16_t *p, size_t n) {
    double e = 0;
    for (size_t i = 0; i < n; i++) e += (double)p[i] * p[i];
    return n ? e / (double)n : 0;
}

/* Share of the energy that lies at hz, 0..1. */
inline double share(const int16_t *p, size_t n, double hz, double rate) {
    double re = 0, im = 0;
    for (size_t i = 0; i < n; i++) {
        re += p[i] * std::cos(2 * M_PI * hz * (double)i / rate);
        im += p[i] * std::sin(2 * M_PI * hz * (double)i / rate);
    }
    double total = power(p, n) * (double)n;
    return total > 0 ? 2 * (re * re + im * im) / (double)n / total : 0;
}

/* The largest jump from one sample to the next. */
inline int largest_step(const int16_t *p, size_t n) {
    int most = 0;
    for (size_t i = 1; i < n; i++) most = std::max(most, std::abs(p[i] - p[i - 1]));
    return most;
}

#endif
