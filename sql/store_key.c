/*
 * store_key.c - API keys (table api_key).
 *
 * A key is "gb_" + 8 characters that find it + "_" + 32 random characters that prove it (160 bits
 * of libsodium's randomness). With that much of it, plain SHA-256 is enough of a hash: there is
 * nothing to guess from. A reader sees a revocation as soon as it is committed.
 */
#include "store_admin.h"
#include "store_priv.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

#define FINDER_CHARS 8
#define SECRET_CHARS 32
#define PREFIX_CHARS (3 + FINDER_CHARS)
#define KEY_CHARS (PREFIX_CHARS + 1 + SECRET_CHARS)

_Static_assert(KEY_CHARS < STORE_KEY_MAX, "a key fits");
_Static_assert(PREFIX_CHARS < sizeof((struct store_caller *)0)->key_prefix, "a prefix fits");

/* ---- scopes --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    unsigned scope;
} scopes_by_name[] = {
    {"compile", SCOPE_COMPILE},
    {"execute", SCOPE_EXECUTE},
    {"read", SCOPE_READ},
    {"admin", SCOPE_ADMIN},
};
#define N_SCOPES (sizeof scopes_by_name / sizeof scopes_by_name[0])

static unsigned scope_of(struct str word)
{
    for (size_t i = 0; i < N_SCOPES; i++)
        if (str_eqc(word, scopes_by_name[i].name))
            return scopes_by_name[i].scope;
    return 0;
}

unsigned store_scopes_parse(const char *words)
{
    unsigned scopes = 0;
    if (strcmp(words, "all") == 0)
        return SCOPE_COMPILE | SCOPE_EXECUTE | SCOPE_READ | SCOPE_ADMIN;
    for (;;) {
        size_t n = strcspn(words, ",");
        unsigned scope = scope_of((struct str){words, n});
        if (!scope)
            return 0;
        scopes |= scope;
        if (!words[n])
            return scopes;
        words += n + 1;
    }
}

void store_scopes_print(unsigned scopes, struct buf *out)
{
    const char *comma = "";
    for (size_t i = 0; i < N_SCOPES; i++)
        if (scopes & scopes_by_name[i].scope) {
            buf_printf(out, "%s%s", comma, scopes_by_name[i].name);
            comma = ",";
        }
}

/* ---- who bears this key? -------------------------------------------------------------------- */

static const char find_sql[] =
    "SELECT k.hash, k.id, k.scopes, k.expires_at, k.revoked_at, u.id, u.name, u.disabled_at, "
    "p.name "
    "FROM api_key k JOIN user u ON u.id = k.user_id JOIN plan p ON p.id = u.plan_id "
    "WHERE k.prefix = ?1";

static bool looks_like_a_key(struct str key)
{
    return key.n == KEY_CHARS && memcmp(key.s, "gb_", 3) == 0 && key.s[PREFIX_CHARS] == '_';
}

static bool proves(struct str key, struct str stored)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)key.s, key.n);
    return stored.n == sizeof hash && sodium_memcmp(hash, stored.s, sizeof hash) == 0;
}

static void read_caller(sqlite3_stmt *st, struct str prefix, struct store_caller *c)
{
    *c = (struct store_caller){
        .key_id = db_int(st, 1),
        .scopes = (unsigned)db_int(st, 2),
        .key_expires_at = db_int(st, 3),
        .user_id = db_int(st, 5),
    };
    DB_TEXT_INTO(st, 6, c->user);
    DB_TEXT_INTO(st, 8, c->plan);
    memcpy(c->key_prefix, prefix.s, prefix.n);
}

static int authenticate(struct store *s, struct db *db, struct str key, struct store_caller *ret,
                        struct err *err)
{
    struct str prefix = {key.s, PREFIX_CHARS};
    cleanup_reset sqlite3_stmt *st = NULL;
    int code = db_query(db, find_sql, CELLS(cell_text(prefix)), &st, err);
    if (code < 0)
        return code;
    if (code == 0 || !proves(key, db_text(st, 0)))
        return err_set(err, -ENOENT, "no such key");
    int64_t expires = db_int(st, 3), revoked = db_int(st, 4), now = store_now(s);
    if (revoked && revoked <= now)
        return err_set(err, -EKEYREVOKED, "the key is revoked");
    if (expires && expires <= now)
        return err_set(err, -EKEYEXPIRED, "the key has expired");
    if (db_int(st, 7))
        return err_set(err, -EACCES, "the user is disabled");
    read_caller(st, prefix, ret);
    return 0;
}

int store_authenticate(struct store *s, struct str key, struct store_caller *ret, struct err *err)
{
    if (!looks_like_a_key(key))
        return err_set(err, -ENOENT, "no such key");
    struct db *db = store_reader(s);
    int code = authenticate(s, db, key, ret, err);
    store_reader_done(s, db);
    return code;
}

/* ---- making, ending ------------------------------------------------------------------------- */

static void random_chars(char *out, size_t n)
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    unsigned char random[SECRET_CHARS];
    randombytes_buf(random, sizeof random);
    for (size_t i = 0; i < n; i++)
        out[i] = digits[random[i] & 31];
    sodium_memzero(random, sizeof random);
}

