/* Programs built against older and newer headers, JSON, URIs. */
#include "support.h"

#include <dlfcn.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace {

std::string read_all(const char *path) {
    std::ifstream f(path);
    std::stringstream s;
    s << f.rdbuf();
    return s.str();
}

/* By hand: std::regex recurses once a character. */
std::string without_comments(const std::string &s) {
    std::string out;
    for (size_t at = 0; at < s.size();) {
        size_t open = s.find("/*", at);
        out += s.substr(at, open == std::string::npos ? open : open - at);
        if (open == std::string::npos) break;
        size_t close = s.find("*/", open + 2);
        at = close == std::string::npos ? s.size() : close + 2;
    }
    return out;
}

std::string word_at(const std::string &s, size_t at) {
    size_t end = at;
    while (end < s.size() && (isalnum((unsigned char)s[end]) || s[end] == '_')) end++;
    return s.substr(at, end - at);
}

/* The names of all functions that are declared after SIPUA_API. */
std::set<std::string> declared_functions() {
    std::set<std::string> all;
    std::string text = without_comments(read_all(SIPUA_HEADER));
    for (size_t at = text.find("\nSIPUA_API "); at != std::string::npos; at = text.find("\nSIPUA_API ", at + 1)) {
        size_t paren = text.find('(', at), name = paren;
        while (isalnum((unsigned char)text[name - 1]) || text[name - 1] == '_') name--;
        all.insert(word_at(text, name));
    }
    return all;
}

TEST(Structs, TheMacroAndTheFunctionAgree) {
#define CHECK(type, INIT)                              \
    do {                                               \
        type a = INIT, b;                              \
        memset(&b, 0xaa, sizeof b);                    \
        type##_init(&b, sizeof b);                     \
        EXPECT_EQ(memcmp(&a, &b, sizeof a), 0) << #type; \
        EXPECT_EQ(sizeof(type) % 8, 0u) << #type;      \
    } while (0)
    CHECK(sipua_agent_config, SIPUA_AGENT_CONFIG_INIT);
    CHECK(sipua_event_view, SIPUA_EVENT_VIEW_INIT);
    CHECK(sipua_call_stats, SIPUA_CALL_STATS_INIT);
    CHECK(sipua_agent_counters, SIPUA_AGENT_COUNTERS_INIT);
    CHECK(sipua_account_config, SIPUA_ACCOUNT_CONFIG_INIT);
    CHECK(sipua_call_config, SIPUA_CALL_CONFIG_INIT);
    CHECK(sipua_reply, SIPUA_REPLY_INIT);
    CHECK(sipua_message_config, SIPUA_MESSAGE_CONFIG_INIT);
    CHECK(sipua_listener_config, SIPUA_LISTENER_CONFIG_INIT);
    CHECK(sipua_server_config, SIPUA_SERVER_CONFIG_INIT);
    CHECK(sipua_option_info, SIPUA_OPTION_INFO_INIT);
    CHECK(sipua_uri, SIPUA_URI_INIT);
}

/* A struct of a newer program: longer than ours. */
template <class T> struct Newer {
    T known;
    unsigned char tail[24];
    Newer(T init) : known(init) {
        memset(tail, 0, sizeof tail);
        known.struct_size = sizeof *this;
    }
};

template <class T> void grown(T init, std::function<int32_t(const T *)> use, const char *name) {
    Newer<T> n(init);
    EXPECT_NE(use(&n.known), SIPUA_E_VERSION) << name << ": " << sipua_last_error_text();
    n.tail[23] = 1;
    EXPECT_EQ(use(&n.known), SIPUA_E_VERSION) << name;
    EXPECT_TRUE(strstr(sipua_last_error_text(), name)) << sipua_last_error_text();
    T t = init;
    for (uint32_t size : {0u, 4u, 16u, (uint32_t)sizeof(T) - 4, (uint32_t)sizeof(T) + 4, (uint32_t)sizeof(T) + 1, 0x7fffffffu}) {
        t.struct_size = size;
        EXPECT_EQ(use(&t), SIPUA_E_VERSION) << name << " of " << size;
        EXPECT_TRUE(strstr(sipua_last_error_text(), name));
    }
}

