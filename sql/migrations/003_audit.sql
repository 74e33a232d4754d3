-- What happened, for good.

-- Append-only, and each row's hash covers the row and the hash before it (sql/store_audit.c says how),
-- so that a change anywhere shows. The columns are those of sql/audit_columns.def, in that order.
CREATE TABLE audit (
    seq               INTEGER PRIMARY KEY,
    at                INTEGER NOT NULL,
    kind              TEXT NOT NULL, -- job, admin, retention
    action            TEXT NOT NULL, -- compile, execute, ..., key.create, user.disable, ...
    job_id            TEXT,
    request_id        TEXT,
    client_ip         TEXT,
    user_id           INTEGER,
    user              TEXT,
    key_id            INTEGER,
    state             TEXT,
    verdict           TEXT,
    error             TEXT,
    message           TEXT,
    stage             TEXT,
    cache             TEXT,
    image             TEXT,
    container_id      TEXT,
    limits            TEXT,
    fallback_executed INTEGER,
    code_hash         TEXT,
    exit_code         INTEGER,
    signal            TEXT,
    http_status       INTEGER,
    queue_ms          REAL,
    validate_ms       REAL,
    cache_ms          REAL,
    start_ms          REAL,
    compile_ms        REAL,
    run_ms            REAL,
    total_ms          REAL,
    cpu_ms            REAL,
    max_rss_kb        INTEGER,
    detail            TEXT,
    hash              BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX audit_job ON audit (job_id) WHERE job_id IS NOT NULL;

-- Where the chain begins after retention took its oldest rows away.
CREATE TABLE audit_retention (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    upto_seq  INTEGER NOT NULL,
    upto_hash BLOB NOT NULL CHECK (length(upto_hash) = 32)
) STRICT;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN OLD.seq > (SELECT coalesce(max(upto_seq), 0) FROM audit_retention)
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
WHEN NEW.seq <= (SELECT max(seq) FROM audit)
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_retention_no_update BEFORE UPDATE ON audit_retention
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_retention_no_delete BEFORE DELETE ON audit_retention
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;

CREATE TABLE security_event (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    severity   TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    user_id    INTEGER,
    job_id     TEXT,
    request_id TEXT,
    client_ip  TEXT,
    detail     TEXT
) STRICT;
CREATE INDEX security_event_at ON security_event (at);
