/* Event and Subscription-State as peers write them. */
#include <gtest/gtest.h>

#include <string>

extern "C" {
#include "base/error.h"
#include "ua/notify.h"
}

namespace {

std::string text(sx_slice s) { return std::string(s.p ? s.p : "", s.n); }

struct Message {
    explicit Message(const std::string &lines)
        : bytes("NOTIFY sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: "
                "<sip:b@c>;tag=2\r\nCall-ID: x\r\nCSeq: 1 NOTIFY\r\n" +
                lines + "\r\n") {
        sip_parse_error err;
        EXPECT_EQ(sip_parse(&scratch, bytes.data(), bytes.size(), nullptr, &err), 0);
    }
    const sip_msg *msg() const { return &scratch.msg; }
    std::string bytes;
    sip_scratch scratch;
};

TEST(Notify, ASubscriptionIsFoundByPackageAndId) {
    EXPECT_TRUE(ua_event_name_is(Message("Event: dialog;id=7\r\n").msg(), SX_LIT("dialog;id=7")));
    EXPECT_TRUE(ua_event_name_is(Message("o: dialog ; x=y;ID=7\r\n").msg(), SX_LIT("dialog;id=7")));
    EXPECT_FALSE(ua_event_name_is(Message("Event: dialog;id=8\r\n").msg(), SX_LIT("dialog;id=7")));
    EXPECT_FALSE(ua_event_name_is(Message("Event: dialog\r\n").msg(), SX_LIT("dialog;id=7")));
    EXPECT_FALSE(ua_event_name_is(Message("Event: Dialog\r\n").msg(), SX_LIT("dialog"))) << "tokens have case here";
    EXPECT_FALSE(ua_event_name_is(Message("Event: presence.winfo\r\n").msg(), SX_LIT("presence")));
    EXPECT_FALSE(ua_event_name_is(Message("").msg(), SX_LIT("presence")));
    EXPECT_FALSE(ua_event_name_is(Message("Event: ;;\r\n").msg(), SX_LIT("presence")));
}

TEST(Notify, StatesAreReadWithWhatTheySay) {
    ua_sub_state s;
    ASSERT_EQ(ua_sub_state_read(Message("Subscription-State: Active ; expires=3600\r\n").msg(), &s), 0);
    EXPECT_EQ(s.word, UA_SUB_ACTIVE);
    EXPECT_TRUE(s.has_expires);
    EXPECT_EQ(s.expires_s, 3600u);
    ASSERT_EQ(ua_sub_state_read(Message("Subscription-State: terminated;reason=probation;retry-after=5\r\n").msg(), &s),
              0);
    EXPECT_EQ(s.word, UA_SUB_TERMINATED);
    EXPECT_EQ(s.retry_after_s, 5u);
    EXPECT_EQ(ua_sub_after_of(SX_LIT("probation")), UA_SUB_LATER);
    Message odd("Subscription-State: waiting;expires=4294967296;retry-after=-1\r\n");
    ASSERT_EQ(ua_sub_state_read(odd.msg(), &s), 0);
    EXPECT_EQ(s.word, UA_SUB_OTHER);
    EXPECT_EQ(text(s.text), "waiting");
    EXPECT_EQ(s.expires_s, UINT32_MAX);
    EXPECT_FALSE(s.has_retry_after);
    EXPECT_EQ(ua_sub_state_read(Message("").msg(), &s), SX_E_NOT_FOUND);
    EXPECT_EQ(ua_sub_state_read(Message("Subscription-State: ;expires=1\r\n").msg(), &s), SX_E_FORMAT);
}

TEST(Notify, ReasonsSayWhetherToAskAgain) {
    for (const char *r : {"rejected", "noresource", "invariant", "REJECTED"})
        EXPECT_EQ(ua_sub_after_of(sx_slice_str(r)), UA_SUB_OVER) << r;
    for (const char *r : {"deactivated", "timeout"}) EXPECT_EQ(ua_sub_after_of(sx_slice_str(r)), UA_SUB_AT_ONCE) << r;
    for (const char *r : {"probation", "giveup", "", "unheard-of"})
        EXPECT_EQ(ua_sub_after_of(sx_slice_str(r)), UA_SUB_LATER) << r;
}

} // namespace
