#include "unit/sdp/sdp_fixture.h"

namespace {

const char *const kPlain[] = {"v=0",
                              "o=alice 2890844526 2890844527 IN IP4 host.example.com",
                              "s=",
                              "c=IN IP4 192.0.2.9",
                              "t=0 0",
                              "m=audio 49170 RTP/AVP 0 8 97",
                              "a=rtpmap:97 opus/48000/2",
                              "a=fmtp:97 useinbandfec=1; stereo=0",
                              "a=ptime:20",
                              "a=sendonly"};

std::string plain(const char *end) {
    std::string s;
    for (const char *l : kPlain) s += std::string(l) + end;
    return s;
}

class SdpParse : public Sdp {};

TEST_F(SdpParse, ReadsWhatAPhoneSends) {
    sdp_session s = parse(plain("\r\n"));
    EXPECT_EQ(str(s.origin.user), "alice");
    EXPECT_EQ(str(s.origin.id), "2890844526");
    EXPECT_EQ(str(s.origin.version), "2890844527");
    EXPECT_EQ(str(s.conn.addr), "192.0.2.9");
    EXPECT_EQ(s.conn.family, 4);
    ASSERT_EQ(s.n_media, 1u);
    const sdp_media &m = s.media[0];
    EXPECT_EQ(str(m.type), "audio");
    EXPECT_EQ(m.port, 49170);
    EXPECT_EQ(str(m.proto), "RTP/AVP");
    ASSERT_EQ(m.n_formats, 3u);
    EXPECT_EQ(str(m.formats[0].name), "PCMU");
    EXPECT_FALSE(m.formats[0].has_rtpmap);
    EXPECT_EQ(str(m.formats[1].name), "PCMA");
    EXPECT_EQ(m.formats[2].pt, 97);
    EXPECT_EQ(str(m.formats[2].name), "opus");
    EXPECT_EQ(m.formats[2].rate, 48000u);
    EXPECT_EQ(m.formats[2].channels, 2);
    EXPECT_EQ(str(m.formats[2].fmtp), "useinbandfec=1; stereo=0");
    EXPECT_EQ(m.ptime, 20);
    EXPECT_EQ(m.direction, SDP_SENDONLY);
}

TEST_F(SdpParse, LineFeedAloneAndMissingLastLineEndAreRead) {
    for (const char *end : {"\n", "\r\n", "\r"}) {
        std::string text = plain(end);
        text.resize(text.size() - strlen(end));
        sdp_session s = parse(text);
        ASSERT_EQ(s.n_media, 1u);
        EXPECT_EQ(s.media[0].direction, SDP_SENDONLY) << "hold in a last line without its end was lost";
    }
}

TEST_F(SdpParse, MissingAndBrokenSessionLinesAreRead) {
    sdp_session s = parse("v=0\r\nm=audio 5000 RTP/AVP 0\r\n");
    EXPECT_EQ(str(s.name), "-");
    EXPECT_EQ(str(s.time), "0 0");
    EXPECT_EQ(str(s.origin.conn.addr), "0.0.0.0");
    s = parse("v=0\r\no=Front Desk Phone 1 2 IN IP4 10.0.0.1\r\ns=x\r\nt=0 0\r\n");
    EXPECT_EQ(str(s.origin.user), "Front Desk Phone");
    EXPECT_EQ(str(s.origin.version), "2");
    s = parse("v=0\r\no=- 99999999999999999999999 18446744073709551616 IN IP6 ::1\r\ns=x\r\nt=0 0\r\n");
    EXPECT_EQ(str(s.origin.id), "99999999999999999999999");
    EXPECT_EQ(s.origin.conn.family, 6);
    s = parse(
        "v=0\r\no=broken\r\nzzz\r\n=\r\nx=unknown\r\nq\r\nb=AS:64\r\ni=info\r\nm=audio 1 RTP/AVP 0\r\ni=title\r\n");
    EXPECT_EQ(str(s.origin.user), "-");
    ASSERT_EQ(s.n_media, 1u);
    EXPECT_EQ(s.n_bandwidth, 1u);
}

TEST_F(SdpParse, SessionLevelDirectionHoldsEveryMedia) {
    sdp_session s = parse("v=0\r\na=inactive\r\nm=audio 1 RTP/AVP 0\r\nm=audio 2 RTP/AVP 0\r\na=sendrecv\r\n");
    ASSERT_EQ(s.n_media, 2u);
    EXPECT_EQ(s.media[0].direction, SDP_INACTIVE);
    EXPECT_EQ(s.media[1].direction, SDP_SENDRECV);
}

TEST_F(SdpParse, StaticPayloadTypesHaveNamesWithoutRtpmap) {
    sdp_session s = parse("v=0\r\nm=audio 1 RTP/AVP 0 3 8 9 18 13 96\r\n");
    const char *names[] = {"PCMU", "GSM", "PCMA", "G722", "G729", "CN", ""};
    ASSERT_EQ(s.media[0].n_formats, 7u);
    for (int i = 0; i < 7; i++) EXPECT_EQ(str(s.media[0].formats[i].name), names[i]);
    EXPECT_EQ(s.media[0].formats[3].rate, 8000u) << "G722 counts 8000 (RFC 3551, 4.5.2)";
}

TEST_F(SdpParse, RtcpMuxMidAndIceAreKept) {
    sdp_session s = parse(lines(
        {"v=0", "a=group:BUNDLE 0", "a=ice-lite", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP6 2001:db8::5",
         "a=rtcp:53020 IN IP6 2001:db8::6", "a=rtcp-mux", "a=mid:0", "a=ice-ufrag:abcd", "a=fingerprint:sha-256 AA:BB",
         "a=setup:actpass", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:xyz", "a=candidate:1 1 UDP 1 1.2.3.4 5 typ host",
         "a=candidate:2 1 UDP 1 1.2.3.4 6 typ host", "a=end-of-candidates"}));
    const sdp_media &m = s.media[0];
    EXPECT_EQ(m.rtcp_port, 53020);
    EXPECT_EQ(str(m.rtcp_conn.addr), "2001:db8::6");
    EXPECT_TRUE(m.rtcp_mux);
    EXPECT_EQ(str(m.mid), "0");
    EXPECT_EQ(m.n_attrs, 7u);
    ASSERT_NE(sdp_media_attr(&s, &m, "SETUP"), nullptr);
    EXPECT_EQ(str(sdp_media_attr(&s, &m, "setup")->value), "actpass");
    ASSERT_NE(sdp_media_attr(&s, &m, "ice-lite"), nullptr);
    EXPECT_EQ(sdp_media_attr(&s, &m, "ice-lite")->value.p, nullptr);
    EXPECT_EQ(str(sdp_media_conn(&s, &m)->addr), "2001:db8::5");
}

TEST_F(SdpParse, HostileNumbersAreClamped) {
    sdp_session s = parse(lines({"v=0", "m=audio 1 RTP/AVP 96 97 98 99", "a=ptime:4294967316",
                                 "a=maxptime:99999999999999999999", "a=rtpmap:96 x/4294975296",
                                 "a=rtpmap:97 x/8000/300", "a=rtpmap:98 x/-1", "a=rtpmap:99 x", "a=rtcp:70000"}));
    const sdp_media &m = s.media[0];
    EXPECT_EQ(m.ptime, SDP_MAX_PTIME);
    EXPECT_EQ(m.maxptime, 0);
    for (int i = 0; i < 4; i++) EXPECT_EQ(m.formats[i].rate, 0u);
    EXPECT_EQ(m.rtcp_port, 0);
}

TEST_F(SdpParse, LimitsHold) {
    sdp_session s;
    std::string many = "v=0\r\n";
    for (int i = 0; i < SDP_MAX_MEDIA; i++) many += "m=audio 1 RTP/AVP 0\r\n";
    EXPECT_EQ(parse(many).n_media, (size_t)SDP_MAX_MEDIA);
    many += "m=audio 1 RTP/AVP 0\r\n";
    EXPECT_EQ(sdp_parse(&arena, view(many), &s), SX_E_LIMIT);
    std::string attrs = "v=0\r\nm=audio 1 RTP/AVP";
    for (int i = 0; i < 100; i++) attrs += " " + std::to_string(i);
    attrs += "\r\n";
    for (int i = 0; i < 900; i++) attrs += "a=x:" + std::to_string(i) + "\r\n";
    s = parse(attrs);
    EXPECT_EQ(s.media[0].n_formats, (size_t)SDP_MAX_FORMATS);
    EXPECT_EQ(s.media[0].n_attrs, (size_t)SDP_MAX_ATTRS);
    for (int i = 0; i < 200; i++) attrs += "a=x\r\n";
    EXPECT_EQ(sdp_parse(&arena, view(attrs), &s), SX_E_LIMIT);
    EXPECT_EQ(sdp_parse(&arena, view(std::string(70000, 'v')), &s), SX_E_LIMIT);
}

TEST_F(SdpParse, WhatIsNotSdpIsRefused) {
    sdp_session s;
    for (const char *bad : {"", "\r\n", "hello", "o=- 1 1 IN IP4 1.2.3.4\r\n", "v=1\r\n", "v=0\r\nm=audio\r\n",
                            "v=0\r\nm=\r\n", "v=0\r\nm=audio 70000 RTP/AVP 0\r\n", "v=0\r\nm=audio x RTP/AVP 0\r\n",
                            "v=0\r\nm=audio 4000/0 RTP/AVP 0\r\n"}) {
        EXPECT_EQ(sdp_parse(&arena, sx_slice_str(bad), &s), SX_E_FORMAT) << bad;
        EXPECT_EQ(s.n_media, 0u);
    }
}

TEST_F(SdpParse, HoldByAddressTakesReceivingAway) {
    for (const char *c : {"c=IN IP4 0.0.0.0", "c=IN IP6 ::", "c=IN IP6 hold.INVALID"}) {
        sdp_session s = parse(std::string("v=0\r\n") + c + "\r\nm=audio 1 RTP/AVP 0\r\n");
        EXPECT_EQ(sdp_media_direction(&s, &s.media[0]), SDP_SENDONLY) << c;
    }
    sdp_session s = parse("v=0\r\nc=IN IP4 0.0.0.0\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP4 10.0.0.0\r\n");
    EXPECT_EQ(sdp_media_direction(&s, &s.media[0]), SDP_SENDRECV) << "the m-line's own address counts";
}

TEST_F(SdpParse, FmtpParametersAreFound) {
    sx_slice v;
    ASSERT_TRUE(sdp_fmtp_get(SX_LIT("stereo=1; UseInbandFEC = 1;x"), "useinbandfec", &v));
    EXPECT_EQ(str(v), "1");
    EXPECT_TRUE(sdp_fmtp_get(SX_LIT("stereo=1;x"), "x", &v));
    EXPECT_EQ(v.n, 0u);
    EXPECT_FALSE(sdp_fmtp_get(SX_LIT("0-15"), "stereo", &v));
}

/* write(parse(t)) is a fixed point, and keeps what was read. */
TEST_F(SdpParse, WrittenTextReadsBackTheSame) {
    std::string cases[] = {
        plain("\r\n"),
        "v=0\n",
        "v=0\r\no=a b c 1 2 IN IP4 h\r\ns=-\r\nm=image 0 udptl t38\r\nm=x 1/2 TCP/MSRP *\r\n",
        "v=0\r\nb=AS:1\r\nb=\r\na=recvonly\r\na=x:\r\na=y: z\r\na=:\r\nm=audio 1 RTP/AVP 096 96 96\r\na=rtpmap:96 "
        "A/1\r\n"
        "a=rtpmap:96 B/2/2\r\na=fmtp:96 q\r\na=rtcp:5\r\na=rtcp-mux\r\na=mid:m\r\na=sendonly\r\nb=CT:9\r\n",
        "v=0\r\nm=audio 5 RTP/AVP\r\na=ptime:0\r\na=ptime:30.5\r\n",
    };
    for (const std::string &t : cases) {
        std::string once = write(parse(t));
        EXPECT_EQ(write(parse(once)), once);
    }
}

TEST_F(SdpParse, WriterRefusesInjectedLines) {
    sdp_session s = parse(plain("\r\n"));
    sx_buf b;
    sx_buf_init(&b);
    s.name = SX_LIT("x\r\nm=audio 1 RTP/AVP 0");
    EXPECT_EQ(sdp_write(&b, &s), SX_E_INVALID);
    s = parse(plain("\r\n"));
    s.media[0].formats[2].fmtp = SX_LIT("a\nb");
    EXPECT_EQ(sdp_write(&b, &s), SX_E_INVALID);
    s = parse(plain("\r\n"));
    s.conn.addr = SX_LIT("1.2.3.4 x");
    EXPECT_EQ(sdp_write(&b, &s), SX_E_INVALID);
    EXPECT_EQ(b.n, 0u);
    sx_buf_free(&b);
    char small[16];
    sx_buf_init_fixed(&b, small, sizeof small);
    s = parse(plain("\r\n"));
    EXPECT_EQ(sdp_write(&b, &s), SX_E_NOMEM);
    EXPECT_EQ(b.n, 0u);
}

TEST_F(SdpParse, AnAnswerRepeatedInThe200IsTheSame) {
    sdp_session x = parse(plain("\r\n"));
    std::string text = plain("\r\n");
    text.replace(text.find("2890844527"), 10, "2890844528");
    sdp_session y = parse(text);
    EXPECT_TRUE(sdp_same(&x, &y));
    text.replace(text.find("49170"), 5, "49172");
    sdp_session z = parse(text);
    EXPECT_FALSE(sdp_same(&x, &z));
}

} // namespace
