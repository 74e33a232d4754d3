/*
 * reach.c - see reach.h. The C library has no functions for these calls.
 */
#include "reach.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../core/base/cleanup.h"

/* Of later versions than some headers know. */
#define REFER (1ULL << 13)    /* Linux 5.19 */
#define TRUNCATE (1ULL << 14) /* Linux 6.2 */

#define EXECUTE LANDLOCK_ACCESS_FS_EXECUTE
#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE (LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE)
#define MAKE                                                                                       \
    (LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |                              \
     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM |     \
     LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SOCK | REFER)
#define OF_A_FILE (EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | WRITE) /* what a rule for one may say */
#define ALL                                                                                        \
    (EXECUTE | READ | WRITE | MAKE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)

static const struct {
    const char *path;
    uint64_t rights;
} places[] = {
    {"/usr", READ | EXECUTE},      {"/lib", READ | EXECUTE},    {"/lib64", READ | EXECUTE},
    {"/etc/ld.so.cache", READ},    {"/dev/null", READ | WRITE}, {"/dev/urandom", READ},
    {"/tmp", READ | WRITE | MAKE}, {".", READ | WRITE | MAKE},
};

int reach_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    return version < 0 ? 0 : (int)version;
}

static uint64_t known_rights(int version)
{
    return ALL & ~(version < 2 ? REFER : 0) & ~(version < 3 ? TRUNCATE : 0);
}

/* A place that is not there needs no rule. */
static int admit(int ruleset, const char *path, uint64_t rights)
{
    cleanup_close int fd = open(path, O_PATH | O_CLOEXEC);
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    struct stat st;

    if (fd < 0)
        return errno == ENOENT || errno == EACCES ? 0 : -1;
    if (fstat(fd, &st) != 0)
        return -1;
    if (!S_ISDIR(st.st_mode))
        rule.allowed_access &= OF_A_FILE;
    return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

int reach_restrict(const char *also_reads)
{
    int version = reach_version();
    struct landlock_ruleset_attr attr = {.handled_access_fs = known_rights(version)};
    cleanup_close int ruleset = -1;
    int rc = 0;

    if (version == 0)
        return 0;
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0);
    if (ruleset < 0)
        return -1;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && rc == 0; i++)
        rc = admit(ruleset, places[i].path, places[i].rights & attr.handled_access_fs);
    if (rc == 0 && also_reads != NULL)
        rc = admit(ruleset, also_reads, READ);
    return rc == 0 ? (int)syscall(SYS_landlock_restrict_self, ruleset, 0) : rc;
}
