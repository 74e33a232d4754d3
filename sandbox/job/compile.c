/*
 * compile.c - compiler and linker, one after the other, under one absolute deadline. Their
 * arguments are put together from closed choices; of the job only plain file names get into them.
 */
#include "compile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../../core/base/cleanup.h"
#include "workspace.h"

#define MAX_ARGV 160
#define OBJECT_MAX (SPEC_MAX_FILES * 104)
#define PROGRAM "program"
#define RUNTIME_DIR "/usr/lib/graph-blocks"
#define MOLD "/usr/bin/ld.mold"

struct argv {
    const char *v[MAX_ARGV];
    size_t n;
};

static void add(struct argv *a, const char *arg)
{
    if (a->n < MAX_ARGV - 1)
        a->v[a->n++] = arg;
}

static void add_all(struct argv *a, const char *const *args)
{
    while (*args != NULL)
        add(a, *args++);
}

/* ---- arguments ------------------------------------------------------------------------------- */

static const char *const always[] = {"-pipe", "-fdiagnostics-format=json", "-fmax-errors=50", "-I.",
                                     NULL};
/* Graphs: our own C++, compiled for speed of compilation. It throws nothing; without landing pads
 * a function of thousands of texts and arrays compiles in linear time. */
static const char *const graph_flags[] = {
    "-std=c++17", "-w", "-fno-exceptions", "-fno-asynchronous-unwind-tables", "-isystem", NULL};
/* Programs of people (POST /v1/execute); -O2 unless they ask for another level. */
static const char *const secure_flags[] = {"-Wall", "-Wextra", "-fstack-protector-strong", "-fPIE",
                                           NULL};
#define FORTIFY "-D_FORTIFY_SOURCE=2" /* the C library warns about it where nothing is optimized */
static const char *const sanitize_flags[] = {"-fsanitize=address,undefined",
                                             "-fno-omit-frame-pointer", NULL};
static const char *const link_flags[] = {"-pie",
                                         "-fno-use-linker-plugin",
                                         "-Wl,-z,relro",
                                         "-Wl,-z,now",
                                         "-Wl,-z,noexecstack",
                                         "-o",
                                         PROGRAM,
                                         NULL};
static const char *const optimize_flags[] = {"-O0", "-O1", "-O2", "-O3"};

static const char *driver(const struct spec *spec)
{
    return spec->language == LANGUAGE_C ? "/usr/bin/gcc" : "/usr/bin/g++";
}

static bool is_source(const struct spec *spec, const char *name)
{
    const char *dot = strrchr(name, '.');

    if (dot == NULL)
        return false;
    if (spec->language == LANGUAGE_C)
        return strcmp(dot, ".c") == 0;
    return strcmp(dot, ".cpp") == 0 || strcmp(dot, ".cc") == 0 || strcmp(dot, ".cxx") == 0;
}

/* Where gb.hpp and libgb.a are: the image's folder; on a host (the development fallback) the one
 * beside gb-job. */
static const char *runtime_dir(void)
{
    static char beside[4096];
    ssize_t n = in_container() ? 0 : readlink("/proc/self/exe", beside, sizeof(beside) - 16);

    while (n > 0 && beside[n - 1] != '/')
        n--;
    if (n <= 0)
        return RUNTIME_DIR;
    memcpy(beside + n, "runtime", sizeof("runtime"));
    return beside;
}

static void compiler_argv(const struct spec *spec, struct argv *a)
{
    add(a, driver(spec));
    add_all(a, always);
    if (spec->graph) {
        add_all(a, graph_flags);
        add(a, runtime_dir());
    } else {
        add(a, spec->language == LANGUAGE_C ? "-std=gnu17" : "-std=gnu++17");
        add_all(a, secure_flags);
        if (spec->optimize > 0)
            add(a, FORTIFY);
    }
    add(a, optimize_flags[spec->optimize]);
    if (spec->werror)
        add(a, "-Werror");
    if (spec->sanitize)
        add_all(a, sanitize_flags);
    add(a, "-c");
    for (size_t i = 0; i < spec->n_files; i++)
        if (is_source(spec, spec->files[i].name))
            add(a, spec->files[i].name);
}

/* FANN is three libraries with the same functions; the header that a source includes tells which.
 * NULL: none is needed, and a host need not have it. */
static const char *fann_library(const struct spec *spec)
{
    bool used = in_container();

    for (size_t i = 0; i < spec->n_files; i++) {
        struct str text = spec->files[i].text;

        if (memmem(text.s, text.n, "doublefann.h", 12) != NULL)
            return "-ldoublefann";
        if (memmem(text.s, text.n, "fixedfann.h", 11) != NULL)
            return "-lfixedfann";
        used = used || memmem(text.s, text.n, "fann.h", 6) != NULL;
    }
    return used ? "-lfann" : NULL;
}

