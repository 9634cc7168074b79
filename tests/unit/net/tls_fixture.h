// A TLS listener and a client of it, with certificates of our own.
#ifndef TLS_FIXTURE_H
#define TLS_FIXTURE_H

#include "net_fixture.h"
#include "support/certs.h"

struct TlsDeleter {
    void operator()(net_tls *t) const { net_tls_unref(t); }
};
using Tls = std::unique_ptr<net_tls, TlsDeleter>;

inline Tls make_tls(const net_tls_options &o) {
    net_tls *t = nullptr;
    EXPECT_EQ(SX_OK, net_tls_create(&o, &t)) << sx_last_error_text();
    return Tls(t);
}

inline Tls server_tls(const Cert &c, net_tls_options o = {}) {
    o.server = true;
    o.cert = c.cert.c_str();
    o.key = c.key.c_str();
    return make_tls(o);
}

inline Tls client_tls(const Cert &ca, net_tls_options o = {}) {
    o.ca = ca.cert.c_str();
    return make_tls(o);
}

// One authority for all tests of a program: making keys takes time.
inline const Ca &the_ca() {
    static const Ca ca;
    return ca;
}
inline const Cert &good_cert() {
    static const Cert c = the_ca().issue({.dns = {"pbx.example"}});
    return c;
}

class TlsNet : public Net {
  protected:
    Box server, client;
    net_listener *s = nullptr;
    net_conn *c = nullptr;
    net_tcp_options so = {}, co = {};

    void listen(net_tls *t) {
        net_addr at = addr("127.0.0.1:0");
        so.tls = t;
        ASSERT_EQ(SX_OK, net_listener_open(l, &at, &so, Box::sink, &server, &s)) << sx_last_error_text();
    }
    void connect(net_tls *t, const char *name = "pbx.example") {
        co.tls = t;
        co.tls_name = name;
        ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, &co, Box::sink, &client, &c))
            << sx_last_error_text();
    }
    bool settled() {
        return until([&] { return (client.count(NET_CONNECTED) == 1 && server.accepted) || client.count(NET_CLOSED); });
    }
    void pair(net_tls *st, net_tls *ct, const char *name = "pbx.example") {
        listen(st);
        connect(ct, name);
        ASSERT_TRUE(until([&] { return client.count(NET_CONNECTED) == 1 && server.accepted; }))
            << (client.seen.empty() ? "" : client.seen.back().text);
    }
    void pair() {
        st = server_tls(good_cert());
        ct = client_tls(the_ca());
        pair(st.get(), ct.get());
    }
    void again() { // the client's side anew
        net_conn_close(c, false);
        net_conn_close(server.accepted, false);
        c = server.accepted = nullptr;
        client.seen.clear();
        server.seen.clear();
    }
    // What a client with these settings says of a server with this certificate: "" if it is content.
    std::string verdict(const Cert &shown, const net_tls_options &wish, const char *name = "pbx.example") {
        Tls a = server_tls(shown), b = make_tls(wish);
        if (!a || !b) return "no settings";
        if (s) net_listener_close(s);
        again();
        listen(a.get());
        connect(b.get(), name);
        EXPECT_TRUE(settled());
        if (client.count(NET_CONNECTED)) return "";
        EXPECT_EQ(SX_E_TLS, client.seen.back().code);
        EXPECT_FALSE(client.seen.back().text.empty());
        EXPECT_TRUE(until([&] { return server.count(NET_REFUSED) == 1; }));
        EXPECT_EQ(0, server.count(NET_ACCEPTED));
        EXPECT_EQ(1u, net_listener_tls_failed(s));
        return client.seen.back().check;
    }
    std::string verdict(const Cert &shown, const char *name = "pbx.example") {
        net_tls_options o = {};
        o.ca = the_ca().cert.c_str();
        return verdict(shown, o, name);
    }
    void TearDown() override {
        net_conn_close(c, false);
        net_conn_close(server.accepted, false);
        net_listener_close(s);
        Net::TearDown();
    }
    Tls st, ct;
};

#endif
