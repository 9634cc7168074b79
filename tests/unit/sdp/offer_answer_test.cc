#include "unit/sdp/sdp_fixture.h"

namespace {

class SdpOfferAnswer : public Sdp {
  protected:
    sdp_session offer(Endpoint &e, const sdp_session *previous = nullptr) {
        sdp_session s;
        EXPECT_EQ(sdp_offer(&arena, e.get(), previous, &s), SX_OK);
        check_text(s);
        return s;
    }
    int answer(Endpoint &e, const sdp_session &o, const sdp_session *previous = nullptr) {
        int err = sdp_answer(&arena, e.get(), &o, previous, &ans, &res);
        check_text(ans);
        return err;
    }
    int commit(const sdp_session &o, const sdp_session &a) { return sdp_commit(&arena, &o, &a, &res); }
    /* What we build is what its text says. */
    void check_text(const sdp_session &s) {
        sdp_session again = parse(write(s));
        EXPECT_EQ(write(again), write(s));
        ASSERT_EQ(again.n_media, s.n_media);
        for (size_t i = 0; i < s.n_media; i++) {
            ASSERT_EQ(again.media[i].n_formats, s.media[i].n_formats);
            EXPECT_EQ(again.media[i].direction, s.media[i].direction);
            for (size_t k = 0; k < s.media[i].n_formats; k++) {
                EXPECT_EQ(again.media[i].formats[k].pt, s.media[i].formats[k].pt);
                EXPECT_EQ(again.media[i].formats[k].rate, s.media[i].formats[k].rate);
                EXPECT_EQ(str(again.media[i].formats[k].name), str(s.media[i].formats[k].name));
            }
        }
    }
    sdp_session ans;
    sdp_result res;
};

std::string formats(const sdp_media &m) {
    std::string s;
    for (size_t i = 0; i < m.n_formats; i++)
        s += (i ? " " : "") + str(m.formats[i].fmt) + "=" + str(m.formats[i].name) + "/" +
             std::to_string(m.formats[i].rate);
    return s;
}

TEST_F(SdpOfferAnswer, OfferListsCodecsAndOneTelephoneEventForEachRate) {
    Endpoint e;
    sdp_session o = offer(e);
    ASSERT_EQ(o.n_media, 1u);
    EXPECT_EQ(formats(o.media[0]),
              "96=opus/48000 0=PCMU/8000 8=PCMA/8000 97=telephone-event/48000 101=telephone-event/8000");
    EXPECT_EQ(write(o),
              lines({"v=0", "o=- 77 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0",
                     "m=audio 4000 RTP/AVP 96 0 8 97 101", "a=rtpmap:96 opus/48000/2", "a=fmtp:96 useinbandfec=1",
                     "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000", "a=rtpmap:97 telephone-event/48000",
                     "a=fmtp:97 0-16", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16", "a=sendrecv"}));
}

TEST_F(SdpOfferAnswer, BothSidesReachTheSameResult) {
    Endpoint alice, bob({"PCMA", "opus"}, 6000, "192.0.2.2");
    sdp_session o = offer(alice);
    ASSERT_EQ(answer(bob, o), SX_OK);
    EXPECT_EQ(formats(ans.media[0]), "96=opus/48000 8=PCMA/8000 97=telephone-event/48000 101=telephone-event/8000");
    const sdp_stream *b = sdp_result_find(&res, "audio");
    ASSERT_NE(b, nullptr);
    EXPECT_EQ(b->local, 0);
    EXPECT_EQ(str(b->codecs[0].name), "opus");
    EXPECT_EQ(b->codecs[0].tx_pt, 96);
    EXPECT_EQ(str(b->remote.addr), "192.0.2.1");
    EXPECT_EQ(b->remote_port, 4000);
    EXPECT_EQ(b->remote_rtcp_port, 4001);
    EXPECT_EQ(b->direction, SDP_SENDRECV);
    sdp_session heard = parse(write(ans));
    ASSERT_EQ(commit(o, heard), SX_OK);
    const sdp_stream *a = sdp_result_find(&res, "audio");
    ASSERT_NE(a, nullptr);
    ASSERT_EQ(a->n_codecs, 2u);
    EXPECT_EQ(str(a->codecs[0].name), "opus");
    EXPECT_EQ(a->codecs[0].tx_pt, 96);
    EXPECT_EQ(a->codecs[0].rx_pt, 96);
    EXPECT_EQ(a->codecs[0].rx_pt_other, -1);
    EXPECT_EQ(str(a->codecs[0].tx_fmtp), "useinbandfec=1");
    EXPECT_EQ(str(a->codecs[1].name), "PCMA");
    EXPECT_EQ(str(a->remote.addr), "192.0.2.2");
    EXPECT_EQ(a->remote_port, 6000);
    EXPECT_EQ(sdp_stream_event(a, 8000)->tx_pt, 101);
    EXPECT_EQ(sdp_stream_event(a, 48000)->tx_pt, 97);
    EXPECT_EQ(a->ptime, 20);
}

TEST_F(SdpOfferAnswer, OurPreferenceAndASingleCodecOnRequest) {
    Endpoint bob({"PCMA", "opus"});
    bob.local.prefer_ours = true;
    Endpoint alice;
    sdp_session o = offer(alice);
    ASSERT_EQ(answer(bob, o), SX_OK);
    EXPECT_EQ(formats(ans.media[0]), "8=PCMA/8000 96=opus/48000 97=telephone-event/48000 101=telephone-event/8000");
    bob.local.one_codec = true;
    ASSERT_EQ(answer(bob, o), SX_OK);
    EXPECT_EQ(formats(ans.media[0]), "8=PCMA/8000 101=telephone-event/8000");
}

/* RFC 4317, section 2.1 */
TEST_F(SdpOfferAnswer, Rfc4317AudioAndVideoWithCodecsRefused) {
    sdp_session o = parse(lines({"v=0", "o=alice 2890844526 2890844526 IN IP4 host.atlanta.example.com",
                                 "s=", "c=IN IP4 host.atlanta.example.com", "t=0 0", "m=audio 49170 RTP/AVP 0 8 97",
                                 "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000", "a=rtpmap:97 iLBC/8000",
                                 "m=video 51372 RTP/AVP 31 32", "a=rtpmap:31 H261/90000", "a=rtpmap:32 MPV/90000"}));
    Endpoint bob({"PCMU"}, 49174);
    ASSERT_EQ(answer(bob, o), SX_OK);
    ASSERT_EQ(ans.n_media, 2u);
    EXPECT_EQ(formats(ans.media[0]), "0=PCMU/8000");
    EXPECT_EQ(ans.media[1].port, 0);
    EXPECT_EQ(str(ans.media[1].type), "video");
    EXPECT_EQ(formats(ans.media[1]), "31=H261/90000 32=MPV/90000");
    EXPECT_EQ(res.n_streams, 2u);
    EXPECT_EQ(res.n_active, 1u);
    EXPECT_EQ(res.streams[1].reason, SDP_REASON_TYPE);
    /* section 2.3/2.4: the answerer takes another codec of several */
    Endpoint carol({"iLBC"}, 49180);
    ASSERT_EQ(answer(carol, o), SX_OK);
    EXPECT_EQ(formats(ans.media[0]), "97=iLBC/8000");
}

/* RFC 3264, section 10.1: the offer's second and third m-line are video; only one is taken. */
TEST_F(SdpOfferAnswer, EveryLineIsAnsweredInOrder) {
    sdp_session o =
        parse(lines({"v=0", "o=alice 1 1 IN IP4 h", "s= ", "c=IN IP4 192.0.2.4", "t=5 6", "m=video 51372 RTP/AVP 31",
                     "a=mid:v", "m=image 40000 udptl t38", "m=audio 0 RTP/AVP 0", "m=audio 1000 RTP/SAVP 0",
                     "m=audio 2000 RTP/AVP 18", "m=audio 3000 RTP/AVPF 18 8", "m=audio 4000 RTP/AVP 0",
                     "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=text 5 RTP/AVP"}));
    Endpoint bob({"PCMU", "PCMA"});
    ASSERT_EQ(answer(bob, o), SX_OK);
    ASSERT_EQ(ans.n_media, 9u);
    for (size_t i = 0; i < 9; i++) {
        EXPECT_EQ(str(ans.media[i].type), str(o.media[i].type));
        EXPECT_EQ(str(ans.media[i].proto), str(o.media[i].proto));
        EXPECT_EQ(ans.media[i].port != 0, i == 5) << i;
    }
    EXPECT_EQ(str(ans.media[0].mid), "v");
    EXPECT_EQ(str(ans.media[1].formats[0].fmt), "t38");
    EXPECT_EQ(str(ans.time), "5 6");
    sdp_reason why[] = {SDP_REASON_TYPE, SDP_REASON_TYPE, SDP_REASON_REFUSED, SDP_REASON_PROTO, SDP_REASON_NO_CODEC,
                        SDP_REASON_NONE, SDP_REASON_TYPE, SDP_REASON_TYPE,    SDP_REASON_TYPE};
    for (size_t i = 0; i < 9; i++) EXPECT_EQ(res.streams[i].reason, why[i]) << i;
    EXPECT_EQ(res.streams[5].local, 0);
}

TEST_F(SdpOfferAnswer, NothingInCommonSaysWhy) {
    Endpoint bob({"PCMU"});
    EXPECT_EQ(answer(bob, parse("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/AVP 18\r\n")), SX_E_MEDIA);
    EXPECT_EQ(res.reason, SDP_REASON_NO_CODEC);
    EXPECT_EQ(ans.media[0].port, 0);
    EXPECT_EQ(answer(bob, parse("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/SAVP 0\r\nm=video 5 RTP/AVP 0\r\n")),
              SX_E_MEDIA);
    EXPECT_EQ(res.reason, SDP_REASON_PROTO);
    EXPECT_EQ(answer(bob, parse("v=0\r\nm=audio 5 RTP/AVP 0\r\n")), SX_E_MEDIA);
    EXPECT_EQ(res.reason, SDP_REASON_NO_ADDRESS);
    EXPECT_EQ(answer(bob, parse("v=0\r\n")), SX_E_MEDIA);
    EXPECT_EQ(res.reason, SDP_REASON_NO_MEDIA);
    for (int r = 0; r < 12; r++) EXPECT_NE(sdp_reason_text((sdp_reason)r), nullptr);
}

/* field.md 5 */
TEST_F(SdpOfferAnswer, HoldIsMirroredInEveryForm) {
    struct {
        const char *conn, *dir;
        sdp_direction answered;
        bool hold;
    } cases[] = {{"1.2.3.4", "a=sendrecv", SDP_SENDRECV, false}, {"1.2.3.4", "a=sendonly", SDP_RECVONLY, true},
                 {"1.2.3.4", "a=recvonly", SDP_SENDONLY, false}, {"1.2.3.4", "a=inactive", SDP_INACTIVE, true},
                 {"0.0.0.0", "a=x", SDP_RECVONLY, true},         {"0.0.0.0", "a=sendonly", SDP_RECVONLY, true},
                 {"0.0.0.0", "a=inactive", SDP_INACTIVE, true},  {"0.0.0.0", "a=recvonly", SDP_INACTIVE, true}};
    for (auto &c : cases)
        for (bool session_level : {false, true}) {
            std::string m = "m=audio 5 RTP/AVP 0", d = c.dir;
            /* the direction is the last line, without its end (diago#125) */
            std::string text =
                std::string("v=0\r\nc=IN IP4 ") + c.conn + "\r\n" + (session_level ? d + "\r\n" + m : m + "\r\n" + d);
            Endpoint bob;
            ASSERT_EQ(answer(bob, parse(text)), SX_OK);
            EXPECT_EQ(ans.media[0].direction, c.answered) << text;
            EXPECT_EQ(res.streams[0].direction, c.answered);
            EXPECT_EQ(res.streams[0].remote_hold, c.hold);
            EXPECT_EQ(ans.media[0].port, 4000);
        }
    Endpoint holder;
    holder.audio.direction = SDP_SENDONLY;
    ASSERT_EQ(answer(holder, parse("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/AVP 0\r\na=sendonly\r\n")), SX_OK);
    EXPECT_EQ(ans.media[0].direction, SDP_INACTIVE) << "both hold";
}

TEST_F(SdpOfferAnswer, HoldAndResumeByOffer) {
    Endpoint alice, bob;
    sdp_session first = offer(alice);
    alice.audio.direction = SDP_SENDONLY;
    sdp_session hold = offer(alice, &first);
    EXPECT_EQ(str(hold.origin.version), "2");
    EXPECT_EQ(hold.media[0].direction, SDP_SENDONLY);
    ASSERT_EQ(answer(bob, hold), SX_OK);
    ASSERT_EQ(commit(hold, ans), SX_OK);
    EXPECT_EQ(res.streams[0].direction, SDP_SENDONLY);
    EXPECT_FALSE(res.streams[0].remote_direction & SDP_SENDONLY);
    sdp_session again = offer(alice, &hold);
    EXPECT_EQ(str(again.origin.version), "2") << "a refresh without a change keeps the version";
    alice.audio.direction = SDP_SENDRECV;
    sdp_session resume = offer(alice, &again);
    EXPECT_EQ(str(resume.origin.version), "3");
    EXPECT_EQ(formats(resume.media[0]), formats(first.media[0]));
}

TEST_F(SdpOfferAnswer, AnAnswerThatSendsMoreThanOfferedIsCut) {
    Endpoint alice;
    alice.audio.direction = SDP_SENDONLY;
    sdp_session o = offer(alice);
    ASSERT_EQ(commit(o, parse("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/AVP 0\r\n")), SX_OK);
    EXPECT_EQ(res.streams[0].direction, SDP_SENDONLY);
}

/* field.md 8: the answerer numbers its own way */
TEST_F(SdpOfferAnswer, RenumberedPayloadTypesWorkBothWays) {
    Endpoint alice;
    sdp_session o = offer(alice); /* 96 opus, 97 and 101 events */
    sdp_session a = parse(lines({"v=0", "c=IN IP4 1.2.3.4", "m=audio 5 RTP/AVP 111 0 96", "a=rtpmap:111 opus/48000/2",
                                 "a=rtpmap:96 telephone-event/8000"}));
    ASSERT_EQ(commit(o, a), SX_OK);
    const sdp_stream &s = res.streams[0];
    ASSERT_EQ(s.n_codecs, 2u);
    EXPECT_EQ(s.codecs[0].tx_pt, 111);
    EXPECT_EQ(s.codecs[0].rx_pt, 96);
    EXPECT_EQ(s.codecs[0].rx_pt_other, 111);
    ASSERT_EQ(s.n_events, 1u);
    EXPECT_EQ(s.events[0].tx_pt, 96);
    EXPECT_EQ(s.events[0].rx_pt, 101);
    EXPECT_EQ(s.events[0].rx_pt_other, -1) << "96 means opus in our offer";
    EXPECT_EQ(sdp_stream_event(&s, 48000)->rate, 8000u) << "better digits at another rate than none";
}

TEST_F(SdpOfferAnswer, AnswerWithoutRtpmapMeansWhatWeOffered) {
    Endpoint alice;
    sdp_session o = offer(alice);
    ASSERT_EQ(commit(o, parse("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/AVP 96 101\r\n")), SX_OK);
    EXPECT_EQ(str(res.streams[0].codecs[0].name), "opus");
    EXPECT_EQ(res.streams[0].n_events, 1u);
    EXPECT_EQ(commit(o, parse("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/AVP 3\r\n")), SX_E_MEDIA);
    EXPECT_EQ(res.reason, SDP_REASON_NO_CODEC);
}

TEST_F(SdpOfferAnswer, TelephoneEventIsMatchedByClockRate) {
    Endpoint bob;
    ASSERT_EQ(answer(bob, parse(lines({"v=0", "c=IN IP4 1.2.3.4", "m=audio 5 RTP/AVP 107 0 102 103",
                                       "a=rtpmap:107 opus/48000/2", "a=rtpmap:102 telephone-event/48000",
                                       "a=rtpmap:103 telephone-event/8000"}))),
              SX_OK);
    EXPECT_EQ(formats(ans.media[0]), "107=opus/48000 0=PCMU/8000 102=telephone-event/48000 103=telephone-event/8000");
    /* opus with events at 8000 only (field.md 8) */
    ASSERT_EQ(answer(bob, parse(lines({"v=0", "c=IN IP4 1.2.3.4", "m=audio 5 RTP/AVP 107 96",
                                       "a=rtpmap:107 OPUS/48000/2", "a=rtpmap:96 telephone-event/8000"}))),
              SX_OK);
    EXPECT_EQ(formats(ans.media[0]), "107=OPUS/48000 96=telephone-event/8000");
    /* events for a codec that is not taken are left out */
    Endpoint pcmu({"PCMU"});
    ASSERT_EQ(answer(pcmu, parse(lines({"v=0", "c=IN IP4 1.2.3.4", "m=audio 5 RTP/AVP 107 0 102 103",
                                        "a=rtpmap:107 opus/48000/2", "a=rtpmap:102 telephone-event/48000",
                                        "a=rtpmap:103 telephone-event/8000"}))),
              SX_OK);
    EXPECT_EQ(formats(ans.media[0]), "0=PCMU/8000 103=telephone-event/8000");
    pcmu.audio.no_telephone_event = true;
    ASSERT_EQ(
        answer(pcmu,
               parse("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n")),
        SX_OK);
    EXPECT_EQ(formats(ans.media[0]), "0=PCMU/8000");
}

TEST_F(SdpOfferAnswer, PtimeIsHonouredAndClamped) {
    struct {
        const char *lines;
        uint16_t ms;
    } cases[] = {{"", 20},
                 {"a=ptime:30\r\n", 30},
                 {"a=ptime:60\r\na=maxptime:40\r\n", 40},
                 {"a=ptime:1\r\n", 10},
                 {"a=ptime:999999\r\n", 120},
                 {"a=ptime:25\r\n", 20},
                 {"a=maxptime:10\r\n", 10}};
    for (auto &c : cases) {
        Endpoint bob;
        ASSERT_EQ(answer(bob, parse(std::string("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/AVP 0\r\n") + c.lines)),
                  SX_OK);
        EXPECT_EQ(res.streams[0].ptime, c.ms) << c.lines;
        EXPECT_LE(ans.media[0].ptime, 120);
    }
    Endpoint alice;
    alice.audio.ptime = 40;
    sdp_session o = offer(alice);
    EXPECT_EQ(o.media[0].ptime, 40);
    ASSERT_EQ(commit(o, parse("v=0\r\na=ptime:30\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/AVP 0\r\n")), SX_OK);
    EXPECT_EQ(res.streams[0].ptime, 30) << "some peers put ptime at session level";
}

TEST_F(SdpOfferAnswer, RtcpAddressAndMux) {
    Endpoint bob;
    ASSERT_EQ(
        answer(bob,
               parse("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/AVP 0\r\na=rtcp:9 IN IP4 5.6.7.8\r\na=rtcp-mux\r\n")),
        SX_OK);
    EXPECT_EQ(str(res.streams[0].remote_rtcp.addr), "5.6.7.8");
    EXPECT_EQ(res.streams[0].remote_rtcp_port, 9);
    EXPECT_FALSE(res.streams[0].rtcp_mux);
    bob.audio.rtcp_mux = true;
    ASSERT_EQ(
        answer(bob,
               parse("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/AVP 0\r\na=rtcp:9 IN IP4 5.6.7.8\r\na=rtcp-mux\r\n")),
        SX_OK);
    EXPECT_TRUE(res.streams[0].rtcp_mux);
    EXPECT_TRUE(ans.media[0].rtcp_mux);
    EXPECT_EQ(res.streams[0].remote_rtcp_port, 5);
    ASSERT_EQ(answer(bob, parse("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 5 RTP/AVP 0\r\n")), SX_OK);
    EXPECT_FALSE(ans.media[0].rtcp_mux) << "not offered";
    bob.audio.rtcp_port = 4007;
    EXPECT_EQ(offer(bob).media[0].rtcp_port, 4007);
}

TEST_F(SdpOfferAnswer, AnswersWithTheWrongNumberOfLinesAreTolerated) {
    Endpoint e;
    sdp_session o = parse(lines({"v=0", "c=IN IP4 192.0.2.1", "m=video 9 RTP/AVP 31", "m=audio 5 RTP/AVP 0"}));
    ASSERT_EQ(commit(o, parse("v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 7 RTP/AVP 0\r\n")), SX_OK);
    EXPECT_TRUE(res.fewer_lines);
    EXPECT_EQ(res.streams[0].reason, SDP_REASON_MISSING);
    EXPECT_EQ(sdp_result_find(&res, "audio")->remote_port, 7);
    ASSERT_EQ(commit(o, parse(lines({"v=0", "c=IN IP4 1.2.3.4", "m=video 0 RTP/AVP 31", "m=audio 7 RTP/AVP 0",
                                     "m=audio 8 RTP/AVP 0"}))),
              SX_OK);
    EXPECT_TRUE(res.more_lines);
    EXPECT_EQ(res.n_streams, 2u);
    EXPECT_EQ(res.streams[0].reason, SDP_REASON_REFUSED);
    EXPECT_EQ(commit(o, parse(lines({"v=0", "c=IN IP4 1.2.3.4", "m=audio 7 RTP/AVP 0", "m=video 0 RTP/AVP 31"}))),
              SX_E_MEDIA);
    EXPECT_EQ(res.reason, SDP_REASON_TYPE_CHANGED);
    EXPECT_EQ(commit(o, parse(lines({"v=0", "c=IN IP4 1.2.3.4", "m=video 0 RTP/AVP 31", "m=audio 7 RTP/SAVP 0"}))),
              SX_E_MEDIA);
    EXPECT_EQ(res.reason, SDP_REASON_PROTO);
}

TEST_F(SdpOfferAnswer, LinesAreNeverRemovedFromALaterOffer) {
    sdp_session theirs =
        parse(lines({"v=0", "c=IN IP4 1.2.3.4", "m=video 9 RTP/AVP 31", "a=mid:v", "m=audio 5 RTP/AVP 0 107 99",
                     "a=mid:a", "a=rtpmap:107 opus/48000/2", "a=rtpmap:99 telephone-event/48000"}));
    Endpoint e;
    ASSERT_EQ(answer(e, theirs), SX_OK);
    sdp_session o = offer(e, &ans);
    ASSERT_EQ(o.n_media, 2u);
    EXPECT_EQ(o.media[0].port, 0);
    EXPECT_EQ(str(o.media[1].mid), "a");
    EXPECT_EQ(formats(o.media[1]),
              "107=opus/48000 0=PCMU/8000 8=PCMA/8000 99=telephone-event/48000 101=telephone-event/8000")
        << "payload types keep their meaning";
    EXPECT_EQ(str(o.origin.id), "77");
    EXPECT_EQ(str(o.origin.version), "2");
    e.audio.port = 0;
    sdp_session off = offer(e, &o);
    EXPECT_EQ(off.media[1].port, 0);
    e.audio.port = 4000;
    EXPECT_EQ(offer(e, &off).n_media, 2u);
}

TEST_F(SdpOfferAnswer, ANewCodecNeverTakesAnOldNumber) {
    Endpoint e({"opus", "PCMU"});
    sdp_session first = offer(e);
    Endpoint other({"iLBC", "PCMU"});
    other.codecs[0].pt = 96; /* was opus */
    sdp_session second = offer(other, &first);
    EXPECT_EQ(formats(second.media[0]), "98=iLBC/8000 0=PCMU/8000 101=telephone-event/8000");
}

TEST_F(SdpOfferAnswer, AnswerToARefreshKeepsTheVersion) {
    Endpoint alice, bob;
    sdp_session o = offer(alice);
    ASSERT_EQ(answer(bob, o), SX_OK);
    sdp_session first = parse(write(ans));
    ASSERT_EQ(answer(bob, o, &first), SX_OK);
    EXPECT_EQ(write(ans), write(first));
    sdp_session held = o;
    alice.audio.direction = SDP_SENDONLY;
    held = offer(alice, &o);
    ASSERT_EQ(answer(bob, held, &first), SX_OK);
    EXPECT_EQ(str(ans.origin.version), "2");
}

TEST_F(SdpOfferAnswer, ExtraAttributesAreWrittenButNeverContradict) {
    Endpoint e;
    sdp_attr extra[] = {
        {SX_LIT("setup"), SX_LIT("actpass")}, {SX_LIT("sendonly"), sx_slice_empty()}, {SX_LIT("ptime"), SX_LIT("99")}};
    e.audio.attrs = extra;
    e.audio.n_attrs = 3;
    e.audio.addr = SX_LIT("2001:db8::1");
    e.audio.family = 6;
    sdp_session o = offer(e);
    EXPECT_EQ(o.media[0].n_attrs, 1u);
    EXPECT_EQ(str(o.media[0].conn.addr), "2001:db8::1");
    sdp_attr evil[] = {{SX_LIT("x"), SX_LIT("y\r\na=inactive")}};
    e.audio.attrs = evil;
    e.audio.n_attrs = 1;
    EXPECT_EQ(sdp_offer(&arena, e.get(), nullptr, &o), SX_E_INVALID);
}

TEST_F(SdpOfferAnswer, SenselessInputIsRefused) {
    sdp_session o;
    Endpoint e;
    e.local.family = 0;
    EXPECT_EQ(sdp_offer(&arena, e.get(), nullptr, &o), SX_E_INVALID);
    Endpoint none({});
    EXPECT_EQ(sdp_offer(&arena, none.get(), nullptr, &o), SX_E_INVALID);
    Endpoint bad;
    bad.codecs[0].pt = 128;
    EXPECT_EQ(sdp_offer(&arena, bad.get(), nullptr, &o), SX_E_INVALID);
}

TEST_F(SdpOfferAnswer, TwoStreamsOfOneTypeFindTheirLines) {
    Endpoint e;
    sdp_local_media two[2] = {e.audio, e.audio};
    e.get();
    for (auto &m : two) {
        m.codecs = e.codecs.data();
        m.n_codecs = e.codecs.size();
    }
    two[1].port = 4010;
    e.local.media = two;
    e.local.n_media = 2;
    sdp_session o;
    ASSERT_EQ(sdp_offer(&arena, &e.local, nullptr, &o), SX_OK);
    ASSERT_EQ(o.n_media, 2u);
    ASSERT_EQ(sdp_answer(&arena, &e.local, &o, nullptr, &ans, &res), SX_OK);
    EXPECT_EQ(res.n_active, 2u);
    EXPECT_EQ(res.streams[1].local, 1);
    EXPECT_EQ(ans.media[1].port, 4010);
}

} // namespace
