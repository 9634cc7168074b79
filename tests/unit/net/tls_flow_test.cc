// What an owner of a connection sees is the same with TLS: queues, pauses, closes. And what TLS costs others.
#include <openssl/crypto.h>
#include <sys/socket.h>

#include <thread>

#include "support/oom.h"
#include "tls_fixture.h"

extern "C" {
#include "net/tls_internal.h"
}

namespace {

class TlsFlow : public TlsNet {};

std::string numbers(size_t n) {
    std::string s;
    for (int i = 0; s.size() < n; i++) s += std::to_string(i) + ",";
    return s;
}

size_t bytes_in(const Box &b) {
    size_t n = 0;
    for (auto &e : b.seen)
        if (e.type == NET_DATA) n += e.bytes.size();
    return n;
}

TEST_F(TlsFlow, BigTransferArrivesWholeAndInOrder) {
    co.queue_max = 32 * 1024 * 1024;
    pair();
    std::string big = numbers(5 * 1024 * 1024);
    for (size_t at = 0; at < big.size(); at += 100000)
        ASSERT_EQ(SX_OK, net_conn_send(c, sx_slice_of(big.data() + at, std::min<size_t>(100000, big.size() - at))));
    ASSERT_TRUE(until([&] { return bytes_in(server) == big.size(); }, 60000));
    EXPECT_TRUE(server.data() == big);
    EXPECT_EQ(0u, net_conn_queued(c));
}

TEST_F(TlsFlow, FullQueueIsRefusedAndTellsWhenItIsEmpty) {
    co.queue_max = 100000;
    pair();
    net_conn_read(server.accepted, false);
    std::string block(50000, 'x');
    size_t sent = 0;
    int rc = SX_OK;
    for (int i = 0; i < 2000 && rc == SX_OK; i++) {
        rc = net_conn_send(c, slice(block));
        if (rc == SX_OK) sent += block.size();
        net_loop_run_once(l, 0);
    }
    ASSERT_EQ(SX_E_FULL, rc);
    EXPECT_GT(net_conn_queued(c), 0u);
    EXPECT_LE(net_conn_queued(c), 110000u);
    net_conn_read(server.accepted, true);
    ASSERT_TRUE(until([&] { return client.count(NET_DRAINED) == 1 && bytes_in(server) == sent; }));
    EXPECT_EQ(SX_OK, net_conn_send(c, slice(block)));
}

TEST_F(TlsFlow, QueueBeforeTheHandshakeHasItsLimitToo) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    co.queue_max = 1000;
    listen(st.get());
    connect(ct.get());
    std::string block(1000, 'x');
    EXPECT_EQ(SX_OK, net_conn_send(c, slice(block)));
    EXPECT_EQ(SX_E_FULL, net_conn_send(c, slice(block)));
    EXPECT_TRUE(until([&] { return client.count(NET_DRAINED) == 1; }));
    EXPECT_TRUE(until([&] { return bytes_in(server) == 1000; }));
}

// Two plain connections in between, which pass on a few bytes at a time.
struct Dribbler {
    net_loop *l;
    net_addr to;
    size_t step;
    net_listener *s = nullptr;
    Box in, out;
    net_conn *far = nullptr;
    std::string up, down;

    Dribbler(net_loop *loop, const net_addr *where, size_t n) : l(loop), to(*where), step(n) {
        net_addr at = net_addr_loopback(NET_V4, 0);
        EXPECT_EQ(SX_OK, net_listener_open(l, &at, nullptr, Box::sink, &in, &s));
        in.then = [this](const net_event *ev) {
            if (ev->type == NET_ACCEPTED) {
                net_conn_adopt(in.accepted = ev->conn, Box::sink, &in);
                net_tcp_connect(l, &to, nullptr, nullptr, Box::sink, &out, &far);
            }
            if (ev->type == NET_DATA) up.append(ev->bytes.p, ev->bytes.n);
        };
        out.then = [this](const net_event *ev) {
            if (ev->type == NET_DATA) down.append(ev->bytes.p, ev->bytes.n);
        };
    }
    void turn() {
        pass(up, far);
        pass(down, in.accepted);
    }
    void pass(std::string &from, net_conn *c) {
        size_t n = std::min(step, from.size());
        if (!n || !c) return;
        net_conn_send(c, sx_slice_of(from.data(), n));
        from.erase(0, n);
    }
    ~Dribbler() {
        net_conn_close(far, false);
        net_conn_close(in.accepted, false);
        net_listener_close(s);
    }
};

