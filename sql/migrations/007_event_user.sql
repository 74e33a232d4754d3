-- How often a user broke the policy in the last hour is asked with each event.
CREATE INDEX security_event_user ON security_event (user_id, at);
