/* doctor_host.c - the machine: disk, permissions, and settings that no check of a part sees. */
#include "doctor.h"

#include <errno.h>
#include <stdio.h>
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
    char wal[4100], control[4100], tls[4100], client[4100];
    const char *const paths[] = {cfg->db_path, wal,    cfg->fcgi_socket,  control,
                                 tls,          client, cfg->docker_socket};
    snprintf(wal, sizeof wal, "%s-wal", cfg->db_path);
    snprintf(control, sizeof control, "%s/control.sock", cfg->run_dir);
    snprintf(tls, sizeof tls, "%s/tls/server.key", cfg->run_dir);
    snprintf(client, sizeof client, "%s/client.env", cfg->run_dir);
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

static void look_confinement(struct patient *p, struct finding *f)
{
    if (p->admin->cfg.confine)
        fine(f, "responders confine themselves");
    else
        wrong(f, "set GB_CONFINE=1 and restart gb-fcgi and gb-jobd",
              "responders run without a system-call filter of their own");
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
