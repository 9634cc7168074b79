/* Text in, structure out, for the tests of sdp/. */
#ifndef TESTS_SDP_FIXTURE_H
#define TESTS_SDP_FIXTURE_H

#include <gtest/gtest.h>
#include <string>

extern "C" {
#include "base/error.h"
#include "sdp/offer_answer.h"
}

inline std::string str(sx_slice s) { return s.n ? std::string(s.p, s.n) : std::string(); }
inline sx_slice view(const std::string &s) { return sx_slice_of(s.data(), s.size()); }

/* Joins lines by CRLF. */
inline std::string lines(std::initializer_list<const char *> l) {
    std::string out;
    for (const char *s : l) out += std::string(s) + "\r\n";
    return out;
}

class Sdp : public ::testing::Test {
  protected:
    void SetUp() override { sx_arena_init(&arena, 512); }
    void TearDown() override { sx_arena_free(&arena); }

    sdp_session parse(const std::string &text) {
        sdp_session s;
        EXPECT_EQ(sdp_parse(&arena, view(text), &s), SX_OK) << text;
        return s;
    }
    std::string write(const sdp_session &s) {
        sx_buf b;
        sx_buf_init(&b);
        EXPECT_EQ(sdp_write(&b, &s), SX_OK);
        std::string out = str(sx_buf_view(&b));
        sx_buf_free(&b);
        return out;
    }

    sx_arena arena;
};

/* An endpoint with opus, PCMU, PCMA unless told otherwise. */
struct Endpoint {
    std::vector<sdp_codec> codecs;
    sdp_local_media audio{};
    sdp_local local{};

    explicit Endpoint(std::initializer_list<const char *> names = {"opus", "PCMU", "PCMA"}, uint16_t port = 4000,
                      const char *addr = "192.0.2.1") {
        for (const char *n : names) {
            sdp_codec c{};
            c.name = sx_slice_str(n);
            bool opus = std::string(n) == "opus";
            c.rate = opus ? 48000 : 8000;
            c.channels = opus ? 2 : 1;
            c.pt = std::string(n) == "PCMU" ? 0 : std::string(n) == "PCMA" ? 8 : std::string(n) == "G722" ? 9 : -1;
            if (opus) c.fmtp = SX_LIT("useinbandfec=1");
            codecs.push_back(c);
        }
        audio.direction = SDP_SENDRECV;
        audio.port = port;
        local.id = 77;
        local.version = 1;
        local.addr = sx_slice_str(addr);
        local.family = 4;
    }
    const sdp_local *get() {
        audio.codecs = codecs.data();
        audio.n_codecs = codecs.size();
        local.media = &audio;
        local.n_media = 1;
        return &local;
    }
};

#endif
