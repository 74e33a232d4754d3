-- Who may use the service, with which keys, and how much.
-- Times are milliseconds since 1970 UTC everywhere; the views of 004 show them as text.

CREATE TABLE plan (
    id                  INTEGER PRIMARY KEY,
    name                TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 32),
    jobs_per_minute     INTEGER NOT NULL CHECK (jobs_per_minute >= 0),
    concurrent_jobs     INTEGER NOT NULL CHECK (concurrent_jobs >= 0),
    cpu_seconds_per_day INTEGER NOT NULL CHECK (cpu_seconds_per_day >= 0),
    queued_jobs         INTEGER NOT NULL CHECK (queued_jobs >= 0)
) STRICT;

INSERT INTO plan (name, jobs_per_minute, concurrent_jobs, cpu_seconds_per_day, queued_jobs) VALUES
    ('free',       30,  2,    600,   10),
    ('standard',  120,  4,   3600,  100),
    ('operator', 6000, 256, 864000, 1000);

CREATE TABLE user (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    plan_id     INTEGER NOT NULL REFERENCES plan (id),
    created_at  INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

-- A key itself is never stored: prefix finds the row, hash (SHA-256 of the whole key) proves it.
CREATE TABLE api_key (
    id           INTEGER PRIMARY KEY,
    user_id      INTEGER NOT NULL REFERENCES user (id),
    prefix       TEXT NOT NULL UNIQUE,
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    label        TEXT,
    scopes       INTEGER NOT NULL CHECK (scopes BETWEEN 1 AND 15),
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    revoked_at   INTEGER,
    rotated_from INTEGER REFERENCES api_key (id)
) STRICT;
CREATE INDEX api_key_user ON api_key (user_id);

-- One row a user: what differs from the plan (NULL: as the plan says), and what is used up.
CREATE TABLE quota (
    user_id             INTEGER PRIMARY KEY REFERENCES user (id),
    jobs_per_minute     INTEGER CHECK (jobs_per_minute >= 0),
    concurrent_jobs     INTEGER CHECK (concurrent_jobs >= 0),
    cpu_seconds_per_day INTEGER CHECK (cpu_seconds_per_day >= 0),
    queued_jobs         INTEGER CHECK (queued_jobs >= 0),
    window_start        INTEGER NOT NULL DEFAULT 0, -- the minute begins with its first job
    window_jobs         INTEGER NOT NULL DEFAULT 0,
    day                 INTEGER NOT NULL DEFAULT 0, -- days since 1970 UTC
    day_cpu_ms          REAL NOT NULL DEFAULT 0
) STRICT;
CREATE TRIGGER quota_of_user AFTER INSERT ON user
BEGIN
    INSERT INTO quota (user_id) VALUES (NEW.id);
END;
