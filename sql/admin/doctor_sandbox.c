/*
 * doctor_sandbox.c - is a job really locked up? The job itself is asked.
 *
 * The probe is a C program that runs in the sandbox like any other and prints what the kernel says of
 * it (/proc/self/status), which interfaces it has, and what it can write. It runs twice: the second
 * looks for what the first left behind.
 */
#include "doctor.h"

#include "../../sandbox/client.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534
#define STATUS_MS 3000
#define PROBE_MS 60000

static const char probe_source[] =
    "#include <stdio.h>\n"
    "#include <string.h>\n"
    "static void lines(const char *path, const char *before, const char *const *keys)\n"
    "{\n"
    "    char line[256];\n"
    "    FILE *f = fopen(path, \"r\");\n"
    "    while (f && fgets(line, sizeof line, f))\n"
    "        for (int i = 0; keys[i]; i++)\n"
    "            if (strstr(line, keys[i]))\n"
    "                printf(\"%s%s\", before, line);\n"
    "}\n"
    "static const char *can(const char *path, const char *mode)\n"
    "{\n"
    "    FILE *f = fopen(path, mode);\n"
    "    return f ? \"yes\" : \"no\";\n"
    "}\n"
    "int main(void)\n"
    "{\n"
    "    static const char *const keys[] = {\"Uid:\", \"CapEff:\", \"CapBnd:\", \"NoNewPrivs:\",\n"
    "                                       \"Seccomp:\", \"Seccomp_filters:\", 0};\n"
    "    static const char *const colon[] = {\":\", 0};\n"
    "    lines(\"/proc/self/status\", \"\", keys);\n"
    "    lines(\"/proc/self/net/dev\", \"net \", colon);\n"
    "    printf(\"leftover: %s\\n\", can(\"/workspace/left-by-doctor\", \"r\"));\n"
    "    printf(\"workspace: %s\\n\", can(\"/workspace/left-by-doctor\", \"w\"));\n"
    "    printf(\"root: %s\\n\", can(\"/written-by-doctor\", \"w\"));\n"
    "    return 0;\n"
    "}\n";

/* ---- the probe ------------------------------------------------------------------------------ */

static void write_submission(struct admin *a, int number, struct buf *out)
{
    const struct config *cfg = &a->cfg;
    struct jsonw w = {.out = out};
    char id[STORE_ID_MAX];
    snprintf(id, sizeof id, "DOCTOR%018d%02d", (int)getpid(), number);
    jw_open(&w, '{');
    jw_kcstr(&w, "job_id", id);
    jw_kcstr(&w, "user", "gb-admin");
    jw_kcstr(&w, "language", "c");
    jw_key(&w, "files");
    jw_open(&w, '{');
    jw_kcstr(&w, "main.c", probe_source);
    jw_close(&w, '}');
    jw_kbool(&w, "binary", false);
    jw_kbool(&w, "want_binary", false);
    jw_kbool(&w, "run", true);
    jw_key(&w, "options");
    /* With sanitizers a program may read /proc/self (sandbox/job/reach.h), which is what is asked for. */
    jw_raw(&w, STR("{\"optimize\":0,\"sanitize\":true,\"werror\":false,\"link\":[],"
                   "\"graph\":false}"));
    jw_key(&w, "inputs");
    jw_raw(&w, STR("[{\"stdin\":\"\",\"args\":[]}]"));
    buf_printf(out,
               ",\"limits\":{\"compile\":{\"wall_ms\":%lld,\"cpu_ms\":%lld,\"memory_mb\":%lld},"
               "\"run\":{\"wall_ms\":%lld,\"cpu_ms\":%lld,\"memory_mb\":%lld,\"output_kb\":%lld,"
               "\"pids\":%lld,\"file_mb\":%lld}},\"queue_ms\":%lld",
               (long long)cfg->compile_wall_ms, (long long)cfg->compile_cpu_ms,
               (long long)cfg->compile_memory_mb, (long long)cfg->run_wall_ms,
               (long long)cfg->run_cpu_ms, (long long)cfg->run_memory_mb, (long long)cfg->output_kb,
               (long long)cfg->run_pids, (long long)cfg->run_file_mb, (long long)cfg->queue_ms);
    if (*cfg->dev_fallback_token)
        jw_kcstr(&w, "fallback_token", cfg->dev_fallback_token);
    jw_close(&w, '}');
}

