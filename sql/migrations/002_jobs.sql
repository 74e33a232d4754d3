-- Jobs, and what hangs on them.

-- Processes that run jobs. Each holds a lock on byte `id` of the file jobs.db-alive for as long as it
-- lives, so ids are never used twice.
CREATE TABLE process (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    pid        INTEGER NOT NULL,
    started_at INTEGER NOT NULL
) STRICT;

-- id is 26 characters that sort by time. A running job is a slot of its user and of the system.
CREATE TABLE job (
    id                TEXT PRIMARY KEY CHECK (length(id) = 26),
    user_id           INTEGER NOT NULL REFERENCES user (id),
    key_id            INTEGER REFERENCES api_key (id),
    kind              TEXT NOT NULL,
    state             TEXT NOT NULL CHECK (state IN
                      ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired')),
    asynchronous      INTEGER NOT NULL DEFAULT 0,
    created_at        INTEGER NOT NULL,
    started_at        INTEGER,
    finished_at       INTEGER,
    request_id        TEXT,
    client_ip         TEXT,
    code_hash         TEXT,
    limits            TEXT,
    verdict           TEXT,
    error             TEXT,
    message           TEXT,
    stage             TEXT,
    cache             TEXT,
    image             TEXT,
    container_id      TEXT,
    http_status       INTEGER,
    exit_code         INTEGER,
    signal            TEXT,
    fallback_executed INTEGER NOT NULL DEFAULT 0,
    queue_ms          REAL,
    validate_ms       REAL,
    cache_ms          REAL,
    start_ms          REAL,
    compile_ms        REAL,
    run_ms            REAL,
    total_ms          REAL,
    cpu_ms            REAL,
    max_rss_kb        INTEGER,
    process_id        INTEGER, -- who runs it
    lease_until       INTEGER, -- when it is taken for lost
    attempt           INTEGER NOT NULL DEFAULT 1,
    cancel_wanted     INTEGER NOT NULL DEFAULT 0,
    expires_at        INTEGER, -- when it leaves the queue unserved
    webhook_url       TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX job_user ON job (user_id, id);
CREATE INDEX job_running ON job (user_id, lease_until, process_id) WHERE state = 'running';
CREATE INDEX job_queued ON job (user_id, expires_at) WHERE state = 'queued';

-- The request of an asynchronous job, until it is over.
CREATE TABLE job_request (
    job_id TEXT PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
    body   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE artifact (
    id         INTEGER PRIMARY KEY,
    job_id     TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content    BLOB NOT NULL,
    bytes      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (job_id, name)
) STRICT;

CREATE TABLE idempotency (
    user_id     INTEGER NOT NULL REFERENCES user (id),
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    job_id      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_delivery (
    id          INTEGER PRIMARY KEY,
    job_id      TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    user_id     INTEGER NOT NULL,
    url         TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'pending'
                CHECK (state IN ('pending', 'delivered', 'given_up')),
    attempt     INTEGER NOT NULL DEFAULT 0,
    next_at     INTEGER NOT NULL,
    reason      TEXT,
    created_at  INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX webhook_due ON webhook_delivery (next_at) WHERE state = 'pending';
CREATE INDEX webhook_job ON webhook_delivery (job_id);
