#include "support.h"

extern "C" {
#include "core/option.h"
#include "sip/message.h"
}

static std::string repaired(const std::string &s) {
    std::string out(core_text_room({s.data(), s.size()}), 0);
    out.resize(core_utf8_repair(&out[0], {s.data(), s.size()}));
    return out;
}

#define BAD "\xef\xbf\xbd"

TEST(Utf8, GoodTextStaysAsItIs) {
    for (const char *s : {"", "plain", "Gr\xc3\xbc\xc3\x9f", "\xe2\x82\xac", "\xf0\x9f\x93\x9e"}) {
        EXPECT_EQ(repaired(s), s);
        EXPECT_TRUE(core_utf8_valid({s, strlen(s)}));
    }
}

TEST(Utf8, EachBadByteBecomesOneReplacement) {
    EXPECT_EQ(repaired("a\xff"
                       "b"),
              "a" BAD "b");
    EXPECT_EQ(repaired(std::string("a\0b", 3)), "a" BAD "b");
    EXPECT_EQ(repaired("\xc0\xaf"), BAD BAD);         /* overlong */
    EXPECT_EQ(repaired("\xed\xa0\x80"), BAD BAD BAD); /* a surrogate */
    EXPECT_EQ(repaired("\xf4\x90\x80\x80"), BAD BAD BAD BAD);
    EXPECT_EQ(repaired("\xe2\x82"), BAD BAD); /* cut short */
    EXPECT_FALSE(core_utf8_valid({"\xe2\x82", 2}));
}

static std::string line(const std::string &s) {
    std::string out(core_text_room({s.data(), s.size()}), 0);
    out.resize(core_utf8_line(&out[0], {s.data(), s.size()}));
    return out;
}

TEST(Utf8, ControlsOnALineBecomeReplacementsAndFoldingIsUndone) {
    EXPECT_EQ(line("sip:j\x1b[31m@x\x7f"), "sip:j" BAD "[31m@x" BAD);
    EXPECT_EQ(line("a\xc2\x9b"
                   "b\xc2\xa0"),
              "a" BAD "b\xc2\xa0"); /* CSI in C1; a no-break space stays */
    EXPECT_EQ(line("two\r\n\twords"), "two words");
    EXPECT_EQ(line("Gr\xc3\xbc\xc3\x9f \xff"), "Gr\xc3\xbc\xc3\x9f " BAD);
    EXPECT_EQ(repaired("a\x1b\n"), "a\x1b\n");
    std::string worst;
    for (int i = 0; i < 256; i++) worst += (char)i;
    EXPECT_LT(line(worst).size(), core_text_room({worst.data(), worst.size()}));
}

TEST(EventTexts, WhatAPeerWroteIsOneLineAndAPathStaysAsItIs) {
    for (int type : {(int)UA_EV_INCOMING_CALL, (int)UA_EV_RECORD_DONE}) {
        core_event *e = core_event_alloc(200);
        e->type = type;
        for (core_str which : {CORE_STR_FROM, CORE_STR_TO_NAME, CORE_STR_TARGET}) core_event_set_str(e, which, SX_LIT("a\1b"));
        core_event_set_str(e, CORE_STR_TEXT, SX_LIT("a\1b"));
        EXPECT_STREQ(e->str[CORE_STR_FROM], "a" BAD "b");
        EXPECT_STREQ(e->str[CORE_STR_TO_NAME], "a" BAD "b");
        EXPECT_STREQ(e->str[CORE_STR_TARGET], type == UA_EV_RECORD_DONE ? "a\1b" : "a" BAD "b");
        EXPECT_STREQ(e->str[CORE_STR_TEXT], "a\1b");
        core_event_free(e);
    }
}

TEST(EventHeaders, FoldingIsUndoneAndEveryHeaderIsText) {
    std::string m = "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nSubject: one\r\n  two\xff\r\n"
                    "f: <sip:a@b>;tag=1\r\nEmpty:\r\n\r\n";
    sip_scratch s;
    sip_parse_error err;
    ASSERT_EQ(sip_parse(&s, m.data(), m.size(), nullptr, &err), SX_OK);
    core_event *e = core_event_alloc(0);
    e->msg = sip_msg_keep(&s.msg);
    const core_headers *h = core_event_headers(e);
    ASSERT_TRUE(h);
    ASSERT_EQ(h->count, 4);
    EXPECT_STREQ(h->v[1].name, "Subject");
    EXPECT_STREQ(h->v[1].value, "one two" BAD);
    EXPECT_STREQ(h->v[2].name, "f");
    EXPECT_STREQ(h->v[3].value, "");
    EXPECT_EQ(core_event_headers(e), h);
    EXPECT_EQ(std::string(core_event_message(e).p, core_event_message(e).n), m);
    core_event_free(e);
}

TEST(Options, ValuesAreCheckedAgainstTheTable) {
    EXPECT_EQ(core_option_check(CORE_NONE, "log_level", "3"), SX_OK);
    EXPECT_EQ(core_option_check(CORE_NONE, "log_level", "5"), SX_E_INVALID);
    EXPECT_EQ(core_option_check(CORE_NONE, "log_level", ""), SX_E_INVALID);
    EXPECT_EQ(core_option_check(CORE_NONE, "log_level", "99999999999"), SX_E_INVALID);
    EXPECT_EQ(core_option_check(CORE_NONE, "trace", "on"), SX_OK);
    EXPECT_EQ(core_option_check(CORE_NONE, "trace", "yes"), SX_E_INVALID);
    EXPECT_EQ(core_option_check(CORE_CALL, "trace", "on"), SX_E_KIND);
    EXPECT_EQ(core_option_check(CORE_NONE, "nonsense", "1"), SX_E_NOT_FOUND);
}
