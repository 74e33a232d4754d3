/*
 * pool.c - see pool.h.
 *
 * One lock guards everything; nothing slow happens under it. A box is at any time in exactly one
 * place: being made (counted), in the warm list, in a ticket, in the dying list, being destroyed
 * (counted). pump() is the only one that hands boxes to tickets.
 */
#include "pool.h"

#include "../core/base/log.h"
#include "io.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#define BACKOFF_FIRST_MS 250
#define BACKOFF_MOST_MS 30000
#define PROVEN_MS 2000 /* a box that lived this long is good */
#define HOPELESS 3     /* failures in a row after which nobody is kept waiting */

struct box_list {
    struct box *first, *last;
    unsigned n;
};

struct pool {
    struct pool_settings set;
    struct box_ops ops;
    pthread_mutex_t lock;
    pthread_cond_t work; /* something may be to do for a worker */
    struct queue queue;
    struct box_list warm, dying;
    unsigned starting, busy, removing;
    unsigned epoch;
    unsigned failures;
    int64_t retry_at; /* no box is begun before */
    struct err problem;
    bool gated;
    struct err gate;
    bool stopping;
    unsigned n_workers;
    pthread_t workers[];
};

static void list_push(struct box_list *l, struct box *box)
{
    box->next = NULL;
    if (l->last)
        l->last->next = box;
    else
        l->first = box;
    l->last = box;
    l->n++;
}

static struct box *list_pop(struct box_list *l)
{
    struct box *box = l->first;
    if (!box)
        return NULL;
    l->first = box->next;
    if (!l->first)
        l->last = NULL;
    box->next = NULL;
    l->n--;
    return box;
}

static unsigned total(const struct pool *p)
{
    return p->warm.n + p->starting + p->busy + p->dying.n + p->removing;
}

/* ---- failures ------------------------------------------------------------------------------- */

/* Failures of boxes that were begun at the same time count as one. */
static void note_failure(struct pool *p, const struct err *err)
{
    int64_t now = io_now_ms();
    p->problem = *err;
    if (now < p->retry_at)
        return;
    int64_t pause = BACKOFF_FIRST_MS;
    for (unsigned i = 0; i < p->failures && pause < BACKOFF_MOST_MS; i++)
        pause *= 2;
    p->failures++;
    p->retry_at = now + (pause < BACKOFF_MOST_MS ? pause : BACKOFF_MOST_MS);
}

/* A box proved good: it was there when a job came, or has lived for a while. That it could be made
 * is not enough, or an image whose gb-job dies would be started for ever without a pause. */
static void note_success(struct pool *p)
{
    p->failures = 0;
    p->problem = (struct err){0};
    p->retry_at = 0;
}

/* Why a job cannot have a box soon; NULL: it can, or it is time to try again. */
static const struct err *hopeless(const struct pool *p)
{
    if (p->warm.n)
        return NULL;
    if (p->gated)
        return &p->gate;
    return p->failures >= HOPELESS && io_now_ms() < p->retry_at ? &p->problem : NULL;
}

/* ---- handing out ---------------------------------------------------------------------------- */

static void settle(struct ticket *t, enum ticket_state state)
{
    t->state = state;
    pthread_cond_signal(&t->changed);
}

/* The oldest ready box that still lives. */
static struct box *living_box(struct pool *p)
{
    struct box *box;
    while ((box = list_pop(&p->warm)) && !channel_idle(&box->channel)) {
        struct err died;
        err_set(&died, -ECONNRESET, "the waiting container %.12s ended by itself", box->id);
        note_failure(p, &died);
        list_push(&p->dying, box);
    }
    return box;
}

static void refuse_all(struct pool *p, const struct err *why)
{
    struct queue_item *item;
    while ((item = queue_pop(&p->queue))) {
        struct ticket *t = (struct ticket *)item;
        queue_done(&p->queue, item);
        t->why = *why;
        settle(t, TICKET_REFUSED);
    }
}

/* Called after every change: boxes to those who wait, work to the workers. */
static void pump(struct pool *p)
{
    struct box *box;
    while (p->queue.length && (box = living_box(p))) {
        struct ticket *t = (struct ticket *)queue_pop(&p->queue);
        t->box = box;
        p->busy++;
        note_success(p);
        settle(t, TICKET_GRANTED);
    }
    const struct err *why = p->queue.length ? hopeless(p) : NULL;
    if (why)
        refuse_all(p, why);
    pthread_cond_broadcast(&p->work);
}

