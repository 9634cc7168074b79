// The transaction machines against the tables of RFC 3261 17, RFC 6026 and RFC 4320, every timer on a clock of numbers.
#include <gtest/gtest.h>

#include <string>
#include <vector>

extern "C" {
#include "stack/client_transaction.h"
#include "stack/server_transaction.h"
}

namespace {

const tx_timing kTiming = {500, 4000, 5000, 32000};

struct Client {
    tx_client m;
    uint64_t now = 1000;
    Client(bool invite, bool reliable) { tx_client_init(&m, invite, reliable); }
    std::string in(tx_client_input i) {
        tx_client_action a[TX_CLIENT_MAX_ACTIONS];
        int n = tx_client_input_at(&m, &kTiming, i, now, a);
        std::string s;
        for (int k = 0; k < n; k++) s += "?SRAPTXE"[a[k]];
        return s;
    }
    // Lets time pass up to `until`, notes when what happened: "1500R 2500R".
    std::string run(uint64_t until) {
        std::string s;
        while (tx_machine_due(&m) && tx_machine_due(&m) <= until) {
            now = tx_machine_due(&m);
            std::string what = in(TX_CLIENT_TIME);
            if (!what.empty()) s += (s.empty() ? "" : " ") + std::to_string(now - 1000) + what;
        }
        now = until;
        return s;
    }
};

struct Server {
    tx_server m;
    uint64_t now = 1000;
    Server(bool invite, bool reliable) { tx_server_init(&m, invite, reliable); }
    std::string in(tx_server_input i) {
        tx_server_action a[TX_SERVER_MAX_ACTIONS];
        int n = tx_server_input_at(&m, &kTiming, i, now, a);
        std::string s;
        for (int k = 0; k < n; k++) s += "?SR1ATE"[a[k]];
        return s;
    }
    std::string run(uint64_t until) {
        std::string s;
        while (tx_machine_due(&m) && tx_machine_due(&m) <= until) {
            now = tx_machine_due(&m);
            std::string what = in(TX_SERVER_TIME);
            if (!what.empty()) s += (s.empty() ? "" : " ") + std::to_string(now - 1000) + what;
        }
        now = until;
        return s;
    }
};

// S send, R resend, A ACK, P pass up, T timeout, X transport error, E ended

TEST(InviteClient, RepeatsWithDoublingTimerAUntilTimerB) {
    Client c(true, false);
    EXPECT_EQ(c.in(TX_CLIENT_START), "S");
    EXPECT_EQ(c.run(100000), "500R 1500R 3500R 7500R 15500R 31500R 32000TE");
}

TEST(InviteClient, OverTcpRepeatsNothingButStillGivesUp) {
    Client c(true, true);
    EXPECT_EQ(c.in(TX_CLIENT_START), "S");
    EXPECT_EQ(c.run(100000), "32000TE");
}

TEST(InviteClient, A1xxStopsAllTimers) {
    Client c(true, false);
    c.in(TX_CLIENT_START);
    EXPECT_EQ(c.in(TX_CLIENT_1XX), "P");
    EXPECT_EQ(tx_machine_due(&c.m), 0u);
    EXPECT_EQ(c.in(TX_CLIENT_1XX), "P");
    EXPECT_EQ(c.m.state, TX_CLIENT_PROCEEDING);
}

TEST(InviteClient, AFailureIsAcknowledgedEachTimeForTimerD) {
    Client c(true, false);
    c.in(TX_CLIENT_START);
    EXPECT_EQ(c.in(TX_CLIENT_FAILURE), "AP");
    EXPECT_EQ(c.in(TX_CLIENT_FAILURE), "A");
    EXPECT_EQ(c.in(TX_CLIENT_1XX), "");
    EXPECT_EQ(c.in(TX_CLIENT_2XX), "");
    EXPECT_EQ(c.run(100000), "32000E");
    EXPECT_EQ(c.in(TX_CLIENT_FAILURE), "");
}

TEST(InviteClient, OverTcpAFailureEndsItAtOnce) {
    Client c(true, true);
    c.in(TX_CLIENT_START);
    c.in(TX_CLIENT_1XX);
    EXPECT_EQ(c.in(TX_CLIENT_FAILURE), "APE");
}

TEST(InviteClient, After2xxFurther2xxPassForTimerM) {
    Client c(true, false);
    c.in(TX_CLIENT_START);
    c.in(TX_CLIENT_1XX);
    EXPECT_EQ(c.in(TX_CLIENT_2XX), "P");
    c.now += 20000;
    EXPECT_EQ(c.in(TX_CLIENT_2XX), "P");
    EXPECT_EQ(c.in(TX_CLIENT_FAILURE), "");
    EXPECT_EQ(c.run(100000), "32000E");
}

TEST(InviteClient, TransportErrors) {
    Client c(true, false);
    c.in(TX_CLIENT_START);
    EXPECT_EQ(c.in(TX_CLIENT_SEND_ERROR), "XE");
    Client d(true, true);
    d.in(TX_CLIENT_START);
    d.in(TX_CLIENT_1XX);
    EXPECT_EQ(d.in(TX_CLIENT_SEND_ERROR), "") << "somebody has answered already";
    EXPECT_EQ(d.in(TX_CLIENT_LOST), "XE");
    Client e(true, true);
    e.in(TX_CLIENT_START);
    e.in(TX_CLIENT_2XX);
    EXPECT_EQ(e.in(TX_CLIENT_LOST), "") << "further 2xx may come over another connection";
}

TEST(OtherClient, RepeatsWithTimerECappedAtT2UntilTimerF) {
    Client c(false, false);
    EXPECT_EQ(c.in(TX_CLIENT_START), "S");
    EXPECT_EQ(c.run(100000), "500R 1500R 3500R 7500R 11500R 15500R 19500R 23500R 27500R 31500R 32000TE");
}

TEST(OtherClient, AfterA1xxRepeatsEveryT2AndStillGivesUp) {
    Client c(false, false);
    c.in(TX_CLIENT_START);
    EXPECT_EQ(c.in(TX_CLIENT_1XX), "P");
    EXPECT_EQ(c.run(1000 + 10000), "500R 4500R 8500R");
    EXPECT_EQ(c.run(100000), "12500R 16500R 20500R 24500R 28500R 32000TE");
}

TEST(OtherClient, TheFinalAnswerPassesOnceAndTimerKAbsorbsTheRest) {
    Client c(false, false);
    c.in(TX_CLIENT_START);
    EXPECT_EQ(c.in(TX_CLIENT_2XX), "P");
    EXPECT_EQ(c.in(TX_CLIENT_2XX), "");
    EXPECT_EQ(c.in(TX_CLIENT_FAILURE), "");
    EXPECT_EQ(c.run(100000), "5000E");
    Client d(false, true);
    d.in(TX_CLIENT_START);
    EXPECT_EQ(d.in(TX_CLIENT_FAILURE), "PE");
}

// S send, R resend, 1 send 100, A pass the ACK up, T timeout, E ended

TEST(InviteServer, Sends100OnlyAfter200msWithoutAnAnswer) {
    Server s(true, false);
    EXPECT_EQ(s.in(TX_SERVER_START), "");
    EXPECT_EQ(s.in(TX_SERVER_REQUEST), "") << "nothing to repeat yet";
    EXPECT_EQ(s.run(1000 + 50000), "2001");
    EXPECT_EQ(s.in(TX_SERVER_REQUEST), "R");
    Server q(true, false);
    q.in(TX_SERVER_START);
    EXPECT_EQ(q.in(TX_SERVER_1XX), "S");
    EXPECT_EQ(q.run(60000), "");
}

TEST(InviteServer, AFailureIsRepeatedWithTimerGUntilTimerH) {
    Server s(true, false);
    s.in(TX_SERVER_START);
    EXPECT_EQ(s.in(TX_SERVER_FAILURE), "S");
    EXPECT_EQ(s.in(TX_SERVER_REQUEST), "R");
    EXPECT_EQ(s.run(100000), "500R 1500R 3500R 7500R 11500R 15500R 19500R 23500R 27500R 31500R 32000TE");
}

TEST(InviteServer, OverTcpAFailureIsSentOnceAndStillWaitsForTheAck) {
    Server s(true, true);
    s.in(TX_SERVER_START);
    EXPECT_EQ(s.in(TX_SERVER_FAILURE), "S");
    EXPECT_EQ(s.run(10000), "");
    EXPECT_EQ(s.in(TX_SERVER_ACK), "E");
}

TEST(InviteServer, TheAckEndsTheRepetitionsAndTimerIAbsorbsMoreAcks) {
    Server s(true, false);
    s.in(TX_SERVER_START);
    s.in(TX_SERVER_FAILURE);
    EXPECT_EQ(s.in(TX_SERVER_ACK), "");
    EXPECT_EQ(s.m.state, TX_SERVER_CONFIRMED);
    EXPECT_EQ(s.in(TX_SERVER_ACK), "");
    EXPECT_EQ(s.in(TX_SERVER_REQUEST), "");
    EXPECT_EQ(s.run(100000), "5000E");
}

TEST(InviteServer, After2xxRepeatedInvitesAreAbsorbedForTimerL) {
    Server s(true, false);
    s.in(TX_SERVER_START);
    s.in(TX_SERVER_1XX);
    EXPECT_EQ(s.in(TX_SERVER_2XX), "S");
    EXPECT_EQ(s.in(TX_SERVER_REQUEST), "");
    EXPECT_EQ(s.in(TX_SERVER_2XX), "S") << "a proxy passes a second 2xx";
    EXPECT_EQ(s.in(TX_SERVER_ACK), "A");
    EXPECT_EQ(s.in(TX_SERVER_FAILURE), "");
    EXPECT_EQ(s.run(100000), "32000E");
}

TEST(OtherServer, TheFinalAnswerIsRepeatedOnDemandForTimerJ) {
    Server s(false, false);
    s.in(TX_SERVER_START);
    EXPECT_EQ(s.in(TX_SERVER_REQUEST), "");
    EXPECT_EQ(s.in(TX_SERVER_1XX), "S");
    EXPECT_EQ(s.in(TX_SERVER_REQUEST), "R");
    EXPECT_EQ(s.in(TX_SERVER_2XX), "S");
    EXPECT_EQ(s.in(TX_SERVER_REQUEST), "R");
    EXPECT_EQ(s.in(TX_SERVER_FAILURE), "");
    EXPECT_EQ(s.run(100000), "32000E");
    Server t(false, true);
    t.in(TX_SERVER_START);
    EXPECT_EQ(t.in(TX_SERVER_2XX), "SE");
}

TEST(OtherServer, AnAnswerAfter64T1IsNotSentAnyMore) {
    Server s(false, false);
    s.in(TX_SERVER_START);
    EXPECT_EQ(s.run(1000 + 32000), "");
    EXPECT_EQ(s.in(TX_SERVER_2XX), "E");
}

TEST(Server, WhatIsDroppedIsNeitherAnsweredNorForgottenAtOnce) {
    Server s(true, false);
    s.in(TX_SERVER_START);
    EXPECT_EQ(s.in(TX_SERVER_DROP), "");
    EXPECT_EQ(s.in(TX_SERVER_REQUEST), "");
    EXPECT_EQ(s.run(100000), "32000E");
}

} // namespace
