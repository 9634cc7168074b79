/* Two phones register with the embedded server, write to and call each other, over every transport and on real sockets.
 */
#include "../support/certs.h"
#include "support.h"

namespace {

struct Way {
    const char *name, *listen, *server; /* the server's URI with %d for the port */
};

std::string with_port(const char *format, int port) {
    std::string s = format;
    size_t at = s.find("%d");
    if (at != std::string::npos) s.replace(at, 2, std::to_string(port));
    return s;
}

const Ca &the_ca() {
    static const Ca ca;
    return ca;
}

const Cert &server_cert() {
    static const Cert cert = the_ca().issue({.dns = {"pbx.example"}, .ip = {"127.0.0.1", "::1"}});
    return cert;
}

struct Pbx : Agent {
    sipua_id server = 0;
    int at = 0;
    void open(const char *address) {
        static const sipua_pair users[] = {{"alice", "secret"}, {"bob", "hunter2"}};
        sipua_agent_config c = SIPUA_AGENT_CONFIG_INIT;
        c.bind = "127.0.0.1";
        ASSERT_NO_FATAL_FAILURE(start(c));
        sipua_server_config sc = SIPUA_SERVER_CONFIG_INIT;
        sc.realm = "pbx.example";
        sc.users = users;
        sc.user_count = 2;
        ASSERT_EQ(sipua_server_create(raw, &sc, 0, &server), SIPUA_OK) << sipua_last_error_text();
        sipua_listener_config lc = SIPUA_LISTENER_CONFIG_INIT;
        sipua_id listener = 0;
        lc.server = server;
        lc.address = address;
        lc.tls_cert = server_cert().cert.c_str();
        lc.tls_key = server_cert().key.c_str();
        lc.ws_path = "/sip";
        ASSERT_EQ(sipua_listener_create(raw, &lc, 0, &listener), SIPUA_OK) << sipua_last_error_text();
        Event e = until(SIPUA_EVENT_LISTENING, listener);
        ASSERT_TRUE(e);
        at = e.v.port;
    }
};

struct Phone : Agent {
    sipua_id account = 0;
    void join(const char *user, const char *password, const std::string &server, bool registers = true) {
        sipua_agent_config c = defaults();
        c.open = SIPUA_OFF;
        c.tls_ca = the_ca().cert.c_str();
        ASSERT_NO_FATAL_FAILURE(start(c));
        ASSERT_EQ(sipua_agent_ask(raw, SIPUA_ASK_CALL, SIPUA_ON, 0), SIPUA_OK);
        ASSERT_EQ(sipua_agent_ask(raw, SIPUA_ASK_MESSAGE, SIPUA_ON, 0), SIPUA_OK);
        sipua_account_config a = SIPUA_ACCOUNT_CONFIG_INIT;
        std::string aor = std::string("sip:") + user + "@pbx.example";
        a.aor = aor.c_str();
        a.password = password;
        a.server = server.c_str();
        ASSERT_EQ(sipua_account_create(raw, &a, 0, &account), SIPUA_OK) << sipua_last_error_text();
        if (registers) {
            ASSERT_EQ(sipua_account_register(raw, account, 0), SIPUA_OK);
        }
    }
    sipua_id ring(const char *whom) {
        sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
        sipua_id id = 0;
        c.target = whom;
        EXPECT_EQ(sipua_call_create(raw, account, &c, 0, &id), SIPUA_OK) << sipua_last_error_text();
        return id;
    }
    void write(const char *whom, Phone &to, const char *text) {
        sipua_message_config m = SIPUA_MESSAGE_CONFIG_INIT;
        sipua_id id = 0;
        m.target = whom;
        m.body = text;
        m.body_size = (uint32_t)strlen(text);
        ASSERT_EQ(sipua_message_send(raw, account, &m, 0, &id), SIPUA_OK) << sipua_last_error_text();
        Event in = to.until(SIPUA_EVENT_MESSAGE);
        ASSERT_TRUE(in);
        EXPECT_EQ(std::string(reinterpret_cast<const char *>(in.v.body), in.v.body_size), text);
        ASSERT_EQ(sipua_message_accept(to.raw, in.v.id, nullptr, 0), SIPUA_OK);
        EXPECT_TRUE(until(SIPUA_EVENT_MESSAGE_DELIVERED, id));
    }
};

void talk(Phone &alice, Phone &bob, const char *whom) {
    sipua_id out = alice.ring(whom);
    Event in = bob.until(SIPUA_EVENT_INCOMING_CALL);
    ASSERT_TRUE(in);
    ASSERT_EQ(sipua_call_answer(bob.raw, in.v.id, nullptr, 0), SIPUA_OK);
    ASSERT_TRUE(alice.until(SIPUA_EVENT_CALL_CONFIRMED, out));
    ASSERT_TRUE(bob.until(SIPUA_EVENT_CALL_CONFIRMED, in.v.id));
    /* Who was called hangs up: his BYE must find a phone that nobody can connect to. */
    ASSERT_EQ(sipua_call_hangup(bob.raw, in.v.id, nullptr, 0), SIPUA_OK);
    Event a = alice.until(SIPUA_EVENT_CALL_ENDED, out), b = bob.until(SIPUA_EVENT_CALL_ENDED, in.v.id);
    EXPECT_EQ(a.v.cause, SIPUA_CAUSE_TERMINATED) << a.json();
    EXPECT_EQ(a.v.originator, SIPUA_ORIGINATOR_REMOTE);
    EXPECT_EQ(b.v.cause, SIPUA_CAUSE_TERMINATED) << b.json();
}

class Transports : public ::testing::TestWithParam<Way> {};

TEST_P(Transports, TwoPhonesRegisterWriteAndCallEachOther) {
    const Way &way = GetParam();
    Pbx pbx;
    ASSERT_NO_FATAL_FAILURE(pbx.open(way.listen));
    std::string server = with_port(way.server, pbx.at);
    Phone alice, bob;
    ASSERT_NO_FATAL_FAILURE(alice.join("alice", "secret", server));
    ASSERT_NO_FATAL_FAILURE(bob.join("bob", "hunter2", server));
    for (Phone *p : {&alice, &bob}) {
        Event e = p->until(SIPUA_EVENT_REGISTERED, p->account);
        ASSERT_TRUE(e);
        EXPECT_EQ(str(e.v.transport), way.name);
    }
    ASSERT_NO_FATAL_FAILURE(alice.write("bob", bob, "hello"));
    ASSERT_NO_FATAL_FAILURE(bob.write("alice", alice, "good day"));
    talk(alice, bob, "bob");
    talk(bob, alice, "alice");
}

INSTANTIATE_TEST_SUITE_P(All, Transports,
                         ::testing::Values(Way{"udp", "udp:127.0.0.1:0", "sip:127.0.0.1:%d"},
                                           Way{"tcp", "tcp:127.0.0.1:0", "sip:127.0.0.1:%d;transport=tcp"},
                                           Way{"tls", "tls:127.0.0.1:0", "sip:127.0.0.1:%d;transport=tls"},
                                           Way{"tls", "tls:127.0.0.1:0", "sips:127.0.0.1:%d"},
                                           Way{"tls", "tls:[::1]:0", "sip:[::1]:%d;transport=tls"},
                                           Way{"ws", "ws:127.0.0.1:0", "ws://127.0.0.1:%d/sip"},
                                           Way{"ws", "ws:[::1]:0", "ws://[::1]:%d/sip"},
                                           Way{"wss", "wss:127.0.0.1:0", "wss://127.0.0.1:%d/sip?user=x"}),
                         [](const ::testing::TestParamInfo<Way> &p) {
                             return std::to_string(p.index) + "_" + p.param.name;
                         });

class Guests : public Transports {};

TEST_P(Guests, WhoNeverRegisteredIsToldThatTheOtherHungUp) {
    const Way &way = GetParam();
    Pbx pbx;
    ASSERT_NO_FATAL_FAILURE(pbx.open(way.listen));
    std::string server = with_port(way.server, pbx.at);
    Phone guest, bob;
    ASSERT_NO_FATAL_FAILURE(guest.join("guest", "", server, false));
    ASSERT_NO_FATAL_FAILURE(bob.join("bob", "hunter2", server));
    ASSERT_TRUE(bob.until(SIPUA_EVENT_REGISTERED, bob.account));
    talk(guest, bob, "bob");
    talk(guest, bob, "bob");
}

INSTANTIATE_TEST_SUITE_P(All, Guests,
                         ::testing::Values(Way{"tcp", "tcp:127.0.0.1:0", "sip:127.0.0.1:%d;transport=tcp"},
                                           Way{"tls", "tls:127.0.0.1:0", "sip:127.0.0.1:%d;transport=tls"},
                                           Way{"tls", "tls:127.0.0.1:0", "sips:127.0.0.1:%d"},
                                           Way{"ws", "ws:127.0.0.1:0", "ws://127.0.0.1:%d/sip"},
                                           Way{"wss", "wss:127.0.0.1:0", "wss://127.0.0.1:%d/sip"}),
                         [](const ::testing::TestParamInfo<Way> &p) {
                             return std::to_string(p.index) + "_" + p.param.name;
                         });

TEST(TransportFailures, TheEventSaysWhichCheckFailedAndTheNamesInTheCertificate) {
    Pbx pbx;
    ASSERT_NO_FATAL_FAILURE(pbx.open("tls:127.0.0.1:0"));
    Phone alice;
    sipua_agent_config c = Agent::defaults();
    ASSERT_NO_FATAL_FAILURE(alice.start(c)); /* trusts what the system trusts: not the test's own authority */
    sipua_account_config a = SIPUA_ACCOUNT_CONFIG_INIT;
    std::string server = with_port("sip:127.0.0.1:%d;transport=tls", pbx.at);
    a.aor = "sip:alice@pbx.example";
    a.password = "secret";
    a.server = server.c_str();
    ASSERT_EQ(sipua_account_create(alice.raw, &a, 0, &alice.account), SIPUA_OK) << sipua_last_error_text();
    ASSERT_EQ(sipua_account_register(alice.raw, alice.account, 0), SIPUA_OK);
    Event e = alice.until(SIPUA_EVENT_TRANSPORT_DISCONNECTED);
    ASSERT_TRUE(e);
    EXPECT_EQ(e.v.code, SIPUA_E_TLS) << e.json();
    EXPECT_EQ(str(e.v.check), "unknown issuer");
    EXPECT_NE(str(e.v.names).find("pbx.example"), std::string::npos) << e.json();
}

TEST(TransportFailures, ABrowserPathThatIsNotThereFailsTheRegistrationWithWords) {
    Pbx pbx;
    ASSERT_NO_FATAL_FAILURE(pbx.open("ws:127.0.0.1:0"));
    Phone alice;
    ASSERT_NO_FATAL_FAILURE(alice.join("alice", "secret", with_port("ws://127.0.0.1:%d/elsewhere", pbx.at)));
    Event e = alice.until(SIPUA_EVENT_TRANSPORT_DISCONNECTED);
    ASSERT_TRUE(e);
    EXPECT_NE(str(e.v.text).find("404"), std::string::npos) << e.json();
}

} // namespace
