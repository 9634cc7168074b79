/* What breaks calls in the field, and what JsSIP gets wrong, as far as no other file has it by this name. */
#include "flow/flow_fixture.h"

extern "C" {
#include "net/tcp.h"
}

namespace {

const char *const ME = "10.0.0.1", *const PEER = "10.0.0.5";

/* "a=rtpmap:101 telephone-event/8000": 101; -1: it is not there. */
int event_pt(const std::string &body, int rate) {
    std::string what = " telephone-event/" + std::to_string(rate);
    size_t at = body.find(what);
    if (at == std::string::npos) return -1;
    return atoi(body.c_str() + body.rfind("rtpmap:", at) + 7);
}

bool receives_event(const media_stream_config &c, int pt, unsigned rate) {
    for (size_t i = 0; i < c.accept.n_events; i++)
        if (c.accept.event[i].pt == pt && c.accept.event[i].rate == rate) return true;
    return false;
}

TEST_F(Flow, Field8_AnAnswerMayRenumberTelephoneEvent) {
    Raw r(PEER);
    Phone p(ME);
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    Sip inv(*r.last("INVITE"));
    int ours = event_pt(inv.body(), 8000);
    ASSERT_GT(ours, 95) << inv.body();
    int theirs = ours == 96 ? 105 : 96;
    std::string pt = std::to_string(theirs);
    r.reply(inv, 200, "t", r.contact(), sdp(PEER, 4000, "0 " + pt, "a=rtpmap:" + pt + " telephone-event/8000\r\n"));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_media_look l = p.look(c);
    EXPECT_EQ(l.config.send_event_pt, theirs) << "sent by the number of theirs";
    EXPECT_TRUE(receives_event(l.config, ours, 8000)) << "heard by ours";
    ASSERT_EQ(ua_call_dtmf(c, "7", 0, 0), 0);
}

TEST_F(Flow, Field8_WithOpusTheEventsHaveItsClockAndWithG711Theirs) {
    for (bool opus : {true, false}) {
        fake_net_begin(1);
        Raw r(PEER);
        Phone p(ME, true);
        p.on = [&](const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
        };
        std::string both = "a=rtpmap:107 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n"
                           "a=rtpmap:110 telephone-event/48000\r\n";
        r.send(ME, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000, opus ? "107 0 101 110" : "0 101 110", both)));
        ASSERT_NE(r.wait("200 INVITE"), nullptr);
        std::string answer = r.last("200 INVITE")->body();
        EXPECT_EQ(event_pt(answer, opus ? 48000 : 8000), opus ? 110 : 101) << answer;
        ua_call *c = p.last(UA_EV_INCOMING_CALL)->call;
        EXPECT_EQ(p.look(c).config.send_event_pt, opus ? 110 : 101);
        EXPECT_EQ(p.look(c).config.send_event_rate, opus ? 48000u : 8000u);
    }
}

/* ---- registration and authentication */

std::string challenge(const char *kind, const char *realm, const std::string &nonce, const char *more = "") {
    return std::string(kind) + "-Authenticate: Digest realm=\"" + realm + "\", nonce=\"" + nonce + "\"" + more + "\r\n";
}

TEST_F(Flow, Field10_JsSip5_TheStrongestOfSeveralAlgorithmsRegistersInEitherOrder) {
    for (bool sha_first : {true, false}) {
        fake_net_begin(1);
        Raw r(PEER);
        Phone p(ME);
        r.on = [&](const Sip &m) {
            if (m.method() != "REGISTER") return;
            std::string md5 = challenge("WWW", "pbx", "n", ", algorithm=MD5, qop=\"auth\""),
                        sha = challenge("WWW", "pbx", "n", ", algorithm=SHA-256, qop=\"auth\"");
            if (m.header("Authorization").empty()) {
                r.reply(m, 401, "t", sha_first ? sha + md5 : md5 + sha);
            } else {
                EXPECT_NE(m.header("Authorization").find("SHA-256"), std::string::npos);
                r.reply(m, 200, "t", "Contact: <" + m.contact_uri() + ">;expires=300\r\n");
            }
        };
        ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.5", "secret")), 0);
        ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
        EXPECT_EQ(r.count("REGISTER"), 2u);
    }
}

