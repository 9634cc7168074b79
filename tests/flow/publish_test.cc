/* PUBLISH: a state of ours at a server that a test plays by hand. */
#include "flow/flow_fixture.h"

namespace {

const char *const ME = "10.0.0.1", *const SERVER = "10.0.0.5";

struct Publish {
    Phone p{ME, false, ME};
    Raw r{SERVER};
    ua_account *acc;
    ua_publication *pub = nullptr;
    explicit Publish(int expires = 600) {
        acc = p.account("sip:alice@10.0.0.5");
        ua_publish_config c = {};
        c.event = "presence";
        c.content_type = "application/pidf+xml";
        c.body = SX_LIT("<one/>");
        c.expires = expires;
        EXPECT_EQ(ua_publication_create(p.agent, acc, &c, 3, &pub), 0) << sx_last_error_text();
        EXPECT_NE(r.wait("PUBLISH"), nullptr);
    }
    const Sip *sent(size_t nth = 1, uint64_t ms = 5000) { return r.wait("PUBLISH", ms, nth); }
    void ok(const std::string &etag, int expires = 600) {
        r.reply(Sip(*r.last("PUBLISH")), 200, "x",
                "SIP-ETag: " + etag + "\r\nExpires: " + std::to_string(expires) + "\r\n");
        fake_run_for(10);
    }
    void no(int status, const std::string &lines = "") {
        r.reply(Sip(*r.last("PUBLISH")), status, "x", lines);
        fake_run_for(10);
    }
    int update(const char *body) { return ua_publication_update(pub, nullptr, sx_slice_str(body)); }
    std::string state() const {
        const Event *e = p.last(UA_EV_PUBLISH_STATE);
        return e ? e->state : "";
    }
    const Event *last() const { return p.last(UA_EV_PUBLISH_STATE); }
};

TEST_F(Flow, APublicationIsMadeRefreshedChangedAndRemoved) {
    Publish x;
    const Sip *m = x.sent();
    EXPECT_EQ(m->uri(), "sip:alice@10.0.0.5");
    EXPECT_EQ(m->header("Event"), "presence");
    EXPECT_EQ(m->header("Expires"), "600");
    EXPECT_EQ(m->header("SIP-If-Match"), "");
    EXPECT_EQ(m->header("Content-Type"), "application/pidf+xml");
    EXPECT_EQ(m->body(), "<one/>");
    std::string call_id = m->header("Call-ID");
    unsigned cseq = m->cseq();
    x.ok("e1", 120);
    EXPECT_EQ(x.state(), "published");
    EXPECT_EQ(x.last()->expires, 120);
    EXPECT_EQ(x.last()->publication, x.pub);
    EXPECT_EQ(x.last()->event, "presence");
    /* refresh: no body, the tag; before the time is over */
    uint64_t since = fake_now();
    m = x.sent(2, 120000);
    ASSERT_NE(m, nullptr);
    EXPECT_GT(fake_now() - since, 80000u);
    EXPECT_EQ(m->header("SIP-If-Match"), "e1");
    EXPECT_EQ(m->body(), "");
    EXPECT_EQ(m->header("Content-Type"), "");
    EXPECT_EQ(m->header("Call-ID"), call_id);
    EXPECT_EQ(m->cseq(), cseq + 1);
    x.ok("e2", 120);
    EXPECT_NE(x.last()->flags & UA_FLAG_REFRESH, 0u);
    /* modify */
    ASSERT_EQ(x.update("<two/>"), 0);
    m = x.sent(3);
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->header("SIP-If-Match"), "e2");
    EXPECT_EQ(m->body(), "<two/>");
    x.ok("e3");
    EXPECT_EQ(x.last()->flags & UA_FLAG_REFRESH, 0u);
    /* remove */
    ASSERT_EQ(ua_publication_end(x.pub), 0);
    m = x.sent(4);
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->header("SIP-If-Match"), "e3");
    EXPECT_EQ(m->header("Expires"), "0");
    EXPECT_EQ(m->body(), "");
    x.ok("e4", 0);
    EXPECT_EQ(x.state(), "removed");
    fake_run_for(1000000);
    EXPECT_EQ(x.r.count("PUBLISH"), 4u);
}

