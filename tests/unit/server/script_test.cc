// Scripts drawn from a seed: registrations, calls, answers, nonsense, lost connections, users and listeners that come and
// go, in any order. Whatever happens, the server neither crashes nor leaks, and in the end nothing is left over.
#include "unit/server/server_fixture.h"

#include <map>

namespace {

class Dice {
public:
    explicit Dice(uint64_t seed) : state_(seed * 2654435761u + 88172645463325252ull) {}
    unsigned of(size_t n) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return (unsigned)((state_ >> 11) % n);
    }
    bool one_in(unsigned n) { return of(n) == 0; }
    template <typename T> const T &pick(const std::vector<T> &v) { return v[of(v.size())]; }

private:
    uint64_t state_;
};

class Script {
public:
    explicit Script(uint64_t seed) : dice_(seed) {
        actors_.emplace_back(new Ua("alice", "secret", "10.0.0.2"));
        actors_.emplace_back(new Ua("bob", "hunter2", "10.0.0.3"));
        actors_.emplace_back(new Ua("bob", "hunter2", "10.0.0.4", 5060, true));
        actors_.emplace_back(new Ua("alice", "secret", "10.0.0.5", 5060, true));
        actors_.emplace_back(new Ua("eve", "x", "10.0.0.9"));
        actors_[2]->listen();
        fake_icmp(!dice_.one_in(3));
    }
    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
            fake_run_for(dice_.one_in(20) ? dice_.of(40000) : dice_.of(4));
        }
    }
    void end() {
        for (auto &a : actors_) a->heard.clear();
        fake_run_for(400000);
        EXPECT_EQ(server.stats().requests, 0u);
        EXPECT_EQ(server.stats().server_transactions, 0u);
        EXPECT_EQ(server.stats().client_transactions, 0u);
        fake_run_for(8000000); // and every binding expires
        std::map<std::string, int> left; // as whoever listens to the events sees it
        for (auto &e : server.events)
            if (e.type == SRV_EV_BINDING) left[e.user + " " + e.contact] = e.expires;
        for (auto &l : left) EXPECT_EQ(l.second, 0) << l.first;
    }
    Server server{[](srv_config &c) { c.max_expires = 3600; }};

