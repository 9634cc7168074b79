// Credentials that somebody saw on the wire, used again.
#include "unit/server/server_fixture.h"

extern "C" {
#include "server/internal.h"
}

namespace {

struct Nonces : ServerTest {
    std::unique_ptr<Server> server;
    std::unique_ptr<Ua> alice;
    unsigned cseq = 0;

    void SetUp() override {
        ServerTest::SetUp();
        server.reset(new Server);
        alice.reset(new Ua("alice", "secret", "10.0.0.2"));
    }
    void TearDown() override {
        alice.reset();
        server.reset();
        ServerTest::TearDown();
    }
    std::string challenge() {
        Ask a;
        a.cseq = ++cseq;
        alice->ask("REGISTER", a);
        ms(5);
        return alice->expect("SIP/2.0 401");
    }
    // The answer to a REGISTER with the challenge answered under that count.
    std::string reg(const std::string &challenge, uint32_t nc) {
        Ask a;
        a.cseq = ++cseq;
        a.lines = "Contact: <" + alice->contact() + ">\r\n" +
                  alice->credentials(challenge, "SHA-256", "REGISTER", "sip:10.0.0.1", "alice", "secret", nc);
        alice->ask("REGISTER", a);
        ms(5);
        std::string got = alice->heard.empty() ? "" : alice->heard.back();
        alice->heard.clear();
        return got;
    }
    bool accepted(const std::string &challenge, uint32_t nc) { return begins(reg(challenge, nc), "SIP/2.0 200"); }
};

TEST_F(Nonces, RecordedCredentialsOpenNoDoorASecondTime) {
    std::string offer = challenge();
    EXPECT_TRUE(accepted(offer, 1));
    std::string again = reg(offer, 1);
    EXPECT_TRUE(begins(again, "SIP/2.0 401"));
    EXPECT_NE(again.find("stale=true"), std::string::npos) << "the owner of the password tries again by himself";
    EXPECT_TRUE(accepted(again, 1));
}

TEST_F(Nonces, OneNonceServesForManyRequestsThatMayOvertakeEachOther) {
    std::string offer = challenge();
    EXPECT_TRUE(accepted(offer, 1));
    EXPECT_TRUE(accepted(offer, 3));
    EXPECT_TRUE(accepted(offer, 2));
    EXPECT_FALSE(accepted(offer, 2));
    EXPECT_FALSE(accepted(offer, 3));
    EXPECT_TRUE(accepted(offer, 103));
    EXPECT_TRUE(accepted(offer, 40));
    EXPECT_FALSE(accepted(offer, 40));
    EXPECT_FALSE(accepted(offer, 39)) << "too far behind to be remembered";
    EXPECT_TRUE(accepted(offer, UINT32_MAX));
    EXPECT_FALSE(accepted(offer, UINT32_MAX));
}

TEST_F(Nonces, WithoutQopANonceServesOnce) {
    std::string offer = challenge();
    EXPECT_TRUE(accepted(offer, 0));
    EXPECT_FALSE(accepted(offer, 0));
}

TEST_F(Nonces, AWrongPasswordUsesNothingUp) {
    std::string offer = challenge();
    alice->password = "guess";
    Ask a;
    a.cseq = ++cseq;
    a.lines = alice->credentials(offer, "SHA-256", "REGISTER", "sip:10.0.0.1", "alice", "guess");
    alice->ask("REGISTER", a);
    ms(5);
    alice->heard.clear();
    EXPECT_EQ(server->srv->nonces.count, 0u);
    EXPECT_TRUE(accepted(offer, 1));
}

TEST_F(Nonces, WhatIsTooOldAnywayIsForgotten) {
    for (int i = 0; i < 5; i++) EXPECT_TRUE(accepted(challenge(), 1));
    EXPECT_EQ(server->srv->nonces.count, 5u);
    ms(301000);
    EXPECT_TRUE(accepted(challenge(), 1));
    EXPECT_EQ(server->srv->nonces.count, 1u);
}

TEST_F(Nonces, AFullTableForgetsTheOldestAndTakesNoneOfItsTime) {
    srv_server *s = server->srv;
    std::vector<std::string> made;
    auto make = [&] {
        uint64_t salt = made.size();
        sx_buf b;
        sx_buf_init(&b);
        sip_nonce_make(&b, sx_slice_of((const char *)s->nonce_key, sizeof s->nonce_key), sx_slice_str(s->realm),
                       srv_now(s), (const uint8_t *)&salt);
        made.push_back(str(sx_buf_view(&b)));
        sx_buf_free(&b);
    };
    make(); // never used before the table is full
    for (int i = 0; i < SRV_MAX_NONCES + 2; i++) {
        if (i % 64 == 0) ms(1);
        make();
        EXPECT_TRUE(srv_nonce_use(s, sl(made.back()), 1));
    }
    EXPECT_EQ(s->nonces.count, (size_t)SRV_MAX_NONCES);
    EXPECT_FALSE(srv_nonce_use(s, sl(made[0]), 1));
    EXPECT_FALSE(srv_nonce_use(s, sl(made[1]), 1)) << "forgotten, but not forgiven";
    EXPECT_FALSE(srv_nonce_use(s, sl(made.back()), 1));
    ms(1);
    make();
    EXPECT_TRUE(srv_nonce_use(s, sl(made.back()), 1));
}

TEST_F(Nonces, WithoutMemoryNobodyIsLetInAndNothingIsLost) {
    challenge(); // so that the realm is known
    OomEach([&] {
        bool used = srv_nonce_use(server->srv, SX_LIT("some nonce"), 1);
        EXPECT_EQ(server->srv->nonces.count, used ? 1u : 0u);
    });
    EXPECT_EQ(server->srv->nonces.count, 1u);
}

} // namespace
