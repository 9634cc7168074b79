/* Which address of ours stands in SDP, and calls whose connection or registration moved. */
#include "flow/flow_fixture.h"

namespace {

std::string line(const std::string &body, const std::string &start) {
    size_t at = body.find("\r\n" + start);
    if (at == std::string::npos) return "";
    at += 2;
    return body.substr(at, body.find("\r\n", at) - at);
}

std::string sdp6(const std::string &host, int port) {
    return "v=0\r\no=- 1 1 IN IP6 " + host + "\r\ns=-\r\nc=IN IP6 " + host + "\r\nt=0 0\r\nm=audio " +
           std::to_string(port) + " RTP/AVP 0\r\n";
}

std::string host_of(const net_addr &a) {
    char text[NET_ADDR_TEXT];
    sx_buf b;
    sx_buf_init_fixed(&b, text, sizeof text);
    net_addr_write_host(&a, &b);
    return std::string(b.p, b.n);
}

void answer_all(Phone &p) {
    p.on = [&p](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
}

TEST_F(Flow, MediaHasAnAddressOfItsOwnApartFromSignalling) {
    Phone p("10.0.0.1 10.0.1.1", true, nullptr, -1, "10.0.0.1", [](ua_agent_config &c) { c.media_bind = "10.0.1.1"; });
    Raw r("10.0.0.5");
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    const Sip *i = r.wait("INVITE");
    ASSERT_NE(i, nullptr);
    EXPECT_EQ(line(i->body(), "c="), "c=IN IP4 10.0.1.1");
    EXPECT_EQ(host_of(p.look(c).rtp), "10.0.1.1");
    EXPECT_NE(i->contact_uri().find("10.0.0.1"), std::string::npos);
}

TEST_F(Flow, MediaAdvertisesAnAddressOfItsOwn) {
    Phone p("10.0.0.1", true, "203.0.113.1", -1, "0.0.0.0",
            [](ua_agent_config &c) { c.media_advertise = "203.0.113.2"; });
    Raw r("10.0.0.5");
    p.call(nullptr, "sip:x@10.0.0.5");
    const Sip *i = r.wait("INVITE");
    ASSERT_NE(i, nullptr);
    EXPECT_EQ(line(i->body(), "c="), "c=IN IP4 203.0.113.2");
    EXPECT_NE(i->contact_uri().find("203.0.113.1"), std::string::npos);
}

TEST_F(Flow, ANameThatIsAdvertisedStaysOutOfSdp) {
    Phone p("10.0.0.1", true, "phone.example.com");
    Raw r("10.0.0.5");
    p.call(nullptr, "sip:x@10.0.0.5");
    const Sip *i = r.wait("INVITE");
    ASSERT_NE(i, nullptr);
    EXPECT_EQ(line(i->body(), "c="), "c=IN IP4 10.0.0.1");
}

TEST_F(Flow, ACallOverIPv6HasIPv6Media) {
    Phone a("2001:db8::1", true), b("2001:db8::2", true);
    answer_all(b);
    ua_call *c = a.call(nullptr, "sip:x@[2001:db8::2]");
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_TRUE(is_v6(a.look(c).rtp));
    EXPECT_EQ(host_of(a.look(c).config.remote_rtp), "2001:db8::2");
    ASSERT_NE(b.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_TRUE(is_v6(b.look(b.last(UA_EV_INCOMING_CALL)->call).rtp));
}

TEST_F(Flow, TheFamilyIsThatOfTheWayToThePeer) {
    Phone p("10.0.0.1 2001:db8::1", true);
    fake_host("10.0.0.5 2001:db8::5");
    fake_dns_add("six.example.com", "2001:db8::5", 60);
    Raw r4("10.0.0.5");
    ua_call *four = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r4.wait("INVITE"), nullptr);
    EXPECT_EQ(line(r4.last("INVITE")->body(), "c="), "c=IN IP4 10.0.0.1");
    EXPECT_FALSE(is_v6(p.look(four).rtp));
    ua_call *six = p.call(nullptr, "sip:x@six.example.com");
    ASSERT_NE(p.wait(UA_EV_CALL_SENDING, 3000, 2), nullptr);
    EXPECT_TRUE(is_v6(p.look(six).rtp)) << "known only when the name was resolved";
}

TEST_F(Flow, ScopesAndWildcardsStayOutOfSdp) {
    Phone a("2001:db8::1 fe80::1%2", true, nullptr, -1, "::", [](ua_agent_config &c) { c.media_bind = "fe80::1%2"; });
    Phone b("2001:db8::2", true, nullptr, -1, "::");
    std::vector<std::string> seen;
    b.on = [&](const ua_event &ev) {
        if (ev.type != UA_EV_INCOMING_CALL) return;
        seen.push_back(text(ev.msg->body));
        ua_call_answer(ev.call, nullptr);
    };
    a.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_CALL_ACCEPTED) seen.push_back(text(ev.body));
    };
    a.call(nullptr, "sip:x@[2001:db8::2]");
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(line(seen[0], "c="), "c=IN IP6 fe80::1");
    EXPECT_EQ(line(seen[0], "o=").find('%'), std::string::npos);
    EXPECT_EQ(line(seen[1], "c="), "c=IN IP6 2001:db8::2");
}

