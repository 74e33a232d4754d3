/* doctor_host.c - the machine: disk, permissions, and settings that no check of a part sees. */
#include "doctor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static void look_disk(struct patient *p, struct finding *f)
{
    struct statvfs v;
    const struct config *cfg = &p->admin->cfg;
    if (statvfs(cfg->run_dir, &v)) {
        wrong(f, "set GB_RUN_DIR to the folder of the service", "%s: no such folder", cfg->run_dir);
        return;
    }
    long long free_mb = (long long)(v.f_bavail * v.f_frsize >> 20);
    if (free_mb < cfg->min_free_mb)
        wrong(f, "gb-admin job retain, then enlarge the disk", "%lld MiB are free, %lld should be",
              free_mb, (long long)cfg->min_free_mb);
    else
        fine(f, "%lld MiB are free", free_mb);
}

/* What nobody outside the service's group may touch; what is not there is another check's. */
static void look_permissions(struct patient *p, struct finding *f)
{
    const struct config *cfg = &p->admin->cfg;
    static const char *const inside[] = {"control.sock", "memcached.sock", "tls/server.key",
                                         "client.env", "graph-blocks.conf"};
    char wal[4100], made[sizeof inside / sizeof inside[0]][4200];
    const char *paths[4 + sizeof inside / sizeof inside[0]] = {cfg->db_path, wal, cfg->fcgi_socket,
                                                               cfg->docker_socket};
    snprintf(wal, sizeof wal, "%s-wal", cfg->db_path);
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        snprintf(made[i], sizeof made[i], "%s/%s", cfg->run_dir, inside[i]);
        paths[4 + i] = made[i];
    }
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct stat st;
        if (stat(paths[i], &st) || !(st.st_mode & S_IRWXO))
            continue;
        wrong(f, "", "everybody may touch %.250s (mode %03o)", paths[i], st.st_mode & 0777);
        mend_with(f, "chmod o-rwx %.250s", paths[i]);
        return;
    }
    fine(f, "database, keys and sockets are closed to others");
}

/* One line of /proc/PID/status as a number; -1 when there is no such process or line. */
static long status_of(long pid, const char *key)
{
    char path[64], line[256];
    long value = -1;
    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    FILE *status = fopen(path, "re");
    while (status && value < 0 && fgets(line, sizeof line, status))
        if (strncmp(line, key, strlen(key)) == 0)
            value = strtol(line + strlen(key), NULL, 10);
    if (status)
        fclose(status);
    return value;
}

static bool is_ours(long pid)
{
    char path[64], name[32] = "";
    snprintf(path, sizeof path, "/proc/%ld/comm", pid);
    FILE *comm = fopen(path, "re");
    bool ours = comm && fgets(name, sizeof name, comm) &&
                (strcmp(name, "gb-fcgi\n") == 0 || strcmp(name, "gb-jobd\n") == 0);
    if (comm)
        fclose(comm);
    return ours;
}

/* The store knows who works on it; the kernel knows what they may do. */
static void look_confinement(struct patient *p, struct finding *f)
{
    cleanup_buf struct buf pids = BUF_INIT(0);
    long n = 0;
    if (!p->admin->cfg.confine) {
        wrong(f, "set GB_CONFINE=1 and restart gb-fcgi and gb-jobd",
              "responders run without a system-call filter of their own");
        return;
    }
    if (!p->admin->store ||
        store_print(p->admin->store, "SELECT pid FROM process", NULL, false, &pids, NULL)) {
        unknown(f, "the database could not be asked who works on it");
        return;
    }
    for (const char *at = buf_cstr(&pids); (at = strchr(at, '\n')); at++) {
        long pid = strtol(at + 1, NULL, 10);
        if (pid <= 0 || !is_ours(pid))
            continue;
        n++;
        if (status_of(pid, "Seccomp:") != 2 || status_of(pid, "Uid:") == 0) {
            wrong(f, "run it as a user of its own with GB_CONFINE=1: restart gb-fcgi and gb-jobd",
                  "process %ld %s", pid,
                  status_of(pid, "Uid:") == 0 ? "runs as root"
                                              : "runs without a system-call filter");
            return;
        }
    }
    if (n)
        fine(f, "%ld processes confine themselves and are not root", n);
    else
        unknown(f, "no responder runs here");
}

static void look_retention(struct patient *p, struct finding *f)
{
    const struct config *cfg = &p->admin->cfg;
    if (!cfg->retain_artifacts_d && !cfg->retain_artifacts_mb)
        wrong(f, "set GB_RETAIN_ARTIFACTS_D or GB_RETAIN_ARTIFACTS_MB",
              "artifacts are kept until the disk is full");
    else
        fine(f, "artifacts %lld days and %lld MiB, jobs %lld days, audit %lld days",
             (long long)cfg->retain_artifacts_d, (long long)cfg->retain_artifacts_mb,
             (long long)cfg->retain_jobs_d, (long long)cfg->retain_audit_d);
}

static void look_webhooks(struct patient *p, struct finding *f)
{
    const struct config *cfg = &p->admin->cfg;
    if (!*cfg->webhook_hosts)
        fine(f, "no webhooks go out");
    else if (strlen(cfg->webhook_secret) < 16)
        wrong(f, "set GB_WEBHOOK_SECRET to the output of: openssl rand -hex 32",
              "webhooks go out without a secret to sign them");
    else
        fine(f, "webhooks are signed and go to listed hosts only");
}

const struct check host_checks[] = {
    {"disk", "there is room", look_disk},
    {"permissions", "database, keys and sockets are closed to others", look_permissions},
    {"confinement", "responders confine themselves", look_confinement},
    {"retention", "logs and artifacts have an end", look_retention},
    {"webhooks", "what goes out is signed", look_webhooks},
    {0},
};