TEST_F(TlsFlow, BytesThatComeOneAtATimeAreEnough) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    so.handshake_ms = co.handshake_ms = 60000;
    listen(st.get());
    Dribbler d(l, net_listener_local(s), 1);
    co.tls = ct.get();
    co.tls_name = "pbx.example";
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(d.s), nullptr, &co, Box::sink, &client, &c));
    auto turned = [&](const std::function<bool()> &so) {
        return until([&] {
            d.turn();
            return so();
        }, 60000);
    };
    ASSERT_TRUE(turned([&] { return client.count(NET_CONNECTED) == 1 && server.accepted; }));
    net_conn_send(c, SX_LIT("OPTIONS sip:x SIP/2.0\r\n\r\n"));
    ASSERT_TRUE(turned([&] { return server.data() == "OPTIONS sip:x SIP/2.0\r\n\r\n"; }));
    net_conn_send(server.accepted, SX_LIT("SIP/2.0 200 OK\r\n\r\n"));
    ASSERT_TRUE(turned([&] { return client.data() == "SIP/2.0 200 OK\r\n\r\n"; }));
}

TEST_F(TlsFlow, RecordThatNeverEndsClosesTheConnection) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    so.handshake_ms = 1500;
    listen(st.get());
    Dribbler d(l, net_listener_local(s), 100000);
    co.tls = ct.get();
    co.tls_name = "pbx.example";
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(d.s), nullptr, &co, Box::sink, &client, &c));
    ASSERT_TRUE(until([&] {
        d.turn();
        return client.count(NET_CONNECTED) == 1 && server.accepted;
    }));
    net_conn_send(c, SX_LIT("whole"));
    ASSERT_TRUE(until([&] {
        d.turn();
        return server.data() == "whole";
    }));
    std::string big(10000, 'x');
    net_conn_send(c, slice(big));
    ASSERT_TRUE(until([&] { return d.up.size() > 10000; }));
    d.step = 20; // one piece of it
    d.turn();
    ASSERT_TRUE(until([&] { return server.count(NET_CLOSED) == 1; }));
    EXPECT_EQ(SX_E_TLS, server.seen.back().code);
    EXPECT_EQ("a TLS record did not end", server.seen.back().text);
    EXPECT_EQ("whole", server.data());
}

TEST_F(TlsFlow, CutOffHandshakesFailAtOnce) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    listen(st.get());
    for (size_t allow : {1, 100, 300, 600}) { // bytes of the server's answer
        Dribbler d(l, net_listener_local(s), 100000);
        again();
        co.tls = ct.get();
        co.tls_name = "pbx.example";
        ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(d.s), nullptr, &co, Box::sink, &client, &c));
        ASSERT_TRUE(until([&] {
            d.pass(d.up, d.far);
            return d.down.size() >= allow;
        }));
        net_conn_send(d.in.accepted, sx_slice_of(d.down.data(), allow));
        net_conn_close(d.in.accepted, true);
        d.in.accepted = nullptr;
        ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
        EXPECT_EQ(0, client.count(NET_CONNECTED));
        EXPECT_EQ(SX_E_TLS, client.seen.back().code);
        EXPECT_EQ("other", client.seen.back().check);
    }
}