TEST_F(Flow, ADualStackPeerThatAnswersInTheOtherFamilyIsHeard) {
    Phone p("10.0.0.1 2001:db8::1", true);
    Raw r("10.0.0.5");
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    EXPECT_FALSE(is_v6(p.look(c).rtp));
    r.reply(Sip(*r.last("INVITE")), 200, "peer", r.contact(), sdp6("2001:db8::5", 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_media_look l = p.look(c);
    EXPECT_EQ(host_of(l.config.remote_rtp), "2001:db8::5");
    EXPECT_TRUE(is_v6(l.rtp));
    EXPECT_TRUE(l.rebinding) << "what was offered is still received";
}

TEST_F(Flow, AnOfferInTheOtherFamilyIsAnsweredInIt) {
    Phone p("10.0.0.1 2001:db8::1", true);
    ua_listener *l = nullptr;
    ASSERT_EQ(ua_listener_create(p.agent, "udp:0.0.0.0:5060", nullptr, true, 2, &l), 0);
    Raw r("10.0.0.5");
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) {
            EXPECT_EQ(ua_call_answer(ev.call, nullptr), 0) << sx_last_error_text();
        }
    };
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp6("2001:db8::5", 4000)));
    const Sip *ok = r.wait("200 INVITE");
    ASSERT_NE(ok, nullptr);
    EXPECT_EQ(line(ok->body(), "c="), "c=IN IP6 2001:db8::1");
    EXPECT_TRUE(is_v6(p.look(p.last(UA_EV_INCOMING_CALL)->call).rtp));
}

TEST_F(Flow, AnOfferInAFamilyThatWeLackIsRefused) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    int answered = 0;
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) answered = ua_call_answer(ev.call, nullptr);
    };
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp6("2001:db8::5", 4000)));
    fake_run_for(1000);
    EXPECT_EQ(r.count("200 INVITE"), 0u);
    EXPECT_TRUE(r.count("488 INVITE") == 1 || answered == SX_E_MEDIA) << answered;
}

