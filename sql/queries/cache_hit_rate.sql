-- Does the cache earn its keep? By hour of the last 24: hits, misses, shared runs, and the milliseconds each takes.
.mode column
SELECT strftime('%Y-%m-%d %H:00', created_at / 1000, 'unixepoch') AS hour,
       sum(cache = 'hit') AS hits, sum(cache = 'miss') AS misses, sum(cache = 'shared') AS shared,
       sum(cache IN ('bypass', 'off')) AS without,
       round(100.0 * sum(cache IN ('hit', 'shared')) / count(*), 1) AS hit_percent,
       round(avg(iif(cache = 'hit', total_ms, NULL)), 2) AS hit_ms,
       round(avg(iif(cache = 'miss', total_ms, NULL)), 2) AS miss_ms
FROM job
WHERE cache IS NOT NULL AND created_at > strftime('%s', 'now', '-1 day') * 1000
GROUP BY hour
ORDER BY hour DESC;
