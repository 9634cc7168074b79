/* Session timers (RFC 4028), both roles and both directions, over simulated hours. */
#include "flow/flow_fixture.h"

namespace {

const char *const kPhone = "10.0.0.1", *const kPeer = "10.0.0.5";

void set(Phone &p, const char *key, const char *value) {
    ASSERT_EQ(ua_option_set(p.agent, nullptr, nullptr, key, value), 0) << sx_last_error_text();
}

std::string origin(const std::string &body) {
    return body.substr(body.find("o="), body.find("\r\n", body.find("o=")) - body.find("o="));
}

/* We call a raw peer, which answers as a test says. */
struct Out {
    Phone p{kPhone, true};
    Raw r{kPeer};
    ua_call *c = nullptr;
    std::unique_ptr<Sip> invite;
    unsigned cseq = 100;
    uint64_t up_ms = 0;
    void call() {
        c = p.call(nullptr, "sip:x@10.0.0.5");
        ASSERT_NE(r.wait("INVITE"), nullptr);
        invite.reset(new Sip(*r.last("INVITE")));
    }
    void answer(const std::string &lines) {
        r.reply(*invite, 200, "peer", r.contact() + lines, sdp(kPeer, 4000));
        ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        up_ms = fake_now();
    }
    uint64_t since() const { return fake_now() - up_ms; }
    void ok(const Sip *m, const std::string &lines) {
        Sip copy(*m);
        r.reply(copy, 200, "", r.contact() + lines, copy.method() == "INVITE" ? sdp(kPeer, 4000) : "");
        fake_run_for(50);
    }
    const Sip *ask(const std::string &method, int status, const std::string &lines, const std::string &body = "") {
        std::string what = std::to_string(status) + " " + method;
        size_t n = r.count(what);
        r.send(kPhone, r.inside_uas(method, *invite, "peer", (int)++cseq, body, lines));
        return r.wait(what, 2000, n + 1);
    }
};

/* A raw peer calls us. */
struct In {
    Phone p{kPhone, true};
    Raw r{kPeer};
    ua_call *c = nullptr;
    std::unique_ptr<Sip> ok;
    unsigned cseq = 1;
    uint64_t up_ms = 0;
    void call(const std::string &lines) {
        p.on = [&](const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
        };
        r.send(kPhone, r.invite("sip:x@10.0.0.1", "a", sdp(kPeer, 4000), lines));
        ASSERT_NE(r.wait("200 INVITE"), nullptr);
        ok.reset(new Sip(*r.last("200 INVITE")));
        r.ack(kPhone, *ok);
        ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        c = p.last(UA_EV_INCOMING_CALL)->call;
        up_ms = fake_now();
    }
    uint64_t since() const { return fake_now() - up_ms; }
    const Sip *ask(const std::string &method, int status, const std::string &lines, const std::string &body = "") {
        std::string what = std::to_string(status) + " " + method;
        size_t n = r.count(what);
        r.send(kPhone, r.inside(method, *ok, (int)++cseq, body, lines));
        return r.wait(what, 2000, n + 1);
    }
};

const char *const kAllow = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n";

TEST_F(Flow, Field6_A422IsAnsweredByTheSameCallWithAGreaterIntervalAndRefreshedAtHalf) {
    Out t;
    set(t.p, "session_expires_s", "90");
    t.call();
    EXPECT_EQ(t.invite->header("Session-Expires"), "90");
    EXPECT_NE(t.invite->header("Supported").find("timer"), std::string::npos);
    unsigned first = t.invite->cseq();
    std::string id = t.invite->header("Call-ID"), tag = t.invite->from_tag(), body = t.invite->body();
    t.r.reply(*t.invite, 422, "x", "Min-SE: 120\r\n");
    ASSERT_NE(t.r.wait("INVITE", 5000, 2), nullptr);
    t.invite.reset(new Sip(*t.r.last("INVITE")));
    EXPECT_EQ(t.invite->cseq(), first + 1);
    EXPECT_EQ(t.invite->header("Call-ID"), id);
    EXPECT_EQ(t.invite->from_tag(), tag);
    EXPECT_EQ(t.invite->header("Session-Expires"), "120");
    EXPECT_EQ(t.invite->header("Min-SE"), "120");
    EXPECT_EQ(t.invite->body(), body);
    EXPECT_EQ(t.p.count(UA_EV_CALL_SENDING), 1u);
    t.answer("Require: timer\r\nSession-Expires: 90;refresher=uac\r\n");
    ASSERT_NE(t.r.wait("INVITE", 60000, 3), nullptr) << "by re-INVITE: no Allow named UPDATE";
    EXPECT_NEAR((double)t.since(), 45000, 100);
    const Sip *again = t.r.last("INVITE");
    EXPECT_EQ(origin(again->body()), origin(body)) << "nothing changed, so neither does the version";
    EXPECT_EQ(again->header("Session-Expires"), "120;refresher=uac");
    t.ok(again, "Session-Expires: 90;refresher=uac\r\n");
    ASSERT_NE(t.r.wait("INVITE", 60000, 4), nullptr);
    EXPECT_NEAR((double)t.since(), 90000, 400);
    EXPECT_EQ(t.p.count(UA_EV_CALL_UPDATED), 0u);
}

TEST_F(Flow, A422ThatAsksForNoMoreThanWeSaidEndsTheCall) {
    Out t;
    t.call();
    t.r.reply(*t.invite, 422, "x", "Min-SE: 120\r\n");
    ASSERT_NE(t.r.wait("INVITE", 5000, 2), nullptr);
    Sip second(*t.r.last("INVITE"));
    EXPECT_EQ(second.header("Session-Expires"), "1800");
    t.r.reply(second, 422, "x", "Min-SE: 120\r\n");
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->status, 422);
    EXPECT_EQ(t.r.count("INVITE"), 2u);
}

