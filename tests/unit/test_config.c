/* test_config.c - where values come from, and what ends the start. */
#include "base/config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char *const nothing[] = {NULL};

static int parse(const char *text, char *const *environment, struct config *cfg, struct err *err)
{
    *err = (struct err){0};
    return config_parse("gb.conf", str_c(text), environment, cfg, err);
}

static void defaults_stand_when_nothing_is_said(void **state)
{
    (void)state;
    struct config cfg;
    struct err err;
    assert_int_equal(parse("", nothing, &cfg, &err), 0);
    assert_int_equal(cfg.run_memory_mb, 128);
    assert_int_equal(cfg.run_wall_ms, 10000);
    assert_int_equal(cfg.compile_wall_ms, 5000);
    assert_false(cfg.dev_allow_fallback);
    assert_string_equal(cfg.sandbox_image, "graph-blocks-sandbox");
    assert_string_equal(cfg.db_path, "run/jobs.db");
    assert_string_equal(cfg.docker_socket, "/var/run/docker.sock");
    assert_string_equal(cfg.sandbox_seccomp, "");
    config_free(&cfg);
}

static void the_environment_overrides_the_file(void **state)
{
    (void)state;
    char *const environment[] = {"HOME=/root",           "SANDBOX_IMAGE=theirs",
                                 "DEV_ALLOW_FALLBACK=1", "GB_URL=https://localhost",
                                 "DOCKER_TIMEOUT=7",     NULL};
    struct config cfg;
    struct err err;
    assert_int_equal(parse("# a comment\n\nSANDBOX_IMAGE=ours\n GB_RUN_DIR = \"/srv/gb\" \r\n"
                           "GB_LOG_LEVEL=warn",
                           environment, &cfg, &err),
                     0);
    assert_string_equal(cfg.sandbox_image, "theirs");
    assert_string_equal(cfg.log_level, "warn");
    assert_string_equal(cfg.sandbox_socket, "/srv/gb/sandbox.sock");
    assert_true(cfg.dev_allow_fallback);
    assert_int_equal(cfg.docker_timeout_s, 7);
    config_free(&cfg);
}

static void what_is_wrong_is_named_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"GB_THREADS=4\nGB_TREADS=4\n", "gb.conf:2: unknown key \"GB_TREADS\""},
        {"\nGB_THREADS=0", "gb.conf:2: GB_THREADS must be a whole number from 1 to 256"},
        {"GB_THREADS=257", "gb.conf:1: GB_THREADS must be"},
        {"GB_THREADS=4.5", "gb.conf:1: GB_THREADS must be"},
        {"GB_THREADS=", "gb.conf:1: GB_THREADS must be"},
        {"GB_THREADS=99999999999999999999", "gb.conf:1: GB_THREADS must be"},
        {"GB_THREADS=1\nGB_THREADS=2", "gb.conf:2: GB_THREADS stands in line 1 already"},
        {"GB_LOG_LEVEL=loud", "gb.conf:1: GB_LOG_LEVEL must be one of debug|info|warn|error"},
        {"GB_LOG_LEVEL=inf", "gb.conf:1: GB_LOG_LEVEL must be one of"},
        {"DEV_ALLOW_FALLBACK=maybe", "gb.conf:1: DEV_ALLOW_FALLBACK must be 0 or 1"},
        {"GB_THREADS", "gb.conf:1: expected KEY=value"},
        {"gb_threads=1", "gb.conf:1: unknown key"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct config cfg;
        struct err err;
        assert_int_equal(parse(cases[i].text, nothing, &cfg, &err), -EINVAL);
        if (strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("%s: %s", cases[i].text, err.message);
        config_free(&cfg);
    }
}

static void unknown_variables_of_ours_are_refused(void **state)
{
    (void)state;
    static char *const bad[][2] = {
        {"GB_POOLSIZE=4", NULL}, {"SANDBOX_IMAEG=x", NULL}, {"DEV_FALLBACK_TOKE=x", NULL}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct config cfg;
        struct err err;
        assert_int_equal(parse("", bad[i], &cfg, &err), -EINVAL);
        assert_non_null(strstr(err.message, "environment: unknown key"));
        config_free(&cfg);
    }
}

static void a_missing_file_is_an_error(void **state)
{
    (void)state;
    struct config cfg;
    struct err err;
    assert_int_equal(config_load("/nowhere/gb.conf", &cfg, &err), -ENOENT);
    assert_non_null(strstr(err.message, "/nowhere/gb.conf"));
    config_free(&cfg);
}