static void take_output(void *data, unsigned run, bool is_stderr, struct str bytes)
{
    struct probe *p = data;
    size_t used = strlen(p->output), room = sizeof p->output - 1 - used;
    (void)run;
    if (!is_stderr)
        strncat(p->output, bytes.s, bytes.n < room ? bytes.n : room);
}

static void read_report(struct probe *p, struct sandbox_reply *reply)
{
    struct jdoc d = {0};
    const struct buf *text = reply->report.len ? &reply->report : &reply->refusal;
    if (jdoc_parse(&d, text->data, text->len, NULL, NULL) == 0) {
        struct str verdict = jdoc_str(&d, jdoc_get(&d, 0, "verdict"));
        uint32_t fallback = jdoc_get(&d, 0, "fallback_executed");
        p->ran = str_eqc(verdict, "ok");
        p->fallback = jdoc_is(&d, fallback, JSON_BOOL) && d.vals[fallback].b;
        struct str why = jdoc_str(&d, jdoc_get(&d, 0, reply->report.len ? "verdict" : "message"));
        snprintf(p->trouble, sizeof p->trouble, "%.*s", STR_ARG(why));
    }
    jdoc_free(&d);
}

static void run_probe(struct patient *p, int number, struct probe *probe)
{
    cleanup_buf struct buf submit = BUF_INIT(0);
    const struct sandbox_events events = {.data = probe, .output = take_output};
    struct sandbox_reply reply = {0};
    struct err err = {0};
    write_submission(p->admin, number, &submit);
    int code = sandbox_run(p->admin->cfg.sandbox_socket, buf_view(&submit), (struct str){0},
                           PROBE_MS, &events, &reply, &err);
    if (code)
        snprintf(probe->trouble, sizeof probe->trouble, "%s", err.message);
    else
        read_report(probe, &reply);
    sandbox_reply_free(&reply);
}

void examine_sandbox(struct patient *p)
{
    struct err err = {0};
    const char *socket = p->admin->cfg.sandbox_socket;
    int code = sandbox_status(socket, STATUS_MS, &p->status, &err);
    if (!code)
        code = jdoc_parse(&p->doc, p->status.data, p->status.len, NULL, &err);
    if (code) {
        snprintf(p->status_trouble, sizeof p->status_trouble, "%s", err.message);
        return;
    }
    run_probe(p, 1, &p->first);
    if (p->first.ran)
        run_probe(p, 2, &p->second);
}

/* The text after "key" in the probe's output, up to the end of its line; empty when absent. */
static struct str probed(const struct probe *p, const char *key)
{
    const char *at = strstr(p->output, key);
    if (!at)
        return (struct str){0};
    at += strlen(key);
    at += strspn(at, ": \t");
    return (struct str){at, strcspn(at, "\n")};
}

/* What keeps gb-sandboxd from being ready, as JSON; empty when nothing does. */
static struct str reasons_of(const struct patient *p)
{
    uint32_t v = jdoc_get(&p->doc, 0, "reasons");
    if (v == JSON_NONE)
        return (struct str){0};
    return (struct str){p->doc.text + p->doc.vals[v].start,
                        p->doc.vals[v].end - p->doc.vals[v].start};
}

/* False, and a finding of its own, when no probe ran: gb-job begins no work in a container that lacks
 * something, and says in brackets which check that is (check_container() of sandbox/job/job.c). */
