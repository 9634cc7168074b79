/* What meets in the field: several features of a call at once, each by its RFC. */
#include "flow/change_talk.h"

namespace {

const char *const OTHER = "10.0.0.7";

std::string reliable(unsigned rseq) { return "Require: 100rel\r\nRSeq: " + std::to_string(rseq) + "\r\n"; }
std::string held(const char *direction, int port = 4000) {
    return sdp(PEER, port, "0", std::string("a=") + direction + "\r\n");
}

/* RFC 3262 4: our re-INVITE says that we can, so a peer that asks its user may say 183 reliably. */
TEST_F(Flow, AReliable1xxToOurReInviteIsAcknowledgedAndItsAnswerCounts) {
    for (bool in_200 : {true, false}) {
        SCOPED_TRACE(in_200);
        fake_net_begin(1);
        Talk t(true);
        ASSERT_EQ(t.change(UA_ON, 4), 0);
        ASSERT_NE(t.offer(), nullptr);
        Sip hold(*t.r.last("INVITE"));
        std::string answer = held("recvonly", 4004);
        t.r.reply(hold, 180, "", t.r.contact() + reliable(7));
        const Sip *prack = t.r.wait("PRACK", 1000);
        ASSERT_NE(prack, nullptr);
        EXPECT_EQ(prack->header("RAck"), "7 " + std::to_string(hold.cseq()) + " INVITE");
        EXPECT_EQ(prack->to_tag(), "peer");
        t.r.reply(Sip(*prack), 200);
        t.r.reply(hold, 180, "", t.r.contact() + reliable(7));         /* a copy that was late */
        t.r.reply(hold, 183, "", t.r.contact() + reliable(9), answer); /* 8 is missing */
        fake_run_for(600);
        EXPECT_EQ(t.r.count("PRACK"), 1u);
        t.r.reply(hold, 183, "", t.r.contact() + reliable(8), answer);
        ASSERT_NE(t.r.wait("PRACK", 1000, 2), nullptr);
        EXPECT_EQ(t.r.last("PRACK")->header("RAck"), "8 " + std::to_string(hold.cseq()) + " INVITE");
        t.r.reply(Sip(*t.r.last("PRACK")), 200);
        EXPECT_EQ(t.p.count(UA_EV_CALL_HELD), 0u);
        t.r.reply(hold, 200, "", t.r.contact(), in_200 ? answer : "");
        ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
        ASSERT_NE(t.r.wait("ACK"), nullptr);
        EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4004);
        t.stands();
    }
}

/* The call ends, or the INVITE fails, while such a PRACK is under way. */
TEST_F(Flow, APrackOfAReInviteHarmsNobodyWhenTheCallIsGone) {
    for (int how = 0; how < 3; how++) {
        SCOPED_TRACE(how);
        fake_net_begin(1);
        Talk t(true);
        ASSERT_EQ(t.change(UA_ON, 4), 0);
        ASSERT_NE(t.offer(), nullptr);
        Sip hold(*t.r.last("INVITE"));
        t.r.reply(hold, 183, "", t.r.contact() + reliable(1), held("recvonly"));
        ASSERT_NE(t.r.wait("PRACK", 1000), nullptr);
        Sip prack(*t.r.last("PRACK"));
        if (how == 0) {
            t.r.reply(hold, 488);
            ASSERT_NE(t.p.wait(UA_EV_CALL_CHANGE_FAILED), nullptr);
            t.stands();
            continue;
        }
        if (how == 1) {
            ASSERT_NE(t.ask("BYE", 200), nullptr);
        } else {
            ua_call_hangup(t.c, nullptr);
            ASSERT_NE(t.r.wait("BYE"), nullptr);
            t.r.reply(Sip(*t.r.last("BYE")), 200);
        }
        ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
        t.r.reply(prack, 481);
        t.r.reply(hold, 487);
        fake_run_for(40000);
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 1u);
    }
}

