// Calls between two stacks, and between a stack and a peer that misbehaves.
#include "stack_agent.h"

namespace {

class StackCall : public StackFlow {};

stack_dialog *accept_call(Agent &b, stack_tx *tx, const char *body = "answer") {
    dlg_params p = {};
    stack_contact c = b.contact("bob");
    p.contact = &c;
    stack_dialog *d = nullptr;
    EXPECT_EQ(dlg_create_uas(tx, &p, &d), SX_OK) << sx_last_error_text();
    tx_response r = {};
    r.status = 200;
    r.content_type = SX_LIT("text/plain");
    r.body = sx_slice_str(body);
    EXPECT_EQ(tx_respond(tx, &r), SX_OK) << sx_last_error_text();
    return d;
}

TEST_F(StackCall, IsSetUpConfirmedAndEndedFromBothSides) {
    Agent a("10.0.0.1"), b("10.0.0.2");
    a.listen("10.0.0.1:5060");
    b.listen("10.0.0.2:5060");
    stack_dialog_set *set = a.invite("sip:bob@10.0.0.2", "offer");
    ms(20);
    const Event *inv = b.last(STACK_EV_REQUEST);
    ASSERT_TRUE(inv);
    EXPECT_EQ(inv->method, "INVITE");
    EXPECT_EQ(inv->body, "offer");
    EXPECT_EQ(header(inv->msg, "Contact"), "<sip:alice@10.0.0.1:5060>");
    dlg_params dp = {};
    stack_contact bc = b.contact("bob");
    dp.contact = &bc;
    stack_dialog *db = nullptr;
    ASSERT_EQ(dlg_create_uas(inv->tx, &dp, &db), SX_OK);
    ASSERT_EQ(tx_reply(inv->tx, 180, nullptr), SX_OK);
    ms(20);
    const Event *ring = a.last(STACK_EV_PROVISIONAL);
    ASSERT_TRUE(ring);
    EXPECT_EQ(ring->status, 180);
    ASSERT_TRUE(ring->dialog);
    EXPECT_EQ(ring->set, set);
    tx_response ok = {};
    ok.status = 200;
    ok.content_type = SX_LIT("text/plain");
    ok.body = SX_LIT("answer");
    ASSERT_EQ(tx_respond(inv->tx, &ok), SX_OK);
    ms(20);
    const Event *fin = a.last(STACK_EV_FINAL);
    ASSERT_TRUE(fin);
    EXPECT_EQ(fin->status, 200);
    EXPECT_EQ(fin->dialog, ring->dialog);
    EXPECT_EQ(fin->body, "answer");
    stack_dialog *da = fin->dialog;
    sip_scratch sc;
    ASSERT_EQ(sip_parse(&sc, fin->msg.data(), fin->msg.size(), nullptr, nullptr), SX_OK);
    ASSERT_EQ(dlg_ack(da, &sc.msg, sx_slice_empty(), sx_slice_empty(), sx_slice_empty()), SX_OK);
    ms(20);
    EXPECT_EQ(b.count(STACK_EV_ACK), 1);
    ms(60000);
    EXPECT_EQ(b.count(STACK_EV_ACK_TIMEOUT), 0);
    EXPECT_EQ(a.count(STACK_EV_DONE), 1);
    // A request each way, then BYE.
    stack_request_params p = {};
    p.method = SX_LIT("OPTIONS");
    p.dialog = db;
    b.send(p);
    ms(20);
    const Event *opt = a.last(STACK_EV_REQUEST);
    ASSERT_TRUE(opt);
    EXPECT_EQ(opt->dialog, da);
    tx_reply(opt->tx, 200, nullptr);
    ms(20);
    EXPECT_EQ(b.last(STACK_EV_FINAL)->status, 200);
    p.method = SX_LIT("BYE");
    p.dialog = da;
    a.send(p);
    dlg_end(da);
    ms(20);
    const Event *bye = b.last(STACK_EV_REQUEST);
    EXPECT_EQ(bye->method, "BYE");
    EXPECT_EQ(bye->dialog, db);
    tx_reply(bye->tx, 200, nullptr);
    dlg_end(db);
    ms(20);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
    ms(60000);
    EXPECT_EQ(a.stats().dialogs, 0u);
    EXPECT_EQ(b.stats().dialogs, 0u);
    EXPECT_EQ(a.stats().requests, 0u);
    EXPECT_EQ(b.stats().server_transactions, 0u);
    EXPECT_EQ(a.stats().client_transactions, 0u);
}

TEST_F(StackCall, The200IsRepeatedUntilTheAckAndGivenUpAfter64T1) {
    Agent b("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    b.listen("10.0.0.1:5060");
    Request r;
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    accept_call(b, b.last(STACK_EV_REQUEST)->tx);
    ms(33000);
    EXPECT_EQ(p.count("SIP/2.0 200"), 11);
    EXPECT_EQ(b.count(STACK_EV_ACK_TIMEOUT), 1);
    ms(5000);
    EXPECT_EQ(p.count("SIP/2.0 200"), 11);
}

TEST_F(StackCall, AnAckEndsTheRepetitionAndARepeatedAckIsSilent) {
    Agent b("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    b.listen("10.0.0.1:5060");
    Request r;
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    accept_call(b, b.last(STACK_EV_REQUEST)->tx);
    ms(10);
    Peer::Heard ok = p.expect("SIP/2.0 200");
    EXPECT_EQ(header(ok.text, "Contact"), "<sip:bob@10.0.0.1:5060>");
    Request ack = r;
    ack.method = "ACK";
    ack.branch = "z9hG4bKack";
    ack.to_tag = param(header(ok.text, "To"), "tag");
    p.send("10.0.0.1:5060", ack.text());
    p.send("10.0.0.1:5060", ack.text());
    ms(40000);
    EXPECT_EQ(b.count(STACK_EV_ACK), 1);
    EXPECT_EQ(p.count("SIP/2.0 200"), 0);
}

TEST_F(StackCall, TheAckIsSentAgainOnEveryRepeated200EvenWhenTheInviteIsLongForgotten) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    a.invite("sip:bob@10.0.0.9:5090");
    ms(10);
    Peer::Heard inv = p.expect("INVITE");
    std::string ok = answer(inv.text, "200 OK", "t1", "Contact: <sip:bob@10.0.0.9:5090>\r\n");
    a.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_FINAL)
            dlg_ack(ev->dialog, ev->msg, sx_slice_empty(), sx_slice_empty(), sx_slice_empty());
    };
    for (int i = 0; i < 4; i++) {
        p.reply(inv, ok);
        ms(10);
    }
    EXPECT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(p.count("ACK sip:bob@10.0.0.9:5090"), 4);
}