static void make_key(char key[STORE_KEY_MAX])
{
    memcpy(key, "gb_", 3);
    random_chars(key + 3, FINDER_CHARS);
    key[PREFIX_CHARS] = '_';
    random_chars(key + PREFIX_CHARS + 1, SECRET_CHARS);
    key[KEY_CHARS] = '\0';
}

struct creation {
    const char *actor;
    const struct key_new *key;
    const char *text;
};

static int insert_key(struct store *s, struct db *db, int64_t user_id, const struct key_new *k,
                      const char *text, int64_t rotated_from, struct err *err)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)text, KEY_CHARS);
    int code = db_exec(
        db,
        "INSERT INTO api_key (user_id, prefix, hash, label, scopes, created_at, expires_at, "
        "rotated_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        CELLS(cell_int(user_id), cell_text((struct str){text, PREFIX_CHARS}),
              cell_blob(hash, sizeof hash), cell_cstr(k->label), cell_int(k->scopes),
              cell_int(store_now(s)), cell_int_or_null(k->expires_at, 0),
              cell_int_or_null(rotated_from, 0)),
        err);
    return code < 0 ? code : 0;
}

static int note(struct store *s, struct db *db, const char *actor, const char *action,
                const char *user, const char *key_text, struct err *err)
{
    char detail[160];
    snprintf(detail, sizeof detail, "{\"user\":\"%s\",\"prefix\":\"%.*s\"}", user, PREFIX_CHARS,
             key_text);
    return audit_note(s, db, actor, action, detail, err);
}

static int create_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    const struct creation *c = arg;
    int64_t user_id;
    int code = user_find(db, c->key->user, &user_id, err);
    if (!code)
        code = insert_key(s, db, user_id, c->key, c->text, 0, err);
    if (!code)
        code = note(s, db, c->actor, "key.create", c->key->user, c->text, err);
    return code;
}

int store_key_create(struct store *s, const char *actor, const struct key_new *key,
                     char ret_key[STORE_KEY_MAX], struct err *err)
{
    char text[STORE_KEY_MAX];
    if (!key->scopes)
        return err_set(err, -EINVAL, "a key needs a scope: compile, execute, read, admin or all");
    make_key(text);
    struct creation c = {actor, key, text};
    int code = store_write(s, create_apply, &c, err);
    if (!code)
        memcpy(ret_key, text, sizeof text);
    sodium_memzero(text, sizeof text);
    return code;
}

struct ending {
    const char *actor, *action, *prefix;
    const char *new_text; /* rotation: the key that takes its place */
    int64_t at;           /* when it ends */
};

/* The key as it is, for the one that replaces it; strings are in the caller's arrays. */
struct found_key {
    int64_t id, user_id, revoked_at;
    struct key_new key;
    char user[65], label[128];
};

static int find_key(struct db *db, const char *prefix, struct found_key *k, struct err *err)
{
    cleanup_reset sqlite3_stmt *st = NULL;
    int code =
        db_query(db,
                 "SELECT k.id, k.user_id, k.revoked_at, k.scopes, k.expires_at, u.name, k.label "
                 "FROM api_key k JOIN user u ON u.id = k.user_id WHERE k.prefix = ?1",
                 CELLS(cell_cstr(prefix)), &st, err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, -ENOENT, "no key with prefix \"%s\"", prefix);
    *k = (struct found_key){
        .id = db_int(st, 0), .user_id = db_int(st, 1), .revoked_at = db_int(st, 2)};
    k->key = (struct key_new){.user = k->user,
                              .label = k->label,
                              .scopes = (unsigned)db_int(st, 3),
                              .expires_at = db_int(st, 4)};
    DB_TEXT_INTO(st, 5, k->user);
    DB_TEXT_INTO(st, 6, k->label);
    return 0;
}

static int end_apply(struct store *s, struct db *db, void *arg, struct err *err)
{
    const struct ending *e = arg;
    struct found_key k = {0};
    int code = find_key(db, e->prefix, &k, err);
    if (code)
        return code;
    if (k.revoked_at && k.revoked_at <= store_now(s))
        return err_set(err, -EALREADY, "the key %s is revoked already", e->prefix);
    if (e->new_text)
        code = insert_key(s, db, k.user_id, &k.key, e->new_text, k.id, err);
    if (!code)
        code = db_exec(db, "UPDATE api_key SET revoked_at = ?2 WHERE id = ?1",
                       CELLS(cell_int(k.id), cell_int(e->at)), err);
    return code < 0 ? code : note(s, db, e->actor, e->action, k.user, e->prefix, err);
}

int store_key_revoke(struct store *s, const char *actor, const char *prefix, struct err *err)
{
    struct ending e = {actor, "key.revoke", prefix, NULL, store_now(s)};
    return store_write(s, end_apply, &e, err);
}

int store_key_rotate(struct store *s, const char *actor, const char *prefix, int64_t grace_ms,
                     char ret_key[STORE_KEY_MAX], struct err *err)
{
    char text[STORE_KEY_MAX];
    make_key(text);
    struct ending e = {actor, "key.rotate", prefix, text, store_now(s) + grace_ms};
    int code = store_write(s, end_apply, &e, err);
    if (!code)
        memcpy(ret_key, text, sizeof text);
    sodium_memzero(text, sizeof text);
    return code;
}
