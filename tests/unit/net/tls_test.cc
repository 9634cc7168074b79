#include "tls_fixture.h"

extern "C" {
#include "net/tls_internal.h"
}

namespace {

class TlsConn : public TlsNet {};

TEST_F(TlsConn, ConnectsAndTalksBothWays) {
    pair();
    EXPECT_TRUE(net_conn_is_tls(c));
    EXPECT_TRUE(net_conn_is_tls(server.accepted));
    EXPECT_STREQ("pbx.example", net_conn_tls_peer(c));
    EXPECT_EQ(nullptr, net_conn_tls_peer(server.accepted));
    EXPECT_NE(nullptr, strstr(net_conn_tls_text(c), "TLSv1.3")) << net_conn_tls_text(c);
    EXPECT_EQ(0u, net_listener_handshakes(s));
    net_conn_send(c, SX_LIT("ping"));
    net_conn_send(c, SX_LIT("pong"));
    ASSERT_TRUE(until([&] { return server.data() == "pingpong"; }));
    net_conn_send(server.accepted, SX_LIT("back"));
    ASSERT_TRUE(until([&] { return client.data() == "back"; }));
    EXPECT_EQ(0u, net_conn_queued(c));
}

TEST_F(TlsConn, SpeaksTls12ToOldServers) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    SSL_CTX_set_max_proto_version(st->m.ssl, TLS1_2_VERSION);
    pair(st.get(), ct.get());
    EXPECT_NE(nullptr, strstr(net_conn_tls_text(c), "TLSv1.2")) << net_conn_tls_text(c);
    net_conn_send(c, SX_LIT("ping"));
    ASSERT_TRUE(until([&] { return server.data() == "ping"; }));
}

TEST_F(TlsConn, WhatIsSentBeforeTheHandshakeIsNotLost) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    listen(st.get());
    connect(ct.get());
    EXPECT_EQ(SX_OK, net_conn_send(c, SX_LIT("early")));
    EXPECT_EQ(5u, net_conn_queued(c));
    ASSERT_TRUE(until([&] { return server.data() == "early"; }));
    EXPECT_EQ(NET_ACCEPTED, server.seen[0].type);
}

// ---- verification

TEST_F(TlsConn, GoodCertificatesAreTaken) {
    EXPECT_EQ("", verdict(good_cert()));
    EXPECT_EQ("", verdict(the_ca().issue({.dns = {"other.example", "PBX.Example"}})));
    EXPECT_EQ("", verdict(the_ca().issue({.dns = {"sip1.example"}, .uri = {"sip:pbx.example"}})));
    EXPECT_EQ("", verdict(the_ca().issue({.dns = {"*.example.org"}}), "pbx.example.org"));
    EXPECT_EQ("", verdict(the_ca().issue({.ip = {"192.0.2.7", "127.0.0.1"}}), nullptr));
    EXPECT_EQ("", verdict(the_ca().issue({.ip = {"2001:db8::7"}}), "[2001:db8::7]"));
    EXPECT_EQ("", verdict(the_ca().issue({.cn = "pbx.example"})));
    EXPECT_EQ("", verdict(the_ca().issue({.dns = {"pbx.example"}, .rsa_bits = 2048})));
}

