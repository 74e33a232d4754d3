-- Which keys end within 30 days, so that their owners can be told? By prefix; the keys are nowhere.
.mode column
SELECT k.prefix, u.name AS user, k.label,
       strftime('%Y-%m-%d %H:%M', k.expires_at / 1000, 'unixepoch') AS expires,
       (SELECT max(j.created) FROM jobs j WHERE j.user_id = u.id) AS last_job_of_user
FROM api_key k JOIN user u ON u.id = k.user_id
WHERE k.revoked_at IS NULL AND u.disabled_at IS NULL
  AND k.expires_at BETWEEN strftime('%s', 'now') * 1000 AND strftime('%s', 'now', '+30 days') * 1000
ORDER BY k.expires_at;