TEST_F(Flow, ChangesDuringAPublishAreSentAfterItTheNewestOnly) {
    Publish x;
    for (const char *b : {"<two/>", "<three/>", "<four/>"}) ASSERT_EQ(x.update(b), 0);
    fake_run_for(200);
    EXPECT_EQ(x.r.count("PUBLISH"), 1u);
    x.ok("e1");
    const Sip *m = x.sent(2);
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->body(), "<four/>");
    EXPECT_EQ(m->header("SIP-If-Match"), "e1");
    x.ok("e2");
    fake_run_for(1000);
    EXPECT_EQ(x.r.count("PUBLISH"), 2u);
}

TEST_F(Flow, A412IsPublishedAnew) {
    Publish x;
    x.ok("e1", 60);
    ASSERT_NE(x.sent(2, 60000), nullptr);
    x.no(412);
    const Sip *m = x.sent(3);
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->header("SIP-If-Match"), "");
    EXPECT_EQ(m->body(), "<one/>");
    x.ok("n1");
    EXPECT_EQ(x.state(), "published");
    EXPECT_EQ(x.p.count(UA_EV_PUBLISH_STATE), 2u) << "the program need not know";
}

TEST_F(Flow, AServerThatSays412ToEverythingIsNotFlooded) {
    Publish x;
    x.r.on = [&](const Sip &m) {
        if (m.method() == "PUBLISH") x.r.reply(m, 412, "x");
    };
    x.no(412);
    fake_run_for(100000);
    EXPECT_LE(x.r.count("PUBLISH"), 5u);
    EXPECT_EQ(x.state(), "failed");
}

TEST_F(Flow, A423IsPublishedForAsLongAsDemanded) {
    Publish x(60);
    x.no(423, "Min-Expires: 900\r\n");
    const Sip *m = x.sent(2);
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->header("Expires"), "900");
    EXPECT_EQ(m->body(), "<one/>");
    x.ok("e1", 900);
    EXPECT_EQ(x.state(), "published");
}

TEST_F(Flow, ARefusalOfAPublicationIsToldAndAChangeTriesAnew) {
    Publish x;
    x.no(403);
    EXPECT_EQ(x.state(), "failed");
    EXPECT_EQ(x.last()->status, 403);
    EXPECT_EQ(x.last()->retry_ms, -1);
    EXPECT_EQ(x.last()->cause, UA_CAUSE_REJECTED);
    fake_run_for(1000000);
    EXPECT_EQ(x.r.count("PUBLISH"), 1u);
    ASSERT_EQ(x.update("<two/>"), 0);
    ASSERT_NE(x.sent(2), nullptr);
    EXPECT_EQ(x.r.last("PUBLISH")->body(), "<two/>");
    x.ok("e1");
    EXPECT_EQ(x.state(), "published");
}

TEST_F(Flow, AChangeDuringARefusedPublishIsTriedToo) {
    Publish x;
    x.ok("e1");
    ASSERT_EQ(x.update("<broken"), 0);
    ASSERT_NE(x.sent(2), nullptr);
    ASSERT_EQ(x.update("<good/>"), 0);
    x.no(400);
    const Sip *m = x.sent(3);
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->body(), "<good/>");
    EXPECT_EQ(m->header("SIP-If-Match"), "e1");
    EXPECT_EQ(x.state(), "failed") << "the one that was refused is told";
    EXPECT_GE(x.last()->retry_ms, 0);
    x.ok("e2");
    EXPECT_EQ(x.state(), "published");
}

TEST_F(Flow, AServerThatKeepsAPublicationForNoTimeIsNotFlooded) {
    Publish x;
    x.ok("e1", 0);
    for (int i = 0; i < 60; i++) {
        size_t before = x.r.count("PUBLISH");
        fake_run_for(1000);
        if (x.r.count("PUBLISH") > before) x.ok("e1", 0);
    }
    EXPECT_LE(x.r.count("PUBLISH"), 4u);
}

TEST_F(Flow, AFailureThatMayPassIsTriedAgainByItself) {
    Publish x;
    x.no(503, "Retry-After: 9\r\n");
    EXPECT_EQ(x.state(), "failed");
    EXPECT_GE(x.last()->retry_ms, 9000);
    uint64_t since = fake_now();
    ASSERT_NE(x.sent(2, 20000), nullptr);
    EXPECT_GE(fake_now() - since, 8900u);
    EXPECT_EQ(x.r.last("PUBLISH")->body(), "<one/>");
    x.ok("e1");
    EXPECT_EQ(x.state(), "published");
    /* no answer at all: what it had runs out, and it is published anew when somebody is there again */
    ASSERT_NE(x.sent(3, 600000), nullptr);
    fake_run_for(40000);
    EXPECT_EQ(x.state(), "failed");
    EXPECT_EQ(x.last()->code, SX_E_TIMEOUT);
    x.r.on = [&](const Sip &m) {
        if (m.method() == "PUBLISH") x.r.reply(m, 200, "x", "SIP-ETag: back\r\nExpires: 600\r\n");
    };
    fake_run_for(40000);
    EXPECT_EQ(x.state(), "published");
}

