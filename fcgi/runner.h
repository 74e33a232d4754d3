/*
 * runner.h - asynchronous jobs, one at a time.
 */
#ifndef GB_FCGI_RUNNER_H
#define GB_FCGI_RUNNER_H

#include "service.h"

/* Takes the next job from the queue and runs it to its recorded end. 0; -ENOENT: there was none;
 * other negative errnos are the store's. */
int runner_step(struct worker *w, struct err *err);

#endif
