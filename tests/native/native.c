/* native.c - see native.h. */
#include "native.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define CPU_SECONDS 20
#define PATH_BYTES 160
#define FAULT_FD 3

/* ---- writing the sources -------------------------------------------------------------------- */

int native_open(struct native *n)
{
    *n = (struct native){0};
    mkdir("build", 0777);
    snprintf(n->dir, sizeof n->dir, "build/native.XXXXXX");
    return mkdtemp(n->dir) ? 0 : -errno;
}

static bool is_include(struct str line)
{
    return line.n > 8 && memcmp(line.s, "#include", 8) == 0;
}

static struct str next_line(struct str *rest)
{
    const char *end = memchr(rest->s, '\n', rest->n);
    size_t n = end ? (size_t)(end - rest->s) + 1 : rest->n;
    struct str line = {rest->s, n};
    *rest = (struct str){rest->s + n, rest->n - n};
    return line;
}

/* main() is renamed, and then may not end without a return any more. */
void native_add(struct native *n, struct str cpp)
{
    struct buf *unit = &n->units[n->n % NATIVE_UNITS];
    bool in_main = false;
    buf_printf(unit, "namespace program_%u {\n", n->n++);
    while (cpp.n) {
        struct str line = next_line(&cpp);
        in_main = in_main || str_eq(line, STR("int main()\n"));
        if (in_main && str_eq(line, STR("}\n")))
            buf_puts(unit, "    return 0;\n");
        if (!is_include(line))
            buf_str(unit, line);
        else if (!memmem(n->includes.data, n->includes.len, line.s, line.n))
            buf_str(&n->includes, line);
    }
    buf_puts(unit, "}\n");
}

static bool write_file(const struct native *n, const char *name, struct str head, struct str body)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", n->dir, name);
    FILE *f = fopen(path, "we");
    if (!f)
        return false;
    bool ok = fwrite(head.s, 1, head.n, f) == head.n && fwrite(body.s, 1, body.n, f) == body.n;
    return fclose(f) == 0 && ok;
}

static bool write_units(struct native *n)
{
    buf_puts(&n->includes, "#define main program_main\n");
    for (int i = 0; i < NATIVE_UNITS; i++) {
        char name[32];
        snprintf(name, sizeof name, "unit%d.cpp", i);
        if (!write_file(n, name, buf_view(&n->includes), buf_view(&n->units[i])))
            return false;
    }
    cleanup_buf struct buf driver = BUF_INIT(0);
    buf_puts(&driver, "#include <stdlib.h>\n");
    for (uint32_t i = 0; i < n->n; i++)
        buf_printf(&driver, "namespace program_%u { int program_main(); }\n", i);
    buf_puts(&driver, "static int (*const programs[])() = {\n");
    for (uint32_t i = 0; i < n->n; i++)
        buf_printf(&driver, "    program_%u::program_main,\n", i);
    buf_puts(&driver,
             "};\nint main(int, char **argv)\n{\n    return programs[atoi(argv[1])]();\n}\n");
    return write_file(n, "driver.cpp", STR(""), buf_view(&driver));
}

/* ---- building ------------------------------------------------------------------------------- */

/* Starts a program with standard error going to `messages`; -1 on failure. */
static pid_t start(char *const argv[], const char *messages)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    int fd = open(messages, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
        _exit(126);
    execvp(argv[0], argv);
    _exit(127);
}

static void show_file(const char *path)
{
    char piece[8192];
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(piece, 1, sizeof piece, f) : 0;
    fwrite(piece, 1, n, stderr);
    if (f)
        fclose(f);
}

struct build {
    const struct native *n;
    int running, jobs;
    bool ok;
};

static void reap(struct build *b)
{
    int status = 0;
    if (wait(&status) > 0)
        b->running--;
    if (status != 0)
        b->ok = false;
}

/* One compiler start of a variant: `source` to `output`, or only checked. */
static void compile(struct build *b, const struct native_variant *v, const char *source,
                    const char *output)
{
    char messages[PATH_BYTES];
    char *argv[24] = {(char *)v->compiler, "-std=c++17", "-Icore/runtime"};
    size_t n = 3;
    for (const char *const *flag = v->flags; *flag; flag++)
        argv[n++] = (char *)*flag;
    argv[n++] = v->check_only ? "-fsyntax-only" : "-c";
    argv[n++] = (char *)source;
    if (!v->check_only) {
        argv[n++] = "-o";
        argv[n++] = (char *)output;
    }
    snprintf(messages, sizeof messages, "%s.txt", output);
    while (b->running >= b->jobs)
        reap(b);
    if (start(argv, messages) > 0)
        b->running++;
    else
        b->ok = false;
}

