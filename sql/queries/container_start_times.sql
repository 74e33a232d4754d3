-- How long does a job wait for its container? By hour of the last 24, milliseconds: median, 95th percentile, worst,
-- of starting (start) and of waiting for a free one (queue).
.mode column
WITH started AS (
    SELECT strftime('%Y-%m-%d %H:00', created_at / 1000, 'unixepoch') AS hour, start_ms, queue_ms
    FROM job
    WHERE container_id IS NOT NULL AND start_ms IS NOT NULL
      AND created_at > strftime('%s', 'now', '-1 day') * 1000
), ranked AS (
    SELECT hour, start_ms, queue_ms,
           cume_dist() OVER (PARTITION BY hour ORDER BY start_ms) AS start_rank,
           cume_dist() OVER (PARTITION BY hour ORDER BY queue_ms) AS queue_rank
    FROM started
)
SELECT hour, count(*) AS containers,
       round(min(iif(start_rank >= 0.5, start_ms, NULL)), 2) AS start_median,
       round(min(iif(start_rank >= 0.95, start_ms, NULL)), 2) AS start_p95,
       round(max(start_ms), 2) AS start_worst,
       round(min(iif(queue_rank >= 0.5, queue_ms, NULL)), 2) AS queue_median,
       round(min(iif(queue_rank >= 0.95, queue_ms, NULL)), 2) AS queue_p95,
       round(max(queue_ms), 2) AS queue_worst
FROM ranked
GROUP BY hour
ORDER BY hour DESC;