/* The objects' names go into `names`, which must outlive the arguments. */
static void linker_argv(const struct spec *spec, struct argv *a, struct buf *names)
{
    buf_reserve(names, OBJECT_MAX);
    add(a, driver(spec));
    add_all(a, link_flags);
    if (access(MOLD, X_OK) == 0) /* a host has its own */
        add(a, "-fuse-ld=mold");
    if (spec->sanitize)
        add_all(a, sanitize_flags);
    for (size_t i = 0; i < spec->n_files && names->error == 0; i++) {
        const char *name = spec->files[i].name;
        size_t at = names->len;

        if (!is_source(spec, name))
            continue;
        buf_printf(names, "%.*s.o", (int)(strrchr(name, '.') - name), name);
        buf_putc(names, '\0');
        add(a, names->data + at);
    }
    if (spec->link & LINK_GB)
        add_all(a, (const char *const[]){"-L", runtime_dir(), "-lgb", NULL});
    add(a, "-Wl,--as-needed");
    if ((spec->link & LINK_FANN) && fann_library(spec) != NULL)
        add(a, fann_library(spec));
    if (spec->link & LINK_M)
        add(a, "-lm");
}

/* ---- running one of the two ------------------------------------------------------------------ */

static void keep(void *data, enum proc_stream stream, struct str bytes)
{
    (void)stream;
    buf_str(data, bytes);
}

static unsigned left(unsigned limit_ms, double used_ms)
{
    return used_ms + 1 < (double)limit_ms ? limit_ms - (unsigned)used_ms : 1;
}

static void add_result(struct proc_result *sum, const struct proc_result *r)
{
    double wall_ms = sum->wall_ms + r->wall_ms, cpu_ms = sum->cpu_ms + r->cpu_ms;
    int64_t rss = sum->max_rss_kb > r->max_rss_kb ? sum->max_rss_kb : r->max_rss_kb;
    bool truncated = sum->truncated || r->truncated;

    *sum = *r;
    sum->wall_ms = wall_ms;
    sum->cpu_ms = cpu_ms;
    sum->max_rss_kb = rss;
    sum->truncated = truncated;
}

/* One tool, given what is left of the limits. */
static int run_tool(const struct spec *spec, struct filter *filter, const struct argv *a,
                    struct compilation *c, struct err *err)
{
    static const char *const environment[] = {"PATH=/usr/bin", "HOME=/workspace", "LANG=C.UTF-8",
                                              "TMPDIR=/tmp", NULL};
    const struct spec_limits *l = &spec->compile_limits;
    cleanup_close int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    struct proc_plan plan = {
        .path = a->v[0],
        .argv = a->v,
        .envp = environment,
        .stdin_fd = in,
        .filter = filter,
        .also_reads = runtime_dir(), /* on a host it can lie anywhere */
        .limits = {left(l->wall_ms, c->result.wall_ms), left(l->cpu_ms, c->result.cpu_ms),
                   l->memory_mb, false, COMPILE_PROGRAM_MAX >> 20, COMPILE_DIAGNOSTICS_MAX,
                   COMPILE_DIAGNOSTICS_MAX * 16ULL},
        .data = &c->diagnostics,
        .output = keep,
    };
    struct proc_result result = {0};
    int rc = in < 0 ? err_errno(err, errno, "/dev/null") : proc_run(&plan, &result, err);

    if (rc != 0)
        return err_wrap(err, rc, "%s", a->v[0]);
    add_result(&c->result, &result);
    if (result.killed_by != RESOURCE_NONE)
        c->outcome = COMPILE_LIMIT;
    else if (result.signal != 0 || result.exit_code != 0)
        c->outcome = COMPILE_FAILED;
    return 0;
}

static int write_sources(const struct spec *spec, struct err *err)
{
    for (size_t i = 0; i < spec->n_files; i++) {
        int rc = workspace_write(spec->files[i].name, spec->files[i].text, err);

        if (rc != 0)
            return rc;
    }
    return 0;
}

/* The compiler's JSON is of no interest when the linker has something to say, in plain text. */
static void keep_from(struct buf *b, size_t at)
{
    memmove(b->data, b->data + at, b->len - at + 1);
    b->len -= at;
}

static int compile_and_link(const struct spec *spec, struct filter *filter, struct compilation *c,
                            struct err *err)
{
    cleanup_buf struct buf names = BUF_INIT(OBJECT_MAX);
    struct argv compiler = {0}, linker = {0};
    size_t said;
    int rc = write_sources(spec, err);

    if (rc != 0)
        return rc;
    compiler_argv(spec, &compiler);
    rc = run_tool(spec, filter, &compiler, c, err);
    if (rc != 0 || c->outcome != COMPILE_OK)
        return rc;
    linker_argv(spec, &linker, &names);
    said = c->diagnostics.len;
    rc = run_tool(spec, filter, &linker, c, err);
    if (rc == 0 && c->outcome != COMPILE_OK)
        keep_from(&c->diagnostics, said);
    if (rc != 0 || c->outcome != COMPILE_OK)
        return rc;
    return workspace_read(PROGRAM, &c->program, err);
}

int compile_sources(const struct spec *spec, struct filter *filter, struct compilation *ret,
                    struct err *err)
{
    struct compilation c = {.diagnostics = BUF_INIT(2 * COMPILE_DIAGNOSTICS_MAX),
                            .program = BUF_INIT(COMPILE_PROGRAM_MAX)};
    int rc = compile_and_link(spec, filter, &c, err);

    workspace_clean();
    if (rc != 0)
        compilation_free(&c);
    else
        *ret = c;
    return rc;
}

void compilation_free(struct compilation *c)
{
    buf_free(&c->diagnostics);
    buf_free(&c->program);
}