TEST_F(Flow, Field10_JsSip3_JsSip4_AProxyAndARegistrarMayBothAskOnOneRequest) {
    for (bool proxy_first : {true, false}) {
        fake_net_begin(1);
        Raw r(PEER);
        Phone p(ME);
        r.on = [&](const Sip &m) {
            if (m.method() != "REGISTER" && m.method() != "MESSAGE") return;
            bool proxy = !m.header("Proxy-Authorization").empty(), server = !m.header("Authorization").empty();
            if (proxy && server) {
                r.reply(m, 200, "t", "Contact: <" + m.contact_uri() + ">;expires=300\r\n");
            } else if (proxy_first ? !proxy : server) {
                r.reply(m, 407, "t", challenge("Proxy", "edge", "p"));
            } else {
                r.reply(m, 401, "t", challenge("WWW", "pbx", "w"));
            }
        };
        ua_account *acc = p.account("sip:alice@10.0.0.5", "secret");
        ASSERT_EQ(ua_account_register(acc), 0);
        ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr) << "the second realm has the password too";
        EXPECT_EQ(r.count("REGISTER"), 3u);
    }
}

TEST_F(Flow, Field10_ASecond401WithAnotherNonceAndWithoutStaleIsAnsweredOnce) {
    Raw r(PEER);
    Phone p(ME);
    int asked = 0;
    r.on = [&](const Sip &m) {
        if (m.method() != "REGISTER") return;
        if (++asked < 3) {
            r.reply(m, 401, "t", challenge("WWW", "pbx", "n" + std::to_string(asked)));
        } else {
            EXPECT_NE(m.header("Authorization").find("nonce=\"n2\""), std::string::npos);
            r.reply(m, 200, "t", "Contact: <" + m.contact_uri() + ">;expires=300\r\n");
        }
    };
    ASSERT_EQ(ua_account_register(p.account("sip:alice@10.0.0.5", "secret")), 0);
    ASSERT_NE(p.wait(UA_EV_REGISTERED), nullptr);
    EXPECT_EQ(asked, 3);
}

/* ---- transport */

/* A server of bytes over TCP: it answers when and how a test says. */
class Stream {
  public:
    explicit Stream(const char *host) {
        fake_host(host);
        loop_ = net_loop_create();
        net_addr a;
        net_addr_parse_host(&a, sx_slice_str(host), 5060);
        EXPECT_EQ(net_listener_open(loop_, &a, nullptr, sink, this, &listener_), 0) << sx_last_error_text();
    }
    ~Stream() {
        if (conn) net_conn_close(conn, false);
        net_listener_close(listener_);
        fake_settle();
        net_loop_destroy(loop_);
    }
    void send(const std::string &bytes) { EXPECT_EQ(net_conn_send(conn, sx_slice_of(bytes.data(), bytes.size())), 0); }
    std::string response(const Sip &m, const std::string &line = "200 OK") {
        return "SIP/2.0 " + line + "\r\nVia: " + m.header("Via") + "\r\nFrom: " + m.header("From") +
               "\r\nTo: " + m.header("To") + ";tag=s\r\nCall-ID: " + m.header("Call-ID") +
               "\r\nCSeq: " + m.header("CSeq") + "\r\nContent-Length: 0\r\n\r\n";
    }
    /* The nth message that came whole, each with its Content-Length. */
    std::unique_ptr<Sip> message(size_t nth) {
        size_t at = 0;
        for (size_t i = 0;; i++) {
            while (at < got.size() && (got[at] == '\r' || got[at] == '\n')) at++;
            size_t end = got.find("\r\n\r\n", at);
            if (end == std::string::npos) return nullptr;
            size_t length = got.find("Content-Length: ", at);
            size_t n = end + 4 - at + (length < end ? (size_t)atoi(got.c_str() + length + 16) : 0);
            if (at + n > got.size()) return nullptr;
            if (i == nth) return std::unique_ptr<Sip>(new Sip(got.substr(at, n)));
            at += n;
        }
    }
    std::string got;
    net_conn *conn = nullptr;

  private:
    static void sink(void *ctx, const net_event *ev) {
        Stream *s = static_cast<Stream *>(ctx);
        if (ev->type == NET_ACCEPTED) {
            s->conn = ev->conn;
            net_conn_adopt(ev->conn, sink, s);
        } else if (ev->type == NET_DATA) {
            s->got += text(ev->bytes);
        } else if (ev->type == NET_CLOSED) {
            s->conn = nullptr;
        }
    }
    net_loop *loop_;
    net_listener *listener_ = nullptr;
};

int send_message(Phone &p, const char *target, const char *body) {
    ua_message_config m = {};
    m.target = target;
    m.body = sx_slice_str(body);
    ua_message *out = nullptr;
    return ua_message_send(p.agent, nullptr, &m, 3, &out);
}

