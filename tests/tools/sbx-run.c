/*
 * sbx-run.c - a client of gb-sandboxd for tests: one job from a file, its outcome on standard
 * output.
 *
 *   sbx-run SOCKET status
 *   sbx-run SOCKET cancel JOB_ID USER
 *   sbx-run SOCKET run SPEC.json [TIMEOUT_MS]      the report or refusal as one line; the program's
 *                                                 output on standard error
 *
 * Ends with 0: a report; 3: a refusal; 4: neither.
 */
#include "../../sandbox/client.h"

#include <stdio.h>
#include <stdlib.h>

static void print_output(void *data, unsigned run, bool is_stderr, struct str bytes)
{
    (void)data;
    (void)run;
    (void)is_stderr;
    fwrite(bytes.s, 1, bytes.n, stderr);
}

static void print_event(void *data, struct str json)
{
    (void)data;
    printf("event %.*s\n", STR_ARG(json));
}

static int read_file(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return -1;
    char room[65536];
    size_t n;
    while ((n = fread(room, 1, sizeof room, f)) > 0)
        buf_put(out, room, n);
    return fclose(f);
}

static int run(const char *socket_path, const char *path, unsigned timeout_ms)
{
    cleanup_buf struct buf spec = BUF_INIT(0);
    if (read_file(path, &spec) != 0) {
        perror(path);
        return 2;
    }
    struct sandbox_events events = {.output = print_output, .event = print_event};
    struct sandbox_reply reply;
    struct err err = {0};
    int r = sandbox_run(socket_path, buf_view(&spec), (struct str){0}, timeout_ms, &events, &reply,
                        &err);
    if (r < 0)
        printf("{\"errno\":%d,\"message\":\"%s\"}\n", r, err.message);
    else
        printf("%s\n", buf_cstr(reply.report.len ? &reply.report : &reply.refusal));
    int code = r < 0 ? 4 : reply.report.len ? 0 : 3;
    sandbox_reply_free(&reply);
    return code;
}

static int status(const char *socket_path)
{
    cleanup_buf struct buf json = BUF_INIT(0);
    struct err err = {0};
    int r = sandbox_status(socket_path, 2000, &json, &err);
    puts(r < 0 ? err.message : buf_cstr(&json));
    return r < 0 ? 4 : 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[2], "status") == 0)
        return status(argv[1]);
    if (argc == 5 && strcmp(argv[2], "cancel") == 0)
        return sandbox_cancel(argv[1], str_c(argv[3]), str_c(argv[4]), NULL) < 0 ? 4 : 0;
    if (argc >= 4 && strcmp(argv[2], "run") == 0)
        return run(argv[1], argv[3], argc > 4 ? (unsigned)atoi(argv[4]) : 60000);
    fputs("usage: sbx-run SOCKET status | cancel JOB USER | run SPEC [TIMEOUT_MS]\n", stderr);
    return 2;
}
