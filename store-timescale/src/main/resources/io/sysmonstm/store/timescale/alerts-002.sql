-- What people are owed of alerts, and who is about to tell them. The names of the kinds sort in the
-- order in which they happen.
CREATE TABLE alert_notifications (
  alert_id text NOT NULL REFERENCES alerts ON DELETE CASCADE,
  notifier text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('fired', 'repeated', 'resolved')),
  due_at timestamptz NOT NULL,
  attempts integer NOT NULL,
  leased_by text NOT NULL DEFAULT '',
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (alert_id, notifier, kind)
);
CREATE INDEX alert_notifications_due ON alert_notifications (notifier, due_at);

CREATE TABLE alert_silences (
  id text PRIMARY KEY,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  definition json NOT NULL
);

-- What people did. Rows are added, and deleted when they are old, but never changed.
CREATE TABLE alert_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  done_at timestamptz NOT NULL,
  done_by text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail text NOT NULL
);
CREATE INDEX alert_audit_subject ON alert_audit (subject, id DESC);
