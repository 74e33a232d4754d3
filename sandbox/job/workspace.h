/*
 * workspace.h - the one place a job may write to, and files that no path leads to.
 */
#ifndef GB_JOB_WORKSPACE_H
#define GB_JOB_WORKSPACE_H

#include "../../core/base/buf.h"
#include "../../core/base/err.h"

/* Whether we are PID 1 of a container; else on a host (the development fallback, a test). */
bool in_container(void);
/* Enters the workspace: /workspace in a container, else a new folder below /tmp. */
int workspace_enter(struct err *err);
/* Makes a file in it; name is a plain file name. */
int workspace_write(const char *name, struct str text, struct err *err);
/* Empties the workspace that was entered and, in a container, /tmp, whatever a program has left
 * there. Without a workspace it does nothing. */
void workspace_clean(void);
/* On a host, removes the folder workspace_enter() made; nothing else, ever. */
void workspace_leave(void);

/* A sealed file in memory that holds these bytes, read from its beginning; the caller closes it. A
 * negative errno on failure. */
int memory_file(const char *name, struct str bytes, struct err *err);
/* Reads a file of the workspace into `into` (which bounds it). */
int workspace_read(const char *name, struct buf *into, struct err *err);

#endif