static bool has_probe(const struct patient *p, const char *check, struct finding *f)
{
    char mark[40], reasons[1000];
    if (p->first.ran)
        return true;
    snprintf(mark, sizeof mark, "(%s)", check);
    snprintf(reasons, sizeof reasons, "%.*s", STR_ARG(reasons_of(p)));
    const char *why = strstr(p->first.trouble, mark) ? p->first.trouble : reasons;
    if (strstr(why, mark))
        wrong(f,
              "restart the Docker Engine, then gb-sandboxd; look for what changes its containers",
              "gb-job refuses: %.350s", why);
    else
        unknown(f, "no job ran that could be asked");
    return false;
}

/* ---- the checks ----------------------------------------------------------------------------- */

static void look_broker(struct patient *p, struct finding *f)
{
    uint32_t ready = jdoc_get(&p->doc, 0, "ready");
    if (!p->doc.n_vals)
        wrong(f, "start gb-sandboxd (systemctl start gb-sandboxd, or ops/up)",
              "gb-sandboxd does not answer: %s", p->status_trouble);
    else if (jdoc_is(&p->doc, ready, JSON_BOOL) && p->doc.vals[ready].b)
        fine(f, "gb-sandboxd is ready");
    else
        wrong(f, "systemctl start docker; then gb-admin doctor again",
              "gb-sandboxd is not ready: %.*s", STR_ARG(reasons_of(p)));
}

static void look_image(struct patient *p, struct finding *f)
{
    struct str image = jdoc_str(&p->doc, jdoc_get(&p->doc, 0, "digest"));
    if (p->first.ran && p->second.ran)
        fine(f, "the image is built and runs jobs (%.*s)", STR_ARG(image));
    else
        wrong(f, "sandbox/image/build.sh; then restart gb-sandboxd", "a job does not run: %s",
              !p->doc.n_vals  ? p->status_trouble
              : !p->first.ran ? p->first.trouble
                              : p->second.trouble);
}

static void look_seccomp(struct patient *p, struct finding *f)
{
    if (!has_probe(p, "seccomp", f))
        return;
    /* The program's own filter is one; the container's profile, below it, another (since Linux 5.9). */
    struct str filters = probed(&p->first, "Seccomp_filters:");
    if (!str_eqc(probed(&p->first, "Seccomp:"), "2"))
        wrong(f, "check that the kernel has CONFIG_SECCOMP_FILTER; restart gb-sandboxd",
              "a job runs without a system-call filter");
    else if (filters.n == 1 && filters.s[0] < '2')
        wrong(f, "set SANDBOX_SECCOMP to a profile (empty: the built-in one), restart gb-sandboxd",
              "the containers have no seccomp profile");
    else
        fine(f, "jobs run under the containers' profile and a filter of their own");
}

static void look_capabilities(struct patient *p, struct finding *f)
{
    static const char none[] = "0000000000000000";
    if (!has_probe(p, "capabilities", f))
        return;
    struct str effective = probed(&p->first, "CapEff:"), bound = probed(&p->first, "CapBnd:");
    if (str_eqc(effective, none) && str_eqc(bound, none))
        fine(f, "jobs have no capability and cannot gain one");
    else
        wrong(f, "restart gb-sandboxd: its containers drop all capabilities",
              "a job has capabilities: effective %.*s, bounding %.*s", STR_ARG(effective),
              STR_ARG(bound));
}

static void look_no_new_privs(struct patient *p, struct finding *f)
{
    if (!has_probe(p, "no-new-privileges", f))
        return;
    if (str_eqc(probed(&p->first, "NoNewPrivs:"), "1"))
        fine(f, "no_new_privs is set for jobs");
    else
        wrong(f, "restart gb-sandboxd: its containers set no-new-privileges",
              "no_new_privs is not set for jobs");
}