static void compile_variant(struct build *b, const struct native_variant *v)
{
    char source[PATH_BYTES], output[PATH_BYTES];
    for (int i = 0; i < NATIVE_UNITS; i++) {
        snprintf(source, sizeof source, "%s/unit%d.cpp", b->n->dir, i);
        snprintf(output, sizeof output, "%s/unit%d.%s.o", b->n->dir, i, v->name);
        compile(b, v, source, output);
    }
    if (v->check_only)
        return;
    snprintf(source, sizeof source, "%s/driver.cpp", b->n->dir);
    snprintf(output, sizeof output, "%s/driver.%s.o", b->n->dir, v->name);
    compile(b, v, source, output);
    snprintf(output, sizeof output, "%s/runtime.%s.o", b->n->dir, v->name);
    compile(b, v, "core/runtime/gb.cpp", output);
}

static void link_variant(struct build *b, const struct native_variant *v)
{
    cleanup_buf struct buf command = BUF_INIT(0);
    buf_printf(&command, "%s", v->compiler);
    for (const char *const *flag = v->flags; *flag; flag++)
        buf_printf(&command, " %s", *flag);
    buf_printf(&command, " %s/*.%s.o -o %s/%s", b->n->dir, v->name, b->n->dir, v->name);
    char *argv[] = {"/bin/sh", "-c", (char *)buf_cstr(&command), NULL};
    char messages[PATH_BYTES];
    snprintf(messages, sizeof messages, "%s/%s.link.txt", b->n->dir, v->name);
    while (b->running >= b->jobs)
        reap(b);
    if (start(argv, messages) > 0)
        b->running++;
    else
        b->ok = false;
}

static void show_messages(const struct native *n, const struct native_variant *v)
{
    char path[PATH_BYTES];
    for (int i = 0; i < NATIVE_UNITS; i++) {
        snprintf(path, sizeof path, "%s/unit%d.%s.o.txt", n->dir, i, v->name);
        show_file(path);
    }
    snprintf(path, sizeof path, "%s/%s.link.txt", n->dir, v->name);
    show_file(path);
}

bool native_build(struct native *n, const struct native_variant *variants, size_t n_variants,
                  int jobs)
{
    struct build b = {.n = n, .jobs = jobs, .ok = write_units(n)};
    for (size_t i = 0; b.ok && i < n_variants; i++)
        compile_variant(&b, &variants[i]);
    while (b.running)
        reap(&b);
    for (size_t i = 0; b.ok && i < n_variants; i++)
        if (!variants[i].check_only)
            link_variant(&b, &variants[i]);
    while (b.running)
        reap(&b);
    for (size_t i = 0; !b.ok && i < n_variants; i++)
        show_messages(n, &variants[i]);
    return b.ok;
}

/* ---- running -------------------------------------------------------------------------------- */

/* In the child: standard input, output and error, and the fault's descriptor, are files in memory.
 */
static void run_child(const char *path, uint32_t program, const int fds[4])
{
    char number[16];
    snprintf(number, sizeof number, "%u", program);
    char *argv[] = {(char *)path, number, NULL};
    int high[4];
    for (int i = 0; i < 4; i++)
        high[i] = fcntl(fds[i], F_DUPFD, 10);
    for (int i = 0; i < 4; i++)
        if (dup2(high[i], i) < 0)
            _exit(126);
    setrlimit(RLIMIT_CPU, &(struct rlimit){CPU_SECONDS, CPU_SECONDS});
    execv(path, argv);
    _exit(127);
}

static void read_all(int fd, struct buf *ret)
{
    char piece[1 << 14];
    ssize_t n;
    lseek(fd, 0, SEEK_SET);
    while ((n = read(fd, piece, sizeof piece)) > 0)
        buf_put(ret, piece, (size_t)n);
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

int native_run(const struct native *n, const char *variant, uint32_t program, struct str input,
               struct native_result *ret)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", n->dir, variant);
    cleanup_close int in = memfd_create("in", MFD_CLOEXEC);
    cleanup_close int out = memfd_create("out", MFD_CLOEXEC);
    cleanup_close int err = memfd_create("err", MFD_CLOEXEC);
    cleanup_close int fault = memfd_create("fault", MFD_CLOEXEC);
    if (in < 0 || out < 0 || err < 0 || fault < 0)
        return -errno;
    if (input.n && (write(in, input.s, input.n) != (ssize_t)input.n || lseek(in, 0, SEEK_SET) < 0))
        return -EIO;
    pid_t pid = fork();
    if (pid == 0)
        run_child(path, program, (int[4]){in, out, err, fault});
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        return -errno;
    *ret = (struct native_result){0};
    read_all(out, &ret->output);
    read_all(err, &ret->errors);
    ret->exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    unsigned char report[8];
    if (pread(fault, report, sizeof report, 0) == (ssize_t)sizeof report) {
        ret->fault = big_endian(report);
        ret->site = big_endian(report + 4);
    }
    return 0;
}

void native_result_free(struct native_result *r)
{
    buf_free(&r->output);
    buf_free(&r->errors);
}

void native_close(struct native *n)
{
    char *argv[] = {"/bin/rm", "-rf", n->dir, NULL};
    int status = 0;
    pid_t pid = start(argv, "/dev/null");
    if (pid > 0)
        waitpid(pid, &status, 0);
    buf_free(&n->includes);
    for (int i = 0; i < NATIVE_UNITS; i++)
        buf_free(&n->units[i]);
}
