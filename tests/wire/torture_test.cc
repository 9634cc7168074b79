// The torture messages of RFC 4475 and RFC 5118 and what each must cause in the parser. What a user agent above does
// with those that are well-formed (416, 420, 483 ...) is tested there.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>

#include <dirent.h>

extern "C" {
#include "base/error.h"
#include "sip/frame.h"
#include "sip/headers.h"
#include "sip/lex.h"
#include "sip/write.h"
}

namespace {

// The files hold printable ASCII as it is, CRLF as a line end, and everything else as \xHH (a backslash as \\).
std::string load(const std::string &name) {
    std::ifstream in(std::string(SIPUA_TEST_DATA) + "/torture/" + name + ".sip", std::ios::binary);
    EXPECT_TRUE(in) << name;
    std::string text((std::istreambuf_iterator<char>(in)), {}), out;
    for (size_t i = 0; i < text.size(); i++) {
        if (text[i] == '\n') {
            out += "\r\n";
        } else if (text[i] != '\\') {
            out += text[i];
        } else if (text[++i] == 'x') {
            out += (char)std::stoi(text.substr(i + 1, 2), nullptr, 16);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}
std::string str(sx_slice s) { return s.p ? std::string(s.p, s.n) : std::string(); }

enum Verdict { ACCEPT = 0, DROP = -1 }; // or a status to answer with

struct Case {
    const char *name;
    int verdict;
    const char *what; // what the message is about
};

const Case cases[] = {
    // RFC 4475 3.1.1: valid
    {"wsinv", ACCEPT, "whitespace and folding everywhere"},
    {"intmeth", ACCEPT, "every legal character"},
    {"esc01", ACCEPT, "escapes in URIs"},
    {"escnull", ACCEPT, "%00 in URIs"},
    {"esc02", ACCEPT, "% where it escapes nothing"},
    {"lwsdisp", ACCEPT, "no space between display name and <"},
    {"longreq", ACCEPT, "long values"},
    {"dblreq", ACCEPT, "a second request in the datagram is ignored"},
    {"semiuri", ACCEPT, "a semicolon in the user part"},
    {"transports", ACCEPT, "known and unknown transports"},
    {"mpart01", ACCEPT, "a binary multipart body"},
    {"unreason", ACCEPT, "UTF-8 in the reason phrase"},
    {"noreason", ACCEPT, "an empty reason phrase"},
    // RFC 4475 3.1.2: invalid
    {"badinv01", 400, "separators with nothing between them"},
    {"clerr", 400, "Content-Length beyond the datagram"},
    {"ncl", 400, "a negative Content-Length"},
    {"scalar02", 400, "CSeq and Max-Forwards out of range"},
    {"scalarlg", DROP, "a response with CSeq out of range"},
    {"quotbal", 400, "a quote that is not closed"},
    {"ltgtruri", 400, "<> around the Request-URI"},
    {"lwsruri", 400, "a space in the Request-URI"},
    {"lwsstart", 400, "several spaces in the start line"},
    {"trws", 400, "spaces behind the version"},
    {"escruri", ACCEPT, "headers in the Request-URI: liberal, they are ignored"},
    {"baddate", ACCEPT, "a date that is not GMT: liberal, nobody reads it"},
    {"regbadct", ACCEPT, "a Contact that needs <>: its reader refuses it"},
    {"badaspec", ACCEPT, "spaces inside <>: liberal"},
    {"baddn", 400, "a comma in a display name without quotes"},
    {"badvers", 505, "SIP/7.0"},
    {"mismatch01", 400, "method and CSeq differ"},
    {"mismatch02", 400, "an unknown method and CSeq differ"},
    {"bigcode", DROP, "a status of ten digits"},
    // RFC 4475 3.2, 3.3, 3.4
    {"badbranch", ACCEPT, "a branch that is the magic cookie alone"},
    {"insuf", DROP, "no From, To, Call-ID: a 400 could not be matched by anybody"},
    {"unkscm", ACCEPT, "an unknown URI scheme"},
    {"novelsc", ACCEPT, "a known scheme that is not ours"},
    {"unksm2", ACCEPT, "unknown schemes in To, From and Contact"},
    {"bext01", ACCEPT, "unknown option tags in Require"},
    {"invut", ACCEPT, "an unknown content type"},
    {"regaut01", ACCEPT, "an unknown authentication scheme"},
    {"multi01", 400, "several From, To, Call-ID, CSeq, Max-Forwards"},
    {"mcl01", 400, "contradicting Content-Lengths"},
    {"bcast", ACCEPT, "a response for another host"},
    {"zeromf", ACCEPT, "Max-Forwards: 0"},
    {"cparam01", ACCEPT, "a parameter of the Contact header"},
    {"cparam02", ACCEPT, "a parameter of the Contact URI"},
    {"regescrt", ACCEPT, "escaped headers in a Contact URI"},
    {"sdp01", ACCEPT, "an Accept we cannot fulfil"},
    {"inv2543", ACCEPT, "an INVITE of RFC 2543: no branch, no tag, no Max-Forwards"},
    // RFC 5118 4
    {"v6-good", ACCEPT, "IPv6 references"},
    {"v6-bad", 400, "an IPv6 address without brackets in the Request-URI"},
    {"v6-port-ambiguous", ACCEPT, "what looks like a port belongs to the address"},
    {"v6-port-unambiguous", ACCEPT, "address and port"},
    {"v6-received-delimited", ACCEPT, "received with brackets"},
    {"v6-received-bare", ACCEPT, "received without brackets"},
    {"v6-sdp", ACCEPT, "IPv6 in the SDP"},
    {"v6-mult-ip-in-header", ACCEPT, "IPv4 and IPv6 in Via"},
    {"v6-mult-ip-in-sdp", ACCEPT, "IPv4 and IPv6 in the SDP"},
    {"v6-mapped-v4", ACCEPT, "IPv4-mapped IPv6 addresses"},
};

struct Message {
    std::string text;
    std::unique_ptr<char[]> bytes; // of exact size
    std::unique_ptr<sip_scratch> scratch{new sip_scratch};
    sip_basics basics{};
    sip_parse_error err{};
    int rc;
    explicit Message(const std::string &name) : text(load(name)), bytes(new char[text.size()]) {
        memcpy(bytes.get(), text.data(), text.size());
        rc = sip_parse(scratch.get(), bytes.get(), text.size(), nullptr, &err);
        if (rc == SX_OK) rc = sip_basics_read(get(), &basics, &err);
    }
    const sip_msg *get() const { return &scratch->msg; }
    int verdict() const { return rc == SX_OK ? (int)ACCEPT : err.status ? err.status : (int)DROP; }
};

class Torture : public testing::TestWithParam<Case> {};

} // namespace

TEST_P(Torture, CausesWhatItMust) {
    Message m(GetParam().name);
    EXPECT_EQ(m.verdict(), GetParam().verdict)
        << GetParam().what << "; we said: " << (m.err.what ? m.err.what : "fine");
    if (m.verdict() < 400) return;
    sx_buf b;
    sx_buf_init(&b);
    sip_writer w;
    sip_response_spec spec = {m.err.status, sx_slice_str(m.err.what), SX_LIT("tag"), SX_LIT("192.0.2.77"), 5060};
    sip_write_begin(&w, &b);
    sip_write_response(&w, m.get(), &spec);
    EXPECT_EQ(sip_write_end(&w, {}, {}), SX_OK) << "the answer can be written";
    sip_scratch s;
    EXPECT_EQ(sip_parse(&s, b.p, b.n, nullptr, nullptr), SX_OK);
    sx_buf_free(&b);
}

TEST_P(Torture, ComesThroughAStreamByteByByte) {
    std::string text = load(GetParam().name);
    sip_framer f;
    sip_framer_init(&f, 0, 0);
    int what = 0;
    sx_slice out;
    for (size_t i = 0; i < text.size() && what == 0; i++) {
        ASSERT_EQ(sip_framer_feed(&f, &text[i], 1), SX_OK);
        what = sip_framer_next(&f, &out);
    }
    std::string name = GetParam().name;
    if (name == "ncl" || name == "mcl01" || name == "inv2543")
        EXPECT_EQ(what, SX_E_PROTOCOL) << "without a clear Content-Length a stream is lost";
    else if (name == "clerr")
        EXPECT_EQ(what, SIP_FRAME_MORE);
    else
        EXPECT_EQ(what, SIP_FRAME_MESSAGE);
    sip_framer_free(&f);
}

INSTANTIATE_TEST_SUITE_P(Rfc, Torture, testing::ValuesIn(cases), [](const testing::TestParamInfo<Case> &i) {
    std::string name = i.param.name;
    for (auto &c : name)
        if (c == '-') c = '_';
    return name;
});

TEST(TortureDetails, EveryFileIsInTheTable) {
    std::set<std::string> names;
    for (auto &c : cases) names.insert(c.name);
    DIR *d = opendir((std::string(SIPUA_TEST_DATA) + "/torture").c_str());
    ASSERT_NE(d, nullptr);
    while (dirent *e = readdir(d)) {
        std::string name = e->d_name;
        if (name.size() < 5 || name.substr(name.size() - 4) != ".sip") continue;
        EXPECT_EQ(names.erase(name.substr(0, name.size() - 4)), 1u) << name;
    }
    closedir(d);
    EXPECT_TRUE(names.empty());
}

TEST(TortureDetails, WhitespaceEverywhere) {
    Message m("wsinv");
    EXPECT_EQ(str(m.basics.to_tag), "1918181833n");
    EXPECT_EQ(str(m.basics.from_tag), "98asjd8");
    EXPECT_EQ(str(m.basics.from.display), "\"J Rosenberg \\\\\\\"\"");
    EXPECT_EQ(m.basics.max_forwards, 68u);
    EXPECT_EQ(m.basics.cseq.number, 9u);
    EXPECT_EQ(str(m.basics.via.host), "192.0.2.2");
    EXPECT_EQ(str(m.basics.via.branch), "390skdjuw");
    sip_list l;
    sip_via v;
    std::string hosts;
    sip_list_begin(&l, m.get(), SIP_HDR_VIA);
    while (sip_via_next(&l, &v) > 0) hosts += str(v.transport) + " " + str(v.host) + " " + str(v.branch) + ",";
    EXPECT_EQ(hosts, "UDP 192.0.2.2 390skdjuw,TCP spindle.example.com z9hG4bK9ikj8,UDP 192.168.255.111 z9hG4bK30239,");
    sip_addr a;
    ASSERT_EQ(sip_addr_first(m.get(), SIP_HDR_CONTACT, &a), SX_OK);
    sx_slice q;
    EXPECT_TRUE(sip_param_get(a.params, SX_LIT("q"), &q));
    EXPECT_EQ(str(q), "0.33");
    EXPECT_TRUE(sip_param_get(a.params, SX_LIT("newparam"), &q));
    EXPECT_EQ(str(q), "newvalue");
    ASSERT_EQ(sip_addr_first(m.get(), SIP_HDR_ROUTE, &a), SX_OK);
    EXPECT_EQ(str(a.uri), "sip:services.example.com;lr;unknownwith=value;unknown-no-value");
    EXPECT_EQ(str(sip_value(m.get(), SIP_HDR_SUBJECT)), "");
    EXPECT_EQ(m.get()->body.n, 150u);
}

TEST(TortureDetails, EveryCharacter) {
    Message m("intmeth");
    EXPECT_EQ(str(m.get()->method_name), "!interesting-Method0123456789_*+`.%indeed'~");
    EXPECT_EQ(str(m.basics.uri.host), "example.com");
    EXPECT_EQ(str(m.basics.uri.user), "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    EXPECT_EQ(str(m.basics.uri.password), "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
    EXPECT_EQ(str(m.basics.from_tag), "_token~1'+`*%!-.");
    EXPECT_EQ(str(m.basics.from.display), "token1~` token2'+_ token3*%!.-");
    EXPECT_EQ(m.basics.max_forwards, 255u);
}

TEST(TortureDetails, TheRest) {
    Message dbl("dblreq");
    EXPECT_EQ(dbl.get()->body.n, 0u);
    EXPECT_EQ(str(dbl.get()->bytes).find("INVITE"), std::string::npos);
    Message mpart("mpart01");
    EXPECT_EQ(mpart.get()->body.n, 553u);
    Message esc("esc02");
    EXPECT_EQ(esc.get()->method, SIP_METHOD_OTHER) << "RE%47IST%45R is not REGISTER";
    EXPECT_NE(sip_find(esc.get(), SX_LIT("C%6Fntact"), nullptr), nullptr);
    Message badct("regbadct");
    sip_addr a;
    EXPECT_EQ(sip_addr_first(badct.get(), SIP_HDR_CONTACT, &a), SX_E_FORMAT);
    Message p1("cparam01"), p2("cparam02");
    ASSERT_EQ(sip_addr_first(p1.get(), SIP_HDR_CONTACT, &a), SX_OK);
    EXPECT_EQ(str(a.params), "unknownparam");
    ASSERT_EQ(sip_addr_first(p2.get(), SIP_HDR_CONTACT, &a), SX_OK);
    EXPECT_EQ(str(a.params), "");
    Message ext("bext01");
    int unknown;
    sip_option_tags(ext.get(), SIP_HDR_REQUIRE, &unknown);
    EXPECT_EQ(unknown, 2);
    Message branch("badbranch");
    EXPECT_FALSE(sip_branch_is_3261(branch.basics.via.branch));
    Message uri("semiuri");
    EXPECT_EQ(str(uri.basics.uri.user), "user;par=u%40example.net");
    Message scheme("unkscm");
    EXPECT_EQ(scheme.basics.uri.scheme, SIP_SCHEME_OTHER);
    Message old("inv2543");
    EXPECT_EQ(old.basics.via.branch.p, nullptr);
    EXPECT_EQ(old.basics.from_tag.p, nullptr);
}

TEST(TortureDetails, Ipv6) {
    Message ambiguous("v6-port-ambiguous"), clear("v6-port-unambiguous"), with("v6-received-delimited"),
        without("v6-received-bare"), mapped("v6-mapped-v4");
    EXPECT_EQ(str(ambiguous.basics.uri.host), "2001:db8::10:5070");
    EXPECT_EQ(ambiguous.basics.uri.port, 0);
    EXPECT_EQ(str(clear.basics.uri.host), "2001:db8::10");
    EXPECT_EQ(clear.basics.uri.port, 5070);
    EXPECT_EQ(str(with.basics.via.received), "2001:db8::9:255");
    EXPECT_EQ(str(without.basics.via.received), "2001:db8::9:255");
    EXPECT_EQ(str(mapped.basics.via.host), "::ffff:192.0.2.10");
    EXPECT_EQ(mapped.basics.via.port, 19823);
}
