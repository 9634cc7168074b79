/* What a network and a program may do to a scenario at any moment of it.
 *
 * A scenario is a few phones of ours on the fake network and a function that plays their programs. It is played once in
 * peace; then once for each datagram of it and each mishap: lost, lost again when it is repeated, doubled, doubled by a
 * copy that comes 3 s later, behind the next ones, or so late that it was sent again before. Each time the programs
 * must be told the same: each object's events in the same order with the same causes, and its terminal one as its last.
 * Or, in a race, somebody hangs up or calls some function right after each datagram in turn: then only the end is
 * certain, and that it is clean. */
#ifndef FLOW_MISHAP_H
#define FLOW_MISHAP_H

#include "flow/mishap_party.h"

namespace mishap {

enum What { PEACE, LOST, LOST_TWICE, DOUBLED, ECHOED, LATE, OLD, HOW_MANY, NOISE };
const char *const words[] = {"in peace", "lost", "lost twice", "doubled", "echoed", "late", "old", "", "noise"};

/* One playing of a scenario. */
class World {
  public:
    World(What what, uint64_t nth, std::function<void(World &)> strike = nullptr)
        : what(what), target(nth), strike(strike) {
        fake_net_begin(what == NOISE ? nth : 1);
        fake_icmp(false);
        fake_link l = {};
        l.latency_ms = 5;
        if (what == NOISE) {
            l.jitter_ms = 80;
            l.loss_percent = 8;
            l.dup_percent = 30;
            l.reorder_percent = 10;
            l.reorder_ms = 300;
        }
        l.mishap = befall;
        l.mishap_ctx = this;
        fake_link_set(nullptr, nullptr, &l);
        for (int i = 0; i < 3; i++)
            parties[i].reset(new Party(*this, (char)('a' + i), "10.0.0." + std::to_string(i + 1)));
    }
    ~World() {
        for (auto &p : parties) p.reset();
        server.reset();
        EXPECT_TRUE(fake_net_end()) << "something was left open";
    }
    Party &a() { return *parties[0]; }
    Party &b() { return *parties[1]; }
    Party &c() { return *parties[2]; }
    bool race() const { return strike != nullptr; }

    /* Runs until that is so. It must come to be so. */
    void until(std::function<bool()> done, uint64_t ms = 40000, const char *what_for = "") {
        uint64_t end = fake_now() + ms;
        while (!done()) {
            struct Ctx {
                World *w;
                std::function<bool()> &done;
            } ctx = {this, done};
            fake_run_until_done(
                [](void *p) {
                    Ctx *x = static_cast<Ctx *>(p);
                    return x->w->struck() || x->done();
                },
                &ctx, end > fake_now() ? end - fake_now() : 0);
            if (struck()) {
                act();
                continue;
            }
            if (done()) return;
            if (!race()) ADD_FAILURE() << "what did not come: " << what_for;
            throw Stop();
        }
    }
    void rest(uint64_t ms) {
        uint64_t end = fake_now() + ms;
        while (fake_now() < end) {
            fake_run_until_done([](void *p) { return static_cast<World *>(p)->struck(); }, this, end - fake_now());
            if (struck()) act();
        }
    }
    /* A talk of a and b, called by a. Its datagrams count only where they are what the scenario is about. */
    void talk(bool counts = false) {
        counting = counts;
        b().does = [](Party &p, const ua_event &ev) {
            if (ev.type == UA_EV_INCOMING_CALL) ua_call_answer(ev.call, nullptr);
            if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
            (void)p;
        };
        a().does = [](Party &p, const ua_event &ev) {
            if (ev.type == UA_EV_MESSAGE) ua_message_accept(ev.message, nullptr);
            (void)p;
        };
        a().dial(b());
        a().see(UA_EV_CALL_CONFIRMED);
        b().see(UA_EV_CALL_CONFIRMED);
        if (!counts) rest(2000);
        counting = true;
    }
    /* a or b hangs up, and both are told. */
    void over(Party &by, bool counts = false) {
        counting = counts;
        if (!race()) agreed();
        by.hang_up();
        a().see(UA_EV_CALL_ENDED);
        b().see(UA_EV_CALL_ENDED);
    }

