/* Transfers and other requests that pass through a bridge, with their answers. */
#include "flow/bridge.h"

namespace {

struct BridgePasses : Bridge {};

TEST_F(BridgePasses, ATransferIsAQuestionUnlessItIsToPass) {
    up();
    caller->send("10.0.0.1", caller->inside("REFER", *ok, 2, "", "Refer-To: <sip:z@10.0.0.7>\r\n"));
    ASSERT_NE(caller->wait("603 REFER"), nullptr);
    EXPECT_EQ(callee->count("REFER"), 0u);
}

TEST_F(BridgePasses, ATransferPassesWithItsAnswerAndItsNotices) {
    cfg.transfer = true;
    up();
    caller->send("10.0.0.1", caller->inside("REFER", *ok, 2, "", "Refer-To: <sip:z@10.0.0.7>\r\nReferred-By: <sip:raw@10.0.0.5>\r\n"));
    const Sip *m = callee->wait("REFER");
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->header("Refer-To"), "<sip:z@10.0.0.7>");
    EXPECT_EQ(m->header("Referred-By"), "<sip:raw@10.0.0.5>");
    callee->reply(*m, 202);
    ASSERT_NE(caller->wait("202 REFER"), nullptr);
    callee->send("10.0.0.1", from_callee("NOTIFY", 1, "SIP/2.0 200 OK\r\n",
                                         "Event: refer\r\nSubscription-State: terminated;reason=noresource\r\nContent-Type: message/sipfrag\r\n"));
    ASSERT_NE(callee->wait("200 NOTIFY"), nullptr);
    m = caller->wait("NOTIFY");
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->body(), "SIP/2.0 200 OK\r\n");
    EXPECT_NE(m->header("Subscription-State").find("terminated"), std::string::npos);
    EXPECT_NE(m->header("Event").find("refer"), std::string::npos);
    caller->reply(*m, 200);
    agree();
    caller->send("10.0.0.1", caller->inside("BYE", *ok, 4)); /* the phone that transferred leaves */
    ASSERT_NE(callee->wait("BYE"), nullptr);
}

TEST_F(BridgePasses, AHangUpWhileATransferIsUnansweredEndsBoth) {
    cfg.transfer = true;
    up();
    caller->send("10.0.0.1", caller->inside("REFER", *ok, 2, "", "Refer-To: <sip:z@10.0.0.7>\r\n"));
    ASSERT_NE(callee->wait("REFER"), nullptr);
    agree();
    callee->send("10.0.0.1", from_callee("BYE", 1));
    ASSERT_NE(caller->wait("BYE"), nullptr);
    caller->reply(*caller->last("BYE"), 200);
    ASSERT_NE(p->wait(UA_EV_CALL_ENDED, 40000, 2), nullptr);
    EXPECT_EQ(p->count(UA_EV_BRIDGE_ENDED), 1u);
}

/* Both are under way at once, the second is answered first, and their notices are told apart. */
TEST_F(BridgePasses, TwoTransfersAtOnceKeepTheirAnswersAndNoticesApart) {
    cfg.transfer = true;
    up();
    caller->send("10.0.0.1", caller->inside("REFER", *ok, 2, "", "Refer-To: <sip:y@10.0.0.7>\r\n"));
    ASSERT_NE(callee->wait("REFER"), nullptr);
    Sip first = *callee->last("REFER");
    caller->send("10.0.0.1", caller->inside("REFER", *ok, 3, "", "Refer-To: <sip:z@10.0.0.7>\r\n"));
    ASSERT_NE(callee->wait("REFER", 2000, 2), nullptr);
    Sip second = *callee->last("REFER");
    EXPECT_EQ(second.header("Refer-To"), "<sip:z@10.0.0.7>");
    callee->reply(second, 202);
    ASSERT_NE(caller->wait("202 REFER"), nullptr);
    EXPECT_EQ(caller->last("202 REFER")->header("CSeq"), "3 REFER");
    callee->reply(first, 202);
    ASSERT_NE(caller->wait("202 REFER", 2000, 2), nullptr);
    EXPECT_EQ(caller->last("202 REFER")->header("CSeq"), "2 REFER");
    auto notice = [&](const Sip &refer, int cseq, const std::string &line) {
        std::string id = refer.header("CSeq").substr(0, refer.header("CSeq").find(' '));
        callee->send("10.0.0.1", from_callee("NOTIFY", cseq, line + "\r\n",
                                             "Event: refer;id=" + id + "\r\nSubscription-State: terminated;reason=noresource\r\n"
                                             "Content-Type: message/sipfrag\r\n"));
        ASSERT_NE(caller->wait("NOTIFY", 2000, (size_t)cseq), nullptr);
        caller->reply(*caller->last("NOTIFY"), 200);
    };
    notice(second, 1, "SIP/2.0 603 Decline");
    EXPECT_EQ(caller->last("NOTIFY")->body(), "SIP/2.0 603 Decline\r\n");
    EXPECT_EQ(caller->last("NOTIFY")->header("Event"), "refer;id=3");
    notice(first, 2, "SIP/2.0 200 OK");
    EXPECT_EQ(caller->last("NOTIFY")->body(), "SIP/2.0 200 OK\r\n");
    EXPECT_EQ(caller->last("NOTIFY")->header("Event"), "refer") << "the first of a dialog has no id";
    fake_run_for(20);
    EXPECT_EQ(callee->count("200 NOTIFY"), 2u);
}

