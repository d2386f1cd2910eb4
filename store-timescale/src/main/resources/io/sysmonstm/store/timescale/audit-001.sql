-- The network address something came from, empty where it came from within.
ALTER TABLE alert_audit ADD COLUMN source text NOT NULL DEFAULT '';

-- The database refuses by itself to change the audit, and to delete what is not two years old; the
-- owner of the table too, as long as it does not drop the triggers.
CREATE FUNCTION keep_alert_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.done_at < now() - interval '730 days' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'alert_audit is only added to, and kept for two years';
END
$$;
CREATE TRIGGER alert_audit_kept BEFORE UPDATE OR DELETE ON alert_audit
  FOR EACH ROW EXECUTE FUNCTION keep_alert_audit();
CREATE TRIGGER alert_audit_not_emptied BEFORE TRUNCATE ON alert_audit
  FOR EACH STATEMENT EXECUTE FUNCTION keep_alert_audit();

-- Deletes what is two years old, for a role that may not delete by itself; returns how many entries
-- are left, about.
CREATE FUNCTION prune_alert_audit() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  DELETE FROM alert_audit WHERE id < (
    SELECT id FROM alert_audit WHERE done_at >= now() - interval '730 days' ORDER BY id LIMIT 1);
  RETURN (SELECT max(id) - min(id) + 1 FROM alert_audit);
END
$$;
DO $$
BEGIN
  -- A temporary table of the caller is not taken for the audit.
  EXECUTE format('ALTER FUNCTION prune_alert_audit() SET search_path = %I, pg_temp', current_schema());
END
$$;
