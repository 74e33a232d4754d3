/*
 * key.c - cache keys.
 */
#include "key.h"

#include <sodium.h>
#include <stdio.h>

void sha256_hex(struct str data, char ret[WORK_HASH_HEX])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)data.s, data.n);
    sodium_bin2hex(ret, WORK_HASH_HEX, hash, sizeof(hash));
}

static void seal(struct cache_key *k, char prefix)
{
    sha256_hex(buf_view(&k->text), k->hex);
    snprintf(k->name, sizeof(k->name), "gb:%c:%s", prefix, k->hex);
}

static void put_program(const struct work *w, const char *image, char kind, struct cache_key *k)
{
    k->text = BUF_INIT(0);
    buf_printf(&k->text,
               "%c %s %s %s image=%s O%d sanitize=%d werror=%d policy=" KEY_POLICY_VERSION, kind,
               w->kind, w->language, w->program_hash, image, w->optimize, w->sanitize, w->werror);
}

static void put_limits(const struct work *w, struct cache_key *k)
{
    struct jsonw j = {.out = &k->text};
    buf_puts(&k->text, " limits=");
    limits_json(&w->limits, &j);
}

/* Every piece with its length before it, so that no two inputs give one text. */
static void hash_piece(crypto_hash_sha256_state *st, struct str s)
{
    uint64_t n = s.n;
    crypto_hash_sha256_update(st, (const unsigned char *)&n, sizeof(n));
    crypto_hash_sha256_update(st, (const unsigned char *)s.s, s.n);
}

static void put_input(const struct run_input *in, struct cache_key *k)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[WORK_HASH_HEX];
    crypto_hash_sha256_state st;
    crypto_hash_sha256_init(&st);
    hash_piece(&st, in->input);
    for (uint32_t i = 0; i < in->n_args; i++)
        hash_piece(&st, in->args[i]);
    crypto_hash_sha256_final(&st, hash);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    buf_puts(&k->text, " input=");
    buf_puts(&k->text, hex);
}

void key_of_binary(const struct work *w, const char *image, struct cache_key *ret)
{
    put_program(w, image, 'b', ret);
    seal(ret, 'b');
}

void key_of_result(const struct work *w, const char *image, const struct run_input *in,
                   struct cache_key *ret)
{
    put_program(w, image, 'r', ret);
    put_limits(w, ret);
    put_input(in, ret);
    seal(ret, 'r');
}

void key_of_flight(const struct work *w, const char *image, struct cache_key *ret)
{
    put_program(w, image, 'f', ret);
    put_limits(w, ret);
    buf_printf(&ret->text, " run=%d", w->run);
    for (uint32_t i = 0; i < w->n_inputs; i++)
        put_input(&w->inputs[i], ret);
    seal(ret, 'f');
}

void cache_key_free(struct cache_key *k)
{
    buf_free(&k->text);
}
