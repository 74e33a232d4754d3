/*
 * proc.h - one confined child with everything it starts: begun, watched, ended, measured.
 */
#ifndef GB_JOB_PROC_H
#define GB_JOB_PROC_H

#include <sys/types.h>

#include "../../core/base/buf.h"
#include "../../core/base/err.h"
#include "filter.h"

#define PROC_FAULT_FD 3
#define PROC_MAX_FAULTS 16
#define PROC_MAX_REFUSED 8

enum proc_stream { PROC_STDOUT, PROC_STDERR, PROC_STREAMS };

enum proc_resource {
    RESOURCE_NONE,
    RESOURCE_WALL,
    RESOURCE_CPU,
    RESOURCE_MEMORY,
    RESOURCE_OUTPUT,
    RESOURCE_PIDS,
    RESOURCE_FILE,
};

struct proc_limits {
    unsigned wall_ms;
    unsigned cpu_ms;
    unsigned memory_mb;  /* enforced by the container's control group; without one, by rlimit */
    bool watch_memory;   /* the container allows more (it is the compiler's still): watched here */
    unsigned file_mb;    /* of one file; 0: no limit */
    size_t output_keep;  /* bytes of each stream that are handed on */
    uint64_t output_max; /* bytes of one stream at which the child is stopped */
};

/* Everything is borrowed for the duration of proc_run(). */
struct proc_plan {
    const char *path; /* the program's file, or NULL: exec_fd */
    int exec_fd;
    const char *const *argv;
    const char *const *envp;
    int stdin_fd;           /* becomes descriptor 0 */
    bool fault_channel;     /* opens descriptor 3 for the child */
    struct filter *filter;  /* NULL: none (tests) */
    const char *also_reads; /* a folder beyond those of reach.h; NULL: none */
    bool sanitized;         /* built with sanitizers: a refused pipe is not the program's */
    struct proc_limits limits;
    void *data; /* handed to the callbacks */
    void (*output)(void *data, enum proc_stream stream, struct str bytes);
    void (*forbidden)(void *data, const char *syscall); /* may be NULL */
};

struct proc_fault {
    uint32_t kind, site;
};

struct proc_result {
    int exit_code; /* 0..255; meaningless when signal is set */
    int signal;    /* 0: it exited */
    double wall_ms, cpu_ms;
    int64_t max_rss_kb; /* of the largest process, or of the whole container when that is more */
    uint64_t bytes[PROC_STREAMS];
    bool truncated;
    enum proc_resource killed_by;       /* the limit that ended it */
    uint64_t limit, observed;           /* in the resource's unit: ms, KiB, bytes */
    unsigned forbidden;                 /* system calls refused */
    char refused[PROC_MAX_REFUSED][32]; /* the first different ones of them by name */
    size_t n_refused;
    struct proc_fault faults[PROC_MAX_FAULTS];
    size_t n_faults;
};

/* Starts the child, watches it, and returns when it and all its descendants are gone. 0: *ret says
 * how it ended; a negative errno: it could not be started at all (our failure, not its own). */
int proc_run(const struct proc_plan *plan, struct proc_result *ret, struct err *err);

/* Called once, before the first proc_run(): makes this process the one that orphans are given to,
 * and SIGCHLD something to be waited for. */
int proc_init(struct err *err);

/* "SIGSEGV"; NULL for 0. */
const char *proc_signal_name(int signal);
/* "wall", "cpu", ...; the unit its figures are in. NULL for RESOURCE_NONE. */
const char *proc_resource_name(enum proc_resource r);
const char *proc_resource_unit(enum proc_resource r);

#endif
