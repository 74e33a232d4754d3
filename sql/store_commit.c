/*
 * store_commit.c - group commit: writes of many threads in one transaction.
 *
 * A thread that wants to write puts its operation into a queue. The first one there leads: it takes
 * all that is in the queue, runs it in one BEGIN IMMEDIATE ... COMMIT and tells each owner how it
 * went. What came meanwhile is led by the first of those, so nobody leads for long, no thread
 * stands by for it, and the busier the process, the more operations share a commit (and its fsync).
 * Each owner waits for its own semaphore: who wakes needs no lock that the others want, too.
 *
 * When an operation fails after it has written, all of the batch is rolled back and every operation
 * is run again in a transaction of its own: one thread's trouble is not another's.
 */
#include "store_priv.h"

#include <errno.h>
#include <sched.h>
#include <semaphore.h>

struct write_op {
    store_apply apply;
    void *arg;
    struct err *err;
    int code;
    bool leads; /* what `wake` says: the batch is to be led, or the operation is done */
    struct write_op *next;
    sem_t wake;
};

/* ---- transactions --------------------------------------------------------------------------- */

static int begin(struct store *s, struct err *err)
{
    s->head_known = false; /* other processes extend the chain too */
    int code = db_exec(&s->writer, "BEGIN IMMEDIATE", NO_CELLS, err);
    return code < 0 ? code : 0;
}

static void roll_back(struct store *s)
{
    s->head_known = false;
    if (!sqlite3_get_autocommit(s->writer.handle)) /* some failures have rolled back already */
        db_exec(&s->writer, "ROLLBACK", NO_CELLS, NULL);
}

static int commit(struct store *s, struct err *err)
{
    int code = db_exec(&s->writer, "COMMIT", NO_CELLS, err);
    if (code >= 0)
        return 0;
    roll_back(s);
    return code;
}

/* True when the transaction can go on: all went well, or it is an answer that wrote nothing. */
static bool apply(struct store *s, struct write_op *op)
{
    int64_t before = sqlite3_total_changes64(s->writer.handle);
    op->code = op->apply(s, &s->writer, op->arg, op->err);
    return op->code >= 0 || (!store_unavailable(op->code) && op->code != -ENOMEM &&
                             sqlite3_total_changes64(s->writer.handle) == before &&
                             !sqlite3_get_autocommit(s->writer.handle));
}

static void run_alone(struct store *s, struct write_op *op)
{
    int code = begin(s, op->err);
    if (code) {
        op->code = code;
        return;
    }
    if (!apply(s, op)) {
        roll_back(s);
        return;
    }
    code = commit(s, op->err);
    if (code)
        op->code = code;
}

static void refuse_all(struct write_op *batch, int code, const struct err *why)
{
    for (struct write_op *op = batch; op; op = op->next)
        op->code = err_set(op->err, code, "%s", why->message);
}

/* False when something failed and all is rolled back. Who cannot even begin has not to try again: one
 * waiting for a lock is everybody's. */
static bool run_together(struct store *s, struct write_op *batch)
{
    struct err err = {0};
    int code = begin(s, &err);
    if (code) {
        refuse_all(batch, code, &err);
        return true;
    }
    for (struct write_op *op = batch; op; op = op->next)
        if (!apply(s, op)) {
            roll_back(s);
            return false;
        }
    return commit(s, NULL) == 0;
}

static void run_each(struct store *s, struct write_op *batch)
{
    for (struct write_op *op = batch; op; op = op->next)
        run_alone(s, op);
}

static void run_batch(struct store *s, struct write_op *batch)
{
    if (!batch->next || !run_together(s, batch))
        run_each(s, batch);
}

/* ---- the queue ------------------------------------------------------------------------------ */

/* True: the caller leads. */
static bool enqueue(struct store *s, struct write_op *op)
{
    pthread_mutex_lock(&s->queue_lock);
    bool leads = !s->led;
    s->led = true;
    if (s->last)
        s->last->next = op;
    else
        s->first = op;
    s->last = op;
    pthread_mutex_unlock(&s->queue_lock);
    return leads;
}

/* All that waits, the caller's own included. */
static struct write_op *take_batch(struct store *s)
{
    pthread_mutex_lock(&s->queue_lock);
    struct write_op *batch = s->first;
    s->first = s->last = NULL;
    pthread_mutex_unlock(&s->queue_lock);
    return batch;
}

/* Who leads after us: the first of what came meanwhile, if anything did. */
static void hand_on(struct store *s)
{
    pthread_mutex_lock(&s->queue_lock);
    struct write_op *next = s->first;
    s->led = next != NULL;
    pthread_mutex_unlock(&s->queue_lock);
    if (!next)
        return;
    next->leads = true;
    sem_post(&next->wake);
}

static void wake_others(struct write_op *batch, const struct write_op *own)
{
    for (struct write_op *op = batch, *next; op; op = next) {
        next = op->next; /* op is gone once its owner wakes */
        if (op != own)
            sem_post(&op->wake);
    }
}

static void lead(struct store *s, const struct write_op *own)
{
    sched_yield(); /* whoever is about to write may still come along */
    struct write_op *batch = take_batch(s);
    run_batch(s, batch);
    hand_on(s);
    wake_others(batch, own);
}

int store_write(struct store *s, store_apply apply_op, void *arg, struct err *err)
{
    if (s->read_only)
        return err_set(err, -EROFS, "the store was opened for reading");
    struct write_op op = {.apply = apply_op, .arg = arg, .err = err};
    sem_init(&op.wake, 0, 0);
    bool leads = enqueue(s, &op); /* from now on op.leads belongs to whoever leads */
    if (!leads) {
        while (sem_wait(&op.wake) != 0) /* EINTR */
            ;
        leads = op.leads;
    }
    if (leads)
        lead(s, &op);
    sem_destroy(&op.wake);
    return op.code;
}
