-- Why do jobs fail? Every reason of the last 24 hours, how often, for how many users, and when last.
.mode column
SELECT coalesce(verdict, error, state) AS reason, error, count(*) AS jobs,
       round(100.0 * count(*) / (SELECT count(*) FROM job
             WHERE created_at > strftime('%s', 'now', '-1 day') * 1000), 1) AS percent_of_all,
       count(DISTINCT user) AS users, max(finished) AS last_time, max(message) AS for_example
FROM jobs
WHERE state NOT IN ('queued', 'running', 'succeeded')
  AND created_at > strftime('%s', 'now', '-1 day') * 1000
GROUP BY reason, error
ORDER BY jobs DESC;