TEST_F(StackCall, EveryForkIsItsOwnDialogAndALate200GetsAckAndBye) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    a.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_FINAL)
            dlg_ack(ev->dialog, ev->msg, sx_slice_empty(), sx_slice_empty(), sx_slice_empty());
    };
    stack_dialog_set *set = a.invite("sip:bob@10.0.0.9:5090");
    ms(10);
    Peer::Heard inv = p.expect("INVITE");
    p.reply(inv, answer(inv.text, "183 Progress", "A",
                        "Contact: <sip:a@10.0.0.9:5090>\r\nRecord-Route: <sip:10.0.0.9:5090;lr;x=1>\r\n"));
    p.reply(inv, answer(inv.text, "180 Ringing", "B", "Contact: <sip:b@10.0.0.9:5090>\r\n"));
    p.reply(inv, answer(inv.text, "180 Ringing", "A", "Contact: <sip:a@10.0.0.9:5090>\r\n"));
    ms(10);
    EXPECT_EQ(a.count(STACK_EV_PROVISIONAL), 3);
    EXPECT_EQ(dlg_set_count(set), 2u);
    p.reply(inv, answer(inv.text, "200 OK", "B", "Contact: <sip:b2@10.0.0.9:5090>\r\n"));
    ms(10);
    ASSERT_EQ(a.count(STACK_EV_FINAL), 1);
    stack_dialog *d = a.last(STACK_EV_FINAL)->dialog;
    dlg_info info;
    dlg_get(d, &info);
    EXPECT_EQ(str(info.remote_tag), "B");
    EXPECT_EQ(str(info.remote_target), "sip:b2@10.0.0.9:5090");
    EXPECT_EQ(info.state, DLG_CONFIRMED);
    EXPECT_EQ(dlg_set_count(set), 1u) << "the other early dialogs are gone";
    p.expect("ACK sip:b2@");
    // Two more forks answer, one of them twice.
    std::string late = answer(inv.text, "200 OK", "C", "Contact: <sip:c@10.0.0.9:5090>\r\n");
    p.reply(inv, late);
    ms(10);
    p.reply(inv, late);
    p.reply(inv, answer(inv.text, "200 OK", "A", "Contact: <sip:a@10.0.0.9:5090>\r\n"));
    ms(10);
    EXPECT_EQ(p.count("ACK sip:c@"), 2);
    EXPECT_EQ(p.count("ACK sip:a@"), 1);
    EXPECT_EQ(p.count("BYE sip:c@"), 1);
    EXPECT_EQ(p.count("BYE sip:a@"), 1);
    EXPECT_EQ(a.count(STACK_EV_EXTRA_2XX), 2);
    for (auto &h : p.heard) EXPECT_EQ(h.text.find("BYE sip:b2"), std::string::npos) << "the good call must stay";
    ms(64000);
    EXPECT_EQ(a.count(STACK_EV_DONE), 1);
    EXPECT_EQ(a.stats().dialogs, 1u);
    dlg_get(d, &info);
    EXPECT_EQ(info.state, DLG_CONFIRMED);
}

