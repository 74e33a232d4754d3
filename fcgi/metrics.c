/*
 * metrics.c - shared counters.
 */
#include "metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../core/base/cleanup.h"
#include "routes.h"

#define ROUTES_MAX 48
#define LAYOUT 1 /* raise it when rows change places and their number stays */
#define N_CACHE (CACHE_OFF + 1)

/* Upper bounds in seconds; one more bucket takes the rest. */
static const double bounds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                0.25,   0.5,   1,      2.5,   5,    10,    30};
#define N_BOUNDS (sizeof(bounds) / sizeof(bounds[0]))

typedef _Atomic uint64_t cell;

struct histogram {
    cell buckets[N_BOUNDS + 1]; /* each for itself, not cumulative */
    cell sum_us;
};

struct cells {
    cell requests[ROUTES_MAX + 1][OUTCOME_COUNT];
    cell verdicts[VERDICT_COUNT];
    cell cache[N_CACHE];
    struct histogram total;
    struct histogram phases[PHASE_COUNT];
};

struct metrics {
    struct cells *cells;
};

static void add(cell *c, uint64_t n)
{
    atomic_fetch_add_explicit(c, n, memory_order_relaxed);
}

static uint64_t get(const cell *c)
{
    return atomic_load_explicit(c, memory_order_relaxed);
}

/* ---- the file ------------------------------------------------------------------------------- */

/* A new file gets its size; its name says its layout, so an old one is right already. */
static int prepare(int fd, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_errno(err, errno, "metrics");
    if (st.st_size != (off_t)sizeof(struct cells) && ftruncate(fd, sizeof(struct cells)) != 0)
        return err_errno(err, errno, "making the file of the metrics");
    return 0;
}

