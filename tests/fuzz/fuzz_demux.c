/* fuzz_demux.c - an attach stream of any bytes, in any pieces: the same spans (libFuzzer). */
#include "../../sandbox/demux.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t digest(const uint8_t *data, size_t size, size_t step)
{
    struct demux d = {0};
    uint64_t h = 1469598103934665603U;
    for (size_t at = 0; at < size; at += step) {
        struct str bytes = {(const char *)data + at, size - at < step ? size - at : step}, span;
        int stream, r;
        while ((r = demux_next(&d, &bytes, &stream, &span, NULL)) > 0) {
            if (span.n == 0 || (stream != DEMUX_STDOUT && stream != DEMUX_STDERR))
                abort();
            for (size_t i = 0; i < span.n; i++)
                h = ((h ^ (uint8_t)span.s[i]) * 1099511628211U) + (uint64_t)stream;
        }
        if (r < 0)
            return h ^ 1;
        if (bytes.n)
            abort();
    }
    return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size && digest(data, size, 1) != digest(data, size, size))
        abort();
    return 0;
}
