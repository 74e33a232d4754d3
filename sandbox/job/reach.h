/*
 * reach.h - which files a child can reach (landlock(7)).
 *
 * The container decides what may be written; this decides what may be seen: the compiler, headers and
 * libraries, and the job's own folders. /proc, /sys, /dev and the rest are out of reach under any name,
 * however it was put together. A kernel without Landlock has one layer less.
 */
#ifndef GB_JOB_REACH_H
#define GB_JOB_REACH_H

/* The version of Landlock that the kernel has; 0: none, and reach_restrict() does nothing. */
int reach_version(void);
/* From now on the calling process and its children reach these places only; no_new_privs must be set,
 * and it must stand in its workspace. also_reads: one folder more, to be read only; NULL: none. -1
 * with errno when the kernel refuses. */
int reach_restrict(const char *also_reads);

#endif
