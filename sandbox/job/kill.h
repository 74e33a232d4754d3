/*
 * kill.h - ends a child with everything it has started.
 */
#ifndef GB_JOB_KILL_H
#define GB_JOB_KILL_H

#include <sys/types.h>

/* SIGKILL to every process but this one when this is PID 1 of a container; elsewhere (the
 * development fallback) to the child's session and to every descendant of this process. */
void kill_tree(pid_t child);

#endif