TEST_F(BridgePasses, MoreTransfersThanThereIsRoomForAreToldToComeBackAndNoticesThatNeverComeHoldNoRoom) {
    cfg.transfer = true;
    up();
    for (int i = 0; i < 9; i++) {
        caller->send("10.0.0.1", caller->inside("REFER", *ok, 2 + i, "", "Refer-To: <sip:y@10.0.0.7>\r\n"));
        fake_run_for(20);
    }
    EXPECT_EQ(callee->count("REFER"), 8u);
    ASSERT_NE(caller->wait("500 REFER"), nullptr);
    EXPECT_FALSE(caller->last("500 REFER")->header("Retry-After").empty());
    callee->reply(*callee->last("REFER"), 202);
    ASSERT_NE(caller->wait("202 REFER"), nullptr);
    caller->send("10.0.0.1", caller->inside("REFER", *ok, 20, "", "Refer-To: <sip:y@10.0.0.7>\r\n"));
    ASSERT_NE(callee->wait("REFER", 2000, 9), nullptr);
}

/* The copy of the REFER meets a dialog that is gone: that is not what the other dialog is to hear of itself. */
TEST_F(BridgePasses, A481OfOneSideIsNotSaidOfTheOther) {
    cfg.transfer = true;
    up();
    caller->send("10.0.0.1", caller->inside("REFER", *ok, 2, "", "Refer-To: <sip:y@10.0.0.7>\r\n"));
    ASSERT_NE(callee->wait("REFER"), nullptr);
    callee->reply(*callee->last("REFER"), 481);
    ASSERT_NE(caller->wait("480 REFER"), nullptr);
    ASSERT_NE(caller->wait("BYE"), nullptr) << "and the call that is gone ends the bridge";
    caller->reply(*caller->last("BYE"), 200);
    agree();
    ASSERT_NE(p->wait(UA_EV_CALL_ENDED, 40000, 2), nullptr);
}

TEST_F(BridgePasses, InfoWithAnyBodyReachesTheOtherSideAndItsAnswerComesBack) {
    cfg.requests = true;
    up();
    size_t told = p->count(UA_EV_INFO);
    caller->send("10.0.0.1",
                 caller->inside("INFO", *ok, 2, "<media_control/>",
                                "Content-Type: application/media_control+xml\r\nX-Trace: 7\r\nP-Asserted-Identity: <sip:boss@x>\r\n"));
    const Sip *m = callee->wait("INFO");
    ASSERT_NE(m, nullptr);
    EXPECT_EQ(m->body(), "<media_control/>");
    EXPECT_EQ(m->header("Content-Type"), "application/media_control+xml");
    EXPECT_EQ(m->header("X-Trace"), "7");
    EXPECT_EQ(m->header("P-Asserted-Identity"), "") << "an identity is of one call alone";
    EXPECT_EQ(caller->count("200 INFO"), 0u) << "not before the other side has answered";
    callee->reply(*m, 415, "", "Accept: text/plain\r\n");
    ASSERT_NE(caller->wait("415 INFO"), nullptr);
    EXPECT_EQ(caller->last("415 INFO")->header("Accept"), "text/plain");
    EXPECT_EQ(p->count(UA_EV_INFO), told);
    callee->send("10.0.0.1", from_callee("MESSAGE", 1, "hello", "Content-Type: text/plain\r\n"));
    ASSERT_NE(caller->wait("MESSAGE"), nullptr);
    EXPECT_EQ(caller->last("MESSAGE")->body(), "hello");
    caller->reply(*caller->last("MESSAGE"), 200);
    ASSERT_NE(callee->wait("200 MESSAGE"), nullptr);
    caller->send("10.0.0.1", caller->inside("WHISPER", *ok, 3, "", ""));
    ASSERT_NE(callee->wait("WHISPER"), nullptr);
    callee->reply(*callee->last("WHISPER"), 501);
    ASSERT_NE(caller->wait("501 WHISPER"), nullptr);
    EXPECT_EQ(p->count(UA_EV_CALL_ENDED), 0u);
}

