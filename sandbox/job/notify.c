/*
 * notify.c - hands the listener from child to parent, and answers refused calls.
 */
#include "notify.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter.h"

union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
};

int notify_hand_over(int socket, int listener)
{
    char byte = 0;
    struct iovec one = {&byte, 1};
    union control control = {0};
    struct msghdr message = {.msg_iov = &one,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &listener, sizeof(int));
    if (sendmsg(socket, &message, 0) != 1)
        return -1;
    close(listener);
    close(socket);
    return 0;
}

int notify_receive(int socket)
{
    char byte;
    struct iovec one = {&byte, 1};
    union control control = {0};
    struct msghdr message = {.msg_iov = &one,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    const struct cmsghdr *c;
    int listener = -1;
    ssize_t n;

    do
        n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    c = n == 1 ? CMSG_FIRSTHDR(&message) : NULL;
    if (c != NULL && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&listener, CMSG_DATA(c), sizeof(int));
    return listener;
}

static bool is_exec(int number)
{
    return number == SYS_execve || number == SYS_execveat;
}

const char *notify_answer(int listener, bool *exec_passed)
{
    struct seccomp_notif *request = NULL;
    struct seccomp_notif_resp *response = NULL;
    const char *refused = NULL;

    if (seccomp_notify_alloc(&request, &response) != 0)
        return NULL;
    /* The caller may have been killed meanwhile; then there is nothing to answer. */
    if (seccomp_notify_receive(listener, request) == 0) {
        *response = (struct seccomp_notif_resp){.id = request->id, .error = -EPERM};
        if (is_exec(request->data.nr) && !*exec_passed) {
            /* What it executes was fixed before: our own child, not yet the program, asks. */
            *response = (struct seccomp_notif_resp){.id = request->id,
                                                    .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
            *exec_passed = true;
        } else {
            refused = filter_syscall_name(request->data.nr);
        }
        seccomp_notify_respond(listener, response);
    }
    seccomp_notify_free(request, response);
    return refused;
}
