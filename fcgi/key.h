/*
 * key.h - what a cache entry is a function of, as a text and as its SHA-256.
 *
 * The text is stored inside the entry and compared when it is read, so an entry can only ever
 * answer for the very key it was made for.
 */
#ifndef GB_FCGI_KEY_H
#define GB_FCGI_KEY_H

#include "cache.h"
#include "work.h"

/* Raise it when what is allowed or how it is compiled changes by this program alone. */
#define KEY_POLICY_VERSION "1"
#define KEY_TEXT_MAX 1024

struct cache_key {
    struct buf text;          /* what it is a function of */
    char hex[WORK_HASH_HEX];  /* SHA-256 of the text */
    char name[CACHE_KEY_MAX]; /* memcached's key: prefix and hex */
};

/* The compiled program: content hash, image, flags. */
void key_of_binary(const struct work *w, const char *image, struct cache_key *ret);
/* One run of it: the above, limits and input. */
void key_of_result(const struct work *w, const char *image, const struct run_input *in,
                   struct cache_key *ret);
/* All that a request asks for: the mark of a request in flight. */
void key_of_flight(const struct work *w, const char *image, struct cache_key *ret);
void cache_key_free(struct cache_key *k);

/* SHA-256 in hexadecimal. */
void sha256_hex(struct str data, char ret[WORK_HASH_HEX]);

#define cleanup_key __attribute__((cleanup(cache_key_free)))

#endif