TEST_F(Flow, Field11_PongsBeforeAnAnswerSplitAnywhereAndTwoAnswersInOneSegmentAreRead) {
    for (size_t chunk : {0, 1, 2, 3, 7, 64}) {
        SCOPED_TRACE(chunk);
        fake_net_begin(1);
        Stream s(PEER);
        Phone p(ME);
        ASSERT_EQ(send_message(p, "sip:x@10.0.0.5;transport=tcp", "one"), 0);
        fake_run_for(100);
        ASSERT_EQ(send_message(p, "sip:x@10.0.0.5;transport=tcp", "two"), 0);
        fake_run_for(100);
        std::unique_ptr<Sip> a = s.message(0), b = s.message(1);
        ASSERT_TRUE(a && b) << s.got;
        fake_tcp_chunk(chunk);
        s.send("\r\n");
        s.send("\r\n\r\n" + s.response(*a) + "\r\n" + s.response(*b, "202 Accepted"));
        ASSERT_NE(p.wait(UA_EV_MESSAGE_DELIVERED, 5000, 2), nullptr);
        EXPECT_EQ(p.last(UA_EV_MESSAGE_DELIVERED)->status, 202);
        EXPECT_EQ(p.count(UA_EV_MESSAGE_FAILED), 0u);
        fake_tcp_chunk(0);
    }
}

TEST_F(Flow, Field11_ARequestTooLargeForUdpGoesByTcpAndBackWhereNobodyListens) {
    std::string big(1400, 'x');
    {
        Stream s(PEER);
        Phone p(ME);
        ASSERT_EQ(send_message(p, "sip:x@10.0.0.5", big.c_str()), 0);
        fake_run_for(100);
        std::unique_ptr<Sip> m = s.message(0);
        ASSERT_TRUE(m);
        EXPECT_EQ(m->body(), big);
        EXPECT_EQ(m->header("Via").substr(0, 11), "SIP/2.0/TCP");
        s.send(s.response(*m));
        ASSERT_NE(p.wait(UA_EV_MESSAGE_DELIVERED), nullptr);
    }
    fake_net_begin(2);
    Raw r(PEER);
    Phone p(ME);
    r.on = [&](const Sip &m) {
        if (m.method() == "MESSAGE") r.reply(m, 200, "t");
    };
    fake_tcp_set(PEER, FAKE_TCP_REFUSE);
    ASSERT_EQ(send_message(p, "sip:x@10.0.0.5", big.c_str()), 0);
    ASSERT_NE(p.wait(UA_EV_MESSAGE_DELIVERED), nullptr) << "UDP after all, for this request";
    EXPECT_EQ(r.last("MESSAGE")->body(), big);
    ASSERT_EQ(send_message(p, "sip:x@10.0.0.5", "small"), 0);
    ASSERT_NE(p.wait(UA_EV_MESSAGE_DELIVERED, 5000, 2), nullptr);
}

