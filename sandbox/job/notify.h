/*
 * notify.h - the supervisor's end of the run filter: refused system calls, by name, as they happen
 * (seccomp_unotify(2)).
 */
#ifndef GB_JOB_NOTIFY_H
#define GB_JOB_NOTIFY_H

#include <stdbool.h>

/* Child: sends the listener over the socket and closes both. 0; -1 with errno. */
int notify_hand_over(int socket, int listener);
/* Parent: receives it; -1 when the child ended before. */
int notify_receive(int socket);

/* Answers one waiting call: the first exec goes on (*exec_passed becomes true), anything else fails
 * with EPERM. Returns the refused call's name in static storage, or NULL when nothing was refused.
 */
const char *notify_answer(int listener, bool *exec_passed);

#endif
