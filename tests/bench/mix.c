/* Mixing and bridging, without signalling.
 *   bench_mix mix PARTIES SECONDS                    the mixer alone, PCMU's 8 kHz mixed at 16 kHz: CPU us per party and second
 *   bench_mix plain PARTIES SECONDS                  the same at one rate: sums only
 *   bench_mix untouched|transcoded CALLS SECONDS     bridged calls: CPU ms of the worker per call and second; this thread,
 *                                                    which is all the phones, is not counted */
#include <arpa/inet.h>
#include <math.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "media/media.h"
#include "media/mixer.h"
#include "media/rtp.h"

static void run_mix(int parties, int seconds, uint32_t rate, uint32_t mix_rate) {
    media_mixer *m = media_mixer_create(mix_rate);
    media_slot **slot = calloc((size_t)parties, sizeof(media_slot *));
    int16_t speech[960], heard[960];
    uint32_t n = rate / 50;
    for (uint32_t i = 0; i < 960; i++) speech[i] = (int16_t)(3000 * sin(i * 0.3));
    for (int i = 0; i < parties; i++) {
        slot[i] = media_slot_create(m);
        media_slot_enter(slot[i]);
        media_slot_get(slot[i], heard, n, rate, 20);
    }
    uint64_t before = bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    for (int frame = 0; frame < 50 * seconds; frame++) {
        for (int i = 0; i < parties; i++) media_slot_put(slot[i], speech, n, rate);
        media_mixer_turn(m);
        media_mixer_turn(m);
        for (int i = 0; i < parties; i++) media_slot_get(slot[i], heard, n, rate, 20);
    }
    double us = (double)(bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - before) / 1e3;
    printf("{\"cpu_us\":%.3f}\n", us / parties / seconds);
    for (int i = 0; i < parties; i++) media_slot_destroy(slot[i]);
    media_mixer_unref(m);
    free(slot);
}

/* ---- bridges ---- */

typedef struct leg {
    int fd;
    media_session *session;
    net_addr to;
    uint64_t got;
} leg;

static void open_leg(media_engine *e, leg *l, uint64_t id, codec_id codec) {
    media_prepare_params p = {.id = id};
    media_local local;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    net_addr_parse_host(&p.local, SX_LIT("127.0.0.1"), 0);
    if (media_prepare(e, &p, &l->session, &local)) bench_die("prepare", sx_last_error_text());
    l->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (l->fd < 0 || bind(l->fd, (struct sockaddr *)&a, sizeof a)) bench_die("socket", "bind");
    getsockname(l->fd, (struct sockaddr *)&a, &len);
    l->to = local.rtp;
    if (connect(l->fd, &l->to.u.sa, net_addr_len(&l->to))) bench_die("socket", "connect");
    media_stream_config c = {.send = true, .receive = true, .send_event_pt = -1};
    net_addr_from_sockaddr(&c.remote_rtp, (struct sockaddr *)&a, len);
    c.signalling = c.remote_rtp;
    c.accept.n = 1;
    c.accept.cn_pt = -1;
    c.accept.payload[0].pt = codec == CODEC_PCMU ? 0 : 8;
    codec_config_init(&c.accept.payload[0].codec, codec_by_id(codec), sx_slice_empty(), sx_slice_empty(), 8000, -1);
    c.sending = c.accept.payload[0];
    if (media_configure(l->session, &c) || media_start(l->session)) bench_die("start", sx_last_error_text());
}

static void turn(leg *l, int n, int frame, bool transcoded) {
    uint8_t packet[RTP_HEADER + 160], in[2048];
    memset(packet, 0x55, sizeof packet);
    for (int i = 0; i < n; i++) {
        rtp_write_header(packet, false, transcoded && i % 2 ? 8 : 0, (uint16_t)frame, (uint32_t)frame * 160, (uint32_t)i + 1);
        if (send(l[i].fd, packet, sizeof packet, 0) < 0) continue;
        while (recv(l[i].fd, in, sizeof in, 0) > 0) l[i].got++;
        if (i % 8 == 7) usleep(50); /* phones do not speak at one moment */
    }
}

static void run_bridges(int calls, int seconds, bool transcoded) {
    media_config config = {0};
    media_engine *e = media_engine_create(&config);
    int n = 2 * calls;
    leg *l = calloc((size_t)n, sizeof *l);
    if (!e || !l) bench_die("engine", sx_last_error_text());
    for (int i = 0; i < n; i++) open_leg(e, &l[i], (uint64_t)i + 1, transcoded && i % 2 ? CODEC_PCMA : CODEC_PCMU);
    for (int i = 0; i < n; i += 2)
        if (media_link_sessions(l[i].session, l[i + 1].session, true, true)) bench_die("link", sx_last_error_text());
    uint64_t next = bench_now_ns(), cpu = 0, got = 0, began = 0;
    for (int frame = 0; frame < 50 * (seconds + 1); frame++) {
        if (frame == 50) {
            cpu = bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - bench_cpu_ns(CLOCK_THREAD_CPUTIME_ID);
            began = bench_now_ns();
            for (int i = 0; i < n; i++) l[i].got = 0;
        }
        turn(l, n, frame, transcoded);
        media_event ev;
        while (media_poll(e, &ev)) {
        }
        next += 20000000;
        uint64_t now = bench_now_ns();
        if (next > now) usleep((useconds_t)((next - now) / 1000));
    }
    cpu = bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - bench_cpu_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
    double lasted = (double)(bench_now_ns() - began) / 1e9;
    for (int i = 0; i < n; i++) got += l[i].got;
    printf("{\"cpu_ms\":%.4f,\"packets_s\":%.1f}\n", (double)cpu / 1e6 / calls / lasted, (double)got / n / lasted);
    media_engine_destroy(e);
    for (int i = 0; i < n; i++) close(l[i].fd);
    free(l);
}

int main(int argc, char **argv) {
    if (argc < 4) bench_die("usage", "bench_mix mix|plain PARTIES SECONDS | untouched|transcoded CALLS SECONDS");
    int n = atoi(argv[2]), seconds = atoi(argv[3]);
    if (strcmp(argv[1], "mix") == 0)
        run_mix(n, seconds, 8000, 16000);
    else if (strcmp(argv[1], "plain") == 0)
        run_mix(n, seconds, 16000, 16000);
    else
        run_bridges(n, seconds, strcmp(argv[1], "transcoded") == 0);
    return 0;
}
