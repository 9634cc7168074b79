/* Inside of media/file.h: what the file thread turns. */
#ifndef MEDIA_FILE_JOB_H
#define MEDIA_FILE_JOB_H

#include "base/list.h"
#include "media/file.h"

typedef struct media_job media_job;
struct media_job {
    media_node node; /* on its way to the thread */
    sx_list link;    /* the thread's list */
    unsigned refs;   /* atomic: the thread's and the worker's */
    /* On the file thread, every 100 ms or sooner; quitting: for the last time. True: it is over. */
    bool (*turn)(media_job *j, bool quitting);
    void (*destroy)(media_job *j);
    /* How it ended: written by the thread before `done`. */
    int done; /* atomic */
    int code;
    char text[160];
};

void media_job_start(media_files *f, media_job *j); /* refs 2 from here on */
void media_job_unref(media_job *j);
void media_job_nudge(media_files *f); /* a turn now, please */
media_pool *media_files_pool(media_files *f);
/* Says how it ended, with this thread's last error if code is not 0; text NULL: that one. */
void media_job_end(media_job *j, int code, const char *text);
static inline bool media_job_is_done(const media_job *j) { return __atomic_load_n(&j->done, __ATOMIC_ACQUIRE) != 0; }

#endif