static void what_is_printed_reads_back_without_secrets(void **state)
{
    (void)state;
    struct config cfg, again;
    struct err err;
    struct buf printed = BUF_INIT(0), reprinted = BUF_INIT(0);
    assert_int_equal(parse("DEV_FALLBACK_TOKEN=hush\nGB_THREADS=3", nothing, &cfg, &err), 0);
    config_print(&cfg, &printed);
    assert_null(strstr(buf_cstr(&printed), "hush"));
    assert_non_null(strstr(buf_cstr(&printed), "\nDEV_FALLBACK_TOKEN=***\n"));
    assert_int_equal(parse(buf_cstr(&printed), nothing, &again, &err), 0);
    assert_int_equal(again.threads, 3);
    config_print(&again, &reprinted);
    assert_non_null(strstr(buf_cstr(&reprinted), "GB_THREADS=3\n"));
    config_free(&cfg);
    config_free(&again);
    buf_free(&printed);
    buf_free(&reprinted);
}

static void assert_same_as_file(struct buf *made, const char *path)
{
    struct buf file = BUF_INIT(0);
    char piece[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;
    if (fd < 0)
        fail_msg("%s: not there; run from the top folder, or `make docs`", path);
    while ((n = read(fd, piece, sizeof piece)) > 0)
        buf_put(&file, piece, (size_t)n);
    close(fd);
    if (!str_eq(buf_view(made), buf_view(&file)))
        fail_msg("%s is not what ops/config.def says: `make docs`", path);
    buf_free(&file);
    buf_free(made);
}

static void the_page_and_the_sample_are_up_to_date(void **state)
{
    (void)state;
    struct buf page = BUF_INIT(0), sample = BUF_INIT(0);
    config_markdown(&page);
    assert_same_as_file(&page, "docs/configuration.md");
    config_sample(&sample);
    assert_same_as_file(&sample, "ops/config.sample");
}

static void the_older_services_variables_set_limits(void **state)
{
    (void)state;
    struct config cfg;
    struct err err;
    assert_int_equal(parse("SANDBOX_MEMORY=64m\nSANDBOX_CPUS=1.5\nSANDBOX_PIDS_LIMIT=7\n"
                           "DOCKER_TIMEOUT=4\n",
                           nothing, &cfg, &err),
                     0);
    assert_int_equal(cfg.run_memory_mb, 64);
    assert_int_equal(cfg.run_cpus_milli, 1500);
    assert_int_equal(cfg.run_pids, 7);
    assert_int_equal(cfg.run_wall_ms, 4000);
    config_free(&cfg);
    static const struct {
        const char *text;
        int64_t mb;
    } good[] = {
        {"1g", 1024}, {"512M", 512}, {"65536k", 64}, {"134217728", 128}, {"134217728b", 128}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char line[64];
        snprintf(line, sizeof line, "SANDBOX_MEMORY=%s", good[i].text);
        assert_int_equal(parse(line, nothing, &cfg, &err), 0);
        assert_int_equal(cfg.run_memory_mb, good[i].mb);
        config_free(&cfg);
    }
    assert_int_equal(parse("DOCKER_TIMEOUT=60\n", nothing, &cfg, &err), 0);
    assert_int_equal(cfg.run_wall_ms, 10000); /* lowered only */
    config_free(&cfg);
}

static void the_older_services_variables_have_bounds(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "SANDBOX_MEMORY=0",  "SANDBOX_MEMORY=-1m",   "SANDBOX_MEMORY=m",
        "SANDBOX_MEMORY=1x", "SANDBOX_MEMORY=1k",    "SANDBOX_MEMORY=99999999999999999g",
        "SANDBOX_CPUS=0",    "SANDBOX_CPUS=-1",      "SANDBOX_CPUS=nan",
        "SANDBOX_CPUS=inf",  "SANDBOX_CPUS=half",    "SANDBOX_CPUS=65",
        "DOCKER_TIMEOUT=-1", "SANDBOX_PIDS_LIMIT=-1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct config cfg;
        struct err err;
        assert_int_equal(parse(bad[i], nothing, &cfg, &err), -EINVAL);
        assert_memory_equal(strstr(err.message, "SANDBOX_") ? strstr(err.message, "SANDBOX_")
                                                            : strstr(err.message, "DOCKER_"),
                            bad[i], strcspn(bad[i], "="));
        config_free(&cfg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_stand_when_nothing_is_said),
        cmocka_unit_test(the_environment_overrides_the_file),
        cmocka_unit_test(what_is_wrong_is_named_with_its_place),
        cmocka_unit_test(unknown_variables_of_ours_are_refused),
        cmocka_unit_test(a_missing_file_is_an_error),
        cmocka_unit_test(what_is_printed_reads_back_without_secrets),
        cmocka_unit_test(the_older_services_variables_set_limits),
        cmocka_unit_test(the_older_services_variables_have_bounds),
        cmocka_unit_test(the_page_and_the_sample_are_up_to_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