TEST_F(StackCall, CancelWaitsForA1xxAndTheInviteEndsWith487) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    stack_dialog_set *set = a.invite("sip:bob@10.0.0.9:5090");
    ms(10);
    Peer::Heard inv = p.expect("INVITE");
    EXPECT_EQ(dlg_set_cancel(set, SX_LIT("Reason: SIP;cause=200\r\n")), SX_OK);
    ms(100);
    EXPECT_EQ(p.count("CANCEL"), 0);
    p.reply(inv, answer(inv.text, "100 Trying", ""));
    ms(10);
    Peer::Heard c = p.expect("CANCEL sip:bob@10.0.0.9:5090");
    EXPECT_EQ(header(c.text, "Via"), header(inv.text, "Via"));
    EXPECT_EQ(header(c.text, "Reason"), "SIP;cause=200");
    EXPECT_EQ(header(c.text, "CSeq"),
              header(inv.text, "CSeq").substr(0, header(inv.text, "CSeq").find(' ')) + " CANCEL");
    p.reply(c, answer(c.text, "200 OK", "t"));
    p.reply(inv, answer(inv.text, "487 Request Terminated", "t"));
    ms(10);
    EXPECT_EQ(a.count(STACK_EV_FINAL), 1);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 487);
    Peer::Heard ack = p.expect("ACK sip:bob@10.0.0.9:5090");
    EXPECT_EQ(header(ack.text, "Via"), header(inv.text, "Via"));
    EXPECT_EQ(param(header(ack.text, "To"), "tag"), "t");
    ms(40000);
    EXPECT_EQ(a.count(STACK_EV_DONE), 0);
}

TEST_F(StackCall, A200ThatWinsAgainstTheCancelComesUpAsA200) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    stack_dialog_set *set = a.invite("sip:bob@10.0.0.9:5090");
    ms(10);
    Peer::Heard inv = p.expect("INVITE");
    p.reply(inv, answer(inv.text, "180 Ringing", "t"));
    ms(10);
    dlg_set_cancel(set, sx_slice_empty());
    p.reply(inv, answer(inv.text, "200 OK", "t", "Contact: <sip:bob@10.0.0.9:5090>\r\n"));
    a.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_FINAL) dlg_ack_and_bye(ev->dialog, ev->msg, SX_LIT("Reason: SIP;cause=487\r\n"));
    };
    ms(10);
    EXPECT_EQ(a.last(STACK_EV_FINAL)->status, 200);
    p.expect("ACK");
    Peer::Heard bye = p.expect("BYE sip:bob@");
    EXPECT_EQ(header(bye.text, "Reason"), "SIP;cause=487");
    p.reply(bye, answer(bye.text, "200 OK", ""));
    ms(70000);
    EXPECT_EQ(a.stats().dialogs, 0u);
    EXPECT_EQ(a.stats().requests, 0u);
}

TEST_F(StackCall, AnAbandonedInviteIsCancelledAndALate200IsHungUp) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    stack_dialog_set *set = a.invite("sip:bob@10.0.0.9:5090");
    ms(10);
    Peer::Heard inv = p.expect("INVITE");
    p.reply(inv, answer(inv.text, "180 Ringing", "t"));
    ms(10);
    size_t before = a.events.size();
    dlg_set_abandon(set);
    ms(10);
    p.expect("CANCEL");
    p.reply(inv, answer(inv.text, "200 OK", "t", "Contact: <sip:bob@10.0.0.9:5090>\r\n"));
    ms(10);
    p.expect("ACK");
    Peer::Heard bye = p.expect("BYE");
    p.reply(bye, answer(bye.text, "200 OK", ""));
    ms(70000);
    EXPECT_EQ(a.events.size(), before);
    EXPECT_EQ(a.stats().requests, 0u);
    EXPECT_EQ(a.stats().dialogs, 0u);
}

