-- What runs or waits at this moment, and for how many seconds? Longest first; a job past its lease has lost
-- its process and is settled by the next reaping.
.mode column
SELECT j.id, u.name AS user, j.kind, j.state,
       round((julianday('now') - 2440587.5) * 86400
             - coalesce(j.started_at, j.created_at) / 1000.0, 1) AS seconds,
       j.attempt, p.name AS process, p.pid,
       CASE WHEN j.state = 'queued' THEN ''
            WHEN p.id IS NULL OR j.lease_until <= strftime('%s', 'now') * 1000 THEN 'lost'
            WHEN j.cancel_wanted THEN 'being cancelled' ELSE 'held' END AS lease
FROM job j JOIN user u ON u.id = j.user_id LEFT JOIN process p ON p.id = j.process_id
WHERE j.state IN ('queued', 'running')
ORDER BY seconds DESC;
