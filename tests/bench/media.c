/* Media by itself, without signalling: pairs of sessions of one engine talk over loopback, and an app writes and reads.
 *   bench_media pcmu|opus CALLS SECONDS   CPU ms per call and second, packets, late ticks
 *   bench_media libopus FRAMES            CPU ms per call and second of libopus alone, both ways
 *   bench_media memory CALLS              KB of resident memory a PCMU call, after a hundred that warmed up */
#include <math.h>
#include <unistd.h>

#include "bench.h"
#include "media/media.h"

enum { RATE = 16000, TURN_MS = 200 };
static uint32_t rate = RATE; /* of the app: that of the codec, for PCMU */

typedef struct call {
    media_session *session;
    media_audio *audio;
    media_local local;
} call;

static int16_t speech[RATE]; /* a second of something like speech */
static media_stats total;
static unsigned answers;

static void make_speech(void) {
    uint32_t seed = 1;
    for (int i = 0; i < RATE; i++) {
        seed = seed * 1664525u + 1013904223u;
        double envelope = 0.5 + 0.5 * sin(i * 2 * M_PI * 4 / RATE), t = i * 2 * M_PI / RATE;
        double tones = sin(t * 140) + 0.6 * sin(t * 280) + 0.4 * sin(t * 700) + 0.3 * sin(t * 1220);
        speech[i] = (int16_t)(4000 * envelope * tones + (int)(seed >> 24) * 2 - 256);
    }
}

static media_stream_config config_to(const call *to, codec_id id) {
    media_stream_config c = {.send = true, .receive = true, .send_event_pt = -1};
    const codec_info *info = codec_by_id(id);
    c.remote_rtp = to->local.rtp;
    c.remote_rtcp = to->local.rtcp;
    c.signalling = to->local.rtp;
    c.accept.n = 1;
    c.accept.cn_pt = -1;
    c.accept.payload[0].pt = info->static_pt >= 0 ? (uint8_t)info->static_pt : 96;
    codec_config_init(&c.accept.payload[0].codec, info, sx_slice_empty(), sx_slice_empty(), RATE, -1);
    c.sending = c.accept.payload[0];
    return c;
}

static void poll_all(media_engine *e) {
    media_event ev;
    while (media_poll(e, &ev)) {
        if (ev.type != MEDIA_STATS) continue;
        total.packets_sent += ev.u.stats.stats.packets_sent;
        total.packets_received += ev.u.stats.stats.packets_received;
        total.packets_lost += ev.u.stats.stats.packets_lost;
        total.late_ticks += ev.u.stats.stats.late_ticks;
        total.frames_concealed += ev.u.stats.stats.frames_concealed;
        answers++;
    }
}

static void set_up(media_engine *e, call *c, int n, codec_id id) {
    for (int i = 0; i < n; i++) {
        media_prepare_params p = {.id = (uint64_t)i + 1};
        net_addr_parse_host(&p.local, SX_LIT("127.0.0.1"), 0);
        if (media_prepare(e, &p, &c[i].session, &c[i].local)) bench_die("prepare", sx_last_error_text());
        c[i].audio = media_session_audio(c[i].session);
    }
    for (int i = 0; i < n; i++) {
        media_stream_config s = config_to(&c[i ^ 1], id);
        if (media_configure(c[i].session, &s) || media_start(c[i].session)) bench_die("start", sx_last_error_text());
        if (i % 10 == 9) usleep(1000); /* calls do not begin on one tick */
    }
}

static void tear_down(media_engine *e, call *c, int n) {
    for (int i = 0; i < n; i++) media_audio_unref(c[i].audio);
    media_engine_destroy(e);
}

static void talk(media_engine *e, call *c, int n, int turns) {
    static int16_t heard[RATE];
    for (int turn = 0; turn < turns; turn++) {
        for (int i = 0; i < n; i++) {
            media_audio_write(c[i].audio, speech + turn % 5 * (RATE / 5), rate * TURN_MS / 1000, rate, 0);
            media_audio_read(c[i].audio, heard, rate, rate, NULL);
        }
        poll_all(e);
        usleep(TURN_MS * 1000);
    }
}