TEST_F(TlsConn, WrongNamesAreRefused) {
    for (auto &wish : std::vector<CertWish>{
             {.dns = {"pbx.example.org"}},
             {.dns = {"example"}},
             {.dns = {"p*.example"}},
             {.dns = {"*bx.example"}},
             {.dns = {"*.example"}}, // a whole top-level domain
             {.uri = {"sip:*.example"}},
             {.uri = {"sip:alice@pbx.example"}},
             {.uri = {"https://pbx.example"}},
             {.dns = {"sip1.example"}, .cn = "pbx.example"}, // a common name counts only on its own
             {.uri = {"sip:other.example"}, .cn = "pbx.example"},
             {.ip = {"127.0.0.1"}},
         }) {
        Cert shown = the_ca().issue(wish);
        EXPECT_EQ("name mismatch", verdict(shown)) << client.seen.back().names;
    }
    EXPECT_EQ("name mismatch", verdict(the_ca().issue({.dns = {"*.example.org"}}), "a.b.example.org"));
    EXPECT_EQ("name mismatch", verdict(the_ca().issue({.dns = {"*.example.org"}}), "example.org"));
    EXPECT_EQ("name mismatch", verdict(the_ca().issue({.dns = {"127.0.0.1"}}), nullptr));
    EXPECT_EQ("name mismatch", verdict(the_ca().issue({.cn = "127.0.0.1"}), nullptr));
    EXPECT_EQ("name mismatch", verdict(the_ca().issue({.ip = {"127.0.0.2"}}), "127.0.0.1"));
}

TEST(TlsNames, UrisMayCarryAPortAndParametersButNoUser) {
    auto covers = [](const char *uri, const char *host) { return net_tls_uri_covers(sx_slice_str(uri), sx_slice_str(host)); };
    EXPECT_TRUE(covers("sip:pbx.example", "PBX.example"));
    EXPECT_TRUE(covers("SIPS:pbx.example:5061;transport=tls", "pbx.example"));
    EXPECT_TRUE(covers("sip:[2001:db8::1]:5061", "2001:db8:0::1"));
    EXPECT_TRUE(covers("sip:192.0.2.1?x=y@z", "192.0.2.1"));
    EXPECT_FALSE(covers("sip:pbx.example:port", "pbx.example"));
    EXPECT_FALSE(covers("sip:pbx.example@evil.example", "pbx.example"));
    EXPECT_FALSE(covers("sip:[2001:db8::1", "2001:db8::1"));
    EXPECT_FALSE(covers("sip:[2001:db8::1]x", "2001:db8::1"));
    EXPECT_FALSE(covers("pbx.example", "pbx.example"));
    EXPECT_FALSE(covers("sip:", ""));
    EXPECT_FALSE(covers("", ""));
    EXPECT_FALSE(net_tls_dns_covers(sx_slice_of("pbx.example\0.evil", 17), SX_LIT("pbx.example")));
    EXPECT_FALSE(net_tls_dns_covers(SX_LIT("*.example.org"), SX_LIT(".example.org")));
    EXPECT_FALSE(net_tls_dns_covers(SX_LIT("*.*.example.org"), SX_LIT("a.b.example.org")));
    EXPECT_FALSE(net_tls_dns_covers(SX_LIT("*"), SX_LIT("localhost")));
    EXPECT_TRUE(net_tls_dns_covers(SX_LIT("localhost."), SX_LIT("localhost")));
}

TEST_F(TlsConn, FailureSaysWhichNamesTheCertificateHas) {
    EXPECT_EQ("name mismatch", verdict(the_ca().issue({.dns = {"a.example", "b.example"}, .uri = {"sip:c.example"}, .ip = {"::1"}})));
    EXPECT_EQ("sip:c.example, a.example, b.example, ::1", client.seen.back().names);
    EXPECT_EQ("the certificate is not for pbx.example", client.seen.back().text);
}

TEST_F(TlsConn, BadCertificatesAreRefusedEachForItsReason) {
    CertWish w = {.dns = {"pbx.example"}};
    CertWish old = w, young = w, client_only = w, sign_only = w, small = w;
    old.not_before_s = -7200;
    old.not_after_s = -3600;
    young.not_before_s = 3600;
    young.not_after_s = 7200;
    client_only.eku = "clientAuth";
    sign_only.ku = "critical,cRLSign";
    EXPECT_EQ("expired", verdict(the_ca().issue(old)));
    EXPECT_EQ("pbx.example", client.seen.back().names);
    EXPECT_EQ("not yet valid", verdict(the_ca().issue(young)));
    EXPECT_EQ("wrong key usage", verdict(the_ca().issue(client_only)));
    EXPECT_EQ("wrong key usage", verdict(the_ca().issue(sign_only)));
    EXPECT_EQ("self-signed", verdict(SelfSigned(w)));
    Ca other("Another CA");
    EXPECT_EQ("unknown issuer", verdict(other.issue(w)));
    EXPECT_NE(std::string::npos, client.seen.back().text.find("1 certificate")) << client.seen.back().text;
}