TEST_F(TlsFlow, ChangedBytesAreNoticed) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    listen(st.get());
    Dribbler d(l, net_listener_local(s), 100000);
    co.tls = ct.get();
    co.tls_name = "pbx.example";
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(d.s), nullptr, &co, Box::sink, &client, &c));
    ASSERT_TRUE(until([&] {
        d.turn();
        return client.count(NET_CONNECTED) == 1 && server.accepted && d.up.empty() && d.down.empty();
    }));
    for (int i = 0; i < 10; i++) { // what else the handshake brings
        net_loop_run_once(l, 2);
        d.turn();
    }
    net_conn_send(c, SX_LIT("pay 10"));
    ASSERT_TRUE(until([&] { return !d.up.empty(); }));
    d.up[d.up.size() - 3] ^= 1;
    d.turn();
    ASSERT_TRUE(until([&] { return server.count(NET_CLOSED) == 1; }));
    EXPECT_EQ(SX_E_TLS, server.seen.back().code);
    EXPECT_EQ("", server.data());
}

// ---- pauses

TEST_F(TlsFlow, ReadingMayBeStoppedInEveryHandler) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    listen(st.get());
    server.then = [&](const net_event *ev) {
        if (ev->type == NET_ACCEPTED) {
            net_conn_adopt(server.accepted = ev->conn, Box::sink, &server);
            net_conn_read(server.accepted, false);
        }
        if (ev->type == NET_DATA) net_conn_read(server.accepted, false);
    };
    connect(ct.get());
    std::string big = numbers(300000); // some comes with the handshake's last bytes
    net_conn_send(c, slice(big));
    ASSERT_TRUE(until([&] { return server.accepted && client.count(NET_CONNECTED); }));
    for (int i = 0; i < 5; i++) net_loop_run_once(l, 2);
    EXPECT_EQ(0u, bytes_in(server));
    ASSERT_TRUE(until([&] {
        int before = server.count(NET_DATA);
        net_conn_read(server.accepted, true);
        net_loop_run_once(l, 5);
        EXPECT_LE(server.count(NET_DATA), before + 1);
        return bytes_in(server) == big.size();
    }));
    EXPECT_TRUE(server.data() == big);
}

TEST_F(TlsFlow, PausedBeforeTheHandshakeEndsIsPausedAfterIt) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    listen(st.get());
    connect(ct.get());
    net_conn_read(c, false);
    ASSERT_TRUE(settled());
    net_conn_send(server.accepted, SX_LIT("wait"));
    for (int i = 0; i < 5; i++) net_loop_run_once(l, 2);
    EXPECT_EQ("", client.data());
    net_conn_read(c, true);
    EXPECT_TRUE(until([&] { return client.data() == "wait"; }));
}

// ---- closes

TEST_F(TlsFlow, PeersCloseIsToldAfterItsLastBytes) {
    pair();
    net_conn_send(server.accepted, SX_LIT("last words"));
    net_conn_close(server.accepted, true);
    server.accepted = nullptr;
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    EXPECT_EQ("last words", client.data());
    EXPECT_EQ(SX_OK, client.seen.back().code);
    EXPECT_EQ("closed by the peer", client.seen.back().text);
    EXPECT_EQ("", client.seen.back().check);
}

TEST_F(TlsFlow, BothWaysOfClosingSayGoodbye) {
    for (bool flush : {true, false}) {
        pair();
        tls_link *k = net_conn_tls_link(c);
        client.then = [&](const net_event *ev) {
            if (ev->type == NET_CLOSED) {
                EXPECT_TRUE(SSL_get_shutdown(k->ssl) & SSL_RECEIVED_SHUTDOWN);
                net_conn_close(c, false);
                c = nullptr;
            }
        };
        net_conn_close(server.accepted, flush);
        server.accepted = nullptr;
        ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
        EXPECT_EQ(SX_OK, client.seen.back().code);
        client.then = nullptr;
        again();
        net_listener_close(s);
        s = nullptr;
    }
}

