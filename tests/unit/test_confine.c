/*
 * test_confine.c - what a confined process cannot do any more, and what it still can.
 *
 * Each try runs in a child that confines itself with a thread running; the child ends with a
 * status, it asserts nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fcgi/confine.h"

#define CANNOT_CONFINE 100

/* Runs try() in a confined child; 0 when it succeeded, else its errno. */
static int confined(const struct confine_options *options, int (*try)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        if (confine(options, NULL) < 0)
            _exit(CANNOT_CONFINE);
        errno = 0;
        _exit(try() < 0 ? errno : 0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_not_equal(WEXITSTATUS(status), CANNOT_CONFINE);
    return WEXITSTATUS(status);
}

static int try_exec(void)
{
    return execl("/bin/true", "true", (char *)NULL);
}

static int try_fork(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid;
}

static int try_inet(void)
{
    return socket(AF_INET, SOCK_STREAM, 0);
}

static int try_inet6(void)
{
    return socket(AF_INET6, SOCK_DGRAM, 0);
}

static int try_unix(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int try_read_file(void)
{
    return open("/etc/passwd", O_RDONLY);
}

static int try_write_file(void)
{
    return open("/tmp/gb-test-confine", O_WRONLY | O_CREAT, 0600);
}

static int try_unlink(void)
{
    return unlink("/tmp/gb-test-confine-nothing");
}

static int try_kill(void)
{
    return kill(getppid(), 0);
}

static void *idle(void *data)
{
    return data;
}

static int try_thread(void)
{
    pthread_t t;
    int rc = pthread_create(&t, NULL, idle, NULL);
    if (rc == 0)
        rc = pthread_join(t, NULL);
    errno = rc;
    return rc == 0 ? 0 : -1;
}

static const struct confine_options closed = {0}, internet = {.internet = true};

static void test_nothing_is_executed(void **state)
{
    (void)state;
    assert_int_equal(confined(&closed, try_exec), EPERM);
    assert_int_equal(confined(&closed, try_fork), EPERM);
    assert_int_equal(confined(&internet, try_exec), EPERM);
}

static void test_no_internet(void **state)
{
    (void)state;
    assert_int_equal(confined(&closed, try_inet), EPERM);
    assert_int_equal(confined(&closed, try_inet6), EPERM);
    assert_int_equal(confined(&closed, try_unix), 0);
    assert_int_equal(confined(&internet, try_inet), 0);
}

static void test_no_files(void **state)
{
    (void)state;
    assert_int_equal(confined(&closed, try_read_file), EPERM);
    assert_int_equal(confined(&closed, try_write_file), EPERM);
    assert_int_equal(confined(&closed, try_unlink), EPERM);
    assert_int_equal(confined(&internet, try_read_file), 0);
    assert_int_equal(confined(&internet, try_write_file), EPERM);
}

static void test_no_signals_to_others(void **state)
{
    (void)state;
    assert_int_equal(confined(&closed, try_kill), EPERM);
}

static void test_threads_still_start(void **state)
{
    (void)state;
    assert_int_equal(confined(&closed, try_thread), 0);
}

static int inet_socket_fd = -1;

static void *open_inet_when_told(void *data)
{
    char go;
    if (read(*(int *)data, &go, 1) == 1)
        inet_socket_fd = socket(AF_INET, SOCK_STREAM, 0);
    return NULL;
}

/* A thread that runs before confine() is confined with the rest. */
static int try_from_older_thread(void)
{
    int pipe_fds[2];
    pthread_t t;
    if (pipe2(pipe_fds, 0) != 0 || pthread_create(&t, NULL, open_inet_when_told, &pipe_fds[0]) != 0)
        return 0;
    if (confine(&closed, NULL) < 0)
        return 0;
    if (write(pipe_fds[1], "x", 1) != 1)
        return 0;
    pthread_join(t, NULL);
    errno = EPERM;
    return inet_socket_fd >= 0 ? 0 : -1;
}

static void test_threads_that_run_already(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0)
        _exit(try_from_older_thread() < 0 ? 7 : 8);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_executed),
        cmocka_unit_test(test_no_internet),
        cmocka_unit_test(test_no_files),
        cmocka_unit_test(test_no_signals_to_others),
        cmocka_unit_test(test_threads_still_start),
        cmocka_unit_test(test_threads_that_run_already),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
