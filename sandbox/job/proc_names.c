/*
 * proc_names.c - signals and limits by name.
 */
#include <signal.h>

#include "proc.h"

const char *proc_signal_name(int signal)
{
    static const char *const names[NSIG] = {
        [SIGHUP] = "SIGHUP",       [SIGINT] = "SIGINT",   [SIGQUIT] = "SIGQUIT",
        [SIGILL] = "SIGILL",       [SIGTRAP] = "SIGTRAP", [SIGABRT] = "SIGABRT",
        [SIGBUS] = "SIGBUS",       [SIGFPE] = "SIGFPE",   [SIGKILL] = "SIGKILL",
        [SIGUSR1] = "SIGUSR1",     [SIGSEGV] = "SIGSEGV", [SIGUSR2] = "SIGUSR2",
        [SIGPIPE] = "SIGPIPE",     [SIGALRM] = "SIGALRM", [SIGTERM] = "SIGTERM",
        [SIGXCPU] = "SIGXCPU",     [SIGXFSZ] = "SIGXFSZ", [SIGVTALRM] = "SIGVTALRM",
        [SIGPROF] = "SIGPROF",     [SIGSYS] = "SIGSYS",   [SIGIO] = "SIGIO",
        [SIGSTKFLT] = "SIGSTKFLT", [SIGPWR] = "SIGPWR",
    };

    if (signal <= 0)
        return NULL;
    return signal < NSIG && names[signal] != NULL ? names[signal] : "SIGRT";
}

static const struct {
    const char *name, *unit;
} resources[] = {
    [RESOURCE_NONE] = {NULL, NULL},          [RESOURCE_WALL] = {"wall", "ms"},
    [RESOURCE_CPU] = {"cpu", "ms"},          [RESOURCE_MEMORY] = {"memory", "KiB"},
    [RESOURCE_OUTPUT] = {"output", "bytes"}, [RESOURCE_PIDS] = {"pids", "processes"},
    [RESOURCE_FILE] = {"file", "bytes"},
};

const char *proc_resource_name(enum proc_resource r)
{
    return resources[r].name;
}

const char *proc_resource_unit(enum proc_resource r)
{
    return resources[r].unit;
}
