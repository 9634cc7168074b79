/* Our own re-INVITE, and what it is for: a call whose address of ours has gone moves to another one. */
#include "flow/flow_fixture.h"

namespace {

const char *const OLD = "10.0.0.1", *const NEW = "10.0.0.2", *const PEER = "10.0.0.5";

std::string version(const std::string &body) {
    size_t at = body.find("o=- ");
    at = body.find(' ', at + 4) + 1;
    return body.substr(at, body.find(' ', at) - at);
}

/* A phone in a call with a raw peer. */
struct Talk {
    Phone p;
    Raw r{PEER};
    ua_call *c = nullptr;
    std::unique_ptr<Sip> first; /* INVITE of ours, or 200 of ours */
    bool outgoing;
    int cseq = 1;
    explicit Talk(bool out = true, std::function<void(ua_agent_config &)> more = nullptr)
        : p(OLD, true, nullptr, -1, "0.0.0.0", more), outgoing(out) {
        if (out) {
            c = p.call(nullptr, "sip:x@10.0.0.5");
            EXPECT_NE(r.wait("INVITE"), nullptr);
            first.reset(new Sip(*r.last("INVITE")));
            r.reply(*first, 200, "peer", r.contact(), sdp(PEER, 4000));
        } else {
            p.on = [&](const ua_event &ev) {
                if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
            };
            r.send(OLD, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
            EXPECT_NE(r.wait("200 INVITE"), nullptr);
            first.reset(new Sip(*r.last("200 INVITE")));
            r.ack(OLD, *first);
        }
        EXPECT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        if (!out) c = p.last(UA_EV_INCOMING_CALL)->call;
        fake_run_for(100);
        r.got.clear();
    }
    /* The phone is on another network from now on. */
    void move(const char *from = OLD, const char *to = NEW) {
        fake_host_move(from, to);
        EXPECT_EQ(ua_network_changed(p.agent), 0);
    }
    std::string inside(const std::string &method, const std::string &body = "") {
        return outgoing ? r.inside_uas(method, *first, "peer", ++cseq, body) : r.inside(method, *first, ++cseq, body);
    }
    const Sip *offer(size_t nth = 1, uint64_t ms = 5000) { return r.wait("INVITE", ms, nth); }
    void accept(const Sip &invite, const std::string &body = sdp(PEER, 4000)) {
        r.reply(Sip(invite), 200, "", r.contact(), body);
    }
    void ended(ua_cause cause) {
        ASSERT_NE(p.wait(UA_EV_CALL_ENDED, 40000), nullptr);
        EXPECT_EQ(p.last(UA_EV_CALL_ENDED)->cause, cause);
    }
    void stands() {
        EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u);
        EXPECT_FALSE(p.look(c).pending);
        EXPECT_FALSE(p.look(c).stopped);
    }
};

TEST_F(Flow, ACallMovesWithSignallingAndMediaToTheNewAddress) {
    for (bool out : {true, false}) {
        SCOPED_TRACE(out ? "our call" : "their call");
        fake_net_begin(1);
        Talk t(out);
        std::string before = t.first->body();
        int port = port_of(t.p.look(t.c).rtp);
        t.move();
        const Sip *i = t.offer();
        ASSERT_NE(i, nullptr);
        EXPECT_EQ(t.p.last(UA_EV_NETWORK_CHANGED)->originator, UA_LOCAL);
        net_addr there;
        net_addr_parse_host(&there, sx_slice_str(NEW), 5060);
        EXPECT_TRUE(net_addr_eq(&i->from, &there));
        EXPECT_NE(i->contact_uri().find(NEW), std::string::npos) << i->contact_uri();
        EXPECT_EQ(i->to_tag(), out ? "peer" : "rawtag");
        EXPECT_NE(i->body().find("c=IN IP4 10.0.0.2"), std::string::npos) << i->body();
        EXPECT_EQ(i->body().find(OLD), std::string::npos) << i->body();
        EXPECT_EQ(std::stoull(version(i->body())), std::stoull(version(before)) + 1);
        EXPECT_TRUE(t.p.look(t.c).pending) << "what is offered is received at once";
        unsigned configured = t.p.look(t.c).configures;
        t.accept(*i);
        ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED), nullptr);
        const Event *e = t.p.last(UA_EV_CALL_MOVED);
        EXPECT_EQ(e->call, t.c);
        EXPECT_EQ(e->code, 0);
        EXPECT_EQ(e->local_host, NEW);
        EXPECT_EQ(e->local_port, port);
        EXPECT_NE(t.r.wait("ACK"), nullptr);
        EXPECT_EQ(t.p.look(t.c).configures, configured) << "nothing of the peer's changed: nothing restarts";
        t.stands();
        t.r.send(NEW, t.inside("BYE"));
        ASSERT_NE(t.r.wait("200 BYE"), nullptr);
        t.ended(UA_CAUSE_TERMINATED);
    }
}