/* What was said to an offer that glare took back is of the past, and RSeq begins anew. */
TEST_F(Flow, TheReliable1xxOfAReInviteThatMetTheirsIsForgotten) {
    Talk t(true);
    ASSERT_EQ(t.change(UA_ON, 4), 0);
    ASSERT_NE(t.offer(), nullptr);
    Sip hold(*t.r.last("INVITE"));
    t.r.reply(hold, 183, "", t.r.contact() + reliable(500), held("recvonly", 4090));
    ASSERT_NE(t.r.wait("PRACK", 1000), nullptr);
    t.r.reply(Sip(*t.r.last("PRACK")), 200);
    t.r.reply(hold, 491);
    ASSERT_NE(t.offer(2), nullptr);
    Sip again(*t.r.last("INVITE"));
    t.r.reply(again, 183, "", t.r.contact() + reliable(3));
    ASSERT_NE(t.r.wait("PRACK", 1000, 2), nullptr);
    EXPECT_EQ(t.r.last("PRACK")->header("RAck").substr(0, 2), "3 ");
    t.r.reply(Sip(*t.r.last("PRACK")), 200);
    t.r.reply(again, 200, "", t.r.contact());
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
    EXPECT_EQ(port_of(t.p.look(t.c).config.remote_rtp), 4000) << "what was said to the other offer is forgotten";
    t.stands();
}

/* A call that begins on hold is told as held, or its resuming is news of nothing. */
TEST_F(Flow, APeerThatHoldsUsFromTheBeginningIsToldOnce) {
    for (int how = 0; how < 4; how++) {
        SCOPED_TRACE(how);
        fake_net_begin(1);
        Phone p(OLD, true);
        Raw r(PEER);
        std::unique_ptr<Sip> first;
        if (how < 2) { /* in the 200 only, or in a 183 too */
            p.call(nullptr, "sip:x@10.0.0.5");
            ASSERT_NE(r.wait("INVITE"), nullptr);
            first.reset(new Sip(*r.last("INVITE")));
            if (how == 1) {
                r.reply(*first, 183, "peer", r.contact(), held("inactive"));
                ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
            }
            r.reply(*first, 200, "peer", r.contact(), held("inactive"));
        } else {
            p.on = [&](const ua_event &ev) {
                ua_reply early = {};
                early.status = 183;
                early.early_media = true;
                if (ev.type == UA_EV_INCOMING_CALL && how == 3) ua_call_ring(ev.call, &early);
                if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
            };
            r.send(OLD, r.invite("sip:x@10.0.0.1", "a", held("sendonly")));
            ASSERT_NE(r.wait("200 INVITE"), nullptr);
            first.reset(new Sip(*r.last("200 INVITE")));
            EXPECT_NE(first->body().find("a=recvonly"), std::string::npos);
            r.ack(OLD, *first);
        }
        ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        fake_run_for(100);
        EXPECT_EQ(p.count(UA_EV_CALL_HELD), 1u);
        if (p.count(UA_EV_CALL_HELD)) {
            EXPECT_EQ(p.last(UA_EV_CALL_HELD)->originator, UA_REMOTE);
        }
        r.send(OLD, how < 2 ? r.inside_uas("INVITE", *first, "peer", 5, held("sendrecv"))
                            : r.inside("INVITE", *first, 5, held("sendrecv")));
        ASSERT_NE(p.wait(UA_EV_CALL_RESUMED), nullptr);
        EXPECT_EQ(p.count(UA_EV_CALL_RESUMED), 1u);
    }
}

/* 183 with early media of one who then redirects: what was heard there is over. */
TEST_F(Flow, ARedirectAfterEarlyMediaBeginsAnew) {
    for (bool rel : {false, true}) {
        SCOPED_TRACE(rel);
        fake_net_begin(1);
        Raw r1(PEER), r2(OTHER);
        Phone p(OLD);
        ua_call *c = p.call(nullptr, "sip:x@10.0.0.5", [](ua_call_config &cfg) { cfg.max_redirects = 2; });
        ASSERT_NE(r1.wait("INVITE"), nullptr);
        Sip invite(*r1.last("INVITE"));
        r1.reply(invite, 183, "a", r1.contact() + (rel ? reliable(1) : ""), sdp(PEER, 4000));
        ASSERT_NE(p.wait(UA_EV_CALL_PROGRESS), nullptr);
        if (rel) {
            ASSERT_NE(r1.wait("PRACK"), nullptr);
            r1.reply(Sip(*r1.last("PRACK")), 200);
        }
        r1.reply(invite, 302, "a", "Contact: <sip:y@10.0.0.7>\r\n");
        ASSERT_NE(r2.wait("INVITE"), nullptr);
        Sip second(*r2.last("INVITE"));
        EXPECT_FALSE(p.look(c).config.send) << "nothing goes to the first one any more";
        r2.reply(second, 180, "b", r2.contact());
        fake_run_for(5000);
        EXPECT_EQ(p.count(UA_EV_MEDIA_STALLED), 0u) << "the second one promised nothing";
        EXPECT_EQ(p.last(UA_EV_CALL_PROGRESS)->flags & UA_FLAG_EARLY_MEDIA, 0u);
        r2.reply(second, 200, "b", r2.contact(), sdp(OTHER, 5000));
        ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
        EXPECT_EQ(port_of(p.look(c).config.remote_rtp), 5000);
        EXPECT_TRUE(p.look(c).config.send && p.look(c).config.receive && !p.look(c).config.held);
        EXPECT_FALSE(p.look(c).pending);
        EXPECT_EQ(p.count(UA_EV_CALL_HELD) + p.count(UA_EV_CALL_RESUMED), 0u);
        ASSERT_NE(r2.wait("ACK"), nullptr);
    }
}