TEST_F(Flow, Field6_ARefreshGoesByUpdateWhereThePeerTakesItAndElseByInvite) {
    for (int refuse : {0, 405, 501}) {
        SCOPED_TRACE(refuse);
        Out t;
        t.call();
        t.answer(std::string(kAllow) + "Session-Expires: 100;refresher=uac\r\n");
        const Sip *update = t.r.wait("UPDATE", 60000);
        ASSERT_NE(update, nullptr);
        EXPECT_NEAR((double)t.since(), 50000, 100);
        EXPECT_EQ(update->body(), "");
        EXPECT_EQ(update->header("Session-Expires"), "100;refresher=uac");
        if (!refuse) {
            t.ok(update, "Session-Expires: 100;refresher=uac\r\n");
            ASSERT_NE(t.r.wait("UPDATE", 60000, 2), nullptr);
            EXPECT_EQ(t.r.count("INVITE"), 1u);
            continue;
        }
        t.r.reply(Sip(*update), refuse);
        const Sip *invite = t.r.wait("INVITE", 2000, 2);
        ASSERT_NE(invite, nullptr);
        t.ok(invite, "Session-Expires: 100;refresher=uac\r\n");
        ASSERT_NE(t.r.wait("INVITE", 60000, 3), nullptr) << "and it is remembered";
        EXPECT_EQ(t.r.count("UPDATE"), 1u);
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
    }
}

TEST_F(Flow, TheMethodOfRefreshesCanBeChosen) {
    Out t;
    set(t.p, "session_refresh_method", "invite");
    t.call();
    t.answer(std::string(kAllow) + "Session-Expires: 100;refresher=uac\r\n");
    ASSERT_NE(t.r.wait("INVITE", 60000, 2), nullptr);
    EXPECT_EQ(t.r.count("UPDATE"), 0u);
}

TEST_F(Flow, Field6_APeerThatRefreshesIsWaitedForUntilShortlyBeforeTheEnd) {
    struct {
        unsigned expires;
        uint64_t bye_ms;
    } rows[] = {{90, 60000}, {1800, 1768000}};
    for (auto &row : rows) {
        SCOPED_TRACE(row.expires);
        Out t;
        t.call();
        std::string line = "Session-Expires: " + std::to_string(row.expires) + ";refresher=uas\r\n";
        t.answer(line);
        ASSERT_EQ(t.r.wait("BYE", row.bye_ms - 1000), nullptr);
        t.up_ms = fake_now();
        const Sip *ok =
            t.ask("UPDATE", 200, "Supported: timer\r\n" + line.substr(0, line.find(';')) + ";refresher=uac\r\n");
        ASSERT_NE(ok, nullptr);
        EXPECT_EQ(ok->header("Session-Expires"), std::to_string(row.expires) + ";refresher=uac");
        EXPECT_EQ(ok->header("Require"), "timer");
        ASSERT_NE(t.r.wait("BYE", row.bye_ms + 1000), nullptr);
        EXPECT_NEAR((double)t.since(), (double)row.bye_ms, 100);
        EXPECT_EQ(t.r.count("UPDATE"), 0u) << "it is the peer's to refresh";
        EXPECT_EQ(t.r.count("INVITE"), 1u);
        EXPECT_NE(t.r.last("BYE")->header("Reason").find("408"), std::string::npos);
        ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
        EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_SESSION_EXPIRED);
        EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->originator, UA_SYSTEM);
    }
}