TEST_F(StackCall, A200ThatNobodySawBeforeTheAbandonIsHungUpToo) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    stack_dialog_set *set = a.invite("sip:bob@10.0.0.9:5090");
    ms(10);
    Peer::Heard inv = p.expect("INVITE");
    // The sink of an earlier event gives up while the 200 is already queued behind it.
    stack_set_trace(a.s, true);
    a.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_TRACE && !ev->outgoing && set) {
            dlg_set_abandon(set);
            set = nullptr;
        }
    };
    p.reply(inv, answer(inv.text, "200 OK", "t", "Contact: <sip:bob@10.0.0.9:5090>\r\n"));
    ms(50);
    EXPECT_EQ(a.count(STACK_EV_FINAL), 0);
    EXPECT_EQ(p.count("ACK"), 1);
    EXPECT_EQ(p.count("BYE"), 1);
    ms(70000);
    EXPECT_EQ(a.stats().requests, 0u);
}

/* A re-INVITE that nobody waits for any more, sent before the ACK of the INVITE that made the dialog: its 2xx is no
 * reason to hang up a dialog that has an owner. */
TEST_F(StackCall, AReinviteGivenUpBeforeTheFirstAckLeavesTheDialogToItsOwner) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    a.invite("sip:bob@10.0.0.9:5090");
    ms(10);
    Peer::Heard inv = p.expect("INVITE");
    p.reply(inv, answer(inv.text, "200 OK", "t", "Contact: <sip:bob@10.0.0.9:5090>\r\n"));
    ms(10);
    ASSERT_EQ(a.count(STACK_EV_FINAL), 1);
    stack_dialog *d = a.last(STACK_EV_FINAL)->dialog;
    stack_request_params params = {};
    params.method = SX_LIT("INVITE");
    params.dialog = d;
    params.sink = {Agent::sink, &a};
    stack_request *again;
    ASSERT_EQ(stack_request_create(a.s, &params, &again), SX_OK);
    ms(10);
    Peer::Heard second = p.expect("INVITE");
    stack_request_abandon(again);
    p.reply(second, answer(second.text, "200 OK", "", "Contact: <sip:bob@10.0.0.9:5090>\r\n"));
    ms(10);
    EXPECT_EQ(p.count("ACK"), 1) << "of the re-INVITE";
    EXPECT_EQ(p.count("BYE"), 0);
    ms(70000);
    dlg_info info;
    dlg_get(d, &info);
    EXPECT_EQ(info.state, DLG_CONFIRMED);
    dlg_end(d);
}

TEST_F(StackCall, ACancelIsAnsweredAndToldAndTheInviteAnswered487IsRepeatedUntilItsAck) {
    Agent b("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    b.listen("10.0.0.1:5060");
    Request r;
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    stack_tx *tx = b.last(STACK_EV_REQUEST)->tx;
    tx_reply(tx, 180, nullptr);
    Request c = r;
    c.method = "CANCEL";
    p.send("10.0.0.1:5060", c.text());
    ms(10);
    EXPECT_EQ(b.count(STACK_EV_CANCELED), 1);
    EXPECT_EQ(b.last(STACK_EV_CANCELED)->tx, tx);
    p.expect("SIP/2.0 180");
    Peer::Heard ok = p.expect("SIP/2.0 200");
    EXPECT_EQ(header(ok.text, "CSeq"), "1 CANCEL");
    tx_reply(tx, 487, nullptr);
    ms(600);
    EXPECT_EQ(p.count("SIP/2.0 487"), 2);
    Peer::Heard no = p.expect("SIP/2.0 487");
    Request ack = r;
    ack.method = "ACK";
    ack.to_tag = param(header(no.text, "To"), "tag");
    p.send("10.0.0.1:5060", ack.text());
    p.heard.clear();
    ms(40000);
    EXPECT_EQ(p.count("SIP/2.0"), 0);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 1) << "the ACK to a failure stays below";
    EXPECT_EQ(b.stats().server_transactions, 0u);
}