TEST_F(TlsFlow, GracefulCloseDeliversMegabytes) {
    co.queue_max = 16 * 1024 * 1024;
    pair();
    std::string big(4 * 1024 * 1024, 'z');
    ASSERT_EQ(SX_OK, net_conn_send(c, slice(big)));
    net_conn_close(c, true);
    c = nullptr;
    ASSERT_TRUE(until([&] { return server.count(NET_CLOSED) == 1; }, 60000));
    EXPECT_EQ(big.size(), bytes_in(server));
    EXPECT_EQ(SX_OK, server.seen.back().code);
}

TEST_F(TlsFlow, CloseAmidTheHandshakeStillDeliversIfAsked) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    listen(st.get());
    connect(ct.get());
    net_conn_send(c, SX_LIT("hello"));
    net_conn_close(c, true);
    c = nullptr;
    ASSERT_TRUE(until([&] { return server.count(NET_CLOSED) == 1; }));
    EXPECT_EQ("hello", server.data());
    EXPECT_TRUE(client.seen.empty());
    // and without anything to deliver it is just gone
    server.seen.clear();
    net_conn_close(server.accepted, false);
    server.accepted = nullptr;
    connect(ct.get());
    net_loop_run_once(l, 5);
    net_conn_close(c, true);
    c = nullptr;
    ASSERT_TRUE(until([&] { return net_listener_conns(s) == 0; }));
    EXPECT_TRUE(client.seen.empty());
}

TEST_F(TlsFlow, ClosingInsideEveryHandlerIsSafe) {
    st = server_tls(good_cert());
    ct = client_tls(the_ca());
    for (net_event_type when : {NET_ACCEPTED, NET_CONNECTED, NET_DATA, NET_CLOSED, NET_REFUSED}) {
        for (bool flush : {false, true}) {
            server.then = [&](const net_event *ev) {
                if (ev->type == NET_ACCEPTED) net_conn_adopt(server.accepted = ev->conn, Box::sink, &server);
                if (ev->type == NET_ACCEPTED) net_conn_send(server.accepted, SX_LIT("welcome"));
                if (ev->type != when) return;
                net_conn_close(server.accepted, flush);
                server.accepted = nullptr;
                if (when != NET_ACCEPTED && when != NET_REFUSED) return;
                net_listener_close(s);
                s = nullptr;
            };
            client.then = [&](const net_event *ev) {
                if (ev->type == NET_CONNECTED) net_conn_send(c, SX_LIT("hi"));
                if (ev->type != when) return;
                net_conn_close(c, flush);
                c = nullptr;
            };
            listen(st.get());
            connect(ct.get(), when == NET_REFUSED ? "wrong.example" : "pbx.example");
            if (when == NET_CLOSED) {
                ASSERT_TRUE(settled());
                net_conn_close(server.accepted, true);
                server.accepted = nullptr;
            }
            EXPECT_TRUE(until([&] { return !c || !s || !server.accepted; }));
            for (int i = 0; i < 10; i++) net_loop_run_once(l, 2);
            again();
            net_listener_close(s);
            s = nullptr;
        }
    }
}

TEST_F(TlsFlow, ResetIsAnErrorInWords) {
    pair();
    net_conn_read(server.accepted, false);
    net_conn_send(c, SX_LIT("never read"));
    for (int i = 0; i < 5; i++) net_loop_run_once(l, 5);
    net_conn_close(server.accepted, false);
    server.accepted = nullptr;
    ASSERT_TRUE(until([&] { return client.count(NET_CLOSED) == 1; }));
    // the goodbye may have come first, or been overtaken
    if (client.seen.back().code != SX_OK) {
        EXPECT_EQ(SX_E_TRANSPORT, client.seen.back().code);
    }
}

TEST_F(TlsFlow, LoopMayGoWhileHandshakesAndFlushesAreUnderWay) {
    pair();
    net_conn_read(server.accepted, false);
    std::string big(900000, 'x');
    net_conn_send(c, slice(big));
    net_conn_close(c, true);
    c = nullptr;
    net_loop_run_once(l, 0);
    Box other;
    net_conn *o = nullptr;
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, &co, Box::sink, &other, &o));
    net_loop_run_once(l, 5);
    net_conn_close(o, false);
}

