/* Players and recorders. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media/wav.h"
#include "src/abi.h"

static void fill_file(abi_pack *k, core_params *p, const void *in) {
    const abi_file *f = in;
    p->file.path = abi_pack_str(k, f->path);
    p->file.loop = f->loop == SIPUA_ON;
    p->file.side = f->side;
}

static int file_error(const char *path) {
    int e = errno;
    if (e == ENOENT || e == ENOTDIR) return sx_fail(SX_E_NOT_FOUND, "there is no file %.300s", path);
    if (e == EACCES || e == EPERM || e == EROFS) return sx_fail(SX_E_PERMISSION, "%.300s: not allowed", path);
    if (e == EMFILE || e == ENFILE) return sx_fail(SX_E_LIMIT, "%.300s: out of descriptors", path);
    return sx_fail(SX_E_IO, "%.300s cannot be opened", path);
}

/* A pipe or a device would make the caller wait: only files. */
static int check_readable(const char *path) {
    struct stat st;
    if (stat(path, &st)) return file_error(path);
    if (!S_ISREG(st.st_mode)) return sx_fail(SX_E_FORMAT, "%.300s is not a file", path);
    return wav_check(path);
}

static int check_writable(const char *path) {
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) return sx_fail(SX_E_IO, "%.300s is not a file", path);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (fd < 0) {
        int rc = file_error(path);
        return rc == SX_E_NOT_FOUND ? sx_fail(SX_E_IO, "the folder of %.300s does not exist", path) : rc;
    }
    close(fd);
    return SX_OK;
}

int abi_create_file(sipua_agent *agent, sipua_id owner, core_kind owner_kind, core_op op, const abi_file *in,
                    uint64_t user, uint64_t tag, sipua_id *id) {
    const char *name = owner_kind == CORE_CALL ? "call" : "conference";
    bool play = op == CORE_OP_CALL_PLAY || op == CORE_OP_CONFERENCE_PLAY;
    core_entry *e;
    ABI_TRY(abi_path(in->path));
    ABI_TRY(abi_switch("loop", in->loop));
    ABI_TRY(abi_range("side", in->side, SIPUA_RECORD_FAR, SIPUA_RECORD_STEREO));
    if (!owner) return sx_fail(SX_E_GONE, "there is no %s 0", name);
    abi_new what = {.op = op,
                    .kind = play ? CORE_PLAYER : CORE_RECORDER,
                    .owner_kind = owner_kind,
                    .owner = owner,
                    .user = user,
                    .tag = tag};
    int rc = core_ids_find(core_agent_ids(abi_core(agent)), owner, owner_kind, &e); /* before a file is touched */
    if (rc == SX_E_KIND) return sx_fail(rc, "%llu is not a %s", (unsigned long long)owner, name);
    if (rc < 0) return sx_fail(rc, "there is no %s %llu, or it has ended", name, (unsigned long long)owner);
    core_entry_unref(e);
    ABI_TRY(play ? check_readable(in->path) : check_writable(in->path));
    return abi_create(agent, &what, fill_file, in, id);
}

int32_t sipua_call_play(sipua_agent *agent, sipua_id call, const char *path, sipua_switch loop, uint64_t user,
                        uint64_t tag, sipua_id *player) {
    abi_file in = {path, loop, 0};
    if (player) *player = 0;
    ABI_TRY(abi_enter(agent));
    return abi_create_file(agent, call, CORE_CALL, CORE_OP_CALL_PLAY, &in, user, tag, player);
}

int32_t sipua_player_stop(sipua_agent *agent, sipua_id player, uint64_t tag) {
    return abi_object_command(agent, player, CORE_PLAYER, CORE_OP_PLAYER_STOP, tag, CORE_NEED_NOTHING, NULL, NULL);
}

int32_t sipua_call_record(sipua_agent *agent, sipua_id call, const char *path, sipua_record_side side, uint64_t user,
                          uint64_t tag, sipua_id *recorder) {
    abi_file in = {path, 0, side};
    if (recorder) *recorder = 0;
    ABI_TRY(abi_enter(agent));
    return abi_create_file(agent, call, CORE_CALL, CORE_OP_CALL_RECORD, &in, user, tag, recorder);
}

int32_t sipua_recorder_stop(sipua_agent *agent, sipua_id recorder, uint64_t tag) {
    return abi_object_command(agent, recorder, CORE_RECORDER, CORE_OP_RECORDER_STOP, tag, CORE_NEED_NOTHING, NULL,
                              NULL);
}