TEST_F(TlsConn, ShortKeysAreRefused) {
    Cert weak = the_ca().issue({.dns = {"pbx.example"}, .rsa_bits = 1024});
    net_tls_options o = {};
    net_tls *t = nullptr;
    o.server = true;
    o.cert = weak.cert.c_str();
    o.key = weak.key.c_str();
    EXPECT_EQ(SX_E_TLS, net_tls_create(&o, &t));
    EXPECT_NE(nullptr, strstr(sx_last_error_text(), "key too small")) << sx_last_error_text();
}

TEST_F(TlsConn, WeakCertificatesOfCarelessServersAreRefused) {
    Ca ca("RSA", 2048);
    for (auto &wish : std::vector<CertWish>{{.dns = {"pbx.example"}, .rsa_bits = 1024},
                                            {.dns = {"pbx.example"}, .digest = "SHA1", .rsa_bits = 2048},
                                            {.dns = {"pbx.example"}, .digest = "MD5", .rsa_bits = 2048}}) {
        Cert weak = ca.issue(wish);
        st = server_tls(the_ca().issue({.dns = {"pbx.example"}, .rsa_bits = 2048}));
        ct = client_tls(ca);
        SSL_CTX_set_security_level(st->m.ssl, 0);
        ASSERT_EQ(1, SSL_CTX_use_certificate(st->m.ssl, weak.x509.get()));
        ASSERT_EQ(1, SSL_CTX_use_PrivateKey(st->m.ssl, weak.pkey.get()));
        listen(st.get());
        connect(ct.get());
        ASSERT_TRUE(settled());
        EXPECT_EQ("weak signature", client.seen.back().check) << client.seen.back().text;
        again();
        net_listener_close(s);
        s = nullptr;
    }
}

TEST_F(TlsConn, CertificatesForSipAloneAreTaken) { // RFC 5924
    EXPECT_EQ("", verdict(the_ca().issue({.dns = {"pbx.example"}, .eku = "1.3.6.1.5.5.7.3.20"})));
    EXPECT_EQ("", verdict(the_ca().issue({.dns = {"pbx.example"}, .eku = "anyExtendedKeyUsage"})));
    EXPECT_EQ("wrong key usage", verdict(the_ca().issue({.dns = {"pbx.example"}, .eku = "codeSigning"})));
}

TEST_F(TlsConn, ChainsAreFollowedAndMissingLinksAreUnknownIssuers) {
    Ca below = the_ca().issue_ca("Intermediate");
    Cert leaf = below.issue({.dns = {"pbx.example"}});
    EXPECT_EQ("unknown issuer", verdict(leaf));
    leaf.cert += below.cert;
    EXPECT_EQ("", verdict(leaf));
    // the one below may itself be what is trusted
    net_tls_options o = {};
    o.ca = below.cert.c_str();
    EXPECT_EQ("", verdict(below.issue({.dns = {"pbx.example"}}), o));
    // a leaf is no authority
    Ca fake = the_ca();
    static_cast<Cert &>(fake) = good_cert();
    Cert forged = fake.issue({.dns = {"pbx.example"}});
    forged.cert += good_cert().cert;
    EXPECT_EQ("wrong key usage", verdict(forged));
}

