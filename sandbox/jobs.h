/*
 * jobs.h - the jobs that are inside gb-sandboxd, by id, so that one can be cancelled; and the bound
 * on how many there are.
 */
#ifndef GB_SANDBOX_JOBS_H
#define GB_SANDBOX_JOBS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct job_entry {
    struct job_entry *next;
    const char *job_id, *user;
    atomic_bool cancelled;
};

struct jobs {
    pthread_mutex_t lock;
    struct job_entry *first;
    unsigned n, max;
};

void jobs_init(struct jobs *jobs, unsigned max);
/* A place for a job, before its document is read; false: all are taken. */
bool jobs_admit(struct jobs *jobs);
/* The entry's texts must live until jobs_remove(). */
void jobs_add(struct jobs *jobs, struct job_entry *entry);
void jobs_remove(struct jobs *jobs, struct job_entry *entry);
/* Gives the place back. */
void jobs_release(struct jobs *jobs);
/* True when there is such a job of that user ("" for any); it will end soon. */
bool jobs_cancel(struct jobs *jobs, const char *job_id, const char *user);
void jobs_cancel_all(struct jobs *jobs);

#endif