TEST_F(Flow, ACallFromAnAddressThatIsBoundMovesToItsSuccessor) {
    Phone p("10.0.0.1 10.0.9.9", true, nullptr, -1, "10.0.0.1", [](ua_agent_config &c) { c.open = true; });
    ua_listener *l = nullptr;
    ASSERT_EQ(ua_listener_create(p.agent, "udp:10.0.0.1:5070", nullptr, true, 3, &l), 0);
    Raw r("10.0.0.5");
    fake_host("10.0.0.1");
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    r.reply(Sip(*r.last("INVITE")), 200, "peer", r.contact(), sdp("10.0.0.5", 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_run_for(100);
    EXPECT_EQ(host_of(p.look(c).rtp), "10.0.0.1");
    size_t listening = p.count(UA_EV_LISTENING);
    fake_host_move("10.0.0.1", "10.0.0.2");
    ua_network_changed(p.agent);
    ASSERT_NE(r.wait("INVITE", 5000, 2), nullptr);
    EXPECT_EQ(line(r.last("INVITE")->body(), "c="), "c=IN IP4 10.0.0.2");
    fake_media_look look = p.look(c);
    EXPECT_EQ(host_of(look.rtp), "10.0.0.2");
    EXPECT_TRUE(look.rebinding && look.at_once) << "the old address is gone: nothing can be sent from it";
    r.reply(Sip(*r.last("INVITE")), 200, "", r.contact(), sdp("10.0.0.5", 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_MOVED), nullptr);
    EXPECT_EQ(p.look(c).kept, 1u) << p.count(UA_EV_CALL_MOVED);
    ASSERT_GT(p.count(UA_EV_LISTENING), listening) << "the listener of that address followed";
    EXPECT_EQ(p.last(UA_EV_LISTENING)->host, "10.0.0.2");
    EXPECT_EQ(p.last(UA_EV_LISTENING)->port, 5070);
}

TEST_F(Flow, ACallOverALostConnectionIsTakenUpOverANewOne) {
    Phone a("10.0.0.1", true), b("10.0.0.2", true);
    answer_all(b);
    ua_call *c = a.call(nullptr, "sip:x@10.0.0.2;transport=tcp");
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_run_for(500);
    size_t connected = a.count(UA_EV_TRANSPORT_CONNECTED);
    ASSERT_GT(fake_tcp_reset("10.0.0.2:5060"), 0u);
    ASSERT_NE(a.wait(UA_EV_CALL_MOVED, 10000), nullptr);
    EXPECT_EQ(a.last(UA_EV_CALL_MOVED)->code, 0);
    EXPECT_EQ(a.last(UA_EV_CALL_MOVED)->call, c);
    EXPECT_GT(a.count(UA_EV_TRANSPORT_CONNECTED), connected);
    fake_run_for(40000);
    EXPECT_EQ(a.count(UA_EV_CALL_ENDED), 0u);
    ua_call_hangup(b.last(UA_EV_INCOMING_CALL)->call, nullptr);
    ASSERT_NE(a.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(a.last(UA_EV_CALL_ENDED)->originator, UA_REMOTE);
}

TEST_F(Flow, AConnectionIsNotIdleWhileACallIsOnIt) {
    Phone a("10.0.0.1", true), b("10.0.0.2", true);
    answer_all(b);
    ua_call *c = a.call(nullptr, "sip:x@10.0.0.2;transport=tcp");
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_run_for(600000);
    EXPECT_EQ(a.count(UA_EV_TRANSPORT_DISCONNECTED) + b.count(UA_EV_TRANSPORT_DISCONNECTED), 0u);
    EXPECT_EQ(a.count(UA_EV_CALL_MOVED), 0u);
    ua_call_hangup(c, nullptr);
    ASSERT_NE(b.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(b.count(UA_EV_TRANSPORT_CONNECTED), 1u) << "BYE went over it";
    fake_run_for(300000);
    EXPECT_EQ(a.count(UA_EV_TRANSPORT_DISCONNECTED), 1u) << "then it is";
}

TEST_F(Flow, ACallOverTcpMovesWithTheNetwork) {
    Phone a("10.0.0.1", true), b("10.0.0.2", true);
    answer_all(b);
    ua_call *c = a.call(nullptr, "sip:x@10.0.0.2;transport=tcp");
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_run_for(500);
    fake_host_move("10.0.0.1", "10.0.0.11");
    ua_network_changed(a.agent);
    ASSERT_NE(a.wait(UA_EV_CALL_MOVED, 10000), nullptr);
    EXPECT_EQ(a.last(UA_EV_CALL_MOVED)->code, 0);
    EXPECT_EQ(a.last(UA_EV_CALL_MOVED)->local_host, "10.0.0.11");
    ua_call *theirs = b.last(UA_EV_INCOMING_CALL)->call;
    EXPECT_EQ(host_of(b.look(theirs).config.remote_rtp), "10.0.0.11");
    EXPECT_EQ(b.count(UA_EV_CALL_UPDATED), 1u);
    ua_call_hangup(theirs, nullptr);
    ASSERT_NE(a.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(a.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_TERMINATED);
    (void)c;
}

TEST_F(Flow, BothEndsOfACallThroughAProxyMoveOneAfterTheOther) {
    Registrar reg("10.0.0.9");
    Phone a("10.0.0.1"), b("10.0.0.2");
    ua_account *al = a.account("sip:alice@10.0.0.9", "secret"), *bo = b.account("sip:bob@10.0.0.9", "hunter2");
    ASSERT_EQ(ua_account_register(al), 0);
    ASSERT_EQ(ua_account_register(bo), 0);
    ASSERT_NE(a.wait(UA_EV_REGISTERED), nullptr);
    ASSERT_NE(b.wait(UA_EV_REGISTERED), nullptr);
    answer_all(b);
    ua_call *c = a.call(al, "bob");
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_NE(b.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_run_for(500);
    fake_host_move("10.0.0.1", "10.0.0.11");
    ua_network_changed(a.agent);
    ASSERT_NE(a.wait(UA_EV_CALL_MOVED), nullptr);
    fake_host_move("10.0.0.2", "10.0.0.12");
    ua_network_changed(b.agent);
    ASSERT_NE(b.wait(UA_EV_CALL_MOVED), nullptr);
    fake_run_for(60000);
    ua_call *d = b.last(UA_EV_INCOMING_CALL)->call;
    ASSERT_EQ(a.count(UA_EV_CALL_ENDED), 0u) << a.last(UA_EV_CALL_ENDED)->words;
    ASSERT_EQ(b.count(UA_EV_CALL_ENDED), 0u) << b.last(UA_EV_CALL_ENDED)->words;
    EXPECT_EQ(host_of(a.look(c).config.remote_rtp), "10.0.0.12");
    EXPECT_EQ(host_of(b.look(d).config.remote_rtp), "10.0.0.11");
    ASSERT_EQ(ua_call_hangup(c, nullptr), 0);
    ASSERT_NE(b.wait(UA_EV_CALL_ENDED, 10000), nullptr);
}

/* Neither knows where to find the other: no ghost of the call may stay for that. */
TEST_F(Flow, BothEndsThatMoveInTheSameMomentEndTheCall) {
    Phone a("10.0.0.1", true), b("10.0.0.2", true);
    answer_all(b);
    a.call(nullptr, "sip:x@10.0.0.2");
    ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_NE(b.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_run_for(500);
    fake_host_move("10.0.0.1", "10.0.0.11");
    fake_host_move("10.0.0.2", "10.0.0.12");
    ua_network_changed(a.agent);
    ua_network_changed(b.agent);
    EXPECT_NE(a.wait(UA_EV_CALL_ENDED, 300000), nullptr);
    EXPECT_NE(b.wait(UA_EV_CALL_ENDED, 300000), nullptr);
}

TEST_F(Flow, ARegisteredPhonesCallMoves) {
    Registrar reg("10.0.0.9");
    srv_listener *ws = nullptr;
    ASSERT_EQ(srv_listener_create(reg.server, "ws:10.0.0.9:8080", nullptr, 2, &ws), 0) << sx_last_error_text();
    Phone a("10.0.0.1"), b("10.0.0.2");
    int moves = 0;
    for (const char *transport : {"udp", "tcp", "ws"}) {
        SCOPED_TRACE(transport);
        std::string server = std::string("sip:10.0.0.9;transport=") + transport;
        if (transport == std::string("ws")) server = "ws://10.0.0.9:8080";
        a.events.clear();
        b.events.clear();
        ua_account *al = a.account("sip:alice@10.0.0.9", "secret", server.c_str());
        ua_account *bo = b.account("sip:bob@10.0.0.9", "hunter2", server.c_str());
        ASSERT_EQ(ua_account_register(al), 0);
        ASSERT_EQ(ua_account_register(bo), 0);
        ASSERT_NE(a.wait(UA_EV_REGISTERED), nullptr);
        ASSERT_NE(b.wait(UA_EV_REGISTERED), nullptr);
        answer_all(b);
        ua_call *c = a.call(al, "bob");
        ASSERT_NE(a.wait(UA_EV_CALL_CONFIRMED), nullptr);
        ASSERT_NE(b.wait(UA_EV_CALL_CONFIRMED), nullptr);
        fake_run_for(500);
        std::string from = a.host_, to = "10.0.1." + std::to_string(++moves);
        uint64_t at = fake_now();
        fake_host_move(from.c_str(), to.c_str());
        a.host_ = to;
        ua_network_changed(a.agent);
        ASSERT_NE(a.wait(UA_EV_CALL_MOVED, 10000), nullptr);
        EXPECT_EQ(a.last(UA_EV_CALL_MOVED)->code, 0) << a.last(UA_EV_CALL_MOVED)->words;
        EXPECT_LE(fake_now() - at, 1000u) << "no second of silence";
        ua_call *d = b.last(UA_EV_INCOMING_CALL)->call;
        EXPECT_EQ(host_of(b.look(d).config.remote_rtp), to);
        fake_run_for(2000);
        ASSERT_EQ(ua_call_hangup(d, nullptr), 0);
        ASSERT_NE(a.wait(UA_EV_CALL_ENDED, 10000), nullptr);
        EXPECT_EQ(a.last(UA_EV_CALL_ENDED)->originator, UA_REMOTE) << "the peer finds us at the new address";
        (void)c;
        ua_account_close(al);
        ua_account_close(bo);
        fake_run_for(5000);
    }
}

/* ---- STUN ---- */

void with_stun(ua_agent_config &c) { c.stun_server = "stun.example.com"; }

struct Stun : public ::testing::Test {
    void SetUp() override {
        fake_net_begin(1);
        fake_dns_add("stun.example.com", "10.0.0.50", 60);
    }
    void TearDown() override { EXPECT_TRUE(fake_net_end()) << "something was not closed"; }
};

TEST_F(Stun, AnOfferSaysWhatTheStunServerSees) {
    Phone p("10.0.0.1", true, nullptr, -1, "0.0.0.0", with_stun);
    fake_media_mapping(p.media, "203.0.113.9");
    Raw r("10.0.0.5");
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    const Sip *i = r.wait("INVITE");
    ASSERT_NE(i, nullptr);
    EXPECT_EQ(line(i->body(), "c="), "c=IN IP4 203.0.113.9");
    EXPECT_EQ(line(i->body(), "m=").find("m=audio " + std::to_string(port_of(p.look(c).rtp) + 1) + " "), 0u) << i->body();
    EXPECT_EQ(i->body().find("10.0.0.1"), std::string::npos);
}

TEST_F(Stun, AServerThatDoesNotAnswerCostsHalfASecondOnceAMinute) {
    Phone p("10.0.0.1", true, nullptr, -1, "0.0.0.0", with_stun);
    Raw r("10.0.0.5");
    uint64_t at = fake_now();
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    EXPECT_LE(fake_now() - at, 505u);
    EXPECT_GE(fake_now() - at, 500u);
    EXPECT_EQ(line(r.last("INVITE")->body(), "c="), "c=IN IP4 10.0.0.1");
    at = fake_now();
    p.call(nullptr, "sip:y@10.0.0.5");
    ASSERT_NE(r.wait("INVITE", 5000, 2), nullptr);
    EXPECT_LE(fake_now() - at, 5u);
}

TEST_F(Stun, NoTranslationIsRememberedAndAnAdvertisedAddressAsksNobody) {
    Phone p("10.0.0.1", true, "198.51.100.1", -1, "0.0.0.0", with_stun);
    Raw r("10.0.0.5");
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    EXPECT_EQ(p.look(c).asked, 0u);
    EXPECT_EQ(line(r.last("INVITE")->body(), "c="), "c=IN IP4 198.51.100.1");
}

TEST_F(Stun, AnIncomingCallIsToldOfWhenItsAddressIsKnown) {
    Phone p("10.0.0.1", true, nullptr, -1, "0.0.0.0", with_stun);
    fake_media_mapping(p.media, "203.0.113.9");
    answer_all(p);
    Raw r("10.0.0.5");
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    const Sip *ok = r.wait("200 INVITE");
    ASSERT_NE(ok, nullptr);
    EXPECT_EQ(line(ok->body(), "c="), "c=IN IP4 203.0.113.9");
    EXPECT_EQ(p.count(UA_EV_INCOMING_CALL), 1u);
}

TEST_F(Stun, ACallThatIsCancelledBeforeThatNeverExisted) {
    Phone p("10.0.0.1", true, nullptr, -1, "0.0.0.0", with_stun);
    Raw r("10.0.0.5");
    std::string invite = r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000));
    r.send("10.0.0.1", invite);
    fake_run_for(250);
    EXPECT_EQ(p.count(UA_EV_INCOMING_CALL), 0u);
    size_t at = invite.find("z9hG4bK"), end = invite.find(';', at);
    std::string cancel = r.request("CANCEL", "sip:x@10.0.0.1", "<sip:raw@10.0.0.5>;tag=rawtag", "<sip:x@10.0.0.1>", "a", 1);
    size_t b = cancel.find("z9hG4bK");
    cancel.replace(b, cancel.find(';', b) - b, invite.substr(at, end - at));
    r.send("10.0.0.1", cancel);
    ASSERT_NE(r.wait("487 INVITE"), nullptr);
    fake_run_for(5000);
    EXPECT_EQ(p.count(UA_EV_INCOMING_CALL), 0u);
    EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u);
    ua_counters n;
    ua_agent_get_counters(p.agent, &n);
    EXPECT_EQ(n.calls_now, 0u);
}

TEST_F(Stun, AMovedCallAsksAgain) {
    Phone p("10.0.0.1", true, nullptr, -1, "0.0.0.0", with_stun);
    fake_media_mapping(p.media, "203.0.113.9");
    Raw r("10.0.0.5");
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    r.reply(Sip(*r.last("INVITE")), 200, "peer", r.contact(), sdp("10.0.0.5", 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_run_for(100);
    fake_media_mapping(p.media, "198.51.100.7");
    fake_host_move("10.0.0.1", "10.0.0.2");
    ua_network_changed(p.agent);
    ASSERT_NE(r.wait("INVITE", 5000, 2), nullptr);
    EXPECT_EQ(line(r.last("INVITE")->body(), "c="), "c=IN IP4 198.51.100.7");
    r.reply(Sip(*r.last("INVITE")), 200, "", r.contact(), sdp("10.0.0.5", 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_MOVED), nullptr);
}

TEST_F(Flow, ACallAnsweredAfterTheAddressWentAnswersFromTheNewOne) {
    Phone p("10.0.0.1", true);
    Raw r("10.0.0.5");
    r.send("10.0.0.1", r.invite("sip:x@10.0.0.1", "a", sdp("10.0.0.5", 4000)));
    ASSERT_NE(p.wait(UA_EV_INCOMING_CALL), nullptr);
    fake_host_move("10.0.0.1", "10.0.0.2");
    ua_network_changed(p.agent);
    fake_run_for(100);
    p.on = [](const ua_event &) {};
    fake_host("10.0.0.2");
    ASSERT_EQ(ua_call_answer(p.last(UA_EV_INCOMING_CALL)->call, nullptr), 0);
    const Sip *ok = r.wait("200 INVITE");
    ASSERT_NE(ok, nullptr);
    EXPECT_EQ(line(ok->body(), "c="), "c=IN IP4 10.0.0.2");
    EXPECT_NE(ok->contact_uri().find("10.0.0.2"), std::string::npos);
}

} // namespace
