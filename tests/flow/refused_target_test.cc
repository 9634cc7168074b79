/* A request that is refused changes nothing of its dialog (RFC 3261 12.2.2): requests of ours go where the peer was. */
#include "flow/transfer.h"

namespace {

using namespace transfers;

TEST_F(Flow, ARefusedReinviteOrUpdateDoesNotMoveTheCall) {
    for (const char *method : {"INVITE", "UPDATE"}) {
        SCOPED_TRACE(method);
        fake_net_begin(1);
        Talk t;
        Raw elsewhere{TARGET};
        t.r.send(PHONE, t.r.request(method, t.first->contact_uri(), t.first->header("From"), t.first->header("To"),
                                    t.first->header("Call-ID"), ++t.cseq,
                                    elsewhere.contact() + "Content-Type: application/x-nothing\r\n", "?"));
        ASSERT_NE(t.r.wait(std::string("415 ") + method), nullptr);
        ASSERT_EQ(ua_call_hangup(t.c, nullptr), SX_OK);
        ASSERT_NE(t.r.wait("BYE"), nullptr);
        EXPECT_EQ(elsewhere.count("BYE"), 0u);
    }
}

TEST_F(Flow, AnAcceptedReinviteMovesTheCall) {
    Talk t;
    Raw elsewhere{TARGET};
    t.r.send(PHONE, t.r.request("INVITE", t.first->contact_uri(), t.first->header("From"), t.first->header("To"),
                                t.first->header("Call-ID"), ++t.cseq,
                                elsewhere.contact() + "Content-Type: application/sdp\r\n", sdp(PEER, 4000)));
    ASSERT_NE(t.r.wait("200 INVITE"), nullptr);
    t.r.ack(PHONE, *t.r.last("200 INVITE"));
    fake_run_for(100);
    ASSERT_EQ(ua_call_hangup(t.c, nullptr), SX_OK);
    const Sip *m = elsewhere.wait("BYE");
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->uri().find("sip:raw@10.0.0.6"), 0u);
}