/* RFC 3891: our own re-INVITE to the one who is replaced is still open. */
TEST_F(Flow, ACallIsReplacedWhileOurReInviteIsOpen) {
    for (int status : {200, 491, 0}) {
        SCOPED_TRACE(status);
        fake_net_begin(1);
        Talk t(true);
        Raw o(OTHER);
        ASSERT_EQ(t.change(UA_ON, 4), 0);
        ASSERT_NE(t.offer(), nullptr);
        Sip hold(*t.r.last("INVITE"));
        t.r.reply(hold, 100);
        std::string ref = t.first->header("Call-ID") + ";to-tag=" + t.first->from_tag() + ";from-tag=peer";
        o.send(OLD, o.invite("sip:x@10.0.0.1", "b", sdp(OTHER, 5000), "Replaces: " + ref + "\r\n"));
        ASSERT_NE(o.wait("200 INVITE"), nullptr);
        o.ack(OLD, *o.last("200 INVITE"));
        ASSERT_NE(t.r.wait("BYE"), nullptr);
        t.r.reply(Sip(*t.r.last("BYE")), 200);
        if (status) t.r.reply(hold, status, "", t.r.contact(), status == 200 ? held("recvonly") : "");
        ASSERT_NE(t.p.wait(UA_EV_CALL_ENDED), nullptr);
        fake_run_for(70000);
        EXPECT_EQ(t.p.count(UA_EV_CALL_ENDED), 1u);
        EXPECT_EQ(t.p.last(UA_EV_CALL_ENDED)->cause, UA_CAUSE_REPLACED);
        EXPECT_EQ(t.p.count(UA_EV_CALL_CHANGE_FAILED), 1u);
        EXPECT_EQ(t.r.count("BYE"), 1u);
        if (status) {
            EXPECT_EQ(t.r.count("ACK"), 1u) << "each final answer has its ACK";
        }
        EXPECT_EQ(o.count("BYE"), 0u) << "who replaced it talks";
    }
}

