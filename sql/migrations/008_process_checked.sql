-- When the process last found that it can write (readyz, metrics).
ALTER TABLE process ADD COLUMN checked_at INTEGER;