/* RFC 3261 12.2.1.1, 16.12.1.2: a first router without lr is the Request-URI, and the target comes last. */
TEST_F(Flow, StrictRoutersGetTheirWayInAllThatWeSend) {
    Phone p(PHONE, true);
    Raw r(PEER);
    ua_agent_ask(p.agent, ASK_ALL | 1u << UA_ASK_SUBSCRIBE);
    std::string rr = "Record-Route: <sip:10.0.0.5;strict>\r\nRecord-Route: <sip:10.0.0.5:5060;lr;second>\r\n";
    r.send(PHONE, r.request("SUBSCRIBE", "sip:x@10.0.0.1", "<sip:raw@10.0.0.5>;tag=s", "<sip:x@10.0.0.1>", "sub", 1,
                            r.contact("deep") + rr + "Event: presence\r\nExpires: 600\r\n"));
    ASSERT_NE(p.wait(UA_EV_SUBSCRIBE_REQUESTED), nullptr);
    ASSERT_EQ(ua_notifier_accept(p.last(UA_EV_SUBSCRIBE_REQUESTED)->notifier, nullptr), 0);
    ASSERT_NE(r.wait("200 SUBSCRIBE"), nullptr);
    EXPECT_EQ(r.last("200 SUBSCRIBE")->header("Record-Route"), "<sip:10.0.0.5;strict>");
    ASSERT_NE(r.wait("NOTIFY"), nullptr);
    Sip n(*r.last("NOTIFY"));
    EXPECT_EQ(n.uri(), "sip:10.0.0.5;strict");
    EXPECT_EQ(n.header("Route", 0), "<sip:10.0.0.5:5060;lr;second>");
    std::string last = n.header("Route", 1);
    EXPECT_EQ(last.empty() ? n.header("Route") : last, "<sip:deep@10.0.0.5:5060>");
    r.reply(n, 200);

    ua_call *c = p.call(nullptr, "sip:x@10.0.0.5");
    ASSERT_NE(r.wait("INVITE"), nullptr);
    Sip invite(*r.last("INVITE"));
    std::string turned = "Record-Route: <sip:10.0.0.5:5060;lr;second>, <sip:10.0.0.5;strict>\r\n";
    r.reply(invite, 183, "peer", r.contact("deep") + turned + "Require: 100rel\r\nRSeq: 1\r\n", sdp(PEER, 4000));
    ASSERT_NE(r.wait("PRACK"), nullptr);
    EXPECT_EQ(r.last("PRACK")->uri(), "sip:10.0.0.5;strict");
    r.reply(Sip(*r.last("PRACK")), 200);
    r.reply(invite, 200, "peer", r.contact("deep") + turned);
    ASSERT_NE(r.wait("ACK"), nullptr);
    EXPECT_EQ(r.last("ACK")->uri(), "sip:10.0.0.5;strict");
    ua_change w = {};
    w.hold = UA_ON;
    ASSERT_EQ(ua_call_change(c, &w, 1), 0);
    ASSERT_NE(r.wait("INVITE", 1000, 2), nullptr);
    Sip hold(*r.last("INVITE"));
    EXPECT_EQ(hold.uri(), "sip:10.0.0.5;strict");
    /* no Record-Route any more: the set stays (RFC 3261 12.2) */
    r.reply(hold, 200, "", "Contact: <sip:deeper@10.0.0.5>\r\n", sdp(PEER, 4000, "0", "a=recvonly\r\n"));
    ASSERT_NE(r.wait("ACK", 1000, 2), nullptr);
    EXPECT_EQ(r.last("ACK")->uri(), "sip:10.0.0.5;strict");
    ua_call_hangup(c, nullptr);
    ASSERT_NE(r.wait("BYE"), nullptr);
    EXPECT_EQ(r.last("BYE")->uri(), "sip:10.0.0.5;strict");
    EXPECT_NE(r.last("BYE")->raw.find("<sip:deeper@10.0.0.5>"), std::string::npos);
    r.reply(Sip(*r.last("BYE")), 200);
}

/* RFC 3261 12.2.1.1, 12.2.2: each 2xx and each target refresh may move the peer. */
TEST_F(Flow, ThePeerIsAskedWhereItsLastContactWas) {
    Raw away("10.0.0.7", 5070);
    Talk t(true);
    ua_change w = {};
    w.hold = UA_ON;
    ASSERT_EQ(ua_call_change(t.c, &w, 4), 0);
    ASSERT_NE(t.r.wait("INVITE"), nullptr);
    Sip hold(*t.r.last("INVITE"));
    t.r.reply(hold, 180, "", "Contact: <sip:ghost@10.0.0.99>\r\n");
    t.r.reply(hold, 200, "", away.contact("two"), sdp(PEER, 4000, "0", "a=recvonly\r\n"));
    ASSERT_NE(away.wait("ACK"), nullptr) << "the ACK goes where the 2xx says";
    EXPECT_EQ(away.last("ACK")->uri(), "sip:two@10.0.0.7:5070");
    ASSERT_NE(t.p.wait(UA_EV_CALL_HELD), nullptr);
    ASSERT_NE(t.ask("UPDATE", 200), nullptr); /* and it is back at the first address, by its Contact */
    w.hold = UA_OFF;
    ASSERT_EQ(ua_call_change(t.c, &w, 5), 0);
    ASSERT_NE(t.r.wait("INVITE", 1000, 2), nullptr);
    t.r.reply(Sip(*t.r.last("INVITE")), 200, "", t.r.contact(), sdp(PEER, 4000));
    ASSERT_NE(t.p.wait(UA_EV_CALL_RESUMED), nullptr);
    ua_call_hangup(t.c, nullptr);
    ASSERT_NE(t.r.wait("BYE"), nullptr);
    t.r.reply(Sip(*t.r.last("BYE")), 200);
}

} // namespace