TEST_F(TlsConn, RevokedCertificatesAreRefused) {
    Cert shown = the_ca().issue({.dns = {"pbx.example"}});
    std::string list = the_ca().crl({shown}), empty = the_ca().crl({}), foreign = Ca("Another CA").crl({}),
                stale = the_ca().crl({}, -60);
    net_tls_options o = {};
    o.ca = the_ca().cert.c_str();
    o.crl = list.c_str();
    EXPECT_EQ("revoked", verdict(shown, o));
    o.crl = empty.c_str();
    EXPECT_EQ("", verdict(shown, o));
    o.crl = foreign.c_str(); // says nothing of this issuer
    EXPECT_EQ("", verdict(shown, o));
    o.crl = stale.c_str(); // a list that nobody renews
    EXPECT_EQ("other", verdict(shown, o));
}

TEST_F(TlsConn, PinsAreCheckedBesidesTheRest) {
    net_tls_options o = {};
    o.ca = the_ca().cert.c_str();
    const char *pins[] = {"sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", good_cert().pin.c_str()};
    o.pins = pins;
    o.npins = 1;
    EXPECT_EQ("pin mismatch", verdict(good_cert(), o));
    o.npins = 2;
    EXPECT_EQ("", verdict(good_cert(), o));
    EXPECT_EQ("name mismatch", verdict(good_cert(), o, "other.example"));
    Cert own = SelfSigned({.dns = {"whatever"}});
    const char *its[] = {own.pin.c_str()};
    net_tls_options alone = {};
    alone.insecure = true;
    alone.pins = its;
    alone.npins = 1;
    EXPECT_EQ("", verdict(own, alone));
    EXPECT_EQ("pin mismatch", verdict(good_cert(), alone));
}

/* One key in 64 has a pin that begins with a slash of its own. */
TEST_F(TlsConn, PinsMayBeginWithASlash) {
    for (const char *pin : {"sha256//4jVmSdq2Aq5hNcVSagI53LaAv+57HUoi9dem26rpDc=", "sha256///4jVmSdq2Aq5hNcVSagI53LaAv+57HUoi9dem26rpDc=",
                            "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}) {
        net_tls *t = nullptr;
        net_tls_options o = {};
        o.pins = &pin;
        o.npins = 1;
        o.insecure = true;
        EXPECT_EQ(net_tls_create(&o, &t), SX_OK) << pin;
        net_tls_unref(t);
    }
}

TEST_F(TlsConn, InsecureTakesAnythingAndNamesNobody) {
    net_tls_options o = {};
    o.insecure = true;
    EXPECT_EQ("", verdict(SelfSigned({.dns = {"evil.example"}, .not_before_s = -7200, .not_after_s = -3600}), o));
    EXPECT_EQ(nullptr, net_conn_tls_peer(c));
}

// ---- SNI, ALPN

std::string sni;
int remember_sni(SSL *ssl, int *, void *) {
    const char *n = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    sni = n ? n : "";
    return SSL_TLSEXT_ERR_OK;
}

TEST_F(TlsConn, ServerNameIsSentForNamesAndNotForAddresses) {
    st = server_tls(the_ca().issue({.dns = {"pbx.example"}, .ip = {"127.0.0.1"}}));
    ct = client_tls(the_ca());
    SSL_CTX_set_tlsext_servername_callback(st->m.ssl, remember_sni);
    pair(st.get(), ct.get(), "pbx.example.");
    EXPECT_EQ("pbx.example", sni);
    again();
    connect(ct.get(), "127.0.0.1");
    ASSERT_TRUE(settled());
    EXPECT_EQ(1, client.count(NET_CONNECTED));
    EXPECT_EQ("", sni);
}

TEST_F(TlsConn, AlpnIsSipAndClientsOfOtherProtocolsAreTurnedAway) {
    pair();
    EXPECT_NE(nullptr, strstr(net_conn_tls_text(c), " sip")) << net_conn_tls_text(c);
    again();
    co.alpn = "h2, http/1.1";
    connect(ct.get());
    ASSERT_TRUE(settled());
    EXPECT_EQ(0, client.count(NET_CONNECTED));
    EXPECT_NE(std::string::npos, client.seen.back().text.find("ALPN")) << client.seen.back().text;
    again();
    co.alpn = ""; // offers none: as most phones
    connect(ct.get());
    ASSERT_TRUE(settled());
    EXPECT_EQ(1, client.count(NET_CONNECTED));
    again();
    net_conn *other = nullptr;
    co.alpn = "a,,b";
    EXPECT_EQ(SX_E_INVALID, net_tcp_connect(l, net_listener_local(s), nullptr, &co, Box::sink, &client, &other));
}

// ---- resumption

TEST_F(TlsConn, SessionsAreResumedForTheSameNameOnly) {
    st = server_tls(the_ca().issue({.dns = {"pbx.example", "other.example"}}));
    ct = client_tls(the_ca());
    pair(st.get(), ct.get());
    EXPECT_EQ(nullptr, strstr(net_conn_tls_text(c), "resumed"));
    auto once_more = [&](const char *name) {
        // a session comes with the first bytes after the handshake
        net_conn_send(server.accepted, SX_LIT("x"));
        EXPECT_TRUE(until([&] { return client.data() == "x"; }));
        again();
        connect(ct.get(), name);
        EXPECT_TRUE(settled());
        EXPECT_EQ(1, client.count(NET_CONNECTED));
        return strstr(net_conn_tls_text(c), "resumed") != nullptr;
    };
    EXPECT_TRUE(once_more("pbx.example"));
    EXPECT_STREQ("pbx.example", net_conn_tls_peer(c));
    EXPECT_TRUE(once_more("pbx.example"));
    EXPECT_FALSE(once_more("other.example"));
    EXPECT_TRUE(once_more("pbx.example"));
    ASSERT_EQ(SX_OK, net_tls_reload(ct.get())); // other rules may hold now
    EXPECT_FALSE(once_more("pbx.example"));
    EXPECT_TRUE(once_more("pbx.example"));
    ASSERT_EQ(SX_OK, net_tls_reload(st.get())); // the server's old tickets are void
    EXPECT_FALSE(once_more("pbx.example"));
}

TEST_F(TlsConn, SessionsOfTls12AreResumedToo) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    SSL_CTX_set_max_proto_version(st->m.ssl, TLS1_2_VERSION);
    pair(st.get(), ct.get());
    for (int i = 0; i < 2; i++) {
        again();
        connect(ct.get());
        ASSERT_TRUE(settled());
        EXPECT_NE(nullptr, strstr(net_conn_tls_text(c), "resumed")) << net_conn_tls_text(c);
    }
}

