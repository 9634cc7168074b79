// Shorthand for the tests of libsipua/sip.
#pragma once

#include <memory>
#include <string>
#include <vector>

extern "C" {
#include "base/buf.h"
#include "base/error.h"
#include "base/slice.h"
#include "sip/message.h"
}

inline std::string str(sx_slice s) { return s.p ? std::string(s.p, s.n) : std::string(); }
// The view is as good as s itself: fine for literals and named strings.
inline sx_slice S(const std::string &s) { return sx_slice_of(s.data(), s.size()); }

// A message in its own exact-size block, so that a sanitizer sees every read past its end.
struct Parsed {
    std::unique_ptr<char[]> bytes;
    std::unique_ptr<sip_scratch> scratch{new sip_scratch};
    sip_parse_error err{};
    int rc;
    explicit Parsed(const std::string &text, const sip_limits *limits = nullptr) : bytes(new char[text.size()]) {
        memcpy(bytes.get(), text.data(), text.size());
        rc = sip_parse(scratch.get(), bytes.get(), text.size(), limits, &err);
    }
    const sip_msg *operator->() const { return &scratch->msg; }
    const sip_msg *get() const { return &scratch->msg; }
    sx_slice value(const char *name) const {
        const sip_hdr *h = sip_find(&scratch->msg, sx_slice_str(name), nullptr);
        return h ? sip_hdr_value(&scratch->msg, h) : sx_slice_empty();
    }
};

// Collects what a writer produces.
struct Buf {
    sx_buf b;
    Buf() { sx_buf_init(&b); }
    ~Buf() { sx_buf_free(&b); }
    Buf(const Buf &) = delete;
    std::string text() const { return std::string(b.p ? b.p : "", b.n); }
    operator sx_buf *() { return &b; }
};
