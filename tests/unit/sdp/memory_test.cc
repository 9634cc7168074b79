#include "oom/oom.h"
#include "unit/sdp/sdp_fixture.h"

namespace {

const char kOffer[] =
    "v=0\r\no=a 1 1 IN IP4 h\r\ns=-\r\nb=AS:1\r\nc=IN IP4 1.2.3.4\r\na=x:y\r\nm=video 9 RTP/AVP 31\r\na=z\r\n"
    "m=audio 5 RTP/AVP 96 0 101\r\nb=AS:2\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n"
    "a=crypto:1\r\na=rtcp:7 IN IP4 9.9.9.9\r\n";

/* A whole negotiation, both ways; the first error stops it. */
int negotiate(sx_arena *a, Endpoint &e) {
    sdp_session theirs, answer, offer, again;
    sdp_result result;
    sx_slice text;
    int err = sdp_parse(a, sx_slice_of(kOffer, sizeof kOffer - 1), &theirs);
    if (err == SX_OK) err = sdp_answer(a, e.get(), &theirs, nullptr, &answer, &result);
    if (err == SX_OK) err = sdp_text(a, &answer, &text);
    if (err == SX_OK) err = sdp_offer(a, e.get(), &answer, &offer);
    if (err == SX_OK) err = sdp_parse(a, text, &again);
    if (err == SX_OK) err = sdp_commit(a, &offer, &again, &result);
    return err;
}

TEST(SdpMemory, EveryAllocationMayFail) {
    Endpoint e;
    sdp_attr extra[] = {{SX_LIT("setup"), SX_LIT("actpass")}};
    e.audio.attrs = extra;
    e.audio.n_attrs = 1;
    int n = 0;
    for (bool hit = true; hit;) {
        sx_arena a;
        sx_arena_init(&a, 64);
        oom_after(++n);
        int err = negotiate(&a, e);
        hit = oom_hit();
        oom_after(0);
        EXPECT_EQ(err, hit ? SX_E_NOMEM : SX_OK) << n;
        sx_arena_free(&a);
        ASSERT_LT(n, 1000);
    }
    EXPECT_GT(n, 10);
}

TEST(SdpMemory, AnArenaThatFailedGivesNothing) {
    sx_arena a;
    sx_arena_init(&a, 64);
    a.failed = true;
    Endpoint e;
    sdp_session s;
    EXPECT_EQ(sdp_parse(&a, SX_LIT("v=0\r\n"), &s), SX_E_NOMEM);
    EXPECT_EQ(sdp_offer(&a, e.get(), nullptr, &s), SX_E_NOMEM);
    EXPECT_EQ(s.n_media, 0u);
    sx_arena_free(&a);
}

} // namespace
