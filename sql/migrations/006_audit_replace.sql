-- The trigger against REPLACE took more time than the insert itself, for every request. What REPLACE does
-- to a row shows in the chain like any other change (`gb-admin audit verify`).
DROP TRIGGER audit_no_replace;
