/* fuzz_frame.c - any bytes, in any pieces: the same frames, within the rules (libFuzzer). */
#include "../../sandbox/frame.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct frame_rule rules[] = {
    {FRAME_STDOUT, 64}, {FRAME_REPORT, 4096}, {FRAME_PHASE, 16}, {FRAME_END, 0}};

/* A number that depends on every frame; feeds `step` bytes at a time. */
static uint64_t digest(const uint8_t *data, size_t size, size_t step)
{
    cleanup_frame_reader struct frame_reader r = FRAME_READER(rules);
    uint64_t h = 1469598103934665603U;
    for (size_t at = 0; at < size; at += step) {
        if (frame_feed(&r, data + at, size - at < step ? size - at : step) < 0)
            abort();
        struct frame f;
        int have;
        while ((have = frame_next(&r, &f, NULL)) > 0) {
            if (f.body.n > 4096)
                abort();
            h = (h ^ (uint64_t)f.type) * 1099511628211U;
            for (size_t i = 0; i < f.body.n; i++)
                h = (h ^ (uint8_t)f.body.s[i]) * 1099511628211U;
        }
        if (have < 0)
            return h ^ 1;
    }
    return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size && digest(data, size, 1) != digest(data, size, size))
        abort();
    return 0;
}