TEST(Structs, ALongerStructIsFineWhileItsTailIsZeroAndATooShortOneIsNot) {
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    sipua_agent *a = agent.raw;
    sipua_id id;
    sipua_agent_config ag = Agent::defaults();
    ag.media_workers = 99; /* so that none is made */
    grown<sipua_agent_config>(ag, [](auto *c) { sipua_agent *x; return sipua_agent_create(c, &x); }, "sipua_agent_config");
    grown<sipua_account_config>(SIPUA_ACCOUNT_CONFIG_INIT, [&](auto *c) { return sipua_account_create(a, c, 0, &id); },
                                "sipua_account_config");
    grown<sipua_call_config>(SIPUA_CALL_CONFIG_INIT, [&](auto *c) { return sipua_call_create(a, 0, c, 0, &id); },
                             "sipua_call_config");
    grown<sipua_reply>(SIPUA_REPLY_INIT, [&](auto *c) { return sipua_call_ring(a, 1, c, 0); }, "sipua_reply");
    grown<sipua_reply>(SIPUA_REPLY_INIT, [&](auto *c) { return sipua_message_accept(a, 1, c, 0); }, "sipua_reply");
    grown<sipua_message_config>(SIPUA_MESSAGE_CONFIG_INIT, [&](auto *c) { return sipua_message_send(a, 0, c, 0, &id); },
                                "sipua_message_config");
    grown<sipua_listener_config>(SIPUA_LISTENER_CONFIG_INIT, [&](auto *c) { return sipua_listener_create(a, c, 0, &id); },
                                 "sipua_listener_config");
    grown<sipua_server_config>(SIPUA_SERVER_CONFIG_INIT, [&](auto *c) { return sipua_server_create(a, c, 0, &id); },
                               "sipua_server_config");
    grown<sipua_uri>(SIPUA_URI_INIT, [&](auto *c) { char b[10]; return sipua_uri_write(c, b, 10); }, "sipua_uri");
}

TEST(Structs, AProgramOfTheFirstReleaseGoesOnAndIsNeverReadBeyondItsEnd) {
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    sipua_id id;
    sipua_account_config c = SIPUA_ACCOUNT_CONFIG_INIT;
    c.struct_size = offsetof(sipua_account_config, transport);
    c.aor = "sip:alice@127.0.0.1";
    c.transport = "pigeon"; /* beyond its end: not looked at */
    EXPECT_EQ(sipua_account_create(agent.raw, &c, 0, &id), SIPUA_OK) << sipua_last_error_text();
    c.struct_size = sizeof c;
    EXPECT_EQ(sipua_account_create(agent.raw, &c, 0, &id), SIPUA_E_INVALID);
}

TEST(Structs, PaddingMustBeZero) {
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    sipua_id id;
    sipua_agent *x;
    sipua_agent_config a = Agent::defaults();
    sipua_account_config b = SIPUA_ACCOUNT_CONFIG_INIT;
    sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
    sipua_reply d = SIPUA_REPLY_INIT;
    sipua_server_config e = SIPUA_SERVER_CONFIG_INIT;
    a.reserved = b.reserved = c.reserved = d.reserved = e.reserved = 1;
    EXPECT_EQ(sipua_agent_create(&a, &x), SIPUA_E_VERSION);
    EXPECT_EQ(sipua_account_create(agent.raw, &b, 0, &id), SIPUA_E_VERSION);
    EXPECT_EQ(sipua_call_create(agent.raw, 0, &c, 0, &id), SIPUA_E_VERSION);
    EXPECT_EQ(sipua_call_ring(agent.raw, 1, &d, 0), SIPUA_E_VERSION);
    EXPECT_EQ(sipua_server_create(agent.raw, &e, 0, &id), SIPUA_E_VERSION);
}

TEST(Structs, AnOutStructIsFilledAsFarAsBothKnowAndZeroBeyond) {
    Newer<sipua_option_info> n(SIPUA_OPTION_INFO_INIT);
    memset(n.tail, 0xee, sizeof n.tail);
    EXPECT_EQ(sipua_option_at(0, &n.known), (int32_t)sizeof(sipua_option_info));
    EXPECT_EQ(n.known.struct_size, sizeof n);
    for (unsigned char c : n.tail) EXPECT_EQ(c, 0);
    n.known.struct_size = 8;
    EXPECT_EQ(sipua_option_at(0, &n.known), SIPUA_E_VERSION);
    EXPECT_EQ(sipua_option_at(0, nullptr), SIPUA_E_INVALID);
}

TEST(Symbols, WhatTheHeaderDeclaresIsExportedAndNothingElse) {
    std::set<std::string> declared = declared_functions(), exported;
    for (bool archive : {false, true}) {
        exported.clear();
        std::string cmd = archive ? "nm -g --defined-only " SIPUA_ARCHIVE : "nm -D --defined-only " SIPUA_LIBRARY;
        FILE *p = popen(cmd.c_str(), "r");
        ASSERT_TRUE(p);
        char line[512], name[256], type;
        while (fgets(line, sizeof line, p))
            if (sscanf(line, "%*x %c %255s", &type, name) == 2 && type != 'A') exported.insert(std::string(name).substr(0, std::string(name).find('@')));
        pclose(p);
        EXPECT_GT(declared.size(), 60u);
        for (auto &s : declared) EXPECT_TRUE(exported.count(s)) << s << " is not exported";
        for (auto &s : exported) {
            bool sanitizer = s.compare(0, 2, "__") == 0;
            EXPECT_TRUE(declared.count(s) || sanitizer) << s << " is exported, but not in the header";
        }
    }
}

