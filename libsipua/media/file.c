/* The file thread. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "media/file_job.h"

enum { STACK = 256 * 1024, TURN_MS = 100 };

struct media_files {
    pthread_t thread;
    media_mailbox *box;
    media_pool *pool;
    sx_list jobs;
    media_node quit;
};

static bool take_new(media_files *f) {
    bool quit = false;
    for (media_node *n = media_queue_take(&f->box->queue); n;) {
        media_node *next = n->next;
        if (n == &f->quit)
            quit = true;
        else
            sx_list_append(&f->jobs, &SX_CONTAINER(n, media_job, node)->link);
        n = next;
    }
    return quit;
}

static void *run(void *arg) {
    media_files *f = arg;
    for (bool quit = false; !quit;) {
        media_mailbox_sleep(f->box, sx_list_is_empty(&f->jobs) ? -1 : TURN_MS);
        quit = take_new(f);
        SX_LIST_EACH(it, tmp, &f->jobs) {
            media_job *j = SX_CONTAINER(it, media_job, link);
            if (!j->turn(j, quit)) continue;
            sx_list_remove(it);
            media_job_unref(j);
        }
    }
    return NULL;
}

media_files *media_files_create(media_pool *pool, sx_log *log) {
    (void)log;
    media_files *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    sx_list_init(&f->jobs);
    f->pool = media_pool_ref(pool);
    f->box = media_mailbox_create();
    pthread_attr_t attr;
    if (f->box && pthread_attr_init(&attr) == 0) {
        pthread_attr_setstacksize(&attr, STACK);
        sigset_t all, old;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &old);
        int err = pthread_create(&f->thread, &attr, run, f);
        pthread_sigmask(SIG_SETMASK, &old, NULL);
        pthread_attr_destroy(&attr);
        if (!err) return f;
    }
    media_mailbox_unref(f->box);
    media_pool_unref(f->pool);
    free(f);
    return NULL;
}

void media_files_destroy(media_files *f) {
    if (!f) return;
    media_mailbox_push(f->box, &f->quit);
    pthread_join(f->thread, NULL);
    media_mailbox_unref(f->box);
    media_pool_unref(f->pool);
    free(f);
}

media_pool *media_files_pool(media_files *f) { return f->pool; }
void media_job_nudge(media_files *f) { media_mailbox_wake(f->box); }

void media_job_start(media_files *f, media_job *j) {
    sx_list_init(&j->link);
    j->refs = 2;
    media_mailbox_push(f->box, &j->node);
}

void media_job_unref(media_job *j) {
    if (__atomic_sub_fetch(&j->refs, 1, __ATOMIC_ACQ_REL) == 0) j->destroy(j);
}

void media_job_end(media_job *j, int code, const char *text) {
    if (media_job_is_done(j)) return;
    j->code = code;
    if (code && !text) text = sx_last_error_text();
    strncpy(j->text, text ? text : "", sizeof j->text - 1);
    __atomic_store_n(&j->done, 1, __ATOMIC_RELEASE);
}
