/*
 * cleanup.h - scope-bound release (GCC and clang `cleanup` attribute).
 *
 * Initialise at the declaration, hand over with steal_ptr() or steal_fd(); never jump past one.
 */
#ifndef GB_BASE_CLEANUP_H
#define GB_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free_impl(void *p)
{
    free(*(void **)p);
}

static inline void cleanup_close_impl(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

#define cleanup_free __attribute__((cleanup(cleanup_free_impl)))
#define cleanup_close __attribute__((cleanup(cleanup_close_impl)))

/* Yields the pointer and leaves NULL behind: ownership goes to the caller. */
#define steal_ptr(p)                                                                               \
    __extension__({                                                                                \
        __typeof__(p) stolen_ = (p);                                                               \
        (p) = NULL;                                                                                \
        stolen_;                                                                                   \
    })

/* Yields the descriptor and leaves -1 behind. */
static inline int steal_fd(int *fd)
{
    int stolen = *fd;
    *fd = -1;
    return stolen;
}

#endif
