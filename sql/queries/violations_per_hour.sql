-- Who attacks, or stumbles, again and again? Security events of the last 48 hours by hour, user and kind;
-- three or more of a user in an hour are called repeated.
.mode column
SELECT strftime('%Y-%m-%d %H:00', at / 1000, 'unixepoch') AS hour,
       coalesce(user, client_ip, 'unknown') AS who, kind, severity, count(*) AS events,
       sum(count(*)) OVER (PARTITION BY strftime('%Y-%m-%d %H:00', at / 1000, 'unixepoch'),
                           coalesce(user, client_ip, 'unknown')) >= 3 AS repeated,
       max(time) AS last_time, max(detail) AS for_example
FROM security_events
WHERE severity <> 'info' AND at > strftime('%s', 'now', '-2 days') * 1000
GROUP BY hour, who, kind, severity
ORDER BY hour DESC, events DESC;
