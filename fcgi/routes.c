/*
 * routes.c - the table of routes.
 */
#include "routes.h"

#define ASK (WANT_JSON | WANT_USER | WANT_JOB)

const struct route routes[] = {
    {METHOD_POST, "/v1/compile", "compile", handle_compile, ASK | MAY_ASYNC, SCOPE_COMPILE,
     fields_compile, "Compile a graph and run it.", "Result", NULL},
    {METHOD_POST, "/compile", "compile", handle_compile, ASK | MAY_ASYNC, SCOPE_COMPILE,
     fields_compile, "The older path of /v1/compile.", "Result", NULL},
    {METHOD_POST, "/v1/execute", "execute", handle_execute, ASK | MAY_ASYNC, SCOPE_EXECUTE,
     fields_execute, "Screen, compile and run C or C++ sources.", "Result", NULL},
    {METHOD_POST, "/execute", "execute", handle_execute, ASK | MAY_ASYNC, SCOPE_EXECUTE,
     fields_execute, "The older path of /v1/execute.", "Result", NULL},
    {METHOD_POST, "/v1/validate", "validate", handle_validate, ASK, SCOPE_COMPILE, fields_validate,
     "Check a graph: errors and warnings only.", "Validation", NULL},
    {METHOD_POST, "/v1/emit", "emit", handle_emit, ASK, SCOPE_COMPILE, fields_emit,
     "A graph's C++ and source map.", "Emission", NULL},
    {METHOD_POST, "/v1/preview", "preview", handle_preview, ASK, SCOPE_COMPILE, fields_preview,
     "What the evaluator says a graph prints; no sandbox.", "Preview", NULL},
    {METHOD_POST, "/v1/batch", "batch", handle_batch, WANT_JSON | WANT_USER, 0, fields_batch,
     "Several of the above in one request.", "Batch", NULL},
    {METHOD_GET, "/v1/jobs", "jobs", handle_jobs, WANT_USER, SCOPE_READ, NULL,
     "My jobs, newest first.", "JobList", fields_jobs_query},
    {METHOD_GET, "/v1/jobs/{id}", "job", handle_job, WANT_USER, SCOPE_READ, NULL,
     "One of my jobs, with its result when it has ended.", "Job", NULL},
    {METHOD_DELETE, "/v1/jobs/{id}", "job_cancel", handle_job_cancel, WANT_USER,
     SCOPE_COMPILE | SCOPE_EXECUTE, NULL, "Cancel one of my jobs.", "Accepted", NULL},
    {METHOD_GET, "/v1/jobs/{id}/events", "job_events", handle_job_events, WANT_USER | ANY_TYPE,
     SCOPE_READ, NULL, "A job's life as server-sent events.", NULL, NULL},
    {METHOD_GET, "/v1/results/{hash}", "result", handle_result, WANT_USER | HAS_ETAG, SCOPE_READ,
     NULL, "A stored result, by the hash that `result_hash` names; it never changes.",
     "StoredResult", NULL},
    {METHOD_GET, "/v1/node-defs", "node_defs", handle_node_defs, HAS_ETAG, 0, NULL,
     "The catalogue of nodes.", "Document", NULL},
    {METHOD_GET, "/v1/schema", "schema", handle_schema, HAS_ETAG, 0, NULL,
     "The graph's JSON Schema.", "Document", NULL},
    {METHOD_GET, "/v1/openapi.json", "openapi", handle_openapi, HAS_ETAG, 0, NULL,
     "This description, made from the tables that the service runs on.", "Document", NULL},
    {METHOD_GET, "/v1/me", "me", handle_me, WANT_USER, 0, NULL, "Who I am and what is left to me.",
     "Me", NULL},
    {METHOD_GET, "/v1/info", "info", handle_info, 0, 0, NULL, "Versions and limits.", "Info", NULL},
    {METHOD_GET, "/healthz", "healthz", handle_healthz, 0, 0, NULL, "Whether the responder lives.",
     "Health", NULL},
    {METHOD_GET, "/readyz", "readyz", handle_readyz, 0, 0, NULL,
     "Whether everything works, and what does not.", "Readiness", NULL},
    {METHOD_GET, "/metrics", "metrics", handle_metrics, ANY_TYPE, 0, NULL,
     "Counters for Prometheus; for operators only.", NULL, NULL},
    {METHOD_GET, "/auth", "auth", handle_auth, WANT_INTERNAL | WANT_USER, 0, NULL,
     "The web server asks who bears a key.", NULL, NULL},
};
const unsigned n_routes = sizeof(routes) / sizeof(routes[0]);

/* Whether the path fits the pattern. */
static bool fits(const char *pattern, const char *path, struct str *ret_param)
{
    struct str param = {0};
    while (*pattern && *path) {
        if (*pattern == '{') {
            param = (struct str){path, strcspn(path, "/")};
            if (param.n == 0)
                return false;
            path += param.n;
            pattern += strcspn(pattern, "}") + 1;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    if (*pattern || *path)
        return false;
    *ret_param = param;
    return true;
}

const struct route *route_find(enum method method, const char *path, struct str *ret_param,
                               unsigned *ret_allowed)
{
    *ret_allowed = 0;
    for (unsigned i = 0; i < n_routes; i++) {
        if (!fits(routes[i].pattern, path, ret_param))
            continue;
        if (routes[i].method == method)
            return &routes[i];
        *ret_allowed |= (unsigned)routes[i].method;
    }
    return NULL;
}

const struct route *route_named(struct str name)
{
    for (unsigned i = 0; i < n_routes; i++)
        if (str_eqc(name, routes[i].name))
            return &routes[i];
    return NULL;
}
