#include <gtest/gtest.h>

#include <set>
#include <string>

extern "C" {
#include "sip/names.h"
}
#include "sip_test.h"

TEST(Names, EveryKnownHeaderIsFoundByItsNameInAnyCase) {
    for (int id = 1; id < SIP_HDR_COUNT; id++) {
        std::string name = str(sip_hdr_name((sip_hdr_id)id));
        ASSERT_FALSE(name.empty());
        EXPECT_EQ(sip_hdr_of(S(name)), id) << name << ": run gen_slots.py after changing the list";
        for (auto &c : name) c = (char)toupper(c);
        EXPECT_EQ(sip_hdr_of(S(name)), id) << name;
        for (auto &c : name) c = (char)tolower(c);
        EXPECT_EQ(sip_hdr_of(S(name)), id) << name;
        name.back() ^= 1;
        EXPECT_EQ(sip_hdr_of(S(name)), SIP_HDR_OTHER) << name;
    }
}

TEST(Names, CompactFormsMeanTheirLongNames) {
#define CHECK_COMPACT(id, name, letter)                                                                                \
    if (letter) {                                                                                                      \
        EXPECT_EQ(sip_hdr_of(S(std::string(1, (char)(letter)))), SIP_HDR_##id);                                        \
    }
    SIP_HEADERS(CHECK_COMPACT)
    EXPECT_EQ(sip_hdr_of(SX_LIT("v")), SIP_HDR_VIA);
    EXPECT_EQ(sip_hdr_of(SX_LIT("F")), SIP_HDR_FROM);
    EXPECT_EQ(sip_hdr_of(SX_LIT("t")), SIP_HDR_TO);
    EXPECT_EQ(sip_hdr_of(SX_LIT("i")), SIP_HDR_CALL_ID);
    EXPECT_EQ(sip_hdr_of(SX_LIT("m")), SIP_HDR_CONTACT);
    EXPECT_EQ(sip_hdr_of(SX_LIT("l")), SIP_HDR_CONTENT_LENGTH);
    EXPECT_EQ(sip_hdr_of(SX_LIT("x")), SIP_HDR_SESSION_EXPIRES);
    EXPECT_EQ(sip_hdr_of(SX_LIT("z")), SIP_HDR_OTHER);
    EXPECT_EQ(sip_hdr_of(sx_slice_of("\0", 1)), SIP_HDR_OTHER);
    EXPECT_EQ(sip_hdr_of(sx_slice_empty()), SIP_HDR_OTHER);
}

TEST(Names, StrangeNamesAreNobodysHeader) {
    EXPECT_EQ(sip_hdr_of(SX_LIT("Vib")), SIP_HDR_OTHER);
    EXPECT_EQ(sip_hdr_of(SX_LIT("Call\rID")), SIP_HDR_OTHER);
    EXPECT_EQ(sip_hdr_of(S(std::string(5000, 'a'))), SIP_HDR_OTHER);
}

TEST(Names, MethodsAreCaseSensitive) {
    for (int m = 1; m < SIP_METHOD_COUNT; m++) EXPECT_EQ(sip_method_of(sip_method_name((sip_method)m)), m);
    EXPECT_EQ(sip_method_of(SX_LIT("invite")), SIP_METHOD_OTHER);
    EXPECT_EQ(sip_method_of(SX_LIT("INVITES")), SIP_METHOD_OTHER);
    EXPECT_EQ(sip_method_of(SX_LIT("INVITED!!")), SIP_METHOD_OTHER);
    EXPECT_EQ(sip_method_of(sx_slice_empty()), SIP_METHOD_OTHER);
    EXPECT_TRUE(sx_eq(sip_method_name(SIP_METHOD_OTHER), sx_slice_empty()));
}

TEST(Names, EveryStatusHasAPhrase) {
    EXPECT_EQ(str(sip_reason(100)), "Trying");
    EXPECT_EQ(str(sip_reason(486)), "Busy Here");
    EXPECT_EQ(str(sip_reason(608)), "Rejected");
    EXPECT_EQ(str(sip_reason(481)), "Call/Transaction Does Not Exist");
    EXPECT_EQ(str(sip_reason(499)), "Request Failure");
    for (int s = -1; s < 1000; s++) EXPECT_GT(sip_reason(s).n, 0u) << s;
}

TEST(Names, OptionTagsAreBitsAndBack) {
    std::set<std::string> seen;
    for (int i = 0; i < 17; i++) {
        std::string tag = str(sip_option_tag_name(1u << i));
        EXPECT_TRUE(seen.insert(tag).second);
        EXPECT_EQ(sip_option_tag_of(S(tag)), 1u << i);
    }
    EXPECT_EQ(sip_option_tag_of(SX_LIT("100REL")), (uint32_t)SIP_TAG_100REL);
    EXPECT_EQ(sip_option_tag_of(SX_LIT("answermode")), (uint32_t)SIP_TAG_ANSWERMODE);
    EXPECT_EQ(sip_option_tag_of(SX_LIT("nothing")), 0u);
}
