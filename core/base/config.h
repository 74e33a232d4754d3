/*
 * config.h - the configuration of every program: rows of ops/config.def, and nothing else.
 *
 * Values come from the defaults, then one file of KEY=value lines (--config FILE, else $GB_CONFIG),
 * then the environment. An unknown key, a value of the wrong type or out of bounds ends the start;
 * the message names the file and line, or the variable. docs/configuration.md and ops/config.sample
 * are written from the same rows.
 */
#ifndef GB_BASE_CONFIG_H
#define GB_BASE_CONFIG_H

#include "buf.h"
#include "err.h"

struct config {
#define CONFIG_INT(member, ...) int64_t member;
#define CONFIG_BOOL(member, ...) bool member;
#define CONFIG_STR(member, ...) const char *member; /* never NULL; "" when empty */
#define CONFIG_PATH(member, ...)                                                                   \
    const char *member; /* relative ones are inside run_dir already   \
                                                      */
#define CONFIG_CHOICE(member, ...) const char *member;
#define CONFIG_SECRET(member, ...) const char *member;
#define CONFIG_SECTION(...)
#include "../../ops/config.def"
#undef CONFIG_INT
#undef CONFIG_BOOL
#undef CONFIG_STR
#undef CONFIG_PATH
#undef CONFIG_CHOICE
#undef CONFIG_SECRET
#undef CONFIG_SECTION
    void *owned; /* the texts' memory */
};

/* Reads all sources. file NULL: $GB_CONFIG, or no file when that is not set. 0; -EINVAL: the
 * message says what and where; -ENOENT and others: the file cannot be read; -ENOMEM. Free with
 * config_free() in every case. */
int config_load(const char *file, struct config *cfg, struct err *err);
/* As config_load() with this text as the file (its name in messages) and this environment. */
int config_parse(const char *name, struct str text, char *const *environment, struct config *cfg,
                 struct err *err);
void config_free(struct config *cfg);
/* The last step of both: the older services' variables (SANDBOX_MEMORY, SANDBOX_CPUS,
 * SANDBOX_PIDS_LIMIT, DOCKER_TIMEOUT) set the limits that they mean here. -EINVAL: one is none. */
int config_older(struct config *cfg, struct err *err);

/* Every key with the value in force, as KEY=value lines that config_load() reads; secrets as "***".
 */
void config_print(const struct config *cfg, struct buf *out);
/* The page docs/configuration.md and the file ops/config.sample. */
void config_markdown(struct buf *out);
void config_sample(struct buf *out);

/* The arguments that every program of ours takes: --config FILE, --print-config, --version, --help.
 * Loads *cfg and answers 0 to go on; 1: asked and answered on stdout, end with 0; else an error.
 * Other arguments are left to the caller: *ret_next is the index of the first (argc when there is
 * none). */
int config_main(int argc, char **argv, const char *usage, struct config *cfg, int *ret_next,
                struct err *err);

#endif