TEST_F(TlsConn, SessionsOfManyNamesAreBounded) {
    std::vector<std::string> names;
    for (int i = 0; i < 80; i++) names.push_back("h" + std::to_string(i) + ".example");
    Cert many = the_ca().issue({.dns = names});
    st = server_tls(many);
    ct = client_tls(the_ca());
    SSL_CTX_set_max_proto_version(st->m.ssl, TLS1_2_VERSION);
    listen(st.get());
    for (auto &n : names) {
        again();
        connect(ct.get(), n.c_str());
        ASSERT_TRUE(settled());
        ASSERT_EQ(1, client.count(NET_CONNECTED));
    }
    EXPECT_EQ(static_cast<unsigned>(NET_TLS_SESSIONS), ct->nsessions);
}

// ---- clients' certificates

struct Mutual {
    Cert phone = the_ca().issue({.uri = {"sip:alice.example"}});
    net_tls_options so = {}, co = {};
    Mutual() {
        so.ca = the_ca().cert.c_str();
        so.need_client = true;
        co.cert = phone.cert.c_str();
        co.key = phone.key.c_str();
    }
};

TEST_F(TlsConn, ClientShowsItsCertificateWhenAsked) {
    Mutual m;
    st = server_tls(good_cert(), m.so);
    ct = client_tls(the_ca(), m.co);
    pair(st.get(), ct.get());
    EXPECT_STREQ("sip:alice.example", net_conn_tls_peer(server.accepted));
    net_conn_send(server.accepted, SX_LIT("x"));
    ASSERT_TRUE(until([&] { return client.data() == "x"; }));
    again();
    connect(ct.get());
    ASSERT_TRUE(settled());
    ASSERT_TRUE(server.accepted);
    EXPECT_NE(nullptr, strstr(net_conn_tls_text(c), "resumed"));
    EXPECT_STREQ("sip:alice.example", net_conn_tls_peer(server.accepted));
}