static void run_calls(codec_id id, int n, int seconds) {
    media_config config = {0};
    media_engine *e = media_engine_create(&config);
    call *c = calloc((size_t)n, sizeof *c);
    if (id == CODEC_PCMU) rate = 8000;
    if (!e || !c) bench_die("engine", sx_last_error_text());
    set_up(e, c, n, id);
    talk(e, c, n, 5);
    uint64_t before = bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID), began = bench_now_ns();
    talk(e, c, n, seconds * 1000 / TURN_MS);
    double ms = (double)(bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - before) / 1e6;
    double lasted = (double)(bench_now_ns() - began) / 1e9;
    for (int i = 0; i < n; i++) media_stats_request(c[i].session, 0);
    for (int i = 0; i < 500 && answers < (unsigned)n; i++) usleep(2000), poll_all(e);
    printf("{\"cpu_ms\":%.4f,\"sent\":%llu,\"received\":%llu,\"lost\":%llu,\"late_ticks\":%llu,\"concealed\":%llu}\n",
           ms / n / lasted, (unsigned long long)total.packets_sent, (unsigned long long)total.packets_received,
           (unsigned long long)total.packets_lost, (unsigned long long)total.late_ticks,
           (unsigned long long)total.frames_concealed);
    tear_down(e, c, n);
    free(c);
}

static void run_libopus(int frames) {
    codec_config config;
    codec *c;
    uint8_t packet[CODEC_MAX_PAYLOAD];
    static int16_t out[CODEC_MAX_SAMPLES];
    codec_config_init(&config, codec_by_id(CODEC_OPUS), sx_slice_empty(), sx_slice_empty(), RATE, -1);
    config.pcm_channels = 1;
    if (codec_create(&c, &config)) bench_die("opus", sx_last_error_text());
    for (int warm = 0; warm < 2; warm++) {
        uint64_t before = bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
        int todo = warm ? frames : 50;
        for (int i = 0; i < todo; i++) {
            int n = codec_encode(c, speech + i % 50 * (RATE / 50), RATE / 50, packet, sizeof packet);
            if (n <= 0 || codec_decode(c, packet, (size_t)n, out, CODEC_MAX_SAMPLES) <= 0) bench_die("opus", "failed");
        }
        double ms = (double)(bench_cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - before) / 1e6;
        if (warm) printf("{\"cpu_ms\":%.4f}\n", ms * 50 / frames);
    }
    codec_destroy(c);
}

static long rss_kb(void) {
    long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%ld %ld", &pages, &resident) != 2) bench_die("memory", "/proc/self/statm");
    fclose(f);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void run_memory(int n) {
    enum { WARM = 100 };
    media_config config = {0};
    media_engine *e = media_engine_create(&config);
    call *c = calloc((size_t)n + WARM, sizeof *c);
    if (!e || !c) bench_die("engine", sx_last_error_text());
    set_up(e, c, WARM, CODEC_PCMU);
    talk(e, c, WARM, 10);
    long before = rss_kb();
    set_up(e, c + WARM, n, CODEC_PCMU);
    talk(e, c, n + WARM, 10);
    printf("{\"kb\":%.2f}\n", (double)(rss_kb() - before) / n);
    tear_down(e, c, n + WARM);
    free(c);
}

int main(int argc, char **argv) {
    if (argc < 3) bench_die("usage", "bench_media pcmu|opus CALLS SECONDS | libopus FRAMES | memory CALLS");
    int n = atoi(argv[2]) / 2 * 2, seconds = argc > 3 ? atoi(argv[3]) : 5;
    make_speech();
    if (strcmp(argv[1], "pcmu") == 0)
        run_calls(CODEC_PCMU, n, seconds);
    else if (strcmp(argv[1], "opus") == 0)
        run_calls(CODEC_OPUS, n, seconds);
    else if (strcmp(argv[1], "libopus") == 0)
        run_libopus(n);
    else if (strcmp(argv[1], "memory") == 0)
        run_memory(n);
    else
        bench_die("unknown", argv[1]);
    return 0;
}
