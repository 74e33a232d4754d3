-- What ran last? The newest 25 jobs, whoever's they are.
.mode column
SELECT id, user, kind, state, verdict, error, cache, created, total_ms, exit_code
FROM jobs
ORDER BY id DESC
LIMIT 25;
