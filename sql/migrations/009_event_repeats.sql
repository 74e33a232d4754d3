-- How often a user did it of late decides an event's severity (store_event.c).
CREATE INDEX security_event_repeats ON security_event (user_id, kind, at);