private:
    Ua &actor() { return *actors_[dice_.of(actors_.size())]; }
    std::string uri() {
        static const std::vector<std::string> all = {
            "sip:bob@10.0.0.1", "sip:bob@10.0.0.1:5060", "sip:alice@10.0.0.1", "sip:nobody@10.0.0.1", "sip:10.0.0.1",
            "sip:bob@10.0.0.3:5060", "sip:bob@example.com", "sip:x@10.0.0.9", "tel:123", "sips:bob@10.0.0.1", "sip:@10.0.0.1",
            "sip:bob@10.0.0.1;transport=tcp", "sip:bob@10.0.0.77", "sip:%62ob@10.0.0.1", "sip:bob@nowhere.invalid"};
        return dice_.pick(all);
    }
    std::string contacts(Ua &u) {
        static const std::vector<std::string> all = {
            "Contact: *\r\n", "Contact: <sip:bob@10.0.0.1>\r\n", "Contact: <sip:bob@10.0.0.1:5060;transport=tcp>\r\n", "",
            "Contact: <sip:a@10.0.0.9>;expires=0, <sip:b@10.0.0.9>\r\n", "Contact: <sip:a@10.0.0.9>;+sip.instance=\"<i>\"\r\n",
            "Contact: <sip:b@10.0.0.9>;+sip.instance=\"<i>\";expires=7\r\n", "Contact: <sip:a@10.0.0.9>;expires=x\r\n",
            "Contact: <sip:a@10.0.0.9?a=b>, <\r\n", "Contact: <mailto:x>\r\n"};
        return dice_.one_in(2) ? "Contact: <" + u.contact() + ">\r\n" : dice_.pick(all);
    }
    void register_one() {
        Ua &u = actor();
        Ua::Reg r;
        r.contacts = contacts(u);
        if (dice_.one_in(4)) r.expires = (int)dice_.of(3) * 30;
        if (dice_.one_in(8)) r.cseq = 1 + (int)dice_.of(3);
        if (dice_.one_in(8)) r.to = "<sip:" + u.user + "@example.com>";
        if (dice_.one_in(2)) r.alg = "MD5";
        r.call_id = dice_.one_in(3) ? "r1" : "r2";
        std::deque<std::string> keep = u.heard;
        u.reg(r);
        u.heard = keep;
    }
    void request() {
        static const std::vector<std::string> methods = {"MESSAGE", "OPTIONS", "BYE", "INFO", "ACK", "SUBSCRIBE", "FOO", "REGISTER", "CANCEL"};
        Ua &u = actor();
        Ask a;
        a.uri = uri();
        a.call_id = "c" + std::to_string(dice_.of(4));
        a.cseq = dice_.of(5);
        if (dice_.one_in(4)) a.to_tag = "tt";
        if (dice_.one_in(8)) a.max_forwards = (int)dice_.of(3);
        if (dice_.one_in(6)) a.branch = "same" + std::to_string(dice_.of(3));
        if (dice_.one_in(5)) a.lines += "Route: <sip:10.0.0.1;lr>\r\n";
        if (dice_.one_in(6)) a.lines += "Route: <sip:10.0.0.3:5060" + std::string(dice_.one_in(2) ? ";lr" : "") + ">\r\n";
        if (dice_.one_in(10)) a.lines += "Proxy-Require: x\r\n";
        u.send(spoil(u.request(dice_.pick(methods), a)));
    }
    void invite() {
        Ua &u = actor();
        invites_.push_back(u.invite(uri(), "i" + std::to_string(dice_.of(6)), dice_.one_in(5) ? "Route: <sip:10.0.0.1;lr>\r\n" : ""));
        if (dice_.one_in(3)) u.send(invites_.back());
    }
    void of_invite() {
        if (invites_.empty()) return;
        const std::string &i = dice_.pick(invites_);
        std::string m = Ua::of_invite(dice_.one_in(2) ? "CANCEL" : "ACK", i);
        for (auto &a : actors_) // the one whose Via it is
            if (header(i, "Via").find(a->host) != std::string::npos) a->send(m);
    }
    void respond() {
        static const std::vector<std::string> all = {"100 Trying", "180 Ringing", "183 Progress", "200 OK", "200 OK", "202 OK", "302 Moved",
                                                     "401 Who", "407 Who", "408 Late", "480 No", "486 Busy", "487 Gone", "500 Oh",
                                                     "503 Down", "603 Never", "999 What", "099 Odd"};
        Ua &u = actor();
        if (u.log.empty()) return;
        size_t back = dice_.of(u.log.size() < 6 ? u.log.size() : 6);
        const std::string &m = u.log[u.log.size() - 1 - back];
        if (begins(m, "SIP/2.0")) return;
        std::string lines = "Contact: <" + u.contact() + ">\r\n";
        for (auto &r : Ua::all(m, "Record-Route")) lines += "Record-Route: " + r + "\r\n";
        std::string text = answer(m, dice_.pick(all), "t" + std::to_string(dice_.of(3)), lines);
        u.send(spoil(text));
        if (dice_.one_in(5)) u.send(text);
    }
    void in_dialog() {
        Ua &u = actor();
        for (size_t i = u.log.size(); i--;) {
            if (begins(u.log[i], "SIP/2.0 200") && header(u.log[i], "CSeq").find("INVITE") != std::string::npos) {
                u.send(spoil(u.inside(dice_.one_in(2) ? "ACK" : dice_.one_in(2) ? "INVITE" : "BYE", u.log[i], 1 + dice_.of(3))));
                return;
            }
            if (begins(u.log[i], "INVITE") && dice_.one_in(2)) {
                u.send(spoil(u.inside_uas("BYE", u.log[i], "t" + std::to_string(dice_.of(3)), 1 + dice_.of(3))));
                return;
            }
        }
    }
    std::string spoil(std::string m) {
        if (!dice_.one_in(6) || m.empty()) return m;
        for (unsigned n = 1 + dice_.of(4); n; n--) {
            size_t at = dice_.of(m.size());
            switch (dice_.of(3)) {
            case 0: m[at] = (char)dice_.of(256); break;
            case 1: m.erase(at, 1 + dice_.of(8)); break;
            default: m.insert(at, m.substr(dice_.of(m.size()), dice_.of(40)));
            }
            if (m.empty()) return "x";
        }
        return m;
    }
    void connections() {
        Ua &u = *actors_[2 + dice_.of(2)];
        if (u.conn) u.hang_up();
        else u.connect();
    }
    void users() {
        if (dice_.one_in(2)) srv_server_set_user(server.srv, "bob", nullptr);
        else srv_server_set_user(server.srv, "bob", "hunter2");
    }
    void listeners() {
        size_t i = dice_.of(2);
        if (open_[i]) srv_listener_close(server.listeners[i]);
        else srv_listener_create(server.srv, i ? "tcp:10.0.0.1:5060" : "udp:10.0.0.1:5060", nullptr, 9, &server.listeners[i]);
        open_[i] = !open_[i];
        fake_run_for(1);
    }
    void step() {
        unsigned what = dice_.of(100);
        if (what < 12) register_one();
        else if (what < 25) request();
        else if (what < 40) invite();
        else if (what < 70) respond();
        else if (what < 80) of_invite();
        else if (what < 92) in_dialog();
        else if (what < 96) connections();
        else if (what < 98) users();
        else if (dice_.one_in(3)) listeners();
    }
    Dice dice_;
    std::vector<std::unique_ptr<Ua>> actors_;
    std::vector<std::string> invites_;
    bool open_[2] = {true, true};
};

} // namespace

TEST(Scripts, WhateverComesTheServerStandsAndForgets) {
    const char *from = getenv("SIPUA_SCRIPT_SEED"), *many = getenv("SIPUA_SCRIPTS");
    uint64_t first = from ? strtoull(from, nullptr, 10) : 1, count = many ? strtoull(many, nullptr, 10) : 150;
    for (uint64_t seed = first; seed < first + count; seed++) {
        SCOPED_TRACE("SIPUA_SCRIPT_SEED=" + std::to_string(seed));
        fake_net_begin(seed);
        {
            Script script(seed);
            script.run(150);
            script.end();
        }
        EXPECT_TRUE(fake_net_end());
        if (HasFailure()) return;
    }
}
