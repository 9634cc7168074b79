/* The setting `codecs`: "opus/48000/2;maxaveragebitrate=24000, pcmu". */
#include "base/buf.h"
#include "base/error.h"
#include "codec/codec.h"

static bool printable(sx_slice s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 0x20 || s.p[i] > 0x7e) return false;
    return true;
}

static int bad(sx_slice text, const char *what) {
    int n = text.n > 60 ? 60 : (int)text.n;
    return sx_fail(SX_E_FORMAT, "codec \"%.*s\": %s", printable(text) ? n : 0, text.n ? text.p : "", what);
}

/* "name[/rate[/channels]]" */
static int read_name(sx_slice text, const codec_info **info) {
    sx_slice after, channels;
    sx_slice name = sx_trim(sx_split(text, '/', &after));
    sx_slice rate = sx_split(after, '/', &channels);
    uint64_t hz = 0, n = 0;
    if (!name.n) return bad(text, "no name");
    if (after.p && (!sx_to_u64(sx_trim(rate), 384000, &hz) || hz == 0)) return bad(text, "not a rate");
    if (channels.p && (!sx_to_u64(sx_trim(channels), 8, &n) || n == 0)) return bad(text, "not a number of channels");
    *info = codec_find(name, (uint32_t)hz, (unsigned)n);
    if (*info) return SX_OK;
    sx_slice known = sx_trim(text);
    return sx_fail(SX_E_NOT_FOUND, "codec \"%.*s\" is not known here",
                   printable(known) && known.n < 60 ? (int)known.n : 0, known.p);
}

static sx_slice key_of(sx_slice param) {
    sx_slice value;
    return sx_trim(sx_split(param, '=', &value));
}

static bool names_key(sx_slice params, sx_slice key) {
    while (params.n)
        if (sx_ieq(key_of(sx_split(params, ';', &params)), key)) return true;
    return false;
}

static void put_param(sx_buf *b, sx_slice param) {
    if (b->n) sx_buf_char(b, ';');
    sx_buf_slice(b, param);
}

/* The entry's parameters, and of the codec's defaults those that the entry does not name. */
static int read_params(sx_slice params, codec_choice *out) {
    sx_buf b;
    sx_buf_init_fixed(&b, out->fmtp, sizeof out->fmtp - 1);
    sx_slice defaults = sx_slice_str(out->info->fmtp), all = params;
    while (params.n) {
        sx_slice value, param = sx_trim(sx_split(params, ';', &params)), key = sx_trim(sx_split(param, '=', &value));
        if (!param.n) continue;
        if (!key.n) return bad(all, "a parameter without a name");
        if (!sx_ieq(key, SX_LIT("complexity"))) {
            put_param(&b, param);
            continue;
        }
        uint64_t v;
        if (!sx_to_u64(sx_trim(value), 10, &v)) return bad(all, "complexity is 0 to 10");
        out->complexity = (int)v;
    }
    while (defaults.n) {
        sx_slice param = sx_trim(sx_split(defaults, ';', &defaults));
        if (!names_key(all, key_of(param))) put_param(&b, param);
    }
    if (b.failed) return bad(all, "the parameters are too long");
    out->fmtp[b.n] = 0;
    return SX_OK;
}

int codec_choice_parse(sx_slice text, codec_choice *out) {
    memset(out, 0, sizeof *out);
    out->complexity = -1;
    sx_slice params, name = sx_split(text, ';', &params);
    if (!printable(text)) return bad(text, "a character that does not belong here");
    int err = read_name(name, &out->info);
    if (err == SX_OK) err = read_params(params, out);
    if (err < 0) memset(out, 0, sizeof *out);
    return err;
}

int codec_list_parse(sx_slice text, codec_choice *out, size_t cap) {
    size_t n = 0;
    sx_slice rest = text;
    if (!sx_trim(text).n) return sx_fail(SX_E_FORMAT, "an empty list of codecs");
    do {
        codec_choice one;
        int err = codec_choice_parse(sx_trim(sx_split(rest, ',', &rest)), &one);
        if (err < 0) return err;
        bool again = false;
        for (size_t i = 0; i < n; i++) again = again || out[i].info == one.info;
        if (again) continue;
        if (n >= cap) return sx_fail(SX_E_LIMIT, "more than %zu codecs", cap);
        out[n++] = one;
    } while (rest.p);
    return (int)n;
}
