/*
 * doctor.h - gb-admin doctor: a table of checks over the machine as it runs.
 *
 * A check looks at the running thing, not at what somebody wrote about it, wherever that can be done
 * without harm; what it cannot tell it says so.
 */
#ifndef GB_SQL_ADMIN_DOCTOR_H
#define GB_SQL_ADMIN_DOCTOR_H

#include "../../core/base/json.h"
#include "admin.h"

enum finding_state {
    FINDING_FINE,
    FINDING_WRONG,
    FINDING_UNKNOWN, /* cannot be told from here */
};

struct finding {
    enum finding_state state;
    char what[400]; /* what was seen */
    char mend[300]; /* the command that mends it; empty when fine */
};

/* What one job in the sandbox saw of its container. */
struct probe {
    bool ran;
    char output[2048];             /* "key value" lines */
    char trouble[ERR_MESSAGE_MAX]; /* why it did not run */
    bool fallback;
};

struct patient {
    struct admin *admin;
    struct probe first, second; /* two jobs, one after the other */
    struct buf status;          /* gb-sandboxd's */
    struct jdoc doc;            /* the same, read; no values when it did not answer */
    char status_trouble[ERR_MESSAGE_MAX];
    char store_trouble[ERR_MESSAGE_MAX]; /* why there is no store: the database was not opened */
    char url[320];                       /* of the gateway, as clients call it */
    char reached_at[300];                /* where it is from here: "host:port" */
};

struct check {
    const char *name, *about;
    void (*look)(struct patient *p, struct finding *f);
};

void fine(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void unknown(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* wrong(f, mend, what...) */
void wrong(struct finding *f, const char *mend, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with a mending command that is made. */
void mend_with(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One table a file, ended by a row without a name. */
extern const struct check sandbox_checks[], front_checks[], host_checks[], store_checks[];

/* Asks gb-sandboxd and runs the two jobs. */
void examine_sandbox(struct patient *p);

int doctor_run(struct admin *a, struct args *args, struct err *err);
int top_run(struct admin *a, struct args *args, struct err *err);

#endif