// ---- settings

TEST(TlsOptions, MistakesAreNamed) {
    TempDir dir;
    std::string junk = dir.write("junk.pem", "not a certificate"), missing = dir.path + "/missing.pem";
    std::string broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const Cert &good = good_cert();
    std::string locked = EncryptedKey(good, "secret");
    Cert other = the_ca().issue({.dns = {"x"}});
    const char *bad_pins[] = {"sha256/short"}, *md5_pins[] = {"md5/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
    struct Case {
        const char *words;
        int code;
        net_tls_options o;
    };
    std::vector<Case> cases;
    auto add = [&](int code, const char *words) -> net_tls_options & {
        cases.push_back({words, code, {}});
        return cases.back().o;
    };
    add(SX_E_NOT_FOUND, "ca: ").ca = missing.c_str();
    add(SX_E_FORMAT, "no certificate in").ca = junk.c_str();
    add(SX_E_FORMAT, "no certificate in").ca = broken.c_str();
    add(SX_E_FORMAT, "no certificate in").ca = dir.path.c_str();
    add(SX_E_NOT_FOUND, "cert: ").cert = missing.c_str();
    add(SX_E_FORMAT, "cert: no certificate").cert = junk.c_str();
    add(SX_E_FORMAT, "is not a file").cert = dir.path.c_str();
    add(SX_E_FORMAT, "key: no private key").cert = good.cert.c_str();
    add(SX_E_INVALID, "no certificate for it").key = good.key.c_str();
    add(SX_E_NOT_FOUND, "crl: ").crl = missing.c_str();
    add(SX_E_FORMAT, "crl: ").crl = junk.c_str();
    add(SX_E_INVALID, "a server needs a certificate").server = true;
    add(SX_E_INVALID, "min_version").min_version = 0x0302;
    {
        auto &o = add(SX_E_INVALID, "does not belong");
        o.cert = good.cert.c_str();
        o.key = other.key.c_str();
    }
    {
        auto &o = add(SX_E_FORMAT, "without a password");
        o.cert = good.cert.c_str();
        o.key = locked.c_str();
    }
    {
        auto &o = add(SX_E_FORMAT, "with this password");
        o.cert = good.cert.c_str();
        o.key = locked.c_str();
        o.key_password = "wrong";
    }
    {
        auto &o = add(SX_E_INVALID, "pins: ");
        o.pins = bad_pins;
        o.npins = 1;
    }
    {
        auto &o = add(SX_E_INVALID, "pins: ");
        o.pins = md5_pins;
        o.npins = 1;
    }
    {
        auto &o = add(SX_E_INVALID, "ca: ");
        o.server = o.need_client = true;
        o.cert = good.cert.c_str();
        o.key = good.key.c_str();
    }
    for (auto &k : cases) {
        net_tls *t = nullptr;
        EXPECT_EQ(k.code, net_tls_create(&k.o, &t)) << k.words;
        EXPECT_NE(nullptr, strstr(sx_last_error_text(), k.words)) << sx_last_error_text();
        EXPECT_EQ(nullptr, strstr(sx_last_error_text(), "BEGIN")) << "a key in an error's text";
        net_tls_unref(t);
    }
    net_tls_options o = {};
    std::string both = good.cert + locked;
    o.cert = both.c_str();
    o.key_password = "secret";
    EXPECT_TRUE(make_tls(o));
    net_tls_unref(nullptr);
    EXPECT_EQ(nullptr, net_tls_ref(nullptr));
}

TEST_F(TlsFlow, FilesAndDirectoriesAreTrustedToo) {
    TempDir dir, plain, hashed;
    std::string file = dir.write("ca.pem", "some words\n" + the_ca().cert);
    plain.write("own.crt", the_ca().cert);
    plain.write("notes.txt", "nothing");
    char name[32];
    snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(the_ca().x509.get()));
    hashed.write(name, the_ca().cert);
    for (auto &ca : {file, plain.path, hashed.path}) {
        net_tls_options o = {};
        o.ca = ca.c_str();
        EXPECT_EQ("", verdict(good_cert(), o)) << ca;
    }
}