TEST_F(Flow, Field11_OurOfferKeepsSmallEnoughForOneDatagram) {
    Raw r(PEER);
    Phone p(ME);
    p.call(p.account("sip:alice.with.a.long.name@10.0.0.5", "x"), "sip:somebody.with.a.long.name@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    EXPECT_LT(r.last("INVITE")->raw.size(), 1300u);
}

TEST_F(Flow, JsSip11_ABodyIsCutByBytesNotByCharacters) {
    Stream s(PEER);
    Phone p(ME, true);
    const char *body = "\xC3\xA4\xC3\xB6\xC3\xBC \xE2\x82\xAC \xF0\x9F\x98\x80";
    ASSERT_EQ(send_message(p, "sip:x@10.0.0.5;transport=tcp", body), 0);
    fake_run_for(100);
    std::unique_ptr<Sip> m = s.message(0);
    ASSERT_TRUE(m);
    EXPECT_EQ(m->body(), body);
    EXPECT_EQ(m->header("Content-Length"), std::to_string(strlen(body)));
    auto theirs = [&](int n) {
        return "MESSAGE sip:me@10.0.0.1;transport=tcp SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.5:5060;branch=z9hG4bKu" +
               std::to_string(n) + "\r\nMax-Forwards: 70\r\nFrom: <sip:x@10.0.0.5>;tag=f" + std::to_string(n) +
               "\r\nTo: <sip:me@10.0.0.1>\r\nCall-ID: u" + std::to_string(n) + "\r\nCSeq: 1 MESSAGE\r\n" +
               "Content-Type: text/plain;charset=utf-8\r\nContent-Length: " + std::to_string(strlen(body)) +
               "\r\n\r\n" + body;
    };
    s.send(s.response(*m) + theirs(1) + theirs(2)); /* the second one begins right behind the first one's bytes */
    ASSERT_NE(p.wait(UA_EV_MESSAGE, 5000, 2), nullptr);
    EXPECT_EQ(p.last(UA_EV_MESSAGE)->body, body);
    EXPECT_EQ(p.count(UA_EV_MESSAGE_DELIVERED), 1u);
}

/* ---- glare */

TEST_F(Flow, JsSip8_AReInviteAfter491WaitsAtRandomAndCountsOn) {
    std::vector<uint64_t> waits;
    for (int seed = 1; seed <= 3; seed++) {
        fake_net_begin((uint64_t)seed);
        Raw r(PEER);
        Phone p(ME);
        ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
        ASSERT_NE(r.wait("INVITE"), nullptr);
        r.reply(Sip(*r.last("INVITE")), 200, "t", r.contact(), sdp(PEER, 4000));
        ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        fake_run_for(100);
        ua_change hold = {};
        hold.hold = UA_ON;
        ASSERT_EQ(ua_call_change(c, &hold, 5), 0) << sx_last_error_text();
        ASSERT_NE(r.wait("INVITE", 5000, 2), nullptr);
        Sip first(*r.last("INVITE"));
        r.reply(first, 491);
        uint64_t at = fake_now();
        ASSERT_NE(r.wait("INVITE", 5000, 3), nullptr);
        waits.push_back(fake_now() - at);
        EXPECT_GT(r.last("INVITE")->cseq(), first.cseq());
        EXPECT_EQ(r.last("INVITE")->header("CSeq"), std::to_string(r.last("INVITE")->cseq()) + " INVITE");
        EXPECT_GE(waits.back() + 5, 2100u);
        EXPECT_LE(waits.back(), 4010u);
    }
    EXPECT_FALSE(waits[0] == waits[1] && waits[1] == waits[2]) << "not always the same";
}

/* RFC 3261 7.3: compact names, folds, odd white space, in any order. */
TEST_F(Flow, CompactAndFoldedHeadersMeanTheSame) {
    Phone p(ME, true);
    Raw r(PEER);
    std::string body = sdp(PEER, 4000);
    r.send(ME, "INVITE sip:x@10.0.0.1 SIP/2.0\r\nv:\tSIP/2.0/UDP\r\n 10.0.0.5:5060 ;branch=z9hG4bKcf ;rport\r\n"
               "MAX-FORWARDS  :  70\r\nf: \"Anna\r\n  Lang\"\r\n <sip:raw@10.0.0.5>\r\n ;tag=rawtag\r\n"
               "t: <sip:x@10.0.0.1>\r\ni: cf\r\ncseq: 1\r\n INVITE\r\nm:\r\n\t<sip:raw@10.0.0.5:5060>\r\n"
               "k: timer,\r\n 100rel\r\nx: 1800\r\n ;refresher=uas\r\nb: <sip:ref@h>\r\n"
               "c: application/SDP\r\n ;charset=utf-8\r\nl: " +
                   std::to_string(body.size()) + "\r\n\r\n" + body);
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    const Event e = *p.last(UA_EV_INCOMING_CALL);
    EXPECT_EQ(e.from_name.substr(0, 4), "Anna");
    EXPECT_EQ(e.referred_by, "sip:ref@h");
    ua_reply early = {};
    early.status = 183;
    early.early_media = true;
    ASSERT_EQ(ua_call_ring(e.call, &early), 0);
    ASSERT_NE(r.wait("183 INVITE"), nullptr);
    Sip ring(*r.last("183 INVITE"));
    EXPECT_EQ(ring.header("Require"), "100rel");
    r.send(ME, r.inside("PRACK", ring, 2, "", "RAck:\r\n " + ring.header("RSeq") + "\r\n 1  INVITE\r\n"));
    ASSERT_NE(r.wait("200 PRACK"), nullptr);
    ASSERT_EQ(ua_call_answer(e.call, nullptr), 0);
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    EXPECT_EQ(r.last("200 INVITE")->header("Session-Expires"), "1800;refresher=uas");
    r.ack(ME, *r.last("200 INVITE"));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    r.send(ME, r.inside("REFER", *r.last("200 INVITE"), 3, "", "r: <sip:z@10.0.0.9\r\n >\r\n"));
    fake_run_for(500);
    EXPECT_EQ(r.count("400 REFER") + r.count("603 REFER"), 1u);
}

} // namespace