TEST_F(Flow, TheWatcherMovesCallsByItself) {
    Talk t(true, [](ua_agent_config &c) { c.watch_network = true; });
    fake_host_move(OLD, NEW);
    fake_net_changed(NEW);
    ASSERT_NE(t.offer(), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_NETWORK_CHANGED)->originator, UA_SYSTEM);
    EXPECT_NE(t.p.last(UA_EV_NETWORK_CHANGED)->words, "");
    t.accept(*t.offer());
    ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED), nullptr);
    t.stands();
}

TEST_F(Flow, AChangeThatLeavesTheCallsWayAloneSendsNothing) {
    Talk t;
    fake_host("10.0.0.1");
    fake_host_up("10.9.9.9", true); /* one more address: the old one stays first choice */
    ASSERT_EQ(ua_network_changed(t.p.agent), 0);
    fake_run_for(20000);
    EXPECT_EQ(t.p.count(UA_EV_NETWORK_CHANGED), 1u);
    EXPECT_EQ(t.r.count("INVITE"), 0u);
    EXPECT_EQ(t.p.count(UA_EV_CALL_MOVED), 0u);
}

TEST_F(Flow, MovingCanBeSwitchedOff) {
    Talk t;
    ASSERT_EQ(ua_option_set(t.p.agent, nullptr, nullptr, "reinvite_on_move", "off"), 0);
    t.move();
    fake_run_for(20000);
    EXPECT_EQ(t.r.count("INVITE"), 0u);
    t.stands();
}

TEST_F(Flow, Field7_Glare491WaitsAsTheOwnerOfTheCallIdShould) {
    for (bool out : {true, false}) {
        SCOPED_TRACE(out ? "owner: 2.1 to 4 s" : "not owner: 0 to 2 s");
        for (int seed = 1; seed <= 8; seed++) {
            fake_net_begin(seed);
            Talk t(out);
            std::string sent = t.first->body();
            t.move();
            const Sip *i = t.offer();
            ASSERT_NE(i, nullptr);
            std::string offered = i->body();
            t.r.reply(Sip(*i), 491);
            fake_run_for(5);
            uint64_t at = fake_now();
            EXPECT_FALSE(t.p.look(t.c).pending) << "glare takes the offer back";
            ASSERT_NE(t.offer(2), nullptr);
            uint64_t waited = fake_now() - at;
            EXPECT_GE(waited + 10, out ? 2100u : 0u);
            EXPECT_LE(waited, out ? 4010u : 2010u);
            EXPECT_EQ(t.offer(2)->body(), offered);
            t.accept(*t.offer(2));
            ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED), nullptr);
            EXPECT_EQ(t.p.count(UA_EV_CALL_MOVED), 1u);
            t.stands();
        }
    }
}

TEST_F(Flow, Field7_APeersReInviteDuringOursGets491AndLaterIsTaken) {
    Talk t;
    t.move();
    ASSERT_NE(t.offer(), nullptr);
    Sip ours(*t.offer());
    t.r.send(NEW, t.inside("INVITE", sdp(PEER, 4002)));
    ASSERT_NE(t.r.wait("491 INVITE"), nullptr);
    t.r.ack(NEW, *t.r.last("491 INVITE"));
    t.r.reply(ours, 491);
    fake_run_for(200);
    t.r.send(NEW, t.inside("INVITE", sdp(PEER, 4004)));
    const Sip *ok = t.r.wait("200 INVITE");
    ASSERT_NE(ok, nullptr);
    EXPECT_NE(ok->body().find("c=IN IP4 10.0.0.2"), std::string::npos) << "the answer brings the move along";
    EXPECT_NE(ok->contact_uri().find(NEW), std::string::npos);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4004);
    t.r.ack(NEW, Sip(*ok));
    fake_run_for(10000);
    EXPECT_EQ(t.p.count(UA_EV_CALL_MOVED), 1u);
    EXPECT_EQ(t.r.count("INVITE"), 1u) << "nothing is left to be said";
    t.stands();
}

