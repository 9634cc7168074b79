/* The wire of ua_script_fuzz.c: datagrams that are lost, doubled and late, connections with several messages in a
 * segment or one in many, that die, addresses that go. Only in wide scripts; the others have a perfect one. */
static void on_peer(void *ctx, const net_event *ev);
static void heard(world *w, sx_slice bytes);

static const char *proto(const world *w) { return w->way ? "TCP" : "UDP"; }

static net_addr address_of_us(const world *w) {
    net_addr to;
    net_addr_parse(&to, sx_slice_str(w->us), 5060);
    return to;
}

static void stream_end(stream *s, bool flush) {
    if (!s->conn) return;
    net_conn_close(s->conn, flush);
    s->conn = NULL;
    sip_framer_free(&s->f);
}

static void stream_begin(stream *s, net_conn *c) {
    s->conn = c;
    sip_framer_init(&s->f, 0, 1 << 20);
}

static void stream_data(world *w, stream *s, sx_slice bytes) {
    net_conn *c = s->conn;
    sx_slice m;
    int what;
    if (bytes.n > 4 && memcmp(bytes.p, "GET ", 4) == 0) { /* a WebSocket, which we are none */
        net_conn_send(c, SX_LIT("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"));
        stream_end(s, true);
        return;
    }
    if (w->silent || sip_framer_feed(&s->f, bytes.p, bytes.n) != SX_OK) return;
    while (s->conn == c && (what = sip_framer_next(&s->f, &m)) > SIP_FRAME_MORE) {
        if (what == SIP_FRAME_PING)
            net_conn_send(c, SX_LIT("\r\n"));
        else if (what == SIP_FRAME_MESSAGE)
            heard(w, m);
    }
    if (s->conn == c && what < 0) broken("a stream that is not SIP", 0, what);
}

static void on_stream(void *ctx, const net_event *ev) {
    world *w = ctx;
    if (ev->type == NET_ACCEPTED) {
        stream *s = w->streams[2].conn ? &w->streams[3] : &w->streams[2];
        stream_end(s, false);
        net_conn_adopt(ev->conn, on_stream, w);
        stream_begin(s, ev->conn);
        return;
    }
    for (int i = 0; i < STREAMS; i++) {
        stream *s = &w->streams[i];
        if (!s->conn || s->conn != ev->conn) continue;
        if (ev->type == NET_DATA) stream_data(w, s, ev->bytes);
        if (ev->type == NET_CLOSED) stream_end(s, false);
        return;
    }
}

static void stream_send(world *w, sx_slice bytes) {
    stream *s = &w->streams[(w->way - 1) % STREAMS];
    net_addr to = address_of_us(w);
    net_conn *c;
    if (!s->conn && w->way <= 2 && net_tcp_connect(w->peer_loop, &to, NULL, NULL, on_stream, w, &c) == SX_OK)
        stream_begin(s, c);
    if (s->conn) net_conn_send(s->conn, bytes);
}

static void flush(world *w) {
    if (w->pile.n && w->way) stream_send(w, sx_slice_of(w->pile.p, w->pile.n));
    w->pile.n = 0;
}

static void send_to_us(world *w, const char *text, int n, size_t room) {
    net_addr to = address_of_us(w);
    if (n <= 0 || (size_t)n >= room) return;
    sx_slice bytes = sx_slice_of(text, (size_t)n);
    if (!w->way) {
        net_udp_send(w->peer, &to, bytes);
        return;
    }
    if (!w->gather) {
        stream_send(w, bytes);
        return;
    }
    sx_buf_put(&w->pile, bytes.p, bytes.n);
    if (w->pile.n > 20000) flush(w);
}

/* ---- what may happen to it ---- */

static void impair(world *w) {
    static const unsigned percent[] = {0, 10, 30, 60};
    fake_link l;
    unsigned a = take(w), b = take(w);
    memset(&l, 0, sizeof l);
    l.latency_ms = b & 1 ? 200 : 1;
    l.jitter_ms = b & 2 ? 300 : 0;
    l.loss_percent = percent[a & 3];
    l.dup_percent = percent[(a >> 2) & 3];
    l.reorder_percent = percent[(a >> 4) & 3];
    l.reorder_ms = 700;
    l.cut = (a >> 6) == 3;
    fake_link_set(b & 4 ? US : NULL, b & 8 ? "10.0.0.9" : NULL, &l);
}

static void move(world *w, unsigned a) {
    const char *to = w->us[strlen(w->us) - 1] == '1' ? "10.0.0.2" : US;
    if (a & 16) {
        fake_host_move(w->us, to);
        w->us = to;
    } else {
        fake_host_up(w->us, a & 32);
    }
    if (a & 64) fake_net_changed(NULL);
}

/* What is no SIP, or half of it, on the way that the peer has now. */
static void rubbish(world *w, unsigned a) {
    static const char *const some[] = {"\r\n\r\n",
                                       "\r\n",
                                       "INVITE sip:u@" US " SIP/2.0\r\nContent-Length: 100\r\n\r\nv=0",
                                       "OPTIONS sip:u@" US " SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n\r\n",
                                       "SIP/2.0 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                                       "\0\0\0\0",
                                       "GET / HTTP/1.1\r\n\r\n",
                                       "INVITE sip:u@" US " SIP/2.0\r\nVia: "};
    send_to_us(w, some[a % 8], a % 8 == 5 ? 4 : (int)strlen(some[a % 8]), 1000);
}

static void wire(world *w) {
    static const size_t chunks[] = {0, 5, 40, 300};
    static const char *const mappings[] = {"203.0.113.7", NULL};
    unsigned a = take(w);
    switch (a % 14) {
    case 0:
    case 1: w->way = (a >> 4) % (1 + STREAMS); break;
    case 2:
        w->gather = a & 16;
        if (!w->gather) flush(w);
        break;
    case 3: fake_tcp_chunk(chunks[(a >> 4) % 4]); break;
    case 4: fake_tcp_reset(a & 16 ? "10.0.0.9" : w->us); break;
    case 5: stream_end(&w->streams[(a >> 4) % STREAMS], a & 128); break;
    case 6: fake_tcp_set("10.0.0.9", (fake_tcp_mode)((a >> 4) % 3)); break;
    case 7:
    case 8: impair(w); break;
    case 9: fake_drop(a & 16 ? "10.0.0.9" : NULL, NULL, (a >> 5) & 3, 1 + (a >> 7)); break;
    case 10: move(w, a); break;
    case 11: rubbish(w, a >> 4); break;
    case 12: w->registrar = a >> 4; break;
    default:
        fake_icmp(a & 16);
        fake_dns_fail("name.example", a & 32 ? SX_E_DNS : a & 64 ? SX_E_TIMEOUT : SX_OK);
        fake_media_mapping(w->media, mappings[a >> 7]);
        break;
    }
}