TEST_F(Flow, Field6_APeerWithoutTimerIsNeverHungUpFor) {
    {
        Out t;
        t.call();
        t.answer("");
        fake_run_for(4 * 3600 * 1000);
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
        EXPECT_EQ(t.r.count("INVITE") + t.r.count("UPDATE"), 1u);
    }
    In u;
    u.call("");
    EXPECT_EQ(u.ok->header("Session-Expires"), "");
    EXPECT_EQ(u.ok->header("Require"), "");
}

TEST_F(Flow, WithUsAsTheOnlyRefresherAPeerWithoutTimerIsCheckedOn) {
    Out t;
    set(t.p, "session_refresher", "local");
    t.call();
    EXPECT_EQ(t.invite->header("Session-Expires"), "1800;refresher=uac");
    t.answer("");
    const Sip *again = t.r.wait("INVITE", 901000, 2);
    ASSERT_NE(again, nullptr);
    t.r.reply(Sip(*again), 481);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_DIALOG_ERROR);
}

TEST_F(Flow, WhoRefreshesIsAsTheAnswererMustSayIt) { /* RFC 4028 table 2 */
    struct {
        const char *lines, *option, *answer;
        bool ours;
    } rows[] = {
        {"Supported: timer\r\nSession-Expires: 200\r\n", "auto", "200;refresher=uac", false},
        {"Supported: timer\r\nSession-Expires: 200\r\n", "local", "200;refresher=uas", true},
        {"Supported: timer\r\nSession-Expires: 200\r\n", "remote", "200;refresher=uac", false},
        {"Supported: timer\r\nSession-Expires: 200;refresher=uac\r\n", "local", "200;refresher=uac", false},
        {"Supported: timer\r\nSession-Expires: 200;refresher=uas\r\n", "remote", "200;refresher=uas", true},
        {"k: timer\r\nx: 200;refresher=UAS\r\n", "auto", "200;refresher=uas", true},
        {"Session-Expires: 200\r\n", "auto", "200;refresher=uas", true},
        {"Supported: timer\r\n", "auto", "1800;refresher=uac", false},
        {"Supported: timer\r\nMin-SE: 3000\r\n", "auto", "3000;refresher=uac", false},
        {"Supported: timer\r\nSession-Expires: 4000\r\n", "auto", "1800;refresher=uac", false},
        {"Supported: timer\r\nSession-Expires: 4000\r\nMin-SE: 2500\r\n", "auto", "2500;refresher=uac", false},
    };
    for (auto &row : rows) {
        SCOPED_TRACE(std::string(row.lines) + row.option);
        In t;
        set(t.p, "session_refresher", row.option);
        t.call(row.lines);
        EXPECT_EQ(t.ok->header("Session-Expires"), row.answer);
        bool knows = std::string(row.lines).find("timer") != std::string::npos;
        EXPECT_EQ(t.ok->header("Require"), knows ? "timer" : "");
        fake_run_for((uint64_t)atoi(row.answer) * 500 + 100);
        EXPECT_EQ(t.r.count("INVITE") + t.r.count("UPDATE"), row.ours ? 1u : 0u);
    }
}

TEST_F(Flow, AnIntervalThatIsTooSmallForUsGets422) {
    In t;
    set(t.p, "session_min_se_s", "300");
    t.r.send(kPhone,
             t.r.invite("sip:x@10.0.0.1", "b", sdp(kPeer, 4000), "Supported: timer\r\nSession-Expires: 299\r\n"));
    ASSERT_NE(t.r.wait("422 INVITE"), nullptr);
    EXPECT_EQ(t.r.last("422 INVITE")->header("Min-SE"), "300");
    EXPECT_EQ(t.p.count(UA_EV_INCOMING_CALL), 0u);
    t.call("Supported: timer\r\nSession-Expires: 300\r\n");
    ASSERT_NE(t.ask("UPDATE", 422, "Supported: timer\r\nSession-Expires: 200;refresher=uac\r\n"), nullptr);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, ARefreshThatIsRefusedOrLostEndsTheCallOnlyWhereTheDialogIsGone) {
    struct {
        int status;
        bool ends;
        ua_cause cause;
    } rows[] = {{481, true, UA_CAUSE_DIALOG_ERROR},
                {408, true, UA_CAUSE_REQUEST_TIMEOUT},
                {0, true, UA_CAUSE_REQUEST_TIMEOUT},
                {488, false, UA_CAUSE_NONE},
                {403, false, UA_CAUSE_NONE}};
    for (auto &row : rows) {
        SCOPED_TRACE(row.status);
        Out t;
        t.call();
        t.answer(std::string(kAllow) + "Session-Expires: 1000;refresher=uac\r\n");
        const Sip *update = t.r.wait("UPDATE", 501000);
        ASSERT_NE(update, nullptr);
        if (row.status) t.r.reply(Sip(*update), row.status);
        if (row.ends) {
            ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED, 40000), nullptr);
            EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, row.cause);
            fake_run_for(100);
            continue;
        }
        size_t seen = t.r.got.size();
        t.r.on = [&](const Sip &m) {
            if (m.method() == "UPDATE") t.r.reply(m, row.status);
        };
        ASSERT_EQ(t.r.wait("BYE", 460000), nullptr) << "it goes on, and is tried again ";
        EXPECT_GT(t.r.got.size(), seen);
        EXPECT_LT(t.r.got.size(), seen + 12);
        ASSERT_NE(t.r.wait("BYE", 10000), nullptr);
        EXPECT_NEAR((double)t.since(), 968000, 100);
        ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
        EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_SESSION_EXPIRED);
    }
}