static void look_user(struct patient *p, struct finding *f)
{
    if (!has_probe(p, "non-root", f))
        return;
    struct str uid = probed(&p->first, "Uid:");
    if (uid.n && uid.s[0] != '0')
        fine(f, "jobs run as user %.*s", (int)strcspn(uid.s, "\t\n"), uid.s);
    else
        wrong(f, "sandbox/image/build.sh (the image must name a user)", "jobs run as root");
}

static void look_network(struct patient *p, struct finding *f)
{
    if (!has_probe(p, "network", f))
        return;
    if (!strstr(p->first.output, "net ")) {
        unknown(f, "a job cannot say which interfaces it has");
        return;
    }
    for (const char *at = p->first.output; (at = strstr(at, "net ")); at += 4) {
        const char *name = at + 4 + strspn(at + 4, " ");
        if (strncmp(name, "lo:", 3) != 0) {
            wrong(f, "restart gb-sandboxd: its containers have network none",
                  "jobs have a network interface (%.*s)", (int)strcspn(name, ":\n"), name);
            return;
        }
    }
    fine(f, "jobs have no network");
}

static void look_workspace(struct patient *p, struct finding *f)
{
    if (!has_probe(p, "workspace", f))
        return;
    if (!str_eqc(probed(&p->first, "root:"), "no"))
        wrong(f, "restart gb-sandboxd: its containers have a read-only root",
              "jobs can write to the root of the file system");
    else if (p->second.ran && str_eqc(probed(&p->second, "leftover:"), "no"))
        fine(f, "the root is read-only; one job finds nothing of another");
    else
        wrong(f, "restart gb-sandboxd: it uses a container once", "a job finds what another left");
}

/* As nobody, in a child: the socket may be open to all, gb-sandboxd looks at who connects. */
static int ask_as_nobody(const char *socket)
{
    cleanup_buf struct buf status = BUF_INIT(1 << 20);
    pid_t child = fork();
    int how = 0;
    if (child == 0) {
        if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
            _exit(2);
        _exit(sandbox_status(socket, STATUS_MS, &status, NULL) == 0);
    }
    if (child < 0 || waitpid(child, &how, 0) != child || !WIFEXITED(how))
        return -1;
    return WEXITSTATUS(how);
}

static void look_strangers(struct patient *p, struct finding *f)
{
    int answered = geteuid() == 0 ? ask_as_nobody(p->admin->cfg.sandbox_socket) : -1;
    if (!p->doc.n_vals)
        unknown(f, "gb-sandboxd does not answer anybody");
    else if (answered == 0)
        fine(f, "gb-sandboxd answers the service's users only");
    else if (answered == 1)
        wrong(f, "set GB_SANDBOX_PEERS to the service's user, restart gb-sandboxd",
              "gb-sandboxd answers everybody on this machine");
    else
        unknown(f, "only root can try it as somebody else");
}

static void look_fallback(struct patient *p, struct finding *f)
{
    if (p->first.fallback)
        wrong(f, "set DEV_ALLOW_FALLBACK=0 and restart gb-sandboxd", "jobs run on the host");
    else if (p->admin->cfg.dev_allow_fallback)
        wrong(f, "set DEV_ALLOW_FALLBACK=0 and restart gb-sandboxd",
              "jobs may run on the host when Docker is away");
    else
        fine(f, "jobs never run on the host");
}

const struct check sandbox_checks[] = {
    {"broker", "gb-sandboxd answers and a container is ready", look_broker},
    {"image", "the sandbox image is built and runs a job", look_image},
    {"seccomp", "a system-call filter is in force", look_seccomp},
    {"capabilities", "all capabilities are dropped", look_capabilities},
    {"no-new-privileges", "no program can gain privileges", look_no_new_privs},
    {"non-root", "jobs run as a user that is not root", look_user},
    {"network", "jobs have no network", look_network},
    {"workspace", "each job has a workspace of its own, all else is read-only", look_workspace},
    {"strangers", "only the service's users may run jobs", look_strangers},
    {"fallback", "the development fallback is off", look_fallback},
    {0},
};
