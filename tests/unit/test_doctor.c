/*
 * test_doctor.c - each check that needs no running stack is shown the thing broken and must name it.
 *
 * What the gateway does is broken in tests/e2e/test_doctor.sh.
 */
#include "store_fixture.h"

#include "sql/admin/doctor.h"

#include <fcntl.h>
#include <sys/stat.h>

/* What the probe prints in a container as it should be. */
#define GOOD                                                                                       \
    "Uid:\t1000\t1000\t1000\t1000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n"         \
    "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t2\nnet     lo:       0       0    0\n"         \
    "leftover: no\nworkspace: yes\nroot: no\n"

struct ward {
    struct fixture f;
    struct admin admin;
    struct patient p;
};

static int ward_setup(void **state)
{
    struct ward *w = calloc(1, sizeof *w);
    static char *const nothing[] = {NULL};
    fixture_make(&w->f);
    assert_int_equal(config_parse("none", (struct str){0}, nothing, &w->admin.cfg, &w->f.err), 0);
    w->admin.cfg.run_dir = w->f.folder;
    w->admin.cfg.db_path = w->f.path;
    w->admin.cfg.docker_socket = "/nowhere";
    w->admin.store = w->f.store;
    w->p.admin = &w->admin;
    w->p.first = w->p.second = (struct probe){.ran = true, .output = GOOD};
    *state = w;
    return 0;
}

static int ward_teardown(void **state)
{
    struct ward *w = *state;
    fixture_remove(&w->f);
    config_free(&w->admin.cfg);
    free(w);
    return 0;
}

static struct finding look(struct ward *w, const char *name)
{
    static const struct check *const tables[] = {sandbox_checks, front_checks, host_checks,
                                                 store_checks};
    struct finding f = {.state = FINDING_UNKNOWN};
    for (size_t t = 0; t < 4; t++)
        for (const struct check *c = tables[t]; c->name; c++)
            if (strcmp(c->name, name) == 0) {
                c->look(&w->p, &f);
                return f;
            }
    fail_msg("there is no check %s", name);
    return f;
}

static void assert_fine(struct ward *w, const char *name)
{
    struct finding f = look(w, name);
    if (f.state != FINDING_FINE)
        fail_msg("%s: %s", name, f.what);
}

static void assert_wrong(struct ward *w, const char *name, const char *what)
{
    struct finding f = look(w, name);
    if (f.state != FINDING_WRONG || !strstr(f.what, what) || !*f.mend)
        fail_msg("%s: state %d, \"%s\", mend \"%s\"", name, f.state, f.what, f.mend);
}

