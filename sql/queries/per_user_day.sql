-- Who used how much? Each user and day of the last 30: jobs, how they ended, CPU seconds, cache hits.
.mode column
SELECT date(created) AS day, user, count(*) AS jobs,
       sum(state = 'succeeded') AS succeeded, sum(state = 'failed') AS failed,
       sum(cache = 'hit') AS hits, round(sum(cpu_ms) / 1000, 1) AS cpu_seconds,
       count(DISTINCT code_hash) AS programs, max(max_rss_kb) AS peak_rss_kb
FROM jobs
WHERE created_at > strftime('%s', 'now', '-30 days') * 1000
GROUP BY day, user
ORDER BY day DESC, jobs DESC;