TEST_F(Flow, A422ToARefreshIsTriedAgainWithMore) {
    Out t;
    t.call();
    t.answer(std::string(kAllow) + "Session-Expires: 100;refresher=uac\r\n");
    const Sip *update = t.r.wait("UPDATE", 60000);
    ASSERT_NE(update, nullptr);
    t.r.reply(Sip(*update), 422, "", "Min-SE: 600\r\n");
    update = t.r.wait("UPDATE", 2000, 2);
    ASSERT_NE(update, nullptr);
    EXPECT_EQ(update->header("Session-Expires"), "600;refresher=uac");
    EXPECT_EQ(update->header("Min-SE"), "600");
    t.ok(update, "Session-Expires: 600;refresher=uac\r\n");
    fake_run_for(200000);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, WhoRefreshesMayBeChangedByThePeersRefresh) {
    Out t;
    t.call();
    t.answer(std::string(kAllow) + "Session-Expires: 100;refresher=uas\r\n");
    fake_run_for(50000);
    const Sip *ok =
        t.ask("INVITE", 200, "Supported: timer\r\nSession-Expires: 100;refresher=uas\r\n", sdp(kPeer, 4000));
    ASSERT_NE(ok, nullptr);
    EXPECT_EQ(ok->header("Session-Expires"), "100;refresher=uas");
    t.r.send(kPhone, t.r.inside_uas("ACK", *t.invite, "peer", (int)t.cseq));
    t.up_ms = fake_now();
    ASSERT_NE(t.r.wait("UPDATE", 60000), nullptr);
    EXPECT_NEAR((double)t.since(), 50000, 100);
}

TEST_F(Flow, WithoutAWishForATimerNothingIsAskedButThePeersIsKept) {
    Out t;
    set(t.p, "session_expires_s", "0");
    t.call();
    EXPECT_EQ(t.invite->header("Session-Expires"), "");
    t.answer(std::string(kAllow) + "Require: timer\r\nSession-Expires: 100;refresher=uac\r\n");
    ASSERT_NE(t.r.wait("UPDATE", 60000), nullptr);
}

TEST_F(Flow, AChangeThatSaysNothingOfTheTimerKeepsIt) {
    In t;
    t.call("Supported: timer\r\nSession-Expires: 200;refresher=uac\r\n");
    const Sip *ok = t.ask("INVITE", 200, "Supported: timer\r\n", sdp(kPeer, 4002));
    ASSERT_NE(ok, nullptr);
    EXPECT_EQ(ok->header("Session-Expires"), "200;refresher=uac");
    t.r.ack(kPhone, *ok);
    ok = t.ask("INVITE", 200, "", sdp(kPeer, 4002));
    ASSERT_NE(ok, nullptr);
    EXPECT_EQ(ok->header("Session-Expires"), "") << "it knows nothing of timers any more (a transfer behind a B2BUA)";
    t.r.ack(kPhone, *ok);
    fake_run_for(1000000);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(Flow, NonsenseInSessionExpiresHarmsNobody) {
    for (const char *v :
         {"0", "-1", "4294967296", "99999999999999999999", "x", "90;refresher=me", ";;;", "1800;refresher"}) {
        SCOPED_TRACE(v);
        In t;
        t.p.on = [&](const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
        };
        t.r.send(kPhone, t.r.invite("sip:x@10.0.0.1", "a", sdp(kPeer, 4000),
                                    std::string("Supported: timer\r\nSession-Expires: ") + v + "\r\n"));
        fake_run_for(1000);
        EXPECT_EQ(t.r.count("200 INVITE") + t.r.count("422 INVITE") > 0, true);
    }
}

} // namespace