/* ---- workers -------------------------------------------------------------------------------- */

enum task { TASK_NONE, TASK_MAKE, TASK_DESTROY };

static bool may_make(const struct pool *p)
{
    unsigned target = p->queue.length > p->set.size ? p->queue.length : p->set.size;
    return !p->stopping && !p->gated && p->warm.n + p->starting < target && total(p) < p->set.max &&
           io_now_ms() >= p->retry_at;
}

/* Jobs that wait come before tidying up, until what is to be tidied takes their room. */
static enum task next_task(const struct pool *p)
{
    bool make = may_make(p);
    bool urgent = p->queue.length == 0 || total(p) >= p->set.max || p->dying.n > p->set.workers;
    if (p->dying.n && (urgent || !make))
        return TASK_DESTROY;
    return make ? TASK_MAKE : TASK_NONE;
}

/* Enters and leaves with the lock held, as do_destroy(). */
static void do_make(struct pool *p)
{
    unsigned epoch = p->epoch;
    p->starting++;
    pthread_mutex_unlock(&p->lock);
    struct err err = {0};
    struct box *box = NULL;
    int r = p->ops.make(p->ops.data, &box, &err);
    if (r < 0)
        log_err(LOG_LEVEL_WARN, &err, "no container", NULL);
    pthread_mutex_lock(&p->lock);
    p->starting--;
    if (r < 0) {
        note_failure(p, &err);
    } else {
        box->epoch = epoch;
        box->born_ms = io_now_ms();
        list_push(epoch == p->epoch && !p->stopping ? &p->warm : &p->dying, box);
    }
    pump(p);
}

static void do_destroy(struct pool *p)
{
    struct box *box = list_pop(&p->dying);
    p->removing++;
    pthread_mutex_unlock(&p->lock);
    p->ops.destroy(p->ops.data, box);
    pthread_mutex_lock(&p->lock);
    p->removing--;
    pump(p);
}

static void wait_for_work(struct pool *p)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t pause = p->retry_at - io_now_ms();
    pause = pause > 0 && pause < 1000 ? pause : 1000;
    until.tv_nsec += (long)pause * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&p->work, &p->lock, &until);
}

static void *worker(void *data)
{
    struct pool *p = data;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        enum task task = next_task(p);
        if (task == TASK_MAKE)
            do_make(p);
        else if (task == TASK_DESTROY)
            do_destroy(p);
        else if (p->stopping)
            break;
        else
            wait_for_work(p);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- jobs ----------------------------------------------------------------------------------- */

static void monotonic_cond(pthread_cond_t *cond)
{
    pthread_condattr_t a;
    pthread_condattr_init(&a);
    pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &a);
    pthread_condattr_destroy(&a);
}

/* Takes the ticket out of the queue when it may not wait there; the lock is held. */
static int check_room(struct pool *p, struct ticket *t, struct err *err)
{
    if (t->state != TICKET_WAITING)
        return 0;
    bool full = p->queue.length > p->set.queue_max;
    if (!full && queue_waiting(&t->item) <= p->set.queue_per_user)
        return 0;
    queue_remove(&p->queue, &t->item);
    t->state = TICKET_OUT;
    return full ? err_set(err, -ENOBUFS, "%u jobs wait for a container already", p->set.queue_max)
                : err_set(err, -EDQUOT, "%u jobs of this user wait for a container already",
                          p->set.queue_per_user);
}

int pool_enter(struct pool *p, struct ticket *t, const char *user, int64_t deadline_ms,
               struct err *err)
{
    *t = (struct ticket){.state = TICKET_WAITING, .deadline_ms = deadline_ms};
    monotonic_cond(&t->changed);
    pthread_mutex_lock(&p->lock);
    int r = queue_push(&p->queue, &t->item, user);
    if (r == 0) {
        pump(p);
        r = check_room(p, t, err);
    }
    pthread_mutex_unlock(&p->lock);
    if (r < 0)
        pthread_cond_destroy(&t->changed);
    return r;
}

static struct timespec at_ms(int64_t ms)
{
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
}