static int map(const char *dir, struct cells **ret, struct err *err)
{
    char path[4200];
    snprintf(path, sizeof(path), "%s/counters-%d-%zx", dir, LAYOUT, sizeof(struct cells));
    if (mkdir(dir, 0770) != 0 && errno != EEXIST)
        return err_errno(err, errno, "making %s", dir);
    cleanup_close int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
    if (fd < 0)
        return err_errno(err, errno, "opening %s", path);
    int rc = prepare(fd, err);
    if (rc < 0)
        return rc;
    void *at = mmap(NULL, sizeof(struct cells), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return err_errno(err, errno, "mapping %s", path);
    *ret = at;
    return 0;
}

int metrics_open(const char *dir, struct metrics **ret, struct err *err)
{
    cleanup_free struct metrics *m = calloc(1, sizeof(*m));
    if (!m)
        return err_set(err, -ENOMEM, "no memory for the metrics");
    int rc = map(dir, &m->cells, err);
    if (rc == 0)
        *ret = steal_ptr(m);
    return rc;
}

void metrics_close(struct metrics *m)
{
    if (!m)
        return;
    munmap(m->cells, sizeof(*m->cells));
    free(m);
}

/* ---- counting ------------------------------------------------------------------------------- */

static void observe(struct histogram *h, double ms)
{
    size_t i = 0;
    while (i < N_BOUNDS && ms > bounds[i] * 1e3)
        i++;
    add(&h->buckets[i], 1);
    add(&h->sum_us, ms > 0 ? (uint64_t)(ms * 1e3) : 0);
}

void metrics_request(struct metrics *m, unsigned route, enum outcome o,
                     const double spent_ms[PHASE_COUNT], double total_ms)
{
    struct cells *c = m->cells;
    add(&c->requests[route < ROUTES_MAX ? route : ROUTES_MAX][o], 1);
    observe(&c->total, total_ms);
    for (int i = 0; i < PHASE_COUNT; i++)
        if (spent_ms[i] > 0)
            observe(&c->phases[i], spent_ms[i]);
}

void metrics_verdict(struct metrics *m, enum verdict v, enum cache_state cache)
{
    add(&m->cells->verdicts[v], 1);
    add(&m->cells->cache[cache], 1);
}

/* ---- exposition ----------------------------------------------------------------------------- */

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_requests(const struct cells *c, struct buf *out)
{
    head(out, "gb_requests_total", "counter", "Requests by route, status and outcome.");
    for (unsigned r = 0; r <= ROUTES_MAX; r++) {
        for (unsigned o = 0; o < OUTCOME_COUNT; o++) {
            uint64_t n = get(&c->requests[r][o]);
            const struct outcome_row *row = outcome_row((enum outcome)o);
            if (n)
                buf_printf(out,
                           "gb_requests_total{route=\"%s\",status=\"%d\",outcome=\"%s\"} %llu\n",
                           r < n_routes ? routes[r].name : "none", row->status, row->name,
                           (unsigned long long)n);
        }
    }
}

static void write_verdicts(const struct cells *c, struct buf *out)
{
    head(out, "gb_verdicts_total", "counter", "Programs by verdict.");
    for (int i = 0; i < VERDICT_COUNT; i++)
        buf_printf(out, "gb_verdicts_total{verdict=\"%s\"} %llu\n", verdict_name((enum verdict)i),
                   (unsigned long long)get(&c->verdicts[i]));
    head(out, "gb_violations_total", "counter", "Programs that the policy refused or stopped.");
    buf_printf(out, "gb_violations_total{kind=\"policy_blocked\"} %llu\n",
               (unsigned long long)get(&c->verdicts[VERDICT_policy_blocked]));
    buf_printf(out, "gb_violations_total{kind=\"forbidden_syscall\"} %llu\n",
               (unsigned long long)get(&c->verdicts[VERDICT_forbidden_syscall]));
    head(out, "gb_cache_results_total", "counter", "How the cache answered for a program.");
    for (int i = 0; i < N_CACHE; i++)
        buf_printf(out, "gb_cache_results_total{result=\"%s\"} %llu\n",
                   cache_state_name((enum cache_state)i), (unsigned long long)get(&c->cache[i]));
}

/* label is "" or `phase="auth",`. */
static void write_histogram(const char *name, const char *label, const struct histogram *h,
                            struct buf *out)
{
    uint64_t sum = 0;
    char only[64];
    for (size_t i = 0; i < N_BOUNDS; i++) {
        sum += get(&h->buckets[i]);
        buf_printf(out, "%s_bucket{%sle=\"%g\"} %llu\n", name, label, bounds[i],
                   (unsigned long long)sum);
    }
    sum += get(&h->buckets[N_BOUNDS]);
    buf_printf(out, "%s_bucket{%sle=\"+Inf\"} %llu\n", name, label, (unsigned long long)sum);
    int n = (int)strlen(label);
    snprintf(only, sizeof(only), n ? "{%.*s}" : "%.*s", n ? n - 1 : 0, label);
    buf_printf(out, "%s_sum%s %.6f\n", name, only, (double)get(&h->sum_us) / 1e6);
    buf_printf(out, "%s_count%s %llu\n", name, only, (unsigned long long)sum);
}

static void write_times(const struct cells *c, struct buf *out)
{
    static const struct {
        const char *label;
    } rows[] = {
#define PHASE(name, ...) {"phase=\"" #name "\","},
#include "phase.def"
#undef PHASE
    };
    head(out, "gb_request_seconds", "histogram", "Time of a request in the service.");
    write_histogram("gb_request_seconds", "", &c->total, out);
    head(out, "gb_phase_seconds", "histogram", "Where a request's time goes.");
    for (int i = 0; i < PHASE_COUNT; i++)
        write_histogram("gb_phase_seconds", rows[i].label, &c->phases[i], out);
}

void metrics_write(const struct metrics *m, struct buf *out)
{
    write_requests(m->cells, out);
    write_verdicts(m->cells, out);
    write_times(m->cells, out);
}

void metrics_gauge(struct buf *out, const char *name, const char *help, double value)
{
    head(out, name, "gauge", help);
    buf_printf(out, "%s %g\n", name, value);
}