TEST_F(Flow, AnAckThatWentToTheAddressWeLeftIsNotMissed) {
    Talk t;
    t.r.send(OLD, t.inside("INVITE", sdp(PEER, 4002)));
    ASSERT_NE(t.r.wait("200 INVITE"), nullptr);
    t.move();
    ASSERT_NE(t.offer(), nullptr) << "it is not waited for";
    t.accept(*t.offer(), sdp(PEER, 4002));
    ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED), nullptr);
    fake_run_for(60000);
    t.stands();
}

TEST_F(Flow, Field7_A500WithRetryAfterIsTriedAgainThen) {
    Talk t;
    t.move();
    ASSERT_NE(t.offer(), nullptr);
    t.r.reply(Sip(*t.offer()), 500, "", "Retry-After: 3\r\n");
    fake_run_for(2900);
    EXPECT_EQ(t.r.count("INVITE"), 1u);
    ASSERT_NE(t.offer(2, 1000), nullptr);
    t.accept(*t.offer(2));
    ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED), nullptr);
    t.stands();
}

TEST_F(Flow, AnAnswerThatSaysTheDialogIsGoneEndsTheCall) {
    for (int status : {481, 408}) {
        SCOPED_TRACE(status);
        fake_net_begin(1);
        Talk t;
        t.move();
        ASSERT_NE(t.offer(), nullptr);
        t.r.reply(Sip(*t.offer()), status);
        t.ended(status == 408 ? UA_CAUSE_REQUEST_TIMEOUT : UA_CAUSE_DIALOG_ERROR);
        EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->status, status);
        EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->originator, UA_REMOTE);
    }
}

TEST_F(Flow, ARefusedMoveLeavesTheCallAsItWasAndIsTold) {
    Talk t;
    std::string before = t.first->body();
    t.move();
    ASSERT_NE(t.offer(), nullptr);
    std::string offered = t.offer()->body();
    t.r.reply(Sip(*t.offer()), 488);
    const Event *e = t.p.wait(UA_EV_CALL_MOVED);
    ASSERT_NE(e, nullptr);
    EXPECT_EQ(e->status, 488);
    EXPECT_NE(e->code, 0);
    EXPECT_NE(t.r.wait("ACK"), nullptr);
    fake_run_for(60000);
    EXPECT_EQ(t.r.count("INVITE"), 1u) << "no is no";
    t.stands();
    /* the peer's own offer is answered, counted on from what it has seen */
    t.r.send(NEW, t.inside("INVITE", sdp(PEER, 4002)));
    const Sip *ok = t.r.wait("200 INVITE");
    ASSERT_NE(ok, nullptr);
    EXPECT_EQ(std::stoull(version(ok->body())), std::stoull(version(before)) + 1);
}

TEST_F(Flow, AByeDuringOurReInviteEndsTheCall) {
    for (bool ours : {true, false}) {
        SCOPED_TRACE(ours ? "we hang up" : "they hang up");
        fake_net_begin(1);
        Talk t;
        t.move();
        ASSERT_NE(t.offer(), nullptr);
        Sip i(*t.offer());
        if (ours) {
            ASSERT_EQ(ua_call_hangup(t.c, nullptr), 0);
            ASSERT_NE(t.r.wait("BYE"), nullptr);
            t.r.reply(Sip(*t.r.last("BYE")), 200);
        } else {
            t.r.send(NEW, t.inside("BYE"));
            ASSERT_NE(t.r.wait("200 BYE"), nullptr);
        }
        t.ended(UA_CAUSE_TERMINATED);
        t.accept(i); /* too late, and still acknowledged */
        EXPECT_NE(t.r.wait("ACK"), nullptr);
        fake_run_for(40000);
        EXPECT_EQ(t.p.count(UA_EV_CALL_MOVED), 0u);
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 1u);
    }
}