int pool_wait(struct pool *p, struct ticket *t, unsigned wait_ms, struct err *err)
{
    int64_t until = io_now_ms() + wait_ms;
    struct timespec abs = at_ms(until < t->deadline_ms ? until : t->deadline_ms);
    pthread_mutex_lock(&p->lock);
    while (t->state == TICKET_WAITING &&
           pthread_cond_timedwait(&t->changed, &p->lock, &abs) != ETIMEDOUT)
        ;
    int r = t->state == TICKET_GRANTED      ? 1
            : t->state == TICKET_REFUSED    ? -EHOSTDOWN
            : io_now_ms() >= t->deadline_ms ? -ETIMEDOUT
                                            : 0;
    if (r == -EHOSTDOWN)
        err_set(err, r, "%s", t->why.message);
    pthread_mutex_unlock(&p->lock);
    return r;
}

void pool_leave(struct pool *p, struct ticket *t)
{
    pthread_mutex_lock(&p->lock);
    if (t->state == TICKET_WAITING)
        queue_remove(&p->queue, &t->item);
    if (t->state == TICKET_GRANTED) {
        queue_done(&p->queue, &t->item);
        p->busy--;
        list_push(&p->dying, t->box);
        t->box = NULL;
        pump(p);
    }
    t->state = TICKET_OUT;
    pthread_mutex_unlock(&p->lock);
    pthread_cond_destroy(&t->changed);
}

/* ---- the watch's calls ---------------------------------------------------------------------- */

void pool_gate(struct pool *p, const char *reason)
{
    pthread_mutex_lock(&p->lock);
    bool opened = p->gated && !reason;
    p->gated = reason != NULL;
    if (reason)
        err_set(&p->gate, -EHOSTDOWN, "%s", reason);
    if (opened)
        p->retry_at = 0;
    pump(p);
    pthread_mutex_unlock(&p->lock);
}

void pool_renew(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->epoch++;
    p->retry_at = 0;
    struct box *box;
    while ((box = list_pop(&p->warm)))
        list_push(&p->dying, box);
    pump(p);
    pthread_mutex_unlock(&p->lock);
}

void pool_tick(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    int64_t now = io_now_ms();
    struct box_list kept = {0};
    struct box *box;
    while ((box = living_box(p))) {
        if (p->failures && now - box->born_ms > PROVEN_MS)
            note_success(p);
        list_push(now - box->born_ms > p->set.max_age_ms ? &p->dying : &kept, box);
    }
    p->warm = kept;
    pump(p);
    pthread_mutex_unlock(&p->lock);
}

void pool_count(struct pool *p, struct pool_counts *ret_counts)
{
    pthread_mutex_lock(&p->lock);
    *ret_counts = (struct pool_counts){
        .warm = p->warm.n,
        .starting = p->starting,
        .busy = p->busy,
        .dying = p->dying.n + p->removing,
        .waiting = p->queue.length,
        .failures = p->failures,
    };
    snprintf(ret_counts->problem, sizeof ret_counts->problem, "%s", p->problem.message);
    pthread_mutex_unlock(&p->lock);
}

/* ---- life ----------------------------------------------------------------------------------- */

int pool_new(const struct pool_settings *settings, const struct box_ops *ops,
             struct pool **ret_pool, struct err *err)
{
    struct pool *p = calloc(1, sizeof *p + settings->workers * sizeof *p->workers);
    if (!p)
        return err_set(err, -ENOMEM, "no memory for the pool");
    p->set = *settings;
    p->ops = *ops;
    p->gated = settings->closed != NULL;
    err_set(&p->gate, -EHOSTDOWN, "%s", p->gated ? settings->closed : "");
    pthread_mutex_init(&p->lock, NULL);
    monotonic_cond(&p->work);
    for (; p->n_workers < settings->workers; p->n_workers++) {
        int r = pthread_create(&p->workers[p->n_workers], NULL, worker, p);
        if (r) {
            pool_free(p);
            return err_errno(err, r, "start a worker of the pool");
        }
    }
    *ret_pool = p;
    return 0;
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    struct box *box;
    while ((box = list_pop(&p->warm)))
        list_push(&p->dying, box);
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->n_workers; i++)
        pthread_join(p->workers[i], NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->work);
    free(p);
}
