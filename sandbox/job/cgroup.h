/*
 * cgroup.h - what the container's control group says, version 1 or 2.
 */
#ifndef GB_JOB_CGROUP_H
#define GB_JOB_CGROUP_H

#include <stdint.h>

/* 1, 2, or 0 when there is no control group to read (gVisor, the development fallback). */
int cgroup_version(void);
/* Processor time of everything in the container so far; -1: not known. */
int64_t cgroup_cpu_ns(void);
/* Memory in use now, pages of files that were read (a library's) among it; -1: not known. */
int64_t cgroup_memory_bytes(void);
/* The part of it that no reclaim takes away: anonymous memory and files in memory. Dearer to ask. */
int64_t cgroup_memory_own_bytes(void);
/* Processes the kernel has killed for want of memory; -1: not known. */
int64_t cgroup_oom_kills(void);
/* Forks the process limit refused; -1: not known. */
int64_t cgroup_pids_refused(void);

#endif