TEST_F(TlsConn, ClientWithoutCertificateLearnsWhyItIsRefused) {
    for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        Mutual m;
        st = server_tls(good_cert(), m.so);
        ct = client_tls(the_ca());
        SSL_CTX_set_max_proto_version(st->m.ssl, version);
        listen(st.get());
        connect(ct.get());
        ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
        EXPECT_EQ(SX_E_TLS, client.seen.back().code);
        EXPECT_EQ("client certificate required", client.seen.back().check) << client.seen.back().text;
        ASSERT_TRUE(until([&] { return server.count(NET_REFUSED) == 1; }));
        EXPECT_EQ("client certificate required", server.seen.back().check);
        EXPECT_FALSE(server.accepted);
        again();
        net_listener_close(s);
    }
    s = nullptr;
}

TEST_F(TlsConn, ClientsBadCertificatesAreRefusedByTheServer) {
    Cert revoked = the_ca().issue({.uri = {"sip:bob.example"}});
    std::string list = the_ca().crl({revoked});
    struct { Cert cert; const char *check; } all[] = {
        {revoked, "revoked"},
        {the_ca().issue({.not_before_s = -7200, .not_after_s = -3600}), "expired"},
        {the_ca().issue({.eku = "serverAuth"}), "wrong key usage"},
        {SelfSigned({.dns = {"me"}}), "self-signed"},
        {Ca("Another CA").issue({.dns = {"me"}}), "unknown issuer"},
    };
    for (auto &a : all) {
        Mutual m;
        m.so.crl = list.c_str();
        m.co.cert = a.cert.cert.c_str();
        m.co.key = a.cert.key.c_str();
        st = server_tls(good_cert(), m.so);
        ct = client_tls(the_ca(), m.co);
        listen(st.get());
        connect(ct.get());
        ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1 && server.count(NET_REFUSED) == 1; }));
        EXPECT_EQ(a.check, server.seen.back().check) << server.seen.back().text;
        EXPECT_EQ(SX_E_TLS, client.seen.back().code) << client.seen.back().text;
        EXPECT_FALSE(server.accepted);
        again();
        net_listener_close(s);
        s = nullptr;
    }
}

TEST_F(TlsConn, AskedClientsMayComeWithoutACertificateButNotWithABadOne) {
    Mutual m;
    m.so.need_client = false;
    m.so.ask_client = true;
    st = server_tls(good_cert(), m.so);
    ct = client_tls(the_ca());
    pair(st.get(), ct.get());
    EXPECT_EQ(nullptr, net_conn_tls_peer(server.accepted));
    again();
    Cert bad = SelfSigned({.dns = {"me"}});
    m.co.cert = bad.cert.c_str();
    m.co.key = bad.key.c_str();
    Tls with_bad = client_tls(the_ca(), m.co);
    connect(with_bad.get());
    ASSERT_TRUE(until([&] { return server.count(NET_REFUSED) == 1; }));
    EXPECT_FALSE(server.accepted);
}

// ---- versions, plain text, strangers

TEST_F(TlsConn, OldVersionsAreRefusedOnBothSides) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    SSL_CTX_set_security_level(ct->m.ssl, 0);
    SSL_CTX_set_min_proto_version(ct->m.ssl, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(ct->m.ssl, TLS1_1_VERSION);
    listen(st.get());
    connect(ct.get());
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1 && server.count(NET_REFUSED) == 1; }));
    EXPECT_EQ("protocol version", client.seen.back().check) << client.seen.back().text;
    EXPECT_EQ("protocol version", server.seen.back().check) << server.seen.back().text;
    again();
    net_listener_close(s);
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    SSL_CTX_set_security_level(st->m.ssl, 0);
    SSL_CTX_set_min_proto_version(st->m.ssl, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(st->m.ssl, TLS1_1_VERSION);
    listen(st.get());
    connect(ct.get());
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    EXPECT_EQ("protocol version", client.seen.back().check) << client.seen.back().text;
}