static void a_weakened_container_is_named(void **state)
{
    struct ward *w = *state;
    static const struct {
        const char *check, *good, *bad, *what;
    } cases[] = {
        {"seccomp", "Seccomp:\t2", "Seccomp:\t0", "without a system-call filter"},
        {"capabilities", "CapEff:\t0000000000000000", "CapEff:\t00000000a80425fb", "a80425fb"},
        {"capabilities", "CapBnd:\t0000000000000000", "CapBnd:\t0000000000002000", "bounding"},
        {"no-new-privileges", "NoNewPrivs:\t1", "NoNewPrivs:\t0", "not set"},
        {"non-root", "Uid:\t1000", "Uid:\t0000", "root"},
        {"network", "    lo:", "  eth0:", "eth0"},
        {"seccomp", "filters:\t2", "filters:\t1", "no seccomp profile"},
        {"workspace", "root: no\n", "root: yes", "root of the file system"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct probe *probe = &w->p.first;
        memcpy(probe->output, GOOD, sizeof GOOD);
        assert_fine(w, cases[i].check);
        memcpy(strstr(probe->output, cases[i].good), cases[i].bad, strlen(cases[i].bad));
        assert_wrong(w, cases[i].check, cases[i].what);
        memcpy(probe->output, GOOD, sizeof GOOD);
    }
    memcpy(strstr(w->p.second.output, "leftover: no"), "leftover: ye", 12);
    assert_wrong(w, "workspace", "what another left");
}

static void a_sandbox_that_is_away_is_named(void **state)
{
    struct ward *w = *state;
    assert_fine(w, "image");
    w->p.first = (struct probe){.trouble = "no such image"};
    snprintf(w->p.status_trouble, sizeof w->p.status_trouble, "connection refused");
    assert_wrong(w, "broker", "connection refused");
    assert_wrong(w, "image", "connection refused");
    assert_int_equal(look(w, "seccomp").state, FINDING_UNKNOWN);
}

static void an_unready_broker_says_why(void **state)
{
    struct ward *w = *state;
    static const char status[] = "{\"ready\":false,\"reasons\":[\"Docker does not answer\"]}";
    assert_int_equal(jdoc_parse(&w->p.doc, status, sizeof status - 1, NULL, NULL), 0);
    assert_wrong(w, "broker", "Docker does not answer");
    jdoc_free(&w->p.doc);
}

static void the_fallback_is_named(void **state)
{
    struct ward *w = *state;
    assert_fine(w, "fallback");
    w->admin.cfg.dev_allow_fallback = true;
    assert_wrong(w, "fallback", "may run on the host");
    w->admin.cfg.dev_allow_fallback = false;
    w->p.first.fallback = true;
    assert_wrong(w, "fallback", "jobs run on the host");
}

static void open_doors_are_named(void **state)
{
    struct ward *w = *state;
    char wal[128];
    assert_fine(w, "permissions");
    assert_int_equal(chmod(w->f.path, 0644), 0);
    assert_wrong(w, "permissions", w->f.path);
    assert_non_null(strstr(look(w, "permissions").mend, "chmod o-rwx"));
    assert_int_equal(chmod(w->f.path, 0640), 0);
    snprintf(wal, sizeof wal, "%s-wal", w->f.path);
    assert_int_equal(chmod(wal, 0646), 0);
    assert_wrong(w, "permissions", wal);
}

static void a_machine_in_need_is_named(void **state)
{
    struct ward *w = *state;
    struct config *cfg = &w->admin.cfg;
    assert_fine(w, "disk");
    cfg->min_free_mb = INT64_MAX;
    assert_wrong(w, "disk", "are free");
    assert_int_equal(look(w, "confinement").state, FINDING_UNKNOWN); /* nobody works here */
    cfg->confine = false;
    assert_wrong(w, "confinement", "without a system-call filter");
    assert_fine(w, "retention");
    cfg->retain_artifacts_d = cfg->retain_artifacts_mb = 0;
    assert_wrong(w, "retention", "until the disk is full");
    assert_fine(w, "webhooks");
    cfg->webhook_hosts = "hooks.example.org";
    assert_wrong(w, "webhooks", "without a secret");
    cfg->webhook_secret = "0123456789abcdef";
    assert_fine(w, "webhooks");
}

static void a_gateway_without_limits_is_named(void **state)
{
    struct ward *w = *state;
    static const char *const lines[] = {"limit_req zone=a;", "limit_conn b 10;",
                                        "client_max_body_size 8m;"};
    char path[128];
    snprintf(path, sizeof path, "%s/nginx.conf", w->f.folder);
    w->admin.cfg.nginx_conf = path;
    assert_int_equal(look(w, "rate-limit").state, FINDING_UNKNOWN);
    for (size_t without = 0; without <= 3; without++) {
        FILE *conf = fopen(path, "we");
        for (size_t i = 0; i < 3; i++)
            fprintf(conf, "    %s%s\n", i == without ? "# " : "", lines[i]);
        fclose(conf);
        if (without == 3)
            assert_fine(w, "rate-limit");
        else
            assert_wrong(w, "rate-limit", "nginx has no");
    }
    unlink(path);
}

static void a_broken_store_is_named(void **state)
{
    struct ward *w = *state;
    struct fixture *f = &w->f;
    assert_fine(w, "database");
    assert_fine(w, "audit");
    assert_fine(w, "clock");
    f->now -= 3600000;
    assert_wrong(w, "clock", "behind the last audit row");
    f->now += 3600000;
    assert_int_equal(fixture_sql(f, "DROP TRIGGER audit_no_update;"
                                    "UPDATE audit SET user = 'eve' WHERE seq = 2"),
                     SQLITE_OK);
    assert_wrong(w, "audit", "row 2");
    w->admin.store = NULL;
    snprintf(w->p.store_trouble, sizeof w->p.store_trouble, "file is not a database");
    assert_wrong(w, "database", "file is not a database");
    assert_int_equal(look(w, "audit").state, FINDING_UNKNOWN);
}

static void a_locked_store_is_named(void **state)
{
    struct ward *w = *state;
    sqlite3 *db;
    store_close(w->f.store);
    w->f.options.busy_timeout_ms = 50;
    assert_ok(&w->f, store_open(&w->f.options, &w->f.store, &w->f.err));
    w->admin.store = w->f.store;
    assert_int_equal(sqlite3_open(w->f.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_wrong(w, "database", "nothing can be written");
    sqlite3_close(db);
    assert_fine(w, "database");
}

static void one_who_can_take_all_is_named(void **state)
{
    struct ward *w = *state;
    struct plan greedy = {-1, 32, -1, -1};
    w->admin.cfg.max_running_jobs = 32;
    assert_fine(w, "quotas");
    assert_ok(&w->f, store_quota_set(w->f.store, "test", "ann", &greedy, &w->f.err));
    assert_wrong(w, "quotas", "ann alone");
    assert_string_equal(look(w, "quotas").mend, "gb-admin quota set ann --concurrent 16");
}

static void a_job_without_a_holder_is_named(void **state)
{
    struct ward *w = *state;
    struct job_new j = fixture_job(&w->f, "ann");
    assert_fine(w, "stuck-jobs");
    w->f.now = 1000; /* long ago for the wall clock, by which the check goes */
    assert_ok(&w->f, store_admit(w->f.store, &j, NULL, &w->f.err));
    assert_wrong(w, "stuck-jobs", j.id);
}

#define T(test) cmocka_unit_test_setup_teardown(test, ward_setup, ward_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_weakened_container_is_named),
        T(a_sandbox_that_is_away_is_named),
        T(an_unready_broker_says_why),
        T(the_fallback_is_named),
        T(open_doors_are_named),
        T(a_machine_in_need_is_named),
        T(a_gateway_without_limits_is_named),
        T(a_broken_store_is_named),
        T(a_locked_store_is_named),
        T(one_who_can_take_all_is_named),
        T(a_job_without_a_holder_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