TEST_F(StackCall, RepeatedRequestsGetTheSameAnswerAndReachNobodyTwice) {
    Agent b("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    b.listen("10.0.0.1:5060");
    Request r;
    r.method = "MESSAGE";
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    tx_reply(b.last(STACK_EV_REQUEST)->tx, 200, "Fine");
    ms(10);
    std::string first = p.expect("SIP/2.0 200 Fine").text;
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    EXPECT_EQ(p.expect("SIP/2.0 200 Fine").text, first);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 1);
}

TEST_F(StackCall, A100GoesOutAfter200msOnly) {
    Agent b("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    b.listen("10.0.0.1:5060");
    Request r;
    p.send("10.0.0.1:5060", r.text());
    ms(190);
    EXPECT_EQ(p.count("SIP/2.0 100"), 0);
    ms(30);
    EXPECT_EQ(p.count("SIP/2.0 100"), 1);
    tx_reply(b.last(STACK_EV_REQUEST)->tx, 486, nullptr);
    ms(10);
    EXPECT_EQ(p.count("SIP/2.0 486"), 1);
}

TEST_F(StackCall, InDialogRequestsWithoutADialogGet481AndOldCSeqs500) {
    Agent b("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    b.listen("10.0.0.1:5060");
    Request r;
    r.cseq = 10;
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    stack_dialog *d = accept_call(b, b.last(STACK_EV_REQUEST)->tx);
    ms(10);
    std::string tag = param(header(p.expect("SIP/2.0 200").text, "To"), "tag");
    Request x = r;
    x.method = "INFO";
    x.branch = "z9hG4bKx1";
    x.to_tag = "wrong";
    x.cseq = 11;
    p.send("10.0.0.1:5060", x.text());
    ms(10);
    p.expect("SIP/2.0 481");
    x.to_tag = tag;
    x.branch = "z9hG4bKx2";
    x.cseq = 9;
    p.send("10.0.0.1:5060", x.text());
    ms(10);
    p.expect("SIP/2.0 500");
    x.branch = "z9hG4bKx3";
    x.cseq = 25; // a gap is fine
    p.send("10.0.0.1:5060", x.text());
    ms(10);
    EXPECT_EQ(b.last(STACK_EV_REQUEST)->dialog, d);
    EXPECT_EQ(b.last(STACK_EV_REQUEST)->method, "INFO");
    tx_reply(b.last(STACK_EV_REQUEST)->tx, 200, nullptr);
    dlg_end(d);
    x.branch = "z9hG4bKx4";
    x.cseq = 26;
    p.send("10.0.0.1:5060", x.text());
    ms(10);
    p.expect("SIP/2.0 481");
}

TEST_F(StackCall, AReinviteRefreshesTheTargetAndIsRepeatedUntilItsAck) {
    Agent b("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    b.listen("10.0.0.1:5060");
    Request r;
    p.send("10.0.0.1:5060", r.text());
    ms(10);
    stack_dialog *d = accept_call(b, b.last(STACK_EV_REQUEST)->tx);
    ms(10);
    Request ack = r;
    ack.method = "ACK";
    ack.branch = "z9hG4bKa";
    ack.to_tag = param(header(p.expect("SIP/2.0 200").text, "To"), "tag");
    p.send("10.0.0.1:5060", ack.text());
    Request re = r;
    re.branch = "z9hG4bKre";
    re.to_tag = ack.to_tag;
    re.cseq = 2;
    re.contact = "<sip:moved@10.0.0.9:5090>";
    p.send("10.0.0.1:5060", re.text());
    ms(10);
    const Event *e = b.last(STACK_EV_REQUEST);
    ASSERT_EQ(e->dialog, d);
    tx_response ok = {};
    ok.status = 200;
    ASSERT_EQ(tx_respond(e->tx, &ok), SX_OK);
    ms(600);
    EXPECT_EQ(p.count("SIP/2.0 200"), 2);
    ack.branch = "z9hG4bKa2";
    ack.cseq = 2;
    p.send("10.0.0.1:5060", ack.text());
    ms(10);
    EXPECT_EQ(b.count(STACK_EV_ACK), 2);
    EXPECT_EQ(b.last(STACK_EV_ACK)->cseq, 2u);
    dlg_info info;
    dlg_get(d, &info);
    EXPECT_EQ(str(info.remote_target), "sip:moved@10.0.0.9:5090");
    stack_request_params bye = {};
    bye.method = SX_LIT("BYE");
    bye.dialog = d;
    b.send(bye);
    ms(10);
    p.expect("BYE sip:moved@10.0.0.9:5090 SIP/2.0");
}

TEST_F(StackCall, RouteSetsRunBackwardsForTheCallerAndAStrictRouterGetsItsWay) {
    Agent a("10.0.0.1");
    Peer p("10.0.0.9", 5090);
    a.listen("10.0.0.1:5060");
    a.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_FINAL && ev->set)
            dlg_ack(ev->dialog, ev->msg, sx_slice_empty(), sx_slice_empty(), sx_slice_empty());
    };
    a.invite("sip:bob@10.0.0.9:5090");
    ms(10);
    Peer::Heard inv = p.expect("INVITE");
    p.reply(inv, answer(inv.text, "200 OK", "t",
                        "Record-Route: <sip:far.example;lr>\r\nRecord-Route: <sip:10.0.0.9:5090;lr>\r\nContact: "
                        "<sip:bob@192.0.2.7>\r\n"));
    ms(10);
    Peer::Heard ack = p.expect("ACK sip:bob@192.0.2.7 SIP/2.0");
    EXPECT_LT(ack.text.find("Route: <sip:10.0.0.9:5090;lr>"), ack.text.find("Route: <sip:far.example;lr>"));
    // Second call: the first hop is a strict router (no lr).
    a.invite("sip:bob@10.0.0.9:5090");
    ms(10);
    inv = p.expect("INVITE");
    p.reply(inv,
            answer(inv.text, "200 OK", "t2", "Record-Route: <sip:10.0.0.9:5090>\r\nContact: <sip:bob@192.0.2.7>\r\n"));
    ms(10);
    ack = p.expect("ACK sip:10.0.0.9:5090 SIP/2.0");
    EXPECT_EQ(header(ack.text, "Route"), "<sip:bob@192.0.2.7>");
}

TEST_F(StackCall, FiftyCallsSurviveLossDuplicatesAndReordering) {
    Agent a("10.0.0.1"), b("10.0.0.2");
    a.listen("10.0.0.1:5060");
    b.listen("10.0.0.2:5060");
    fake_link bad = {};
    bad.latency_ms = 20;
    bad.jitter_ms = 30;
    bad.loss_percent = 20;
    bad.dup_percent = 10;
    bad.reorder_percent = 10;
    bad.reorder_ms = 700;
    fake_link_set("10.0.0.1", "10.0.0.2", &bad);
    fake_link_set("10.0.0.2", "10.0.0.1", &bad);
    int confirmed = 0, ended = 0, failed = 0;
    b.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_ACK) {
            confirmed++;
            stack_request_params bye = {};
            bye.method = SX_LIT("BYE");
            bye.dialog = ev->dialog;
            b.send(bye);
            dlg_end(ev->dialog);
        }
        if (ev->type == STACK_EV_ACK_TIMEOUT) {
            failed++;
            dlg_end(ev->dialog);
        }
        if (ev->type == STACK_EV_REQUEST && ev->tx) accept_call(b, ev->tx);
    };
    a.on = [&](const stack_event *ev) {
        if (ev->type == STACK_EV_FINAL && ev->set) {
            ASSERT_TRUE(ev->dialog) << ev->status << " " << ev->text;
            dlg_ack(ev->dialog, ev->msg, sx_slice_empty(), sx_slice_empty(), sx_slice_empty());
        }
        if (ev->type == STACK_EV_REQUEST && ev->tx) {
            ended++;
            tx_reply(ev->tx, 200, nullptr);
            dlg_end(ev->dialog);
        }
    };
    for (int i = 0; i < 50; i++) {
        a.invite("sip:bob@10.0.0.2");
        ms(37);
    }
    ms(200000);
    EXPECT_EQ(confirmed, 50);
    EXPECT_EQ(ended, 50);
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(b.count(STACK_EV_REQUEST), 50) << "nothing came up twice";
    for (Agent *x : {&a, &b}) {
        EXPECT_EQ(x->stats().dialogs, 0u);
        EXPECT_EQ(x->stats().requests, 0u);
        EXPECT_EQ(x->stats().server_transactions, 0u);
        EXPECT_EQ(x->stats().client_transactions, 0u);
    }
}

} // namespace