TEST_F(TlsConn, MinimumVersionMayBeRaised) {
    net_tls_options o = {};
    o.min_version = 0x0304;
    st = server_tls(good_cert());
    ct = client_tls(the_ca(), o);
    SSL_CTX_set_max_proto_version(st->m.ssl, TLS1_2_VERSION);
    listen(st.get());
    connect(ct.get());
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    EXPECT_EQ("protocol version", client.seen.back().check) << client.seen.back().text;
}

TEST_F(TlsConn, PlainClientAtATlsListenerIsClosedAndCounted) {
    st = server_tls(good_cert());
    listen(st.get());
    connect(nullptr);
    net_conn_send(c, SX_LIT("OPTIONS sip:x SIP/2.0\r\n"));
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1 && server.count(NET_REFUSED) == 1; }));
    EXPECT_EQ("not TLS", server.seen.back().check);
    EXPECT_EQ(1u, net_listener_tls_failed(s));
    EXPECT_EQ(0u, net_listener_handshakes(s));
    EXPECT_EQ(0u, net_listener_conns(s));
}

TEST_F(TlsConn, TlsClientAtAPlainListenerSaysSo) {
    ct = client_tls(the_ca());
    listen(nullptr);
    server.then = [&](const net_event *ev) {
        if (ev->type == NET_ACCEPTED) net_conn_adopt(server.accepted = ev->conn, Box::sink, &server);
        if (ev->type == NET_DATA) net_conn_send(server.accepted, SX_LIT("SIP/2.0 400 Bad Request\r\n\r\n"));
    };
    connect(ct.get());
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    EXPECT_EQ(SX_E_TLS, client.seen.back().code);
    EXPECT_EQ("not TLS", client.seen.back().check);
    again();
    server.then = nullptr; // one that just closes
    connect(ct.get());
    ASSERT_TRUE(until([&] { return server.accepted; }));
    net_conn_close(server.accepted, false);
    server.accepted = nullptr;
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    EXPECT_EQ("not TLS", client.seen.back().check) << client.seen.back().text;
}

TEST_F(TlsConn, GarbageInTheHandshakeEndsThatConnectionOnly) {
    pair();
    for (auto &bytes : std::vector<std::string>{"\x16", std::string("\x16\x03\x01\x02\x00garbage", 12),
                                                std::string("\x15\x03\x03\x00\x02\x02\x28", 7), "\x80\x2e\x01"}) {
        Box other;
        net_conn *o = nullptr;
        int before = server.count(NET_REFUSED);
        ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, nullptr, Box::sink, &other, &o));
        std::string junk = bytes;
        junk += std::string(600, 'j');
        net_conn_send(o, slice(junk));
        ASSERT_TRUE(until([&] { return server.count(NET_REFUSED) == before + 1; }));
        net_conn_close(o, false);
    }
    net_conn_send(c, SX_LIT("still here"));
    EXPECT_TRUE(until([&] { return server.data() == "still here"; }));
}

TEST_F(TlsConn, SilentServerRunsIntoTheTimer) {
    ct = client_tls(the_ca());
    listen(nullptr);
    co.handshake_ms = 50;
    connect(ct.get());
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    EXPECT_EQ(SX_E_TLS, client.seen.back().code);
    EXPECT_EQ("handshake timeout", client.seen.back().check);
}

