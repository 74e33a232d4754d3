/* strmap.c - see strmap.h. */
#include "strmap.h"

#include <errno.h>
#include <sys/auxv.h>

static uint64_t fold(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load(const char *p, size_t n)
{
    uint64_t eight = 0;
    uint32_t low, high;
    if (n >= 8) {
        memcpy(&eight, p, 8);
    } else if (n >= 4) { /* the two halves overlap */
        memcpy(&low, p, 4);
        memcpy(&high, p + n - 4, 4);
        eight = (uint64_t)high << 32 | low;
    } else if (n) {
        eight = (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 |
                (unsigned char)p[n - 1];
    }
    return eight;
}

static uint32_t hash(uint64_t key, struct str name)
{
    const uint64_t odd = 0x9E3779B97F4A7C15U; /* 2^64 / golden ratio */
    uint64_t h = key ^ name.n;
    const char *p = name.s;
    size_t left = name.n;
    for (; left > 8; p += 8, left -= 8)
        h = fold(h ^ load(p, 8), odd ^ key);
    h = fold(h ^ load(p, left), odd ^ key);
    return (uint32_t)(h ^ h >> 32);
}

/* The kernel gives every process 16 random bytes (getauxval(3), AT_RANDOM). */
static uint64_t process_key(void)
{
    uint64_t key = 0;
    const void *random = (const void *)getauxval(AT_RANDOM);
    if (random)
        memcpy(&key, random, sizeof key);
    return key;
}

int strmap_init(struct strmap *m, struct arena *a, uint32_t max, const struct str *names,
                size_t stride)
{
    uint32_t size = 8;
    while (size - size / 4 < max) /* at most three quarters full */
        size *= 2;
    *m = (struct strmap){.slots = arena_new_array(a, size, struct strmap_slot),
                         .mask = size - 1,
                         .names = (const char *)names,
                         .stride = stride,
                         .key = process_key()};
    return m->slots ? 0 : -ENOMEM;
}

static struct str name_at(const struct strmap *m, uint32_t index)
{
    return *(const struct str *)(const void *)(m->names + index * m->stride);
}

/* The slot that holds the name, or the free one where it belongs. */
static struct strmap_slot *slot_of(const struct strmap *m, struct str name, uint32_t h)
{
    for (uint32_t i = h;; i++) {
        struct strmap_slot *slot = &m->slots[i & m->mask];
        if (!slot->value || (slot->hash == h && str_eq(name_at(m, slot->value - 1), name)))
            return slot;
    }
}

uint32_t strmap_add(struct strmap *m, uint32_t index)
{
    struct str name = name_at(m, index);
    uint32_t h = hash(m->key, name);
    struct strmap_slot *slot = slot_of(m, name, h);
    if (slot->value)
        return slot->value - 1;
    *slot = (struct strmap_slot){h, index + 1};
    return STRMAP_NONE;
}

uint32_t strmap_find(const struct strmap *m, struct str name)
{
    if (!m->slots)
        return STRMAP_NONE;
    const struct strmap_slot *slot = slot_of(m, name, hash(m->key, name));
    return slot->value ? slot->value - 1 : STRMAP_NONE;
}