class TlsSearch : public TlsNet {
  protected:
    const char *const none[1] = {nullptr};
    std::string search(const tls_places &where, int found) {
        Tls t = make_tls({});
        sx_buf tried;
        sx_buf_init(&tried);
        EXPECT_EQ(found, net_tls_search(t.get(), SSL_CTX_get_cert_store(t->m.ssl), &where, &tried));
        std::string words(tried.p ? tried.p : "", tried.n);
        sx_buf_free(&tried);
        return words;
    }
};

TEST_F(TlsSearch, GoesInOrderAndSaysWhatItSaw) {
    TempDir dir, certs;
    std::string file = dir.write("a.pem", the_ca().cert), none_there = dir.path + "/none.pem";
    certs.write("own.pem", the_ca().cert + good_cert().cert);
    const char *files[] = {none_there.c_str(), file.c_str(), nullptr};
    const char *dirs[] = {certs.path.c_str(), nullptr};
    tls_places w = {};
    w.files = files;
    w.dirs = dirs;
    w.fallback = the_ca().cert.c_str();
    EXPECT_EQ(none_there + ": no such file; " + file + ": 1 certificate", search(w, 1));
    w.env_file = file.c_str();
    std::string two = certs.path + "::" + none_there;
    w.env_dir = two.c_str();
    EXPECT_EQ("SSL_CERT_FILE=" + file + ": 1 certificate; SSL_CERT_DIR=" + certs.path + ": 2 certificates; SSL_CERT_DIR=" +
                  none_there + ": no such directory",
              search(w, 2));
    w.env_file = none_there.c_str();
    w.env_dir = nullptr;
    w.files = none;
    EXPECT_EQ("SSL_CERT_FILE=" + none_there + ": no such file; " + certs.path + ": 2 certificates", search(w, 1));
    w.dirs = none;
    EXPECT_EQ("SSL_CERT_FILE=" + none_there + ": no such file; the given text: 1 certificate", search(w, 1));
    w.fallback = nullptr;
    EXPECT_EQ("SSL_CERT_FILE=" + none_there + ": no such file", search(w, 0));
}

TEST_F(TlsSearch, WhatWasFoundIsReadWhenAnIssuerIsWanted) {
    TempDir dir, hashed;
    Ca another("Another CA");
    std::string file = dir.write("bundle.pem", "words\n" + another.cert + the_ca().cert);
    char name[32];
    snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(another.x509.get()));
    hashed.write(name, another.cert);
    const char *files[] = {file.c_str(), nullptr}, *dirs[] = {hashed.path.c_str(), nullptr};
    std::string text = the_ca().cert + another.cert;
    tls_places in_file = {}, in_text = {};
    in_file.files = files;
    in_file.dirs = dirs;
    in_text.files = in_text.dirs = none;
    in_text.fallback = text.c_str();
    Cert theirs = another.issue({.dns = {"pbx.example"}}), nobodys = Ca("Third CA").issue({.dns = {"pbx.example"}});
    for (auto *w : {&in_file, &in_text}) {
        for (const Cert *shown : {(const Cert *)&theirs, (const Cert *)&nobodys, &good_cert()}) {
            st = server_tls(*shown);
            if (shown == &theirs) ct = make_tls({});
            X509_STORE *store = SSL_CTX_get_cert_store(ct->m.ssl);
            if (!ct->m.searched) {
                EXPECT_LE(1, net_tls_search(ct.get(), store, w, &ct->m.tried));
                sx_buf_char(&ct->m.tried, 0);
                ct->m.searched = true;
            }
            listen(st.get());
            connect(ct.get());
            ASSERT_TRUE(settled());
            EXPECT_EQ(shown == &nobodys ? "unknown issuer" : "", client.seen.back().check) << client.seen.back().text;
            // found in the hashed directory: the bundle has not been read
            if (w == &in_file && shown == &theirs) { EXPECT_EQ(1, sk_X509_OBJECT_num(X509_STORE_get0_objects(store))); }
            if (shown != &theirs) { EXPECT_EQ(2, sk_X509_OBJECT_num(X509_STORE_get0_objects(store))); }
            again();
            net_listener_close(s);
            s = nullptr;
        }
    }
}