TEST_F(TlsConn, SilentAndSlowClientsRunIntoTheTimer) {
    st = server_tls(good_cert());
    so.handshake_ms = 100;
    listen(st.get());
    connect(nullptr);
    Box second;
    net_conn *slow = nullptr;
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, nullptr, Box::sink, &second, &slow));
    const char hello[] = "\x16\x03\x01\x00\x40\x01\x00\x00";
    size_t at = 0;
    ASSERT_TRUE(until([&] {
        if (at < sizeof hello - 1) net_conn_send(slow, sx_slice_of(hello + at++, 1));
        return server.count(NET_REFUSED) == 2;
    }));
    for (auto &e : server.seen) EXPECT_EQ("handshake timeout", e.check);
    EXPECT_EQ(0u, net_listener_handshakes(s));
    EXPECT_TRUE(until([&] { return net_listener_conns(s) == 0; }));
    net_conn_close(slow, false);
}

TEST_F(TlsConn, HalfOpenFloodIsCappedAndGivesWayToOthers) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    so.max_handshakes = 4;
    listen(st.get());
    std::vector<net_conn *> flood(4);
    Box box;
    for (auto &f : flood)
        ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, nullptr, Box::sink, &box, &f));
    ASSERT_TRUE(until([&] { return net_listener_handshakes(s) == 4; }));
    connect(ct.get()); // waits until the oldest has had its second
    ASSERT_TRUE(settled());
    EXPECT_EQ(1, client.count(NET_CONNECTED));
    EXPECT_EQ(3u, net_listener_handshakes(s));
    EXPECT_EQ(1u, net_listener_tls_failed(s));
    EXPECT_EQ(0u, net_listener_refused(s));
    for (auto f : flood) net_conn_close(f, false);
    EXPECT_TRUE(until([&] { return net_listener_handshakes(s) == 0; }));
}

TEST_F(TlsConn, ManyAtATimeAllGetTheirTurn) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    so.max_handshakes = 2;
    listen(st.get());
    server.then = [&](const net_event *ev) {
        if (ev->type == NET_ACCEPTED) net_conn_adopt(ev->conn, Box::sink, &server);
        if (ev->type == NET_CLOSED) net_conn_close(ev->conn, false);
    };
    co.tls = ct.get();
    co.tls_name = "pbx.example";
    std::vector<net_conn *> many(20);
    for (auto &m : many)
        ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, &co, Box::sink, &client, &m));
    EXPECT_TRUE(until([&] { return client.count(NET_CONNECTED) == 20 && server.count(NET_ACCEPTED) == 20; }));
    for (auto m : many) net_conn_close(m, false);
    EXPECT_TRUE(until([&] { return net_listener_conns(s) == 0; }));
}

TEST_F(TlsConn, ListenerMayCloseAmidHandshakes) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    listen(st.get());
    connect(ct.get());
    ASSERT_TRUE(until([&] { return net_listener_handshakes(s) == 1; }));
    net_listener_close(s);
    s = nullptr;
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    EXPECT_EQ(0, server.count(NET_ACCEPTED));
}

TEST_F(TlsConn, RenegotiationClosesTheConnection) {
    for (bool by_server : {false, true}) {
        st = server_tls(good_cert());
        ct = client_tls(the_ca());
        SSL_CTX_set_max_proto_version(st->m.ssl, TLS1_2_VERSION);
        tls_material &evil = by_server ? st->m : ct->m;
        SSL_CTX_clear_options(evil.ssl, SSL_OP_NO_RENEGOTIATION);
        pair(st.get(), ct.get());
        // reach for the SSL of the evil side through OpenSSL: it writes into the link's buffer
        tls_link *k = net_conn_tls_link(by_server ? server.accepted : c);
        ASSERT_EQ(1, SSL_renegotiate(k->ssl));
        SSL_do_handshake(k->ssl);
        net_conn_send(by_server ? server.accepted : c, SX_LIT("x"));
        Box &victim = by_server ? client : server;
        ASSERT_TRUE(until([&] { return victim.count(NET_CLOSED) == 1; }));
        EXPECT_EQ(SX_E_TLS, victim.seen.back().code);
        EXPECT_EQ("the other side wanted to renegotiate", victim.seen.back().text);
        again();
        net_listener_close(s);
        s = nullptr;
    }
}

} // namespace
