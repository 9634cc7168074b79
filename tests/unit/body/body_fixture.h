#ifndef TESTS_BODY_FIXTURE_H
#define TESTS_BODY_FIXTURE_H

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

extern "C" {
#include "base/error.h"
#include "body/body.h"
#include "body/cpim.h"
}

using Fields = std::map<std::string, std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

inline sx_slice slice(const std::string &s) { return sx_slice_of(s.data(), s.size()); }
inline std::string text(sx_slice s) { return std::string(s.p ? s.p : "", s.n); }

/* What a document says; the error's code under "error" if it cannot be read. */
inline Fields read(const std::string &type, const std::string &bytes) {
    Fields out;
    body_doc doc;
    int rc = body_read(slice(type), slice(bytes), &doc);
    if (rc != SX_OK) out["error"] = std::to_string(rc);
    for (size_t i = 0; rc == SX_OK && i < doc.count; i++) {
        EXPECT_EQ(doc.fields[i].value.p[doc.fields[i].value.n], '\0');
        EXPECT_TRUE(out.emplace(text(doc.fields[i].name), text(doc.fields[i].value)).second)
            << "twice: " << text(doc.fields[i].name);
    }
    body_free(&doc);
    return out;
}

/* The document, or the error's code and text. */
inline std::string write(const std::string &type, const Pairs &fields) {
    std::vector<body_field> list;
    for (auto &f : fields) list.push_back({slice(f.first), slice(f.second)});
    sx_buf out;
    sx_buf_init(&out);
    int rc = body_write(slice(type), list.data(), list.size(), &out);
    std::string s = rc == SX_OK ? text(sx_buf_view(&out)) : std::to_string(rc) + " " + sx_last_error_text();
    sx_buf_free(&out);
    return s;
}

inline void expect_round_trip(const std::string &type, const Pairs &fields) {
    std::string once = write(type, fields);
    Fields back = read(type, once);
    for (auto &f : fields) EXPECT_EQ(back[f.first], f.second) << f.first << " in " << once;
    Pairs all(back.begin(), back.end());
    EXPECT_EQ(write(type, all), once);
}

static const char *const kPidf = "application/pidf+xml";
static const char *const kSummary = "application/simple-message-summary";
static const char *const kDialog = "application/dialog-info+xml";
static const char *const kReginfo = "application/reginfo+xml";
static const char *const kConference = "application/conference-info+xml";
static const char *const kComposing = "application/im-iscomposing+xml";
static const char *const kImdn = "message/imdn+xml";
static const char *const kCpim = "message/cpim";
static const char *const kSipfrag = "message/sipfrag";

#endif