TEST_F(Flow, ACallThatStillRangMovesWhenItIsConfirmed) {
    Phone p(OLD, true);
    Raw r(PEER);
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    Sip i(*r.last("INVITE"));
    r.reply(i, 180, "peer", r.contact());
    fake_run_for(50);
    fake_host(OLD);
    fake_host_up(NEW, true); /* the machine's second address */
    ua_network_changed(p.agent);
    fake_run_for(1000);
    EXPECT_EQ(r.count("INVITE"), 1u) << "nothing while it rings";
    r.reply(i, 200, "peer", r.contact(), sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    fake_host_up(OLD, false);
    ua_network_changed(p.agent);
    ASSERT_NE(r.wait("INVITE", 5000, 2), nullptr);
    EXPECT_NE(r.last("INVITE")->body().find(NEW), std::string::npos);
    r.reply(Sip(*r.last("INVITE")), 200, "", r.contact(), sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_MOVED), nullptr);
    (void)c;
}

TEST_F(Flow, AnAnswerWithoutAckMovesOnlyAfterIt) {
    Phone p(OLD, true);
    Raw r(PEER);
    p.on = [&](const ua_event &ev) {
        if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
    };
    r.send(OLD, r.invite("sip:x@10.0.0.1", "a", sdp(PEER, 4000)));
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    Sip ok(*r.last("200 INVITE"));
    fake_host_move(OLD, NEW);
    ua_network_changed(p.agent);
    fake_run_for(2000);
    EXPECT_EQ(r.count("INVITE"), 0u);
    r.ack(NEW, ok);
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_NE(r.wait("INVITE"), nullptr);
    EXPECT_NE(r.last("INVITE")->body().find(NEW), std::string::npos);
}

TEST_F(Flow, WithoutAWayACallWaitsForTheNextNetwork) {
    Talk t;
    fake_host_up(OLD, false);
    ASSERT_EQ(ua_network_changed(t.p.agent), 0);
    fake_run_for(30000);
    ASSERT_EQ(t.p.count(UA_EV_CALL_MOVED), 1u) << "told once";
    EXPECT_EQ(t.p.last(UA_EV_CALL_MOVED)->code, SX_E_TRANSPORT);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
    /* the machine has no address: it is found by nothing else than its loop */
    t.p.destroy();
}

TEST_F(Flow, APeerThatCannotBeReachedFromTheNewNetworkEndsTheCallAtLast) {
    Talk t;
    fake_link cut = {};
    cut.cut = true;
    fake_link_set(NEW, PEER, &cut);
    t.move();
    ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED, 20000), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_MOVED)->code, SX_E_TIMEOUT);
    EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 0u);
    ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED, 300000), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->originator, UA_SYSTEM);
}

TEST_F(Flow, AMoveThatFailedIsTriedAgainAndThenHeld) {
    Talk t;
    fake_link cut = {};
    cut.cut = true;
    fake_link_set(NEW, PEER, &cut);
    t.move();
    ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED, 20000), nullptr);
    fake_link none = {};
    fake_link_set(NEW, PEER, &none);
    t.r.got.clear();
    t.r.on = [&](const Sip &m) {
        if (m.method() == "INVITE") t.accept(m);
    };
    ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED, 60000, 2), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_MOVED)->code, 0);
    EXPECT_EQ(t.p.last(UA_EV_CALL_MOVED)->local_host, NEW);
    t.stands();
}

TEST_F(Flow, AnAnswerWithoutSdpLeavesTheMediaAsItWas) {
    Talk t;
    t.move();
    ASSERT_NE(t.offer(), nullptr);
    t.r.reply(Sip(*t.offer()), 200, "", t.r.contact());
    ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED), nullptr);
    EXPECT_EQ(t.p.last(UA_EV_CALL_MOVED)->code, 0);
    t.stands();
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000);
}

TEST_F(Flow, AnOfferWhoseAckWasLostWithTheOldAddressDoesNotKeepTheCallFromMoving) {
    Talk t;
    t.r.send(OLD, t.inside("INVITE"));
    ASSERT_NE(t.r.wait("200 INVITE"), nullptr) << "with an offer of ours, which its ACK will not answer";
    t.move();
    ASSERT_NE(t.offer(1, 60000), nullptr);
    EXPECT_NE(t.offer()->body().find(NEW), std::string::npos);
    t.accept(*t.offer());
    ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED), nullptr);
    t.stands();
    t.r.send(NEW, t.inside("UPDATE", sdp(PEER, 4002)));
    ASSERT_NE(t.r.wait("200 UPDATE"), nullptr);
}