TEST(Json, TheNamesOfEventsAreTheHeaders) {
    std::istringstream text(read_all(SIPUA_HEADER));
    int rows = 0;
    for (std::string line; std::getline(text, line);) {
        size_t at = line.find("    SIPUA_EVENT_"), value = line.find("\") = ");
        if (at != 0 || value == std::string::npos) continue;
        std::string name = word_at(line, strlen("    SIPUA_EVENT_"));
        for (auto &c : name) c = (char)tolower(c);
        EXPECT_EQ(str(sipua_event_type_name(std::stoi(line.substr(value + 5)))), name);
        rows++;
    }
    EXPECT_GT(rows, 40);
}

TEST(Json, AnEventIsOneObjectUnderTheNamesOfTheView) {
    SilentPeer bob;
    Agent agent;
    ASSERT_NO_FATAL_FAILURE(agent.start());
    sipua_id id = agent.call(bob.uri, 5, 6);
    std::string json = agent.reply(5).json();
    std::regex form("\\{\"time\":\"20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\",\"event\":\"reply\",\"id\":(\\d+),\"call\":\\1,"
                    "\"user\":6,\"tag\":5\\}");
    std::smatch m;
    ASSERT_TRUE(std::regex_match(json, m, form)) << json;
    EXPECT_EQ(m[1], std::to_string(id));
    ASSERT_EQ(sipua_agent_stats(agent.raw, 7), SIPUA_OK);
    Event stats = agent.until(SIPUA_EVENT_STATS);
    EXPECT_NE(stats.json().find("\"calls_now\":1"), std::string::npos) << stats.json();
    sipua_agent_counters c = SIPUA_AGENT_COUNTERS_INIT;
    EXPECT_EQ(sipua_event_agent_stats(stats.raw, &c), (int32_t)sizeof c);
    EXPECT_EQ(c.calls_now, 1u);
    sipua_call_stats s = SIPUA_CALL_STATS_INIT;
    EXPECT_EQ(sipua_event_call_stats(stats.raw, &s), SIPUA_E_KIND);
}

TEST(Events, HeadersOfTheMessageBehindThem) {
    Agent alice, bob;
    ASSERT_NO_FATAL_FAILURE(alice.start());
    ASSERT_NO_FATAL_FAILURE(bob.start());
    ASSERT_EQ(sipua_agent_ask(bob.raw, SIPUA_ASK_CALL, SIPUA_ON, 1), SIPUA_OK);
    ASSERT_TRUE(bob.reply(1));
    sipua_pair headers[] = {{"X-One", "a, b"}, {"X-Two", "Gr\xc3\xbc\xc3\x9f"}, {"x-one", "c"},
                            {"Authorization", "Digest username=\"a\", response=\"0123\""}};
    sipua_call_config c = SIPUA_CALL_CONFIG_INIT;
    std::string target = bob.uri();
    c.target = target.c_str();
    c.headers = headers;
    c.header_count = 4;
    sipua_id id;
    ASSERT_EQ(sipua_call_create(alice.raw, 0, &c, 0, &id), SIPUA_OK) << sipua_last_error_text();
    Event in = bob.until(SIPUA_EVENT_INCOMING_CALL);
    ASSERT_TRUE(in);
    EXPECT_EQ(str(sipua_event_header(in.raw, "X-ONE", 0)), "a, b");
    EXPECT_EQ(str(sipua_event_header(in.raw, "x-one", 1)), "c");
    EXPECT_EQ(sipua_event_header(in.raw, "x-one", 2), nullptr);
    EXPECT_EQ(str(sipua_event_header(in.raw, "x-two", 0)), "Gr\xc3\xbc\xc3\x9f");
    EXPECT_EQ(str(sipua_event_header(in.raw, "t", 0)), str(sipua_event_header(in.raw, "To", 0)));
    int n = sipua_event_header_count(in.raw);
    EXPECT_GT(n, 8);
    const char *name, *value;
    EXPECT_EQ(sipua_event_header_at(in.raw, 0, &name, &value), SIPUA_OK);
    EXPECT_STREQ(name, "Via");
    EXPECT_EQ(sipua_event_header_at(in.raw, n, &name, &value), SIPUA_E_NOT_FOUND);
    EXPECT_EQ(sipua_event_header_at(in.raw, -1, &name, &value), SIPUA_E_NOT_FOUND);
    uint64_t size;
    const uint8_t *text = sipua_event_message(in.raw, &size);
    ASSERT_TRUE(text);
    std::string message((const char *)text, size);
    EXPECT_EQ(message.compare(0, 7, "INVITE "), 0);
    EXPECT_NE(message.find("response=\"***\""), std::string::npos) << message;
    sipua_agent_close(bob.raw); /* an event outlives its agent */
    sipua_agent_free(bob.raw);
    bob.raw = nullptr;
    EXPECT_NE(in.json().find("incoming_call"), std::string::npos);
    EXPECT_EQ(str(sipua_event_header(in.raw, "X-ONE", 0)), "a, b");
}

