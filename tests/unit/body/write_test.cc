/* Documents that we write. */
#include <cstring>

#include "oom/oom.h"
#include "unit/body/body_fixture.h"

namespace {

const std::string kXml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n";

TEST(BodyWrite, PresenceAsOthersReadIt) {
    EXPECT_EQ(write(kPidf, {{"person.activity", "away"},
                            {"notes.0", "<b> & \"c\""},
                            {"tuples.0.contact", "sip:a@b"},
                            {"tuples.0.status", "OPEN"},
                            {"entity", "sip:a@b"},
                            {"tuples.0.priority", ""}}),
              kXml +
                  "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" "
                  "xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" entity=\"sip:a@b\"><tuple "
                  "id=\"t0\"><status><basic>open</basic></status>"
                  "<contact>sip:a@b</contact></tuple><note>&lt;b&gt; &amp; &quot;c&quot;</note><dm:person "
                  "id=\"p1\"><rpid:activities>"
                  "<rpid:away/></rpid:activities></dm:person></presence>\r\n");
}

TEST(BodyWrite, APersonsMoodAndNotes) {
    EXPECT_NE(
        write(kPidf, {{"person.user_input", "idle"},
                      {"person.mood", "happy"},
                      {"person.activity", "meal"},
                      {"person.activity_note", "soup"},
                      {"person.last_input", "2026-01-01T00:00:00Z"},
                      {"entity", "a"}})
            .find("<dm:person id=\"p1\"><rpid:activities><rpid:note>soup</rpid:note><rpid:meal/></rpid:activities>"
                  "<rpid:mood><rpid:happy/></rpid:mood><rpid:user-input last-input=\"2026-01-01T00:00:00Z\">idle"
                  "</rpid:user-input></dm:person>"),
        std::string::npos);
}

TEST(BodyWrite, ABusyLamp) {
    EXPECT_EQ(
        write(kDialog, {{"entity", "sip:a@b"}, {"dialogs.0.state", "early"}, {"dialogs.0.direction", "recipient"}}),
        kXml +
            "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"0\" state=\"full\" entity=\"sip:a@b\">"
            "<dialog id=\"d0\" direction=\"recipient\"><state>early</state></dialog></dialog-info>\r\n");
    EXPECT_EQ(write(kDialog, {{"entity", "sip:a@b"}, {"version", "3"}}),
              kXml + "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"3\" state=\"full\" "
                     "entity=\"sip:a@b\"/>\r\n");
}

TEST(BodyWrite, SwitchesAreTheWordsOfXml) {
    std::string s = write(kConference, {{"entity", "c"}, {"active", "yes"}, {"locked", "no"}});
    EXPECT_NE(s.find("<active>true</active><locked>false</locked>"), std::string::npos) << s;
}

TEST(BodyWrite, MessagesWaiting) {
    EXPECT_EQ(write(kSummary, {{"waiting", "yes"},
                               {"voice.new", "2"},
                               {"fax.old", "1"},
                               {"fax.urgent_new", "1"},
                               {"account", "sip:v@x"}}),
              "Messages-Waiting: yes\r\nMessage-Account: sip:v@x\r\nVoice-Message: 2/0\r\nFax-Message: 0/1 (1/0)\r\n");
    EXPECT_EQ(write(kSummary, {{"waiting", "false"}}), "Messages-Waiting: no\r\n");
}

TEST(BodyWrite, NotificationsOfDelivery) {
    EXPECT_EQ(write(kImdn, {{"status", "displayed"}, {"kind", "display"}, {"message_id", "m1"}}),
              kXml + "<imdn "
                     "xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>m1</"
                     "message-id><display-notification><status><displayed/>"
                     "</status></display-notification></imdn>\r\n");
    EXPECT_EQ(write(kImdn, {{"status", "displayed"}, {"kind", "delivery"}, {"message_id", "m1"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kImdn, {{"status", "displayed"}, {"message_id", "m1"}}), "-23 message/imdn+xml needs kind");
    EXPECT_EQ(write(kImdn, {{"kind", "display"}, {"message_id", "m1"}}), "-23 message/imdn+xml needs status");
}

TEST(BodyWrite, WhatItReadsBackIsTheSame) {
    expect_round_trip(kPidf, {{"entity", "a & <b>"},
                              {"tuples.0.status", "open"},
                              {"tuples.0.note", "one\ntwo\tthree\rfour"},
                              {"tuples.1.contact", "sip:x"},
                              {"tuples.1.priority", "1"},
                              {"tuples.2.id", "weird \t\r\n'\"<>& id"},
                              {"tuples.2.timestamp", "2026-01-01T00:00:00Z"},
                              {"notes.0", "n"},
                              {"notes.1", "\xF0\x9F\x98\x80"},
                              {"person.activity", "busy on-the-phone no-te"},
                              {"person.note", "x"}});
    expect_round_trip(kReginfo, {{"version", "4"},
                                 {"state", "partial"},
                                 {"registrations.0.aor", "sip:a@b"},
                                 {"registrations.0.state", "active"},
                                 {"registrations.0.contacts.0.state", "active"},
                                 {"registrations.0.contacts.0.uri", "sip:a@1"},
                                 {"registrations.0.contacts.1.state", "terminated"},
                                 {"registrations.0.contacts.1.event", "expired"},
                                 {"registrations.1.aor", "sip:c@d"},
                                 {"registrations.1.state", "init"}});
    expect_round_trip(kConference, {{"entity", "sip:c@d"},
                                    {"locked", "yes"},
                                    {"count", "2"},
                                    {"users.0.name", "A"},
                                    {"users.0.endpoints.0.status", "on-hold"},
                                    {"users.0.endpoints.1.media.0.type", "audio"},
                                    {"users.0.endpoints.1.media.1.type", "video"},
                                    {"users.1.endpoints.0.media.0.type", "audio"}});
    expect_round_trip(kComposing,
                      {{"state", "active"}, {"refresh", "60"}, {"last_active", "2026-01-01T00:00:00+02:00"}});
    expect_round_trip(kImdn,
                      {{"message_id", "m"}, {"kind", "processing"}, {"status", "stored"}, {"recipient", "sip:a"}});
    expect_round_trip(kSummary, {{"waiting", "yes"}, {"text.new", "1"}, {"text.old", "0"}});
    expect_round_trip(kSipfrag, {{"status", "180"}, {"reason", "Ringing"}});
    expect_round_trip(kCpim, {{"from", "sip:a@b"},
                              {"from_name", "A \"\\ B"},
                              {"to", "sip:c@d"},
                              {"subject", "x\ny \\u0041"},
                              {"message_id", "1"},
                              {"disposition", "display"},
                              {"content_type", "text/plain"},
                              {"content", " \r\n bytes\x01 "}});
}

TEST(BodyWrite, WhatADocumentCannotSayIsRefusedWithWords) {
    EXPECT_EQ(write(kPidf, {}), "-23 application/pidf+xml needs entity");
    EXPECT_EQ(write(kPidf, {{"entity", "a"}, {"tuple.0.status", "open"}}),
              "-23 application/pidf+xml has no field tuple.0.status");
    EXPECT_EQ(write(kPidf, {{"entity", "a"}, {"tuples.x.status", "open"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kPidf, {{"entity", "a"}, {"tuples.00.status", "open"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kPidf, {{"entity", "a"}, {"tuples.99999.status", "open"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kPidf, {{"entity", "a"}, {"tuples.0.status", "ajar"}}),
              "-23 tuples.#.status cannot have that value (open|closed)");
    EXPECT_EQ(write(kPidf, {{"entity", "a"}, {"entity", "b"}}), "-23 entity is there twice");
    EXPECT_EQ(write(kPidf, {{"entity", "a"}, {"notes.1", "b"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kPidf, {{"entity", "a"}, {"notes.0", "a"}, {"notes.2", "b"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kPidf, {{"entity", "a\x01"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kPidf, {{"entity", "a\xFF"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kPidf, {{"entity", "a\xEF\xBF\xBF"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kPidf, {{"entity", "a"}, {"person.activity", "a><b"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kPidf, {{"entity", "a"}, {"person.activity", "busy Note"}}).substr(0, 3), "-23")
        << "readers take it for words that are no activity";
    EXPECT_EQ(write(kPidf, {{"entity", "a"}, {"person.activity", std::string(1025, 'a')}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kDialog, {{"entity", "a"}, {"dialogs.0.id", "x"}}),
              "-23 application/dialog-info+xml needs dialogs.#.state");
    EXPECT_EQ(write(kDialog, {{"entity", "a"}, {"version", "9007199254740992"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kReginfo, {{"registrations.0.aor", "a"},
                               {"registrations.0.state", "init"},
                               {"registrations.0.contacts.0.uri", "x"}}),
              "-23 application/reginfo+xml needs registrations.#.contacts.#.state");
    EXPECT_EQ(write(kSummary, {}), "-23 application/simple-message-summary needs waiting");
    EXPECT_EQ(write(kSummary, {{"waiting", "yes"}, {"account", "a\r\nb"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kSipfrag, {{"status", "99"}}), "-23 a status is 100 to 699");
    EXPECT_EQ(write(kSipfrag, {{"status", "200"}, {"reason", "a\nb"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kCpim, {{"from_name", "A"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kCpim, {{"from", "sip:a>b"}}).substr(0, 3), "-23");
    EXPECT_EQ(write(kCpim, {{"message_id", "a b"}}).substr(0, 3), "-23");
    EXPECT_EQ(write("image/png", {{"x", "y"}}).substr(0, 3), "-16");
}

TEST(BodyWrite, ABufferThatIsTooSmallStaysAsItWas) {
    char bytes[64] = "keep";
    sx_buf out;
    sx_buf_init_fixed(&out, bytes, sizeof bytes);
    sx_buf_str(&out, "keep");
    body_field fields[] = {{SX_LIT("entity"), SX_LIT("sip:a@b")}};
    EXPECT_EQ(body_write(slice(kPidf), fields, 1, &out), SX_E_FULL);
    EXPECT_EQ(text(sx_buf_view(&out)), "keep");
    EXPECT_FALSE(out.failed);
}

TEST(BodyTable, EveryRowCanBeWalkedAndWritten) {
    size_t n = body_field_count();
    EXPECT_GT(n, 80u);
    body_field_info info;
    EXPECT_FALSE(body_field_at(n, &info));
    std::map<std::string, Pairs> documents;
    for (size_t i = 0; i < n; i++) {
        ASSERT_TRUE(body_field_at(i, &info));
        ASSERT_TRUE(body_known(sx_slice_str(info.type)));
        std::string name = info.name, kind = info.kind, value = "x";
        for (size_t at; (at = name.find('#')) != std::string::npos;) name[at] = '0';
        if (kind == "int") value = "200";
        if (kind == "switch") value = "yes";
        if (kind == "time") value = "2026-01-01T00:00:00Z";
        if (kind.find('|') != std::string::npos) value = kind.substr(0, kind.find('|'));
        documents[info.type].push_back({name, value});
    }
    EXPECT_EQ(documents.size(), 9u);
    for (auto &d : documents) expect_round_trip(d.first, d.second);
}

TEST(BodyMemory, EveryAllocationMayFail) {
    const Pairs docs[] = {{{"entity", "sip:a"},
                           {"tuples.0.status", "open"},
                           {"tuples.0.timestamp", "2026-01-01T00:00:00Z"},
                           {"notes.0", "n"},
                           {"person.activity", "busy away"}},
                          {{"waiting", "yes"}, {"voice.new", "1"}},
                          {{"from", "sip:a@b"}, {"from_name", "n"}, {"subject", "s"}, {"content", "c"}},
                          {{"status", "200"}, {"reason", "OK"}}};
    const char *const types[] = {kPidf, kSummary, kCpim, kSipfrag};
    for (int k = 0; k < 4; k++) {
        std::vector<body_field> list;
        for (auto &f : docs[k]) list.push_back({slice(f.first), slice(f.second)});
        sx_slice type = sx_slice_str(types[k]);
        int n = 0;
        for (bool hit = true; hit;) {
            sx_buf out;
            sx_buf_init(&out);
            body_doc doc;
            memset(&doc, 0, sizeof doc);
            oom_after(++n);
            int rc = body_write(type, list.data(), list.size(), &out);
            if (rc == SX_OK) rc = body_read(type, sx_buf_view(&out), &doc);
            hit = oom_hit();
            oom_after(0);
            EXPECT_EQ(rc, hit ? SX_E_NOMEM : SX_OK) << types[k] << " " << n;
            if (!hit) {
                EXPECT_GE(doc.count, list.size() - 1);
            }
            body_free(&doc);
            sx_buf_free(&out);
            ASSERT_LT(n, 500);
        }
    }
}

} // namespace
