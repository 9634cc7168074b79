/* The frame of the parse benchmarks: one small program per library, because their symbols clash. Each indexes the same
 * messages and reads what a user agent needs from every one; the sum of what it read is printed too, so that a program
 * that skips work is found out.
 *
 *     parse_sipua tests/bench/corpus [seconds] [--each]
 */
#ifndef PARSE_COMMON_H
#define PARSE_COMMON_H

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What is read. Lengths and numbers only, so that every library can say the same. */
typedef struct parse_result {
    size_t status_or_method; /* status, or length of the method name */
    size_t via_host, via_branch, via_port, via_received, via_rport;
    size_t from_user, from_host, from_tag;
    size_t to_user, to_host, to_tag;
    size_t call_id, cseq, cseq_method;
    size_t contact_user, contact_host, contact_port; /* of the first Contact */
    size_t routes, routes_host, routes_lr;           /* Route and Record-Route: how many, host lengths, with lr */
    size_t body;
} parse_result;

/* Per library: parse bytes[0..n) and fill *r; true if it was a good message. */
int parse_one(const char *bytes, size_t n, parse_result *r);
extern const char parse_name[];

typedef struct parse_file {
    char *bytes;
    size_t n;
    char name[64];
} parse_file;

static int by_name(const void *a, const void *b) {
    return strcmp(((const parse_file *)a)->name, ((const parse_file *)b)->name);
}

static size_t load_corpus(const char *folder, parse_file *files, size_t cap) {
    DIR *d = opendir(folder);
    struct dirent *e;
    size_t n = 0;
    while (d && (e = readdir(d)) && n < cap) {
        char path[1024];
        if (!strstr(e->d_name, ".sip")) continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        FILE *f = fopen(path, "rb");
        if (!f) continue;
        files[n].bytes = (char *)malloc(65536);
        files[n].n = files[n].bytes ? fread(files[n].bytes, 1, 65536, f) : 0;
        snprintf(files[n].name, sizeof files[n].name, "%.60s", e->d_name);
        fclose(f);
        n += files[n].n > 0;
    }
    if (d) closedir(d);
    qsort(files, n, sizeof *files, by_name);
    return n;
}

static double cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* CPU nanoseconds per message over all files, measured for about `seconds`. */
static double measure(const parse_file *files, size_t n, double seconds) {
    parse_result r;
    double start = cpu_ns(), spent = 0;
    size_t rounds = 0;
    while (spent < seconds * 1e9) {
        for (int k = 0; k < 50; k++)
            for (size_t i = 0; i < n; i++)
                if (!parse_one(files[i].bytes, files[i].n, &r)) exit(2);
        rounds += 50;
        spent = cpu_ns() - start;
    }
    return spent / (double)(rounds * n);
}

int main(int argc, char **argv) {
    static parse_file files[64];
    const char *folder = argc > 1 ? argv[1] : "tests/bench/corpus";
    double seconds = argc > 2 ? atof(argv[2]) : 1.0;
    int each = argc > 3 && strcmp(argv[3], "--each") == 0;
    size_t n = load_corpus(folder, files, 64), bytes = 0, sum = 0;
    if (n == 0) {
        fprintf(stderr, "no messages in %s\n", folder);
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        parse_result r;
        memset(&r, 0, sizeof r);
        if (!parse_one(files[i].bytes, files[i].n, &r)) {
            fprintf(stderr, "%s: %s refuses %s\n", argv[0], parse_name, files[i].name);
            return 2;
        }
        const size_t *v = (const size_t *)&r;
        for (size_t k = 0; k < sizeof r / sizeof *v; k++) sum = sum * 31 + v[k];
        bytes += files[i].n;
        if (!each) continue;
        printf("%-28s %5zu bytes %8.0f ns |", files[i].name, files[i].n, measure(&files[i], 1, seconds / 10));
        for (size_t k = 0; k < sizeof r / sizeof *v; k++) printf(" %zu", v[k]);
        printf("\n");
    }
    measure(files, n, seconds / 10); /* warm */
    double best = measure(files, n, seconds / 3);
    for (int k = 0; k < 2; k++) {
        double again = measure(files, n, seconds / 3);
        if (again < best) best = again;
    }
    printf("{\"name\": \"parse_%s\", \"value\": %.0f, \"unit\": \"ns/message\", \"messages\": %zu, \"bytes\": %zu, "
           "\"read\": \"%08x\"}\n",
           parse_name, best, n, bytes / n, (unsigned)(sum ^ (sum >> 32)));
    return 0;
}

#endif