TEST_F(TlsSearch, EnvironmentIsTrustedAndFailureListsWhatWasTried) {
    TempDir dir;
    std::string file = dir.write("ca.pem", the_ca().cert), other = dir.write("other.pem", Ca("Another CA").cert);
    setenv("SSL_CERT_FILE", file.c_str(), 1);
    EXPECT_EQ("", verdict(good_cert(), net_tls_options{}));
    setenv("SSL_CERT_FILE", other.c_str(), 1);
    EXPECT_EQ("unknown issuer", verdict(good_cert(), net_tls_options{}));
    unsetenv("SSL_CERT_FILE");
    EXPECT_NE(std::string::npos, client.seen.back().text.find("SSL_CERT_FILE=" + other + ": 1 certificate"))
        << client.seen.back().text;
    Tls t = make_tls({});
    EXPECT_STRNE("", net_tls_tried(t.get()));
}

TEST_F(TlsFlow, ReloadServesTheNewCertificateAndKeepsTheOldOneOnError) {
    TempDir dir;
    std::string cert = dir.write("cert.pem", good_cert().cert), key = dir.write("key.pem", good_cert().key);
    net_tls_options o = {};
    o.server = true;
    o.cert = cert.c_str();
    o.key = key.c_str();
    st = make_tls(o);
    ct = client_tls(the_ca());
    pair(st.get(), ct.get());
    net_conn *first = server.accepted;
    std::vector<net_conn *> later;
    server.then = [&](const net_event *ev) {
        if (ev->type != NET_ACCEPTED) return;
        later.push_back(ev->conn);
        net_conn_adopt(ev->conn, Box::sink, &server);
    };
    Cert next = the_ca().issue({.dns = {"next.example"}});
    dir.write("cert.pem", next.cert); // not its key yet
    EXPECT_EQ(SX_E_INVALID, net_tls_reload(st.get()));
    Box second;
    net_conn *c2 = nullptr;
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, &co, Box::sink, &second, &c2));
    ASSERT_TRUE(until([&] { return second.count(NET_CONNECTED) == 1; }));
    net_conn_close(c2, false);
    dir.write("key.pem", next.key);
    ASSERT_EQ(SX_OK, net_tls_reload(st.get())) << sx_last_error_text();
    co.tls_name = "next.example";
    Box third;
    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(s), nullptr, &co, Box::sink, &third, &c2));
    ASSERT_TRUE(until([&] { return third.count(NET_CONNECTED) == 1; }));
    net_conn_close(c2, false);
    net_conn_send(c, SX_LIT("the first one goes on"));
    EXPECT_TRUE(until([&] { return server.data() == "the first one goes on"; }));
    EXPECT_EQ(first, server.accepted);
    for (auto a : later) net_conn_close(a, false);
}

TEST_F(TlsFlow, SettingsMayGoBeforeTheirConnections) {
    pair();
    st.reset();
    ct.reset();
    net_conn_send(c, SX_LIT("x"));
    EXPECT_TRUE(until([&] { return server.data() == "x"; }));
    net_listener_close(s);
    s = nullptr;
}