/* Their re-INVITE and our refresh meet, and ours goes after it, with the hold in between. */
TEST_F(Flow, ASessionTimersRefreshMeetsAHoldAndComesAfterIt) {
    Phone p(OLD, true);
    Raw r(PEER);
    ASSERT_EQ(ua_option_set(p.agent, nullptr, nullptr, "session_refresh_method", "invite"), 0);
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    Sip first(*r.last("INVITE"));
    r.reply(first, 200, "peer", r.contact() + "Session-Expires: 100;refresher=uac\r\nRequire: timer\r\n",
            sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ASSERT_NE(r.wait("INVITE", 60000, 2), nullptr) << "the refresh";
    Sip refresh(*r.last("INVITE"));
    r.send(OLD, r.inside_uas("INVITE", first, "peer", 50, held("sendonly"), "Supported: timer\r\n"));
    ASSERT_NE(r.wait("491 INVITE"), nullptr);
    ASSERT_EQ(ua_call_change(c, nullptr, 8), 0);
    r.reply(refresh, 491);
    ASSERT_NE(r.wait("ACK"), nullptr);
    r.send(OLD, r.inside_uas("INVITE", first, "peer", 51, held("sendonly"), "Supported: timer\r\n"));
    ASSERT_NE(r.wait("200 INVITE"), nullptr);
    r.send(OLD, r.inside_uas("ACK", first, "peer", 51));
    EXPECT_EQ(r.last("200 INVITE")->header("Session-Expires").substr(0, 4), "100;");
    ASSERT_NE(p.wait(UA_EV_CALL_HELD), nullptr);
    ASSERT_NE(r.wait("INVITE", 5000, 3), nullptr) << "what was wanted comes again";
    Sip again(*r.last("INVITE"));
    EXPECT_EQ(again.header("Session-Expires").substr(0, 4), "100;");
    r.reply(again, 422, "", "Min-SE: 200\r\n");
    ASSERT_NE(r.wait("INVITE", 1000, 4), nullptr);
    Sip more(*r.last("INVITE"));
    EXPECT_EQ(more.header("Session-Expires").substr(0, 4), "200;");
    EXPECT_EQ(more.header("Min-SE"), "200");
    r.reply(more, 200, "", r.contact() + "Session-Expires: 200;refresher=uac\r\n", held("sendonly"));
    ASSERT_NE(p.wait(UA_EV_CALL_UPDATED), nullptr);
    EXPECT_EQ(p.last(UA_EV_CALL_UPDATED)->tag, 8u);
    EXPECT_EQ(p.count(UA_EV_CALL_HELD), 1u);
    size_t n = r.count("INVITE");
    ASSERT_NE(r.wait("INVITE", 101000, n + 1), nullptr);
    EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 0u);
}

/* Each fork has its own: who answers in the end does not hold us. */
TEST_F(Flow, AHoldOfAForkIsOverWithTheAnswerOfAnother) {
    Phone p(OLD, true);
    Raw r(PEER);
    p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    Sip first(*r.last("INVITE"));
    r.reply(first, 183, "a", r.contact() + reliable(1), sdp(PEER, 4000));
    ASSERT_NE(r.wait("PRACK"), nullptr);
    r.reply(Sip(*r.last("PRACK")), 200);
    fake_run_for(50);
    r.send(OLD, r.inside_uas("UPDATE", first, "a", 5, held("sendonly")));
    ASSERT_NE(r.wait("200 UPDATE"), nullptr);
    EXPECT_EQ(p.count(UA_EV_CALL_HELD), 1u);
    r.reply(first, 200, "b", r.contact(), sdp(PEER, 4002));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    EXPECT_EQ(p.count(UA_EV_CALL_RESUMED), 1u);
    EXPECT_EQ(p.count(UA_EV_CALL_HELD), 1u);
}

/* RFC 3261 13.2.2.4: copies of the 200, and a late one of another fork, after we have hung up. */
TEST_F(Flow, WhatAnswersAfterOurByeIsStillAcknowledgedAndAForkHungUp) {
    Phone p(OLD);
    Raw r(PEER);
    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    Sip invite(*r.last("INVITE"));
    r.reply(invite, 200, "one", r.contact("one"), sdp(PEER, 4000));
    ASSERT_NE(p.wait(UA_EV_CALL_CONFIRMED), nullptr);
    ua_call_hangup(c, nullptr);
    ASSERT_NE(r.wait("BYE"), nullptr);
    r.reply(Sip(*r.last("BYE")), 200);
    ASSERT_NE(p.wait(UA_EV_CALL_ENDED), nullptr);
    size_t acks = r.count("ACK");
    r.reply(invite, 200, "one", r.contact("one"), sdp(PEER, 4000));
    ASSERT_NE(r.wait("ACK", 1000, acks + 1), nullptr);
    r.reply(invite, 200, "two", r.contact("two"), sdp(PEER, 4002));
    ASSERT_NE(r.wait("ACK", 1000, acks + 2), nullptr);
    EXPECT_EQ(r.last("ACK")->to_tag(), "two");
    ASSERT_NE(r.wait("BYE", 1000, 2), nullptr);
    EXPECT_EQ(r.last("BYE")->to_tag(), "two");
    EXPECT_EQ(r.last("BYE")->uri(), "sip:two@10.0.0.5:5060");
    r.reply(Sip(*r.last("BYE")), 200);
    fake_run_for(40000);
    EXPECT_EQ(p.count(UA_EV_CALL_ENDED), 1u);
}

} // namespace
