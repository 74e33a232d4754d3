/* queue.c - see queue.h. Users are few (those at work or waiting), so a list serves. */
#include "queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct queue_user {
    struct queue_user *next;
    struct queue_item *first, *last;
    unsigned waiting, working;
    uint64_t served_at; /* q->served when last served */
    char name[QUEUE_USER_MAX];
};

static struct queue_user *user_named(struct queue *q, const char *name)
{
    char cut[QUEUE_USER_MAX];
    snprintf(cut, sizeof cut, "%s", name);
    for (struct queue_user *u = q->users; u; u = u->next)
        if (strcmp(u->name, cut) == 0)
            return u;
    struct queue_user *u = calloc(1, sizeof *u);
    if (!u)
        return NULL;
    memcpy(u->name, cut, sizeof cut);
    u->next = q->users;
    q->users = u;
    return u;
}

static void forget_if_idle(struct queue *q, struct queue_user *user)
{
    if (user->waiting || user->working)
        return;
    struct queue_user **at = &q->users;
    while (*at != user)
        at = &(*at)->next;
    *at = user->next;
    free(user);
}

int queue_push(struct queue *q, struct queue_item *item, const char *user)
{
    struct queue_user *u = user_named(q, user);
    if (!u)
        return -ENOMEM;
    *item = (struct queue_item){.user = u};
    if (u->last)
        u->last->next = item;
    else
        u->first = item;
    u->last = item;
    u->waiting++;
    q->length++;
    return 0;
}

static void unlink_item(struct queue_user *u, struct queue_item *item)
{
    struct queue_item *previous = NULL, *at = u->first;
    for (; at != item; at = at->next)
        previous = at;
    if (previous)
        previous->next = item->next;
    else
        u->first = item->next;
    if (u->last == item)
        u->last = previous;
    item->next = NULL;
    u->waiting--;
}

static bool before(const struct queue_user *a, const struct queue_user *b)
{
    return a->working != b->working ? a->working < b->working : a->served_at < b->served_at;
}

struct queue_item *queue_pop(struct queue *q)
{
    struct queue_user *best = NULL;
    for (struct queue_user *u = q->users; u; u = u->next)
        if (u->waiting && (!best || before(u, best)))
            best = u;
    if (!best)
        return NULL;
    struct queue_item *item = best->first;
    unlink_item(best, item);
    q->length--;
    best->working++;
    best->served_at = ++q->served;
    return item;
}

void queue_remove(struct queue *q, struct queue_item *item)
{
    unlink_item(item->user, item);
    q->length--;
    forget_if_idle(q, item->user);
}

void queue_done(struct queue *q, struct queue_item *item)
{
    item->user->working--;
    forget_if_idle(q, item->user);
}

unsigned queue_waiting(const struct queue_item *item)
{
    return item->user->waiting;
}