    /* Every answered call has its other end, and both mean the same by what was agreed. */
    void agreed() {
        for (auto &p : parties)
            if (p->down || !p->phone.agent) return;
        if (moved() > 1) return; /* neither knows where the other is now */
        for (auto &p : parties)
            for (auto &o : p->objects) {
                if (o->kind != CALL || !o->ptr || o->log.find(" confirmed(") == std::string::npos) continue;
                if (o->log.find(" moved(487") != std::string::npos) continue; /* the peer's program never decided */
                SCOPED_TRACE(std::string(1, p->name) + ".call" + std::to_string(o->nth) + o->log);
                fake_media_look mine = p->phone.look(o->ptr), theirs = {};
                EXPECT_FALSE(mine.pending) << "an offer is open for ever";
                if (!other_end(mine, &theirs)) {
                    ADD_FAILURE() << "its other end has gone";
                    continue;
                }
                EXPECT_EQ(mine.config.send, theirs.config.receive);
                EXPECT_EQ(mine.config.receive, theirs.config.send);
                EXPECT_EQ(mine.config.sending.pt, theirs.config.sending.pt) << "both send the same codec here";
            }
    }

    /* Everything has ended by itself; or, after a race, it is made to. Then nothing is left, and all go. */
    void finish() {
        if (race()) {
            rest(60000);
            agreed();
        }
        for (int i = 0; race() && i < 3; i++, rest(3000)) end_all(); /* what is on its way makes more */
        rest(40000);
        settle();
        sent = seen;
        for (auto &p : parties)
            if (!p->down && p->phone.agent) ua_agent_shutdown(p->phone.agent, 5000);
        rest(7000);
        for (auto &p : parties) {
            if (!p->phone.agent) continue; /* it was destroyed */
            EXPECT_TRUE(p->down) << p->name << " did not go down";
            EXPECT_EQ(p->phone.media ? fake_media_sessions(p->phone.media) : 0, 0u) << "media that nobody has any more";
        }
    }
    /* What each program was told, object by object. */
    std::string outcome() const {
        std::string all;
        for (auto &p : parties)
            for (auto &o : p->objects)
                all += std::string(1, p->name) + "." + kinds[o->kind] + std::to_string(o->nth) + ":" +
                       (any_order ? sorted(o->log) : o->log) + "\n";
        for (auto &x : same) {
            size_t at = all.find(x.first);
            if (at != std::string::npos) all.replace(at, x.first.size(), x.second);
        }
        return all;
    }

    What what;
    uint64_t target, seen = 0, sent = 0, all = 0, ids = 0;
    std::string name; /* of the datagram */
    std::string lost;
    bool any_order = false;                                /* of what an object is told */
    std::vector<std::pair<std::string, std::string>> same; /* the one may be told in place of the other */
    bool counting = true, acted = false;
    std::unique_ptr<Raw> server;
    std::unique_ptr<Party> parties[3];

