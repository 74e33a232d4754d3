-- How well does the service do? By hour of the last 24: jobs over, share that succeeded, share that failed by the
-- service's fault (not the program's), mean milliseconds.
.mode column
SELECT strftime('%Y-%m-%d %H:00', created_at / 1000, 'unixepoch') AS hour, count(*) AS jobs,
       round(100.0 * sum(state = 'succeeded') / count(*), 1) AS succeeded_percent,
       round(100.0 * sum(coalesce(http_status, 0) >= 500 OR coalesce(error, '') = 'lost') / count(*), 2) AS our_fault_percent,
       round(avg(total_ms), 1) AS mean_ms, round(avg(run_ms), 1) AS mean_run_ms
FROM job
WHERE state NOT IN ('queued', 'running') AND created_at > strftime('%s', 'now', '-1 day') * 1000
GROUP BY hour
ORDER BY hour DESC;
