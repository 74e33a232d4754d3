-- What do the programs take? By hour of the last 24: CPU seconds, mean and peak memory, how many met a limit.
.mode column
SELECT strftime('%Y-%m-%d %H:00', created_at / 1000, 'unixepoch') AS hour, count(*) AS jobs,
       round(sum(cpu_ms) / 1000, 1) AS cpu_seconds, round(max(cpu_ms), 1) AS most_cpu_ms,
       round(avg(max_rss_kb)) AS mean_rss_kb, max(max_rss_kb) AS most_rss_kb,
       sum(verdict = 'time_limit') AS time_limits, sum(verdict = 'memory_limit') AS memory_limits,
       sum(verdict = 'output_limit') AS output_limits
FROM job
WHERE container_id IS NOT NULL AND created_at > strftime('%s', 'now', '-1 day') * 1000
GROUP BY hour
ORDER BY hour DESC;