  private:
    int moved() const {
        int n = 0;
        for (auto &p : parties) n += p->moved;
        return n;
    }
    bool other_end(const fake_media_look &mine, fake_media_look *theirs) {
        for (auto &p : parties)
            for (auto &o : p->objects) {
                if (o->kind != CALL || !o->ptr) continue;
                *theirs = p->phone.look(o->ptr);
                net_addr at = theirs->rtp;
                if (port_of(at) != port_of(mine.config.remote_rtp)) continue;
                net_addr_parse_host(&at, sx_slice_str(p->host.c_str()), (uint16_t)port_of(at));
                if (net_addr_eq(&at, &mine.config.remote_rtp)) return true;
            }
        return false;
    }
    bool struck() const { return strike && !acted && seen >= target; }
    void act() {
        acted = true;
        try {
            strike(*this);
        } catch (Stop &) { /* refused */
        }
    }
    void end_all();
    void settle() {
        if (!race()) return all_ended();
        rest(200000);
        all_ended();
    }
    void all_ended() {
        for (auto &p : parties)
            for (auto &o : p->objects)
                if (o->ptr && p->phone.agent)
                    ADD_FAILURE() << p->name << "." << kinds[o->kind] << o->nth << " is still there:" << o->log;
    }
    static void befall(void *ctx, const fake_packet *p, fake_fate *f) {
        World *w = static_cast<World *>(ctx);
        w->all++;
        if (getenv("SHOW"))
            fprintf(stderr, "%llu %d->%d %s %s\n", (unsigned long long)(fake_now() - 1000000), last_byte(p->from),
                    last_byte(p->to), line(text(p->bytes), "").c_str(), line(text(p->bytes), "CSeq").c_str());
        if (p->tcp) return;
        std::string bytes = text(p->bytes);
        if (w->what == LOST_TWICE && !w->lost.empty() && bytes == w->lost) {
            f->lost = true;
            w->lost = "";
        }
        if (!w->counting) return;
        /* What is said upon the strike; but a request that went to where somebody was, and never came there, ends the
         * call (RFC 3261 12.2.1.2) */
        if (w->race() && w->seen == w->target && w->what == LOST && !w->moved()) f->lost = true;
        if (++w->seen != w->target || w->race()) return;
        w->name = line(bytes, "") + " / " + line(bytes, "CSeq") + " from " + std::to_string(last_byte(p->from));
        switch (w->what) {
        case LOST: f->lost = true; break;
        case LOST_TWICE:
            f->lost = true;
            w->lost = bytes;
            break;
        case ECHOED:
            f->copies = 2;
            f->delay_ms[1] = 3005;
            break;
        case DOUBLED:
            f->copies = 2;
            f->delay_ms[1] = 45;
            break;
        case LATE: f->delay_ms[0] = 155; break;
        case OLD: f->delay_ms[0] = 705; break; /* T1 is over: it was sent again before it arrives */
        default: break;
        }
    }
    static std::string sorted(const std::string &log) {
        std::vector<std::string> all;
        for (size_t i = 0, end; i < log.size(); i = end) {
            end = log.find(") ", i);
            end = end == std::string::npos ? log.size() : end + 1;
            all.push_back(log.substr(i, end - i));
        }
        std::sort(all.begin(), all.end());
        std::string s;
        for (auto &x : all) s += x;
        return s;
    }
    static int last_byte(const net_addr &a) {
        char t[NET_ADDR_TEXT];
        std::string s = net_addr_text(&a, t);
        s = s.substr(0, s.find(':'));
        return atoi(s.substr(s.rfind('.') + 1).c_str());
    }
    static std::string line(const std::string &bytes, const char *start) {
        size_t at = bytes.find(start);
        return at == std::string::npos ? "" : bytes.substr(at, bytes.find('\r', at) - at);
    }
    std::function<void(World &)> strike;
};

/* ---- Party */

inline bool Party::ok(int rc) {
    if (rc >= 0) return true;
    stop(sx_last_error_text());
    return false;
}
inline void Party::stop(const std::string &why) {
    if (!world.race()) ADD_FAILURE() << name << ": " << why;
    throw Stop();
}
inline void Party::see(ua_event_type t, size_t nth) {
    std::string what = std::string(1, name) + " event " + std::to_string(t) + " no. " + std::to_string(nth);
    world.until([&] { return count(t) >= nth; }, 40000, what.c_str());
}

inline Object *Party::add(Kind k, void *ptr) {
    int n = 1;
    for (auto &o : objects) n += o->kind == k;
    objects.emplace_back(new Object{k, n, ++world.ids, ptr, ""});
    return objects.back().get();
}

inline void Party::told(const ua_event &ev) {
    uint64_t id = 0;
    void *ptr = nullptr;
    EXPECT_FALSE(down) << name << " is told after its shutdown: event " << ev.type;
    if (ev.type == UA_EV_SHUTDOWN) {
        down = true;
        return;
    }
    Kind k = kind_of(ev, &id, &ptr);
    Object *o = nullptr;
    if (k != NONE) {
        if (!id) {
            bool first = ev.type == UA_EV_INCOMING_CALL || ev.type == UA_EV_CALL_REPLACED || ev.type == UA_EV_MESSAGE ||
                         ev.type == UA_EV_TRANSFER_REQUESTED || ev.type == UA_EV_SUBSCRIBE_REQUESTED;
            if (!first)
                ADD_FAILURE() << name << " is told of a " << kinds[k] << " that nobody knows: event " << ev.type;
            o = add(k, ptr);
            if (k == CALL) ua_call_set_id(ev.call, o->id);
            if (k == TRANSFER) ua_transfer_set_id(ev.transfer, o->id);
            if (k == NOTIFIER) ua_notifier_set_id(ev.notifier, o->id);
            if (k == MESSAGE) ua_message_set_id(ev.message, o->id);
        }
        for (auto &x : objects)
            if (id && x->id == id) o = x.get();
        if (!o) {
            ADD_FAILURE() << name << " is told of a strange " << kinds[k] << ": event " << ev.type;
            return;
        }
        if (!o->ptr)
            ADD_FAILURE() << name << "." << kinds[k] << o->nth << " after its end: event " << ev.type << o->log;
    } else {
        o = nth(NONE, 1);
        if (!o) o = add(NONE, nullptr);
    }
    std::string w = words_of(ev);
    if (!w.empty()) o->log += " " + w;
    if (getenv("SHOW"))
        fprintf(stderr, "%llu   %c.%s%d: %s [%d]\n", (unsigned long long)(fake_now() - 1000000), name, kinds[k], o->nth,
                w.c_str(), ev.type);
    try { /* never through the library */
        if (does) does(*this, ev);
    } catch (Stop &) {
    }
    if (k != NONE && is_last(k, ev)) o->ptr = nullptr;
}

/* ---- World */

inline void World::end_all() {
    for (auto &p : parties) {
        for (auto &o : p->objects) {
            if (!o->ptr || !p->phone.agent) continue;
            fake_host(p->host.c_str());
            switch (o->kind) {
            case CALL: ua_call_hangup(static_cast<ua_call *>(o->ptr), nullptr); break;
            case CONFERENCE: ua_conference_end(static_cast<ua_conference *>(o->ptr), true); break;
            case BRIDGE: ua_bridge_end(static_cast<ua_bridge *>(o->ptr)); break;
            case SUBSCRIPTION: ua_subscription_end(static_cast<ua_subscription *>(o->ptr)); break;
            case PUBLICATION: ua_publication_end(static_cast<ua_publication *>(o->ptr)); break;
            case NOTIFIER: {
                ua_notify_config x = {};
                x.state = "terminated";
                if (ua_notifier_notify(static_cast<ua_notifier *>(o->ptr), &x) < 0)
                    ua_notifier_reject(static_cast<ua_notifier *>(o->ptr), nullptr);
                break;
            }
            default: break;
            }
        }
    }
}

struct Scenario {
    const char *name;
    std::function<void(World &)> play;
};

/* Plays it; the number of its datagrams. */
inline uint64_t play(const Scenario &s, What what, uint64_t nth, std::string *outcome, std::string *name,
                     std::function<void(World &)> strike = nullptr) {
    World w(what, nth, strike);
    try {
        try {
            s.play(w);
        } catch (Stop &) {
        }
        w.finish();
    } catch (Nothing &) {
        return 0;
    }
    *outcome = w.outcome();
    *name = w.name;
    if (w.race()) {
        EXPECT_LT(w.all, 400u) << "datagrams: somebody does not stop";
    }
    return w.sent;
}

/* Each datagram of it has each mishap once. */
inline void befall(const Scenario &s) {
    std::string peace, got, name;
    uint64_t n = play(s, PEACE, 0, &peace, &name);
    if (::testing::Test::HasFailure()) FAIL() << s.name << " in peace:\n" << peace;
    if (getenv("SHOW")) fprintf(stderr, "%s: %llu datagrams\n%s", s.name, (unsigned long long)n, peace.c_str());
    ASSERT_GT(n, 0u);
    ASSERT_LT(n, 120u);
    for (uint64_t i = 1; i <= n; i++) {
        for (int w = LOST; w < HOW_MANY; w++) {
            play(s, (What)w, i, &got, &name);
            EXPECT_EQ(got, peace);
            if (::testing::Test::HasFailure())
                FAIL() << s.name << ", " << words[w] << ": datagram " << i << " of " << n << ": " << name;
        }
    }
}

/* All of them at once, as a bad network has it. */
inline void noise(const Scenario &s, uint64_t seeds) {
    std::string peace, got, name;
    play(s, PEACE, 0, &peace, &name);
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        play(s, NOISE, seed, &got, &name);
        EXPECT_EQ(got, peace);
        if (::testing::Test::HasFailure()) FAIL() << s.name << " in the noise of seed " << seed;
    }
}

/* Right after each datagram of it this is done; every second time the next datagram is lost, too. */
inline void strike(const Scenario &s, const char *what, uint64_t n, std::function<void(World &)> f) {
    static int turn;
    std::string got, name;
    turn++;
    for (uint64_t i = 1; i <= n; i++) {
        play(s, (turn + i) % 2 ? LOST : PEACE, i, &got, &name, f);
        if (::testing::Test::HasFailure())
            FAIL() << s.name << ", " << what << " after datagram " << i << " of " << n << ": " << name << "\n" << got;
    }
}

} // namespace mishap

#endif
