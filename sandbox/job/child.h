/*
 * child.h - the way from fork() to execve(): everything a child gives up before it becomes another
 * program.
 */
#ifndef GB_JOB_CHILD_H
#define GB_JOB_CHILD_H

#include "proc.h"

/* The child's ends of the channels; all are close-on-exec in the parent. */
struct child_fds {
    int out[PROC_STREAMS];
    int fault;       /* -1: none */
    int report;      /* an errno is written here when the program could not be started */
    int handoff;     /* a filter's listener is sent over it; -1: there is none */
    bool limit_data; /* no control group bounds the memory: an rlimit has to */
};

/* Never returns. */
void child_become(const struct proc_plan *plan, const struct child_fds *fds)
    __attribute__((noreturn));

#endif
