-- Which jobs of the last 24 hours took longest, and where did the time go? Milliseconds.
.mode column
SELECT id, user, kind, verdict, total_ms, queue_ms, start_ms, compile_ms, run_ms, cpu_ms, max_rss_kb
FROM jobs
WHERE total_ms IS NOT NULL AND created_at > strftime('%s', 'now', '-1 day') * 1000
ORDER BY total_ms DESC
LIMIT 20;
