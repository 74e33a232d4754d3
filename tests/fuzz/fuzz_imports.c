/*
 * fuzz_imports.c - the reader of a program's dynamic symbols on any bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "../../sandbox/job/imports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + 1); /* aligned as gb-job's buffer is, and no longer than the data */
    struct imports found;

    memcpy(copy, data, size);
    if (imports_read((struct str){copy, size}, &found, NULL) == 0 &&
        found.n_blocked > IMPORTS_MAX_BLOCKED)
        abort();
    free(copy);
    return 0;
}
