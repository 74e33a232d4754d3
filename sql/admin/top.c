/* top.c - gb-admin top: what the service does at this moment, once a second. */
#include "doctor.h"

#include "../../sandbox/client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define STATUS_MS 500

/* ---- the panels ----------------------------------------------------------------------------- */

static const struct {
    const char *title, *sql;
} panels[] = {
    {"last minute",
     "SELECT count(*) AS jobs, round(count(*) / 60.0, 1) AS per_second, "
     "coalesce(sum(state = 'succeeded'), 0) AS succeeded, "
     "coalesce(sum(state = 'failed'), 0) AS failed, "
     "coalesce(sum(cache = 'hit'), 0) AS hits, coalesce(sum(cache = 'miss'), 0) AS misses, "
     "round(avg(total_ms), 1) AS mean_ms, round(max(total_ms), 1) AS worst_ms, "
     "round(sum(cpu_ms) / 1000, 1) AS cpu_seconds "
     "FROM job WHERE created_at > (strftime('%s') - 60) * 1000"},
    {"who (last minute, and now)",
     "SELECT u.name AS user, count(*) AS jobs, sum(j.state = 'running') AS running, "
     "sum(j.state = 'queued') AS queued, sum(j.state = 'failed') AS failed, "
     "round(sum(j.cpu_ms) / 1000, 1) AS cpu_seconds FROM job j JOIN user u ON u.id = j.user_id "
     "WHERE j.created_at > (strftime('%s') - 60) * 1000 OR j.state IN ('running', 'queued') "
     "GROUP BY u.id ORDER BY jobs DESC LIMIT 5"},
    {"running and waiting, longest first",
     "SELECT j.id, u.name AS user, j.kind, j.state, round((julianday('now') - 2440587.5) * 86400 - "
     "coalesce(j.started_at, j.created_at) / 1000.0, 1) AS seconds, p.name AS process, p.pid "
     "FROM job j JOIN user u ON u.id = j.user_id LEFT JOIN process p ON p.id = j.process_id "
     "WHERE j.state IN ('running', 'queued') ORDER BY seconds DESC LIMIT 8"},
    {"slowest of the last hour",
     "SELECT id, user, kind, verdict, total_ms, queue_ms, compile_ms, run_ms FROM jobs "
     "WHERE created_at > (strftime('%s') - 3600) * 1000 AND total_ms > 0 "
     "ORDER BY total_ms DESC LIMIT 5"},
    {"violations of the last hour",
     "SELECT time, severity, kind, coalesce(user, client_ip) AS who FROM security_events "
     "WHERE at > (strftime('%s') - 3600) * 1000 AND severity <> 'info' ORDER BY id DESC LIMIT 5"},
};

static long long number(const struct jdoc *d, const char *object, const char *member)
{
    uint32_t v = jdoc_get(d, jdoc_get(d, 0, object), member);
    return jdoc_is(d, v, JSON_INT) ? (long long)d->vals[v].i : -1;
}

static void put_sandbox(struct admin *a, struct buf *out)
{
    cleanup_buf struct buf json = BUF_INIT(1 << 20);
    struct err err = {0};
    struct jdoc d = {0};
    int code = sandbox_status(a->cfg.sandbox_socket, STATUS_MS, &json, &err);
    if (!code)
        code = jdoc_parse(&d, json.data, json.len, NULL, &err);
    if (code)
        buf_printf(out, "containers: gb-sandboxd does not answer: %s\n", err.message);
    else
        buf_printf(out,
                   "containers: %lld busy, %lld warm, %lld starting, %lld at most; "
                   "waiting for one: %lld of %lld\n",
                   number(&d, "pool", "busy"), number(&d, "pool", "warm"),
                   number(&d, "pool", "starting"), number(&d, "pool", "max"),
                   number(&d, "queue", "length"), number(&d, "queue", "max"));
    jdoc_free(&d);
}

static int put_screen(struct admin *a, struct buf *out, struct err *err)
{
    char now[32];
    time_t t = time(NULL);
    struct tm tm;
    strftime(now, sizeof now, "%H:%M:%S UTC", gmtime_r(&t, &tm));
    buf_printf(out, "graph-blocks %s, %s, slots %lld\n", a->cfg.instance, now,
               (long long)a->cfg.max_running_jobs);
    put_sandbox(a, out);
    for (size_t i = 0; i < sizeof panels / sizeof panels[0]; i++) {
        buf_printf(out, "\n%s\n", panels[i].title);
        int code = store_print(a->store, panels[i].sql, NULL, false, out, err);
        if (code)
            return code;
    }
    return 0;
}

/* ---- the terminal --------------------------------------------------------------------------- */

/* Keys without Enter; the old ways come back in any case that ends the loop. */
static bool quiet_keys(struct termios *old)
{
    struct termios now;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, old))
        return false;
    now = *old;
    now.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG); /* Ctrl-C is a key too: see wants_end() */
    return tcsetattr(STDIN_FILENO, TCSANOW, &now) == 0;
}

/* Waits; true when q, Ctrl-C or the end of the input came. */
static bool wants_end(int seconds, bool keys)
{
    struct pollfd in = {.fd = keys ? STDIN_FILENO : -1, .events = POLLIN};
    char key;
    if (poll(&in, 1, seconds * 1000) <= 0)
        return false;
    return read(STDIN_FILENO, &key, 1) != 1 || key == 'q' || key == '\x03';
}

static int show(struct admin *a, bool clear, struct err *err)
{
    struct buf screen = BUF_INIT(1 << 20);
    if (clear)
        buf_puts(&screen, "\033[H\033[J");
    int code = put_screen(a, &screen, err);
    if (!code) {
        fputs(buf_cstr(&screen), stdout);
        fflush(stdout);
    }
    buf_free(&screen);
    return code;
}

int top_run(struct admin *a, struct args *args, struct err *err)
{
    struct termios old;
    int64_t seconds;
    bool once = arg_flag(args, "--once");
    int code = arg_number(args, "--seconds", 1, 1, &seconds, err);
    if (!code)
        code = arg_rest(args, 0, err);
    if (code || once)
        return code ? code : show(a, false, err);
    bool keys = quiet_keys(&old);
    do
        code = show(a, isatty(STDOUT_FILENO), err);
    while (!code && !ferror(stdout) && !wants_end((int)seconds, keys));
    if (keys)
        tcsetattr(STDIN_FILENO, TCSANOW, &old);
    return code;
}
