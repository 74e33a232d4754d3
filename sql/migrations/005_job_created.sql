-- The queries for people ask for the jobs of the last hours or days.
CREATE INDEX job_created ON job (created_at);