// Several agents in one process: each has its thread, its loop and its context of OpenSSL.
TEST(TlsThreads, AgentsOfOneProcessShareNothing) {
    const Cert &cert = good_cert();
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; i++)
        threads.emplace_back([&cert] {
            OSSL_LIB_CTX *ctx = OSSL_LIB_CTX_new();
            OSSL_LIB_CTX *before = OSSL_LIB_CTX_set0_default(ctx);
            net_loop *l = net_loop_create();
            {
                Tls st = server_tls(cert), ct = client_tls(the_ca());
                EXPECT_EQ(ctx, st->libctx);
                Box s, c;
                net_listener *ls = nullptr;
                net_tcp_options so = {}, co = {};
                so.tls = st.get();
                co.tls = ct.get();
                co.tls_name = "pbx.example";
                net_addr at = net_addr_loopback(NET_V4, 0);
                ASSERT_EQ(SX_OK, net_listener_open(l, &at, &so, Box::sink, &s, &ls));
                for (int n = 0; n < 3; n++) {
                    net_conn *cc = nullptr;
                    c.seen.clear();
                    s.seen.clear();
                    ASSERT_EQ(SX_OK, net_tcp_connect(l, net_listener_local(ls), nullptr, &co, Box::sink, &c, &cc));
                    net_conn_send(cc, SX_LIT("hello"));
                    for (int t = 0; t < 1000 && s.data() != "hello"; t++) net_loop_run_once(l, 20);
                    EXPECT_EQ("hello", s.data());
                    net_conn_close(cc, true);
                    net_conn_close(s.accepted, false);
                }
                net_listener_close(ls);
                net_loop_run_once(l, 0);
            }
            net_loop_destroy(l);
            OSSL_LIB_CTX_set0_default(before); // else OpenSSL would not free it
            OPENSSL_thread_stop();
            OSSL_LIB_CTX_free(ctx);
        });
    for (auto &t : threads) t.join();
}

// ---- cost

TEST_F(TlsFlow, IdleConnectionsHoldNoBuffers) {
    pair();
    net_conn_send(c, SX_LIT("ping"));
    ASSERT_TRUE(until([&] { return server.data() == "ping"; }));
    for (net_conn *x : {c, server.accepted}) {
        tls_link *k = net_conn_tls_link(x);
        EXPECT_EQ(nullptr, k->cipher.p);
        EXPECT_EQ(nullptr, k->pending.p);
        EXPECT_EQ(nullptr, k->alpn);
    }
}

TEST(TlsOom, EveryAllocationMayFail) {
    const Cert &cert = good_cert();
    int n = OomEach([&] {
        net_loop *l = net_loop_create();
        if (!l) return;
        net_tls_options so = {}, co = {};
        so.server = true;
        so.cert = cert.cert.c_str();
        so.key = cert.key.c_str();
        const char *pins[] = {cert.pin.c_str()};
        co.ca = the_ca().cert.c_str();
        co.pins = pins;
        co.npins = 1;
        net_tls *st = nullptr, *ct = nullptr;
        net_tls_create(&so, &st);
        net_tls_create(&co, &ct);
        Box s, c;
        net_listener *ls = nullptr;
        net_conn *cc = nullptr;
        net_tcp_options lo = {}, o = {};
        lo.tls = st;
        lo.alpn = "sip";
        o.tls = ct;
        o.tls_name = "pbx.example";
        net_addr at = net_addr_loopback(NET_V4, 0);
        if (st && ct) net_listener_open(l, &at, &lo, Box::sink, &s, &ls);
        if (ls) net_tcp_connect(l, net_listener_local(ls), nullptr, &o, Box::sink, &c, &cc);
        if (cc) {
            net_conn_send(cc, SX_LIT("hello"));
            for (int i = 0; i < 200 && s.data() != "hello" && !c.count(NET_CLOSED) && !s.count(NET_REFUSED) && !s.count(NET_CLOSED); i++)
                net_loop_run_once(l, 20);
        }
        if (s.accepted && !s.count(NET_CLOSED)) net_conn_send(s.accepted, SX_LIT("back"));
        for (int i = 0; i < 3; i++) net_loop_run_once(l, 5);
        if (ct) net_tls_reload(ct);
        net_conn_close(cc, true);
        net_conn_close(s.accepted, false);
        net_listener_close(ls);
        net_tls_unref(st);
        net_tls_unref(ct);
        net_loop_destroy(l);
    });
    EXPECT_GE(n, 20);
}

} // namespace
