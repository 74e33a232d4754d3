/* doctor_store.c - the database: sound, unbroken, and dealing out shares that make sense. */
#include "doctor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The first row of a query as text, without its heading; empty when there is none. */
static int first_row(struct patient *p, const char *sql, const char *arg, struct buf *out,
                     struct err *err)
{
    cleanup_buf struct buf table = BUF_INIT(0);
    int code = store_print(p->admin->store, sql, arg, false, &table, err);
    if (code)
        return code;
    const char *row = strchr(buf_cstr(&table), '\n');
    row = row ? row + 1 : "";
    buf_put(out, row, strcspn(row, "\n"));
    return 0;
}

/* False, and a finding of its own, when the database could not be opened. */
static bool has_store(const struct patient *p, struct finding *f)
{
    if (!p->admin->store)
        unknown(f, "the database could not be opened");
    return p->admin->store != NULL;
}

static void look_database(struct patient *p, struct finding *f)
{
    if (!p->admin->store) {
        wrong(
            f,
            strstr(p->store_trouble, "locked")
                ? "find who holds it: fuser -v the database file"
                : "gb-admin db migrate as the service's user; is the disk full, the folder there?",
            "%s", p->store_trouble);
        return;
    }
    cleanup_buf struct buf answer = BUF_INIT(0);
    struct err err = {0};
    int code = first_row(p, "SELECT quick_check FROM pragma_quick_check(1)", NULL, &answer, &err);
    if (code)
        wrong(f, "gb-admin db check", "the database cannot be read: %s", err.message);
    else if (strcmp(buf_cstr(&answer), "ok") != 0)
        wrong(f, "stop the service; restore the last `gb-admin db backup`", "it is damaged: %.200s",
              buf_cstr(&answer));
    else if (store_ready(p->admin->store, &err))
        wrong(f, "find who holds it: fuser -v the database file; make room on the disk",
              "nothing can be written: %s", err.message);
    else
        fine(f, "the database is sound and can be written");
}

static void look_audit(struct patient *p, struct finding *f)
{
    if (!has_store(p, f))
        return;
    struct audit_verdict v;
    struct err err = {0};
    if (store_audit_verify(p->admin->store, &v, &err))
        wrong(f, "gb-admin audit verify", "the audit log cannot be read: %s", err.message);
    else if (v.problem)
        wrong(f, "keep a copy (gb-admin db backup FILE) and find out who could write to the file",
              "row %lld: %s %s", (long long)v.bad, v.problem, v.what);
    else
        fine(f, "the audit log holds, %lld rows", (long long)v.rows);
}

static void look_quotas(struct patient *p, struct finding *f)
{
    if (!has_store(p, f))
        return;
    cleanup_buf struct buf greedy = BUF_INIT(0);
    struct err err = {0};
    char slots[32];
    snprintf(slots, sizeof slots, "%lld", (long long)p->admin->cfg.max_running_jobs);
    int code = first_row(p,
                         "SELECT l.user FROM user_limits l JOIN user u ON u.id = l.user_id "
                         "WHERE u.disabled_at IS NULL AND l.concurrent_jobs >= CAST(?1 AS INTEGER) "
                         "LIMIT 1",
                         slots, &greedy, &err);
    if (code)
        wrong(f, "gb-admin db check", "quotas cannot be read: %s", err.message);
    else if (greedy.len) {
        wrong(f, "", "%s alone may take all %s slots", buf_cstr(&greedy), slots);
        mend_with(f, "gb-admin quota set %s --concurrent %lld", buf_cstr(&greedy),
                  (long long)(p->admin->cfg.max_running_jobs + 1) / 2);
    } else
        fine(f, "every user has limits, none may take all %s slots", slots);
}

static void look_stuck(struct patient *p, struct finding *f)
{
    if (!has_store(p, f))
        return;
    cleanup_buf struct buf stuck = BUF_INIT(0);
    struct err err = {0};
    int code = first_row(p,
                         "SELECT id FROM job WHERE (state = 'running' AND lease_until < "
                         "(strftime('%s') - 60) * 1000) OR (state = 'queued' AND expires_at < "
                         "(strftime('%s') - 60) * 1000) LIMIT 1",
                         NULL, &stuck, &err);
    if (code)
        wrong(f, "gb-admin db check", "jobs cannot be read: %s", err.message);
    else if (stuck.len)
        wrong(f, "start gb-jobd; gb-admin job reap settles what is left",
              "job %s is held by nobody and not settled", buf_cstr(&stuck));
    else
        fine(f, "no job is left without a holder");
}

/* An audit log that the clock contradicts proves little. */
static void look_clock(struct patient *p, struct finding *f)
{
    if (!has_store(p, f))
        return;
    cleanup_buf struct buf last = BUF_INIT(0);
    struct err err = {0};
    int code = first_row(p, "SELECT coalesce(max(at), 0) FROM audit", NULL, &last, &err);
    int64_t behind = strtoll(buf_cstr(&last), NULL, 10) - store_now(p->admin->store);
    if (code)
        wrong(f, "gb-admin db check", "the audit log cannot be read: %s", err.message);
    else if (behind > 5000)
        wrong(f, "timedatectl set-ntp true", "the clock is %lld s behind the last audit row",
              (long long)behind / 1000);
    else
        fine(f, "the clock goes on from the last audit row");
}

const struct check store_checks[] = {
    {"database", "the file is sound and can be written", look_database},
    {"audit", "the audit log's chain holds", look_audit},
    {"quotas", "nobody can take everything", look_quotas},
    {"stuck-jobs", "every running job has a holder", look_stuck},
    {"clock", "time goes forward", look_clock},
    {0},
};