struct Uri {
    const char *text, *scheme, *user, *password, *host;
    int port;
    const char *parameters, *headers;
};

TEST(Uris, AreTakenApartAndPutTogetherAgain) {
    const Uri all[] = {
        {"sip:alice@example.com", "sip", "alice", nullptr, "example.com", 0, nullptr, nullptr},
        {"\"Bob <x>\" <SIPS:bob:pw@[2001:db8::1]:5061;transport=tcp;lr?subject=x&a=b>;tag=1", "sips", "bob", "pw",
         "2001:db8::1", 5061, "transport=tcp;lr", "subject=x&a=b"},
        {"sip:a%40b%20c@x", "sip", "a@b c", nullptr, "x", 0, nullptr, nullptr},
        {"sip:192.0.2.1:5070", "sip", nullptr, nullptr, "192.0.2.1", 5070, nullptr, nullptr},
        {"tel:+49-30-1;phone-context=x", "tel", "+49-30-1", nullptr, nullptr, 0, "phone-context=x", nullptr},
    };
    for (auto &t : all) {
        sipua_uri u = SIPUA_URI_INIT;
        std::vector<char> buffer(strlen(t.text) + 16);
        ASSERT_GT(sipua_uri_parse(t.text, &u, buffer.data(), (uint32_t)buffer.size()), 0) << t.text << sipua_last_error_text();
        EXPECT_EQ(str(u.scheme), t.scheme);
        EXPECT_EQ(str(u.user), str(t.user)) << t.text;
        EXPECT_EQ(str(u.password), str(t.password));
        EXPECT_EQ(str(u.host), str(t.host)) << t.text;
        EXPECT_EQ(u.port, t.port);
        EXPECT_EQ(str(u.parameters), str(t.parameters));
        EXPECT_EQ(str(u.headers), str(t.headers));
        char out[200], small[8];
        ASSERT_GT(sipua_uri_write(&u, out, sizeof out), 0) << t.text << " " << sipua_last_error_text();
        sipua_uri again = SIPUA_URI_INIT;
        std::vector<char> buffer2(strlen(out) + 16);
        ASSERT_GT(sipua_uri_parse(out, &again, buffer2.data(), (uint32_t)buffer2.size()), 0) << out;
        EXPECT_EQ(str(again.user), str(u.user));
        EXPECT_EQ(str(again.host), str(u.host));
        EXPECT_EQ(sipua_uri_write(&u, small, sizeof small), SIPUA_E_FULL);
        EXPECT_EQ(sipua_uri_parse(t.text, &u, small, sizeof small), SIPUA_E_FULL);
    }
}

TEST(Uris, BadOnesAreRefused) {
    sipua_uri u = SIPUA_URI_INIT;
    char b[300];
    for (const char *s : {"", "x", "sip:", "sip:a b@c", "<sip:a@b", "sip:a@b\r\nX: y", "sip:\xff@b"})
        EXPECT_EQ(sipua_uri_parse(s, &u, b, sizeof b), SIPUA_E_URI) << s;
    EXPECT_EQ(sipua_uri_parse(nullptr, &u, b, sizeof b), SIPUA_E_INVALID);
    EXPECT_EQ(sipua_uri_parse("sip:a@b", &u, nullptr, 10), SIPUA_E_INVALID);
    EXPECT_GT(sipua_uri_parse("sip:%ff%00@b", &u, b, sizeof b), 0);
    EXPECT_EQ(str(u.user), "??");
    u = SIPUA_URI_INIT;
    EXPECT_EQ(sipua_uri_write(&u, b, sizeof b), SIPUA_E_URI);
    EXPECT_STREQ(sipua_last_error_text(), "host is missing");
    u.host = "b\r\nX: y";
    EXPECT_EQ(sipua_uri_write(&u, b, sizeof b), SIPUA_E_URI);
    u.host = "b c";
    EXPECT_EQ(sipua_uri_write(&u, b, sizeof b), SIPUA_E_URI);
    u.host = "b";
    u.port = 99999;
    EXPECT_EQ(sipua_uri_write(&u, b, sizeof b), SIPUA_E_URI);
    u.port = 0;
    u.parameters = "a b";
    EXPECT_EQ(sipua_uri_write(&u, b, sizeof b), SIPUA_E_URI);
}

} // namespace
