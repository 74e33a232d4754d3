/*
 * config_older.c - what the older services' variables mean here.
 *
 * SANDBOX_MEMORY and SANDBOX_CPUS are written as docker run takes --memory and --cpus; DOCKER_TIMEOUT
 * bounded a whole docker run, so a program may not run longer either.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#define MEMORY_LEAST_MB 4
#define MEMORY_MOST_MB 65536
#define CPUS_LEAST 0.05
#define CPUS_MOST 64

/* "128m", "1g", "65536k" or bytes, in MiB; -1 when it is none. */
static int64_t mebibytes(const char *text)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    int shift = *end == 'g' || *end == 'G'   ? 30
                : *end == 'm' || *end == 'M' ? 20
                : *end == 'k' || *end == 'K' ? 10
                                             : 0;
    if (shift || *end == 'b' || *end == 'B')
        end++;
    if (shift && (*end == 'b' || *end == 'B'))
        end++;
    if (errno || end == text || *end || n <= 0 || n > (INT64_MAX >> shift))
        return -1;
    int64_t mb = (n << shift) >> 20;
    return mb >= MEMORY_LEAST_MB && mb <= MEMORY_MOST_MB ? mb : -1;
}

/* "0.5" cores in thousandths; -1 when it is none. */
static int64_t millicores(const char *text)
{
    char *end;
    double cores = strtod(text, &end);
    return end == text || *end || !(cores >= CPUS_LEAST && cores <= CPUS_MOST)
               ? -1
               : (int64_t)(cores * 1000);
}

int config_older(struct config *cfg, struct err *err)
{
    if (cfg->sandbox_memory[0])
        cfg->run_memory_mb = mebibytes(cfg->sandbox_memory);
    if (cfg->sandbox_cpus[0])
        cfg->run_cpus_milli = millicores(cfg->sandbox_cpus);
    if (cfg->sandbox_pids_limit)
        cfg->run_pids = cfg->sandbox_pids_limit;
    if (cfg->docker_timeout_s && cfg->docker_timeout_s * 1000 < cfg->run_wall_ms)
        cfg->run_wall_ms = cfg->docker_timeout_s * 1000;
    if (cfg->run_memory_mb < 0)
        return err_set(err, -EINVAL, "SANDBOX_MEMORY must be from %dm to %dg, not \"%s\"",
                       MEMORY_LEAST_MB, MEMORY_MOST_MB >> 10, cfg->sandbox_memory);
    if (cfg->run_cpus_milli < 0)
        return err_set(err, -EINVAL, "SANDBOX_CPUS must be from %.2f to %d, not \"%s\"", CPUS_LEAST,
                       CPUS_MOST, cfg->sandbox_cpus);
    return 0;
}
