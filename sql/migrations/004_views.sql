-- For people: the tables with names and readable times. sql/queries/ builds on these.

-- What a user may, the quota's exceptions before the plan's rule.
CREATE VIEW user_limits AS
SELECT u.id AS user_id, u.name AS user, p.name AS plan,
       coalesce(q.jobs_per_minute, p.jobs_per_minute)         AS jobs_per_minute,
       coalesce(q.concurrent_jobs, p.concurrent_jobs)         AS concurrent_jobs,
       coalesce(q.cpu_seconds_per_day, p.cpu_seconds_per_day) AS cpu_seconds_per_day,
       coalesce(q.queued_jobs, p.queued_jobs)                 AS queued_jobs
FROM user u JOIN plan p ON p.id = u.plan_id JOIN quota q ON q.user_id = u.id;

CREATE VIEW jobs AS
SELECT j.id, u.name AS user, j.kind, j.state, j.verdict, j.error, j.message, j.cache, j.stage,
       strftime('%Y-%m-%d %H:%M:%S', j.created_at / 1000.0, 'unixepoch')  AS created,
       strftime('%Y-%m-%d %H:%M:%S', j.finished_at / 1000.0, 'unixepoch') AS finished,
       round(j.total_ms, 1) AS total_ms, round(j.queue_ms, 1) AS queue_ms,
       round(j.start_ms, 1) AS start_ms, round(j.compile_ms, 1) AS compile_ms,
       round(j.run_ms, 1) AS run_ms, round(j.cpu_ms, 1) AS cpu_ms, j.max_rss_kb, j.exit_code,
       j.signal, j.client_ip, j.request_id, j.code_hash, j.image, j.container_id,
       j.fallback_executed, j.asynchronous, j.attempt, j.created_at, j.started_at, j.finished_at,
       j.user_id
FROM job j JOIN user u ON u.id = j.user_id;

CREATE VIEW audit_log AS
SELECT seq, strftime('%Y-%m-%d %H:%M:%f', at / 1000.0, 'unixepoch') AS time, kind, action, job_id,
       request_id, client_ip, user, state, verdict, error, message, cache, image, container_id,
       limits, fallback_executed, code_hash, exit_code, signal, http_status, total_ms, cpu_ms,
       max_rss_kb, detail, lower(hex(hash)) AS hash
FROM audit;

CREATE VIEW security_events AS
SELECT e.id, strftime('%Y-%m-%d %H:%M:%S', e.at / 1000.0, 'unixepoch') AS time, e.severity, e.kind,
       u.name AS user, e.client_ip, e.job_id, e.request_id, e.detail, e.at
FROM security_event e LEFT JOIN user u ON u.id = e.user_id;
