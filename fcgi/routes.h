/*
 * routes.h - the table of what can be asked.
 */
#ifndef GB_FCGI_ROUTES_H
#define GB_FCGI_ROUTES_H

#include "fields.h"
#include "handlers.h"

enum route_flag {
    WANT_JSON = 1,     /* a JSON object as the body, checked against `fields` */
    WANT_USER = 2,     /* a caller with one of `scopes` */
    WANT_JOB = 4,      /* a job of kind `name`: recorded, counted against the caller's quota */
    WANT_INTERNAL = 8, /* only the web server's own sub-request */
    MAY_ASYNC = 16,    /* honours Prefer: respond-async */
    ANY_TYPE = 32,     /* the reply's type is no JSON: Accept is the handler's business */
    HAS_ETAG = 64,     /* what it gives does not change, or with the service alone */
};

struct route {
    enum method method;
    const char *pattern; /* "{...}" stands for one segment of the path */
    const char *name;    /* for metrics, OpenAPI and (WANT_JOB) the job's kind */
    handler_fn *handler;
    unsigned flags;  /* enum route_flag */
    unsigned scopes; /* enum store_scope; 0: any */
    const struct field *fields;
    const char *doc;
    const char *reply;         /* the schema of what it gives (components.json); NULL: text */
    const struct field *query; /* the parameters of the address; NULL: none are looked at */
};

extern const struct route routes[];
extern const unsigned n_routes;

/* The row for a path, *ret_param being what stands for its {...}. NULL: none; then *ret_allowed
 * holds the methods (enum method bits) that the path does have. */
const struct route *route_find(enum method method, const char *path, struct str *ret_param,
                               unsigned *ret_allowed);
/* The row of that name; NULL: none. */
const struct route *route_named(struct str name);

#endif