TEST_F(BridgePasses, DigitsByInfoStayDigitsAndWithoutRequestsInfoIsTheProgramsAsBefore) {
    cfg.requests = true;
    up();
    agree();
    caller->send("10.0.0.1", caller->inside("INFO", *ok, 2, "Signal=8\r\nDuration=160\r\n", "Content-Type: application/dtmf-relay\r\n"));
    ASSERT_NE(caller->wait("200 INFO"), nullptr);
    fake_run_for(20);
    EXPECT_STREQ(p->look(b).digits, "8");
    EXPECT_EQ(callee->count("INFO"), 0u);
    SetUpAgain();
    cfg.requests = false;
    up();
    caller->send("10.0.0.1", caller->inside("INFO", *ok, 2, "x", "Content-Type: text/plain\r\n"));
    ASSERT_NE(caller->wait("200 INFO"), nullptr);
    EXPECT_EQ(p->count(UA_EV_INFO), 1u);
    EXPECT_EQ(callee->count("INFO"), 0u);
}

TEST_F(BridgePasses, AnInfoWithoutAnAnswerIsAnsweredWhenTheBridgeEnds) {
    cfg.requests = true;
    up();
    caller->send("10.0.0.1", caller->inside("INFO", *ok, 2, "x", "Content-Type: text/plain\r\n"));
    ASSERT_NE(callee->wait("INFO"), nullptr);
    ua_bridge_end(br);
    ASSERT_NE(caller->wait("480 INFO"), nullptr);
    callee->reply(*callee->last("INFO"), 200);
    fake_run_for(100);
    EXPECT_EQ(p->count(UA_EV_CALL_ENDED), 0u);
    EXPECT_EQ(caller->count("200 INFO"), 0u);
}

TEST_F(BridgePasses, AFloodOfNoticesOrDigitsIsBoundedByWhoDoesNotAnswerThem) {
    cfg.transfer = true;
    begin();
    callee->reply(*invite, 180, "t", callee->contact());
    ASSERT_NE(caller->wait("180 INVITE"), nullptr);
    answer(sdp("10.0.0.9", 6000, "0")); /* digits go by INFO */
    caller->send("10.0.0.1", caller->inside("REFER", *ok, 2, "", "Refer-To: <sip:y@10.0.0.7>\r\n"));
    ASSERT_NE(callee->wait("REFER"), nullptr);
    callee->reply(*callee->last("REFER"), 202);
    for (int i = 0; i < 20; i++)
        callee->send("10.0.0.1", from_callee("NOTIFY", 1 + i, "SIP/2.0 180 Ringing\r\n",
                                             "Event: refer\r\nSubscription-State: active;expires=60\r\n"
                                             "Content-Type: message/sipfrag\r\n"));
    fake_run_for(100);
    EXPECT_EQ(callee->count("200 NOTIFY"), 8u);
    EXPECT_EQ(callee->count("500 NOTIFY"), 12u) << "they come again";
    for (int i = 0; i < 200; i++)
        caller->send("10.0.0.1", caller->inside("INFO", *ok, 3 + i, "Signal=8\r\nDuration=160\r\n",
                                                "Content-Type: application/dtmf-relay\r\n"));
    fake_run_for(100);
    EXPECT_EQ(caller->count("200 INFO"), 200u);
    agree();
    callee->reply(*callee->last("INFO"), 200);
    fake_run_for(60000);
    EXPECT_LE(callee->count("INFO"), 70u);
}

TEST_F(BridgePasses, AFloodOfInfoThatNobodyAnswersIsBounded) {
    cfg.requests = true;
    up();
    for (int i = 0; i < 40; i++)
        caller->send("10.0.0.1", caller->inside("INFO", *ok, 2 + i, "x", "Content-Type: text/plain\r\n"));
    fake_run_for(100);
    EXPECT_EQ(caller->count("500 INFO"), 24u);
}

} // namespace
