/*
 * container_spec.c - what a container may do: nothing that is not said here.
 *
 * The Engine's API reference names each field ("Create a container", 1.41).
 */
#include "container.h"

/* The only two writable places. Programs are executed from /workspace; nothing is from /tmp. */
#define WORKSPACE_OPTIONS "rw,exec,nosuid,nodev,mode=0700,uid=1000,gid=1000,size=%lld"
#define TMP_OPTIONS "rw,noexec,nosuid,nodev,mode=0700,uid=1000,gid=1000,size=16777216"

static json_t *ulimit(const char *name, int64_t value)
{
    return json_pack("{s:s, s:I, s:I}", "Name", name, "Soft", (json_int_t)value, "Hard",
                     (json_int_t)value);
}

/* No RLIMIT_NPROC: it counts the user's processes in all containers; PidsLimit counts this one's.
 */
static json_t *ulimits(void)
{
    return json_pack("[o, o, o, o]", ulimit("core", 0), ulimit("nofile", 256),
                     ulimit("memlock", 65536), ulimit("msgqueue", 0));
}

static json_t *security(const struct container_limits *l)
{
    json_t *options = json_pack("[s]", "no-new-privileges");
    json_array_append_new(options, json_sprintf("seccomp=%s", l->seccomp));
    return options;
}

static json_t *host_config(const struct container_limits *l)
{
    json_t *h = json_pack("{s:[s], s:o, s:s, s:b, s:s, s:{s:s}, s:o, s:i}",                    //
                          "CapDrop", "ALL", "SecurityOpt", security(l), "NetworkMode", "none", //
                          "ReadonlyRootfs", 1, "IpcMode", "none", "LogConfig", "Type", "none", //
                          "Ulimits", ulimits(), "OomScoreAdj", 500);
    json_t *measures = json_pack("{s:I, s:I, s:I, s:I}",               //
                                 "Memory", (json_int_t)l->memory,      //
                                 "MemorySwap", (json_int_t)l->memory,  //
                                 "NanoCpus", (json_int_t)l->nano_cpus, //
                                 "PidsLimit", (json_int_t)l->pids);
    json_t *tmpfs =
        json_pack("{s:o, s:s}", "/workspace",
                  json_sprintf(WORKSPACE_OPTIONS, (long long)l->workspace), "/tmp", TMP_OPTIONS);
    json_object_update(h, measures);
    json_decref(measures);
    json_object_set_new(h, "Tmpfs", tmpfs);
    if (l->runtime[0])
        json_object_set_new(h, "Runtime", json_string(l->runtime));
    return h;
}

json_t *container_spec(const struct container_limits *l, const char *image_id)
{
    return json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:{s:s}, s:o}", //
                     "Image", image_id, "User", "1000:1000", "Hostname", "sandbox",      //
                     "AttachStdin", 1, "AttachStdout", 1, "AttachStderr", 1,             //
                     "OpenStdin", 1, "StdinOnce", 1, "Tty", 0, "NetworkDisabled", 1,     //
                     "Labels", CONTAINER_LABEL, l->instance, "HostConfig", host_config(l));
}