TEST_F(Flow, AnAnswerThatRefusesAllMediaIsAskedForOnceMoreAndEndsTheCallThen) {
    for (bool gives_in : {true, false}) {
        fake_net_begin(1);
        Talk t;
        t.move();
        ASSERT_NE(t.offer(), nullptr);
        t.accept(*t.offer(), sdp(PEER, 0));
        ASSERT_NE(t.offer(2), nullptr);
        EXPECT_NE(t.offer(2)->body().find(NEW), std::string::npos) << "from where it is now";
        if (gives_in) {
            t.accept(*t.offer(2));
            ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED), nullptr);
            EXPECT_EQ(t.p.last(UA_EV_CALL_MOVED)->code, 0);
            t.stands();
            continue;
        }
        t.accept(*t.offer(2), sdp(PEER, 0));
        ASSERT_NE(t.r.wait("BYE"), nullptr);
        t.r.reply(Sip(*t.r.last("BYE")), 200);
        t.ended(UA_CAUSE_INCOMPATIBLE_SDP);
    }
}

TEST_F(Flow, BehindAnotherNatTheContactIsPutRightOnce) {
    fake_nat(NEW, "203.0.113.2");
    Talk t;
    std::vector<std::string> contacts;
    t.r.on = [&](const Sip &m) {
        if (m.method() != "INVITE") return;
        contacts.push_back(m.contact_uri());
        t.accept(m);
    };
    t.move();
    ASSERT_NE(t.p.wait(UA_EV_CALL_MOVED), nullptr);
    fake_run_for(60000);
    ASSERT_EQ(contacts.size(), 2u);
    EXPECT_NE(contacts[0].find(NEW), std::string::npos) << "all that can be known";
    EXPECT_NE(contacts[1].find("203.0.113.2"), std::string::npos) << "what the peer sees";
    EXPECT_EQ(t.p.count(UA_EV_CALL_MOVED), 1u);
    t.stands();
}

TEST_F(Flow, ASignallingOnlyCallMovesToo) {
    for (bool own : {true, false}) {
        SCOPED_TRACE(own ? "with its own SDP" : "without");
        fake_net_begin(1);
        Phone p(OLD, true);
        Raw r(PEER);
        std::string body = sdp(OLD, 5000);
        ua_call *c = p.call(nullptr, "sip:x@10.0.0.5", [&](ua_call_config &cfg) {
            cfg.media_none = true;
            cfg.media_default = false;
            if (own) cfg.body = sx_slice_of(body.data(), body.size());
        });
        ASSERT_NE(r.wait("INVITE"), nullptr);
        r.reply(Sip(*r.last("INVITE")), 200, "peer", r.contact(), sdp(PEER, 4000));
        ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        fake_run_for(100);
        fake_host_move(OLD, NEW);
        ua_network_changed(p.agent);
        ASSERT_NE(r.wait("INVITE", 5000, 2), nullptr);
        EXPECT_NE(r.last("INVITE")->contact_uri().find(NEW), std::string::npos);
        EXPECT_EQ(r.last("INVITE")->body(), own ? body : "") << "what it says is the program's own business";
        size_t acks = r.count("ACK");
        r.reply(Sip(*r.last("INVITE")), 200, "", r.contact(), sdp(PEER, 4000));
        ASSERT_NE(p.wait(UA_EV_CALL_MOVED), nullptr);
        EXPECT_EQ(p.last(UA_EV_CALL_MOVED)->local_host, NEW);
        ASSERT_NE(r.wait("ACK", 5000, acks + 1), nullptr);
        EXPECT_EQ(r.last("ACK")->body().empty(), own);
        (void)c;
    }
}

TEST_F(Flow, AnUpdateWithoutAnOfferIsTakenDuringOurReInvite) {
    Talk t;
    t.move();
    ASSERT_NE(t.offer(), nullptr);
    t.r.send(NEW, t.inside("UPDATE"));
    EXPECT_NE(t.r.wait("200 UPDATE"), nullptr);
    t.r.send(NEW, t.inside("UPDATE", sdp(PEER, 4002)));
    EXPECT_NE(t.r.wait("491 UPDATE"), nullptr);
}

} // namespace
