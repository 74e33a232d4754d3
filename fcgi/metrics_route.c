/*
 * metrics_route.c - GET /metrics: what was counted, and what is the case right now.
 */
#include "../sandbox/client.h"
#include "../sql/store_jobs.h"
#include "handlers.h"
#include "jget.h"
#include "metrics.h"
#include "reply.h"
#include "service.h"

#define STATUS_MS 500

static const struct {
    const char *object, *member; /* of gb-sandboxd's STATUS */
    const char *name, *help;
} gauges[] = {
    {"pool", "warm", "gb_containers_warm", "Containers that wait for a job."},
    {"pool", "busy", "gb_containers_busy", "Containers at work."},
    {"pool", "starting", "gb_containers_starting", "Containers that are being started."},
    {"pool", "max", "gb_containers_max", "Most containers at once."},
    {"queue", "length", "gb_sandbox_queue_length", "Jobs that wait for a container."},
    {"queue", "max", "gb_sandbox_queue_max", "Most jobs that may wait for a container."},
};

static void write_sandbox(struct request *q, struct buf *out)
{
    cleanup_buf struct buf json = BUF_INIT(1 << 20);
    struct jdoc d = {0};
    bool up = sandbox_status(q->service->cfg.sandbox_socket, STATUS_MS, &json, NULL) == 0 &&
              jdoc_parse(&d, json.data, json.len, NULL, NULL) == 0;
    metrics_gauge(out, "gb_sandbox_up", "Whether gb-sandboxd answers.", up);
    metrics_gauge(out, "gb_sandbox_ready", "Whether a container is ready.",
                  up && jget_bool(&d, 0, "ready", false));
    for (size_t i = 0; up && i < sizeof(gauges) / sizeof(gauges[0]); i++) {
        uint32_t object = jdoc_get(&d, 0, gauges[i].object);
        metrics_gauge(out, gauges[i].name, gauges[i].help, jget_real(&d, object, gauges[i].member));
    }
    jdoc_free(&d);
}

/* Jobs that are not over, of all users. */
static void write_jobs(struct request *q, struct buf *out)
{
    struct store_load load = {0};
    bool up = store_load(q->service->store, &load, NULL) == 0;
    metrics_gauge(out, "gb_store_up", "Whether rows can be written.",
                  up && store_ready(q->service->store, NULL) == 0);
    if (!up)
        return;
    metrics_gauge(out, "gb_jobs_running", "Jobs in the hands of a process.", (double)load.running);
    metrics_gauge(out, "gb_jobs_queued", "Asynchronous jobs that wait.", (double)load.queued);
    metrics_gauge(out, "gb_jobs_running_longest_seconds", "Age of the oldest running job.",
                  (double)load.running_longest_ms / 1e3);
    metrics_gauge(out, "gb_jobs_queued_longest_seconds", "Age of the oldest waiting job.",
                  (double)load.queued_longest_ms / 1e3);
}

static void write_build(struct request *q, struct buf *out)
{
    char image[IMAGE_MAX];
    service_image(q->service, image);
    buf_printf(out,
               "# HELP gb_build_info What runs here.\n# TYPE gb_build_info gauge\n"
               "gb_build_info{version=\"%s\",image=\"",
               GB_VERSION);
    json_escape(out, str_c(image));
    buf_puts(out, "\"} 1\n");
}

enum outcome handle_metrics(struct request *q, uint32_t body)
{
    (void)body;
    struct buf *out = &q->reply.body;
    buf_clear(out);
    q->reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_write(q->service->metrics, out);
    write_sandbox(q, out);
    write_jobs(q, out);
    write_build(q, out);
    return OUTCOME_ok;
}
