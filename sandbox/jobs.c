/* jobs.c - see jobs.h. */
#include "jobs.h"

#include <string.h>

void jobs_init(struct jobs *jobs, unsigned max)
{
    *jobs = (struct jobs){.max = max};
    pthread_mutex_init(&jobs->lock, NULL);
}

bool jobs_admit(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    bool room = jobs->n < jobs->max;
    jobs->n += room;
    pthread_mutex_unlock(&jobs->lock);
    return room;
}

void jobs_release(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->n--;
    pthread_mutex_unlock(&jobs->lock);
}

void jobs_add(struct jobs *jobs, struct job_entry *entry)
{
    pthread_mutex_lock(&jobs->lock);
    entry->next = jobs->first;
    jobs->first = entry;
    pthread_mutex_unlock(&jobs->lock);
}

void jobs_remove(struct jobs *jobs, struct job_entry *entry)
{
    pthread_mutex_lock(&jobs->lock);
    struct job_entry **at = &jobs->first;
    while (*at && *at != entry)
        at = &(*at)->next;
    if (*at)
        *at = entry->next;
    pthread_mutex_unlock(&jobs->lock);
}

bool jobs_cancel(struct jobs *jobs, const char *job_id, const char *user)
{
    bool found = false;
    pthread_mutex_lock(&jobs->lock);
    for (struct job_entry *e = jobs->first; e; e = e->next) {
        if (strcmp(e->job_id, job_id) != 0 || (user[0] && strcmp(e->user, user) != 0))
            continue;
        atomic_store(&e->cancelled, true);
        found = true;
    }
    pthread_mutex_unlock(&jobs->lock);
    return found;
}

void jobs_cancel_all(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    for (struct job_entry *e = jobs->first; e; e = e->next)
        atomic_store(&e->cancelled, true);
    pthread_mutex_unlock(&jobs->lock);
}
