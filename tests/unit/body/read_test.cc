/* Documents as peers send them. */
#include "unit/body/body_fixture.h"

namespace {

const std::string kError = std::to_string(SX_E_FORMAT);

TEST(BodyPidf, APersonIsBusyWhileADeviceIsOpen) {
    Fields f =
        read("application/pidf+xml; charset=utf-8",
             "<?xml version='1.0' encoding='UTF-8'?>\n"
             "<p:presence xmlns:p='urn:ietf:params:xml:ns:pidf' xmlns:x='urn:ietf:params:xml:ns:pidf:data-model'\n"
             " xmlns:y='urn:ietf:params:xml:ns:pidf:rpid' entity='pres:alice@example.com'>\n"
             " <p:tuple id='sg89ae'><p:status><p:basic> open </p:basic></p:status>"
             "<p:contact priority='0.8'>sip:alice@10.0.0.5</p:contact>"
             "<p:timestamp>2026-02-28T12:00:00+01:00</p:timestamp></p:tuple>\n"
             " <p:tuple id='cg231'><p:status><p:basic>CLOSED</p:basic></p:status></p:tuple>\n"
             " <p:note xml:lang='en'>Back &amp; forth</p:note><p:note>zur\xC3\xBC"
             "ck</p:note>\n"
             " <x:person id='p1'><y:activities><y:note>far away</y:note><y:busy/><y:on-the-phone/></y:activities>"
             "<x:note>in a call</x:note></x:person></p:presence>");
    EXPECT_EQ(f, (Fields{{"entity", "pres:alice@example.com"},
                         {"tuples.0.id", "sg89ae"},
                         {"tuples.0.status", "open"},
                         {"tuples.0.priority", "0.8"},
                         {"tuples.0.contact", "sip:alice@10.0.0.5"},
                         {"tuples.0.timestamp", "2026-02-28T12:00:00+01:00"},
                         {"tuples.1.id", "cg231"},
                         {"tuples.1.status", "closed"},
                         {"notes.0", "Back & forth"},
                         {"notes.1", "zur\xC3\xBC"
                                     "ck"},
                         {"person.id", "p1"},
                         {"person.activity_note", "far away"},
                         {"person.activity", "busy on-the-phone"},
                         {"person.note", "in a call"}}));
}

TEST(BodyPidf, MoodAndTheLastKeyThatWasPressed) {
    Fields f =
        read(kPidf, "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='a' "
                    "xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'>"
                    "<dm:person id='p'><r:mood><r:note>it rains</r:note><r:angry/><r:other>wet</r:other></r:mood>"
                    "<r:user-input idle-threshold='600' last-input='2026-01-01T00:00:00Z'>Idle</r:user-input>"
                    "<r:sphere><r:work/></r:sphere></dm:person></presence>");
    EXPECT_EQ(f, (Fields{{"entity", "a"},
                         {"person.id", "p"},
                         {"person.mood", "angry other"},
                         {"person.last_input", "2026-01-01T00:00:00Z"},
                         {"person.user_input", "idle"}}));
}

TEST(BodyPidf, AsterisksDraftOfRpidIsUnderstood) {
    Fields f = read(kPidf, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"
                           "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" \n"
                           "xmlns:pp=\"urn:ietf:params:xml:ns:pidf:person\"\n"
                           "xmlns:es=\"urn:ietf:params:xml:ns:pidf:rpid:status:rpid-status\"\n"
                           "xmlns:ep=\"urn:ietf:params:xml:ns:pidf:rpid:rpid-person\"\n"
                           "entity=\"sip:100@192.0.2.1\">\n"
                           "<pp:person><status>\n<ep:activities><ep:busy/></ep:activities>\n</status></pp:person>\n"
                           "<note>On the phone, M\xFCller</note>\n"
                           "<tuple id=\"100\">\n<contact priority=\"1\">sip:100@192.0.2.1</contact>\n"
                           "<status><basic>open</basic></status>\n</tuple>\n</presence>\n");
    EXPECT_EQ(f["person.activity"], "busy");
    EXPECT_EQ(f["notes.0"], "On the phone, M\xC3\xBCller");
    EXPECT_EQ(f["tuples.0.status"], "open");
}

TEST(BodyPidf, CiscosOwnActivitiesCount) {
    Fields f = read(
        kPidf, "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='bob@example.com'>"
               "<dm:person xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' id='x'>"
               "<e:activities xmlns:e='urn:ietf:params:xml:ns:pidf:status:rpid'>"
               "<ce:available xmlns:ce='urn:cisco:params:xml:ns:pidf:rpid'/></e:activities></dm:person></presence>");
    EXPECT_EQ(f["person.activity"], "available");
}

TEST(BodyPidf, ElementsOfForeignNamespacesAreNotTakenForOurs) {
    Fields f = read(kPidf, "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='a'>"
                           "<x:note xmlns:x='urn:other'>not a note</x:note><x:tuple xmlns:x='urn:other' id='z'/>"
                           "<tuple id='t' xmlns:x='urn:other'><x:status><basic>closed</basic></x:status>"
                           "<status><basic>open</basic></status></tuple></presence>");
    EXPECT_EQ(f, (Fields{{"entity", "a"}, {"tuples.0.id", "t"}, {"tuples.0.status", "open"}}));
}

TEST(BodyPidf, MissingNamespacesAndUndeclaredPrefixesAreForgiven) {
    Fields f =
        read(kPidf,
             "\r\n <?xml version='1.0'?><presence entity='a'><tuple id='t'><status><basic>open</basic></status></tuple>"
             "<dm:person id='p'><rpid:activities><rpid:away/></rpid:activities></dm:person></presence>\0\0 junk");
    EXPECT_EQ(f["tuples.0.status"], "open");
    EXPECT_EQ(f["person.activity"], "away");
    f = read(kPidf, "<presence xmlns='urn:ietf:params:xml:ns:cpim-pidf:' entity='a'><note>old</note></presence>");
    EXPECT_EQ(f["notes.0"], "old");
}

TEST(BodyPidf, WrongEncodingsAreForgiven) {
    for (const char *encoding : {"UTF8", "windows-1252", "UTF-16", "klingon"}) {
        Fields f = read(kPidf, std::string("<?xml version='1.0' encoding='") + encoding + "'?><presence entity='a'/>");
        EXPECT_EQ(f["entity"], "a") << encoding;
    }
    Fields f = read(kPidf, "<presence entity='a'><note>M\xFCller</note></presence>");
    EXPECT_EQ(f["notes.0"], "M\xC3\xBCller");
    f = read(kPidf, "\xEF\xBB\xBF<presence entity='b'/>");
    EXPECT_EQ(f["entity"], "b");
}

TEST(BodySummary, MailboxesSayHowManyMessages) {
    Fields f =
        read(kSummary,
             "Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\nVoice-Message: 2/8 (0/2)\r\n\r\n"
             "To: alice\r\nVoice-Message: 9/9\r\n");
    EXPECT_EQ(f, (Fields{{"waiting", "yes"},
                         {"account", "sip:alice@vmail.example.com"},
                         {"voice.new", "2"},
                         {"voice.old", "8"},
                         {"voice.urgent_new", "0"},
                         {"voice.urgent_old", "2"}}));
}

TEST(BodySummary, ShortAndCrookedOnesAreForgiven) {
    EXPECT_EQ(read(kSummary, "Messages-Waiting: no"), (Fields{{"waiting", "no"}}));
    EXPECT_EQ(read(kSummary, "\nmessages-waiting:YES \nVOICE-MESSAGE : 1 / 0\n"),
              (Fields{{"waiting", "yes"}, {"voice.new", "1"}, {"voice.old", "0"}}));
    EXPECT_EQ(read(kSummary, "Voice-Message: 3/0\r\n")["waiting"], "yes");
    EXPECT_EQ(read(kSummary, "Voice-Message: 0/3\r\n")["waiting"], "no");
    EXPECT_EQ(read(kSummary, "Voice-Message: 99999999999999999999/1\r\n")["voice.new"], "");
    EXPECT_EQ(read(kSummary, "hello"), (Fields{{"error", kError}}));
    EXPECT_EQ(read(kSummary, ""), (Fields{{"error", kError}}));
}

TEST(BodyDialog, ABusyLampLearnsWhoCallsWhom) {
    Fields f =
        read(kDialog,
             "<?xml version=\"1.0\"?>\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"7\" "
             "state=\"partial\" entity=\"sip:alice@example.com\">\n"
             "<dialog id=\"as7d900as8\" call-id=\"a84b4c76e66710\" local-tag=\"1928301774\" remote-tag=\"456887766\" "
             "direction=\"initiator\"><state event='replaced' code='200'>terminated</state><duration>274</duration>"
             "<replaces call-id='hg287s98s89' local-tag='6762h7' remote-tag='09278hsb'/>"
             "<referred-by display='Bob'>sip:bob@example.com</referred-by>"
             "<local><identity display=\"Anonymous\">sip:anonymous@example.org</identity>"
             "<target uri=\"sip:alice@pc33.example.com\"><param pname=\"isfocus\" pval=\"true\"/></target></local>"
             "<remote><identity display=\"Bob &quot;B&quot;\">sip:bob@example.org</identity></remote></dialog>"
             "<dialog id='2'><state>confirmed</state></dialog></dialog-info>");
    EXPECT_EQ(f, (Fields{{"version", "7"},
                         {"state", "partial"},
                         {"entity", "sip:alice@example.com"},
                         {"dialogs.0.id", "as7d900as8"},
                         {"dialogs.0.call_id", "a84b4c76e66710"},
                         {"dialogs.0.local_tag", "1928301774"},
                         {"dialogs.0.remote_tag", "456887766"},
                         {"dialogs.0.direction", "initiator"},
                         {"dialogs.0.event", "replaced"},
                         {"dialogs.0.code", "200"},
                         {"dialogs.0.state", "terminated"},
                         {"dialogs.0.duration", "274"},
                         {"dialogs.0.replaces.call_id", "hg287s98s89"},
                         {"dialogs.0.replaces.local_tag", "6762h7"},
                         {"dialogs.0.replaces.remote_tag", "09278hsb"},
                         {"dialogs.0.referred_by", "sip:bob@example.com"},
                         {"dialogs.0.local.name", "Anonymous"},
                         {"dialogs.0.local.identity", "sip:anonymous@example.org"},
                         {"dialogs.0.local.target", "sip:alice@pc33.example.com"},
                         {"dialogs.0.remote.name", "Bob \"B\""},
                         {"dialogs.0.remote.identity", "sip:bob@example.org"},
                         {"dialogs.1.id", "2"},
                         {"dialogs.1.state", "confirmed"}}));
}

TEST(BodyDialog, BroadsoftsExtensionsAndCrookedNamesAreForgiven) {
    Fields f =
        read(kDialog,
             "<Dialog-Info xmlns='urn:ietf:params:xml:ns:dialog-info' xmlns:sa='urn:ietf:params:xml:ns:sa-dialog-info' "
             "version='1' state='FULL' entity='sip:1@h'><dialog id='x' callid='c' local-tag='l' direction='Recipient'>"
             "<sa:appearance>1</sa:appearance><sa:exclusive>true</sa:exclusive><state> Early "
             "</state></dialog></Dialog-Info>");
    EXPECT_EQ(f["state"], "full");
    EXPECT_EQ(f["dialogs.0.call_id"], "c");
    EXPECT_EQ(f["dialogs.0.direction"], "recipient");
    EXPECT_EQ(f["dialogs.0.state"], "early");
    EXPECT_EQ(f.size(), 8u);
}

TEST(BodyReginfo, RegistrationsOfAnAccount) {
    Fields f =
        read(kReginfo,
             "<reginfo xmlns='urn:ietf:params:xml:ns:reginfo' version='1' state='partial'>"
             "<registration aor='sip:joe@example.com' id='a7' state='active'>"
             "<contact id='76' state='active' event='registered' duration-registered='7322' q='0.8' expires='1800' "
             "callid='x1' cseq='12'><uri>sip:joe@pc887.example.com</uri><display-name>Joe</display-name>"
             "<unknown-param name='+sip.instance'>\"x\"</unknown-param></contact>"
             "<contact id='77' state='terminated' event='expired'><uri>sip:joe@old</uri></contact></registration>"
             "<registration aor='sip:ann@example.com' id='a8' state='terminated'>"
             "<contact id='78' state='terminated' "
             "event='unregistered'><uri>sip:ann@h</uri></contact></registration></reginfo>");
    EXPECT_EQ(f["registrations.0.contacts.0.uri"], "sip:joe@pc887.example.com");
    EXPECT_EQ(f["registrations.0.contacts.0.expires"], "1800");
    EXPECT_EQ(f["registrations.0.contacts.0.duration"], "7322");
    EXPECT_EQ(f["registrations.0.contacts.1.event"], "expired");
    EXPECT_EQ(f["registrations.1.contacts.0.uri"], "sip:ann@h") << "contacts count anew in each registration";
    EXPECT_EQ(f["registrations.1.state"], "terminated");
}

TEST(BodyConference, UsersAndTheirDevices) {
    Fields f = read(
        kConference,
        "<conference-info xmlns='urn:ietf:params:xml:ns:conference-info' entity='sips:conf233@example.com' "
        "state='full' version='1'>"
        "<conference-description><subject>Agenda: this month's goals</subject></conference-description>"
        "<conference-state><user-count>33</user-count><active>true</active><locked>0</locked></conference-state><users>"
        "<user entity='sip:bob@example.com' state='full'><display-text>Bob "
        "Hoskins</display-text><roles><entry>host</entry>"
        "<entry>speaker</entry></roles><endpoint entity='sip:bob@pc33.example.com'><status>disconnected</status>"
        "<disconnection-method>departed</disconnection-method></endpoint></user>"
        "<user entity='sip:alice@example.com'><endpoint entity='sip:4kfk4j392jsu@example.com;grid=433kj4j3u'>"
        "<status>connected</status><joining-method>dialed-out</joining-method><media id='1'><type>audio</type>"
        "<status>sendrecv</status></media><media "
        "id='2'><type>video</type></media></endpoint></user></users></conference-info>");
    EXPECT_EQ(f["subject"], "Agenda: this month's goals");
    EXPECT_EQ(f["count"], "33");
    EXPECT_EQ(f["active"], "yes");
    EXPECT_EQ(f["locked"], "no");
    EXPECT_EQ(f["users.0.role"], "host");
    EXPECT_EQ(f["users.0.endpoints.0.leaving"], "departed");
    EXPECT_EQ(f["users.1.endpoints.0.joining"], "dialed-out");
    EXPECT_EQ(f["users.1.endpoints.0.media.1.type"], "video");
    EXPECT_EQ(f["users.1.endpoints.0.media.0.status"], "sendrecv");
}

TEST(BodyComposing, SomebodyIsWriting) {
    EXPECT_EQ(
        read(kComposing,
             "<?xml version='1.0'?><isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>active</state>"
             "<contenttype>text/plain</contenttype><refresh>90</refresh></isComposing>"),
        (Fields{{"state", "active"}, {"content_type", "text/plain"}, {"refresh", "90"}}));
    EXPECT_EQ(
        read(kComposing, "<isComposing><state>idle</state><lastactive>2003-01-27T10:43:00Z</lastactive></isComposing>")
            ["last_active"],
        "2003-01-27T10:43:00Z");
}

TEST(BodyImdn, AMessageWasShown) {
    Fields f = read(
        kImdn,
        "<?xml version='1.0' encoding='UTF-8'?><imdn "
        "xmlns='urn:ietf:params:xml:ns:imdn'><message-id>34jk324j</message-id>"
        "<datetime>2008-04-04T12:16:49-05:00</datetime><recipient-uri>im:bob@example.com</recipient-uri>"
        "<original-recipient-uri>im:bob@example.com</original-recipient-uri><display-notification><status><displayed/>"
        "</status></display-notification></imdn>");
    EXPECT_EQ(f, (Fields{{"message_id", "34jk324j"},
                         {"datetime", "2008-04-04T12:16:49-05:00"},
                         {"recipient", "im:bob@example.com"},
                         {"original", "im:bob@example.com"},
                         {"kind", "display"},
                         {"status", "displayed"}}));
}

TEST(BodySipfrag, TheStatusOfATransfer) {
    EXPECT_EQ(read("message/sipfrag;version=2.0", "SIP/2.0 200 OK\r\n"), (Fields{{"status", "200"}, {"reason", "OK"}}));
    EXPECT_EQ(read(kSipfrag, "\r\nsip/2.0  486 Busy Here\nReason: x"),
              (Fields{{"status", "486"}, {"reason", "Busy Here"}}));
    EXPECT_EQ(read(kSipfrag, "SIP/2.0 100"), (Fields{{"status", "100"}}));
    for (const char *bad :
         {"", "\r\n\r\n", "SIP/2.0", "SIP/2.0 99 x", "SIP/2.0 700 x", "SIP/2.0 20x", "INVITE sip:a SIP/2.0"})
        EXPECT_EQ(read(kSipfrag, bad), (Fields{{"error", kError}})) << bad;
}

TEST(BodyRead, NoDoctypeNoEntities) {
    EXPECT_EQ(read(kPidf, "<?xml version='1.0'?><!DOCTYPE presence [<!ENTITY a 'aaaa'>]><presence entity='&a;'/>"),
              (Fields{{"error", kError}}));
    EXPECT_EQ(read(kPidf, "<!DOCTYPE presence SYSTEM 'file:///etc/passwd'><presence entity='a'/>"),
              (Fields{{"error", kError}}));
    EXPECT_EQ(read(kPidf, "<presence entity='a'><note>&evil;</note></presence>"), (Fields{{"error", kError}}));
}

TEST(BodyRead, BrokenOnesAreErrorsAndNotHalfRead) {
    for (const char *bad :
         {"", " ", "\xEF\xBB\xBF", "<", "<presence", "<presence entity='a'>", "<presence entity='a'><note>x</presence>",
          "<presence entity='a' entity='b'/>", "<other/>", "Messages-Waiting: yes",
          "<presence entity='a'><note>\x01</note>", "<presence entity='a'><x:note></y:note>"})
        EXPECT_EQ(read(kPidf, bad), (Fields{{"error", kError}})) << bad;
    EXPECT_EQ(read("text/plain", "x"), (Fields{{"error", std::to_string(SX_E_UNSUPPORTED)}}));
    EXPECT_EQ(read("", "x"), (Fields{{"error", std::to_string(SX_E_UNSUPPORTED)}}));
}

TEST(BodyRead, HugeDeepAndWideOnesAreRefused) {
    const std::string limit = std::to_string(SX_E_LIMIT), open = "<presence entity='a'>", close = "</presence>";
    EXPECT_EQ(read(kPidf, open + std::string(BODY_MAX, ' ') + close)["error"], limit);
    std::string deep = open, many = open, wide = "<presence entity='a'", notes = open;
    for (int i = 0; i < 40; i++) deep += "<x>";
    for (unsigned i = 0; i < BODY_MAX_ELEMENTS; i++) many += "<x/>";
    for (int i = 0; i < 100; i++) wide += " a" + std::to_string(i) + "='1'";
    for (unsigned i = 0; i < BODY_MAX_FIELDS; i++) notes += "<note>x</note>";
    EXPECT_EQ(read(kPidf, deep)["error"], limit);
    EXPECT_EQ(read(kPidf, many + close)["error"], limit);
    EXPECT_EQ(read(kPidf, wide + "/>")["error"], limit);
    EXPECT_EQ(read(kPidf, notes + close)["error"], limit);
}

TEST(BodyRead, ValuesThatAreNoneOfTheirKindAreLeftOut) {
    Fields f =
        read(kDialog, "<dialog-info version='x' state='odd' entity='e'><dialog id='1'><state code='-5'>waiting</state>"
                      "<duration>0012</duration></dialog></dialog-info>");
    EXPECT_EQ(f, (Fields{{"state", "odd"},
                         {"entity", "e"},
                         {"dialogs.0.id", "1"},
                         {"dialogs.0.state", "waiting"},
                         {"dialogs.0.duration", "12"}}));
    f = read(kPidf, "<presence "
                    "entity='e'><tuple><timestamp>yesterday</timestamp></tuple><tuple><timestamp>2026-01-02T03:04:05</"
                    "timestamp></tuple>"
                    "<tuple><timestamp>2026-01-02T03:04:05.678Z</timestamp></"
                    "tuple><tuple><timestamp>2026-13-02T03:04:05Z</timestamp></tuple></presence>");
    EXPECT_EQ(f, (Fields{{"entity", "e"},
                         {"tuples.1.timestamp", "2026-01-02T03:04:05Z"},
                         {"tuples.2.timestamp", "2026-01-02T03:04:05.678Z"}}));
}

} // namespace
