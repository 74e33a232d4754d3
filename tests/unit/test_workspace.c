/*
 * test_workspace.c - gb-job's workspace on a host: what it makes it removes, whatever a program left
 * in it, and nothing else.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../sandbox/job/workspace.h"

#define DEPTH 1500

static char home[] = "/tmp/test-workspace.XXXXXX";

static int go_home(void **state)
{
    (void)state;
    return chdir(home);
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* Somebody's files in the folder it is started in. */
static void test_a_folder_not_entered_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(mkdir("precious", 0755), 0);
    assert_int_equal(mkdir("precious/deep", 0755), 0);
    workspace_clean();
    workspace_leave();
    assert_true(exists("precious/deep"));
}

static void nest(const char *name)
{
    assert_int_equal(mkdir(name, 0700), 0);
    assert_int_equal(chdir(name), 0);
}

static void test_what_it_made_is_removed(void **state)
{
    char made[PATH_MAX];
    struct err err = {0};
    (void)state;
    assert_int_equal(workspace_enter(&err), 0);
    assert_non_null(getcwd(made, sizeof(made)));
    assert_string_not_equal(made, home);
    for (int i = 0; i < DEPTH; i++)
        nest("a");
    assert_int_equal(chmod(".", 0), 0);
    assert_int_equal(chdir(made), 0);
    assert_int_equal(symlink(home, "way-out"), 0);
    /* names that the cleaning itself would use, each with something in it */
    for (int i = 0; i < 5; i++) {
        char name[32];
        snprintf(name, sizeof(name), ".gb-old-%d", i);
        nest(name);
        nest("x");
        nest("y");
        assert_int_equal(chdir(made), 0);
    }
    workspace_clean();
    assert_true(exists(made));
    assert_int_equal(rmdir(made), 0); /* it was empty */
    assert_int_equal(mkdir(made, 0700), 0);
    workspace_leave();
    assert_false(exists(made));
    assert_true(exists(home));
    workspace_leave(); /* again: nothing to leave */
    assert_true(exists("/tmp"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_folder_not_entered_is_left_alone, go_home),
        cmocka_unit_test_setup(test_what_it_made_is_removed, go_home),
    };
    if (!mkdtemp(home))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[64];
    snprintf(command, sizeof(command), "rm -rf %s", home);
    if (system(command) != 0)
        failed++;
    return failed != 0;
}