TEST_F(Flow, EndingAPublicationThatWasRefusedSendsNothing) {
    Publish y;
    ASSERT_EQ(ua_publication_end(y.pub), 0);
    y.no(403);
    EXPECT_EQ(y.state(), "removed");
    EXPECT_EQ(y.r.count("PUBLISH"), 1u);
}

TEST_F(Flow, EndingAPublicationOnItsWayRemovesItAfterTheAnswer) {
    Publish x;
    ASSERT_EQ(ua_publication_end(x.pub), 0);
    fake_run_for(100);
    EXPECT_EQ(x.r.count("PUBLISH"), 1u);
    x.ok("e1");
    const Sip *m = x.sent(2);
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->header("SIP-If-Match"), "e1");
    EXPECT_EQ(m->header("Expires"), "0");
    x.ok("e2", 0);
    EXPECT_EQ(x.state(), "removed");
}

TEST_F(Flow, ClosingTheAccountRemovesWhatItPublished) {
    Publish x;
    x.ok("e1");
    ASSERT_EQ(ua_account_close(x.acc), 0);
    ASSERT_NE(x.sent(2), nullptr);
    EXPECT_EQ(x.r.last("PUBLISH")->header("Expires"), "0");
    EXPECT_EQ(x.p.count(UA_EV_ACCOUNT_CLOSED), 0u);
    x.ok("e2", 0);
    ASSERT_NE(x.p.wait(UA_EV_ACCOUNT_CLOSED), nullptr);
}

TEST_F(Flow, WrongPublicationsAreRefusedAtOnce) {
    Phone p(ME);
    ua_publication *pub;
    ua_publish_config c = {};
    c.content_type = "a/b";
    c.body = SX_LIT("x");
    c.target = "sip:me@10.0.0.5";
    EXPECT_EQ(ua_publication_create(p.agent, nullptr, &c, 1, &pub), SX_E_INVALID);
    c.event = "presence";
    c.target = nullptr;
    EXPECT_EQ(ua_publication_create(p.agent, nullptr, &c, 1, &pub), SX_E_INVALID) << "no account, no target";
    c.target = "sip:me@10.0.0.5";
    c.body = sx_slice_empty();
    EXPECT_EQ(ua_publication_create(p.agent, nullptr, &c, 1, &pub), SX_E_INVALID);
    std::string big(70000, 'x');
    c.body = sx_slice_str(big.c_str());
    EXPECT_EQ(ua_publication_create(p.agent, nullptr, &c, 1, &pub), SX_E_LIMIT);
}

/* RFC 3903 4.1: forgotten while it changes, it is made anew with the newest, and removed by the tag of that. */
TEST_F(Flow, APublicationThatIsForgottenWhileItChangesIsMadeAnewWithTheNewest) {
    Publish x;
    x.ok("e1");
    ASSERT_EQ(x.update("<two/>"), 0);
    ASSERT_NE(x.sent(2), nullptr);
    EXPECT_EQ(x.sent(2)->header("SIP-If-Match"), "e1");
    ASSERT_EQ(x.update("<three/>"), 0);
    x.no(412);
    ASSERT_NE(x.sent(3), nullptr);
    EXPECT_EQ(x.sent(3)->header("SIP-If-Match"), "");
    EXPECT_EQ(x.sent(3)->body(), "<three/>");
    ua_publication_end(x.pub);
    x.ok("e9");
    ASSERT_NE(x.sent(4), nullptr);
    EXPECT_EQ(x.sent(4)->header("SIP-If-Match"), "e9");
    EXPECT_EQ(x.sent(4)->header("Expires"), "0");
    EXPECT_EQ(x.sent(4)->body(), "");
    x.no(412);
    EXPECT_EQ(x.state(), "removed");
    EXPECT_EQ(x.r.count("PUBLISH"), 4u);
}

} // namespace
