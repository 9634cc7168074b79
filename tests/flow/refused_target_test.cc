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

} // namespace
