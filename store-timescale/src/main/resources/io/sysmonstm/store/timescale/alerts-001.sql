CREATE TABLE alerts (
  id text PRIMARY KEY,
  rule text NOT NULL,
  machine text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  state text NOT NULL CHECK (state IN ('pending', 'firing', 'resolved')),
  metric text NOT NULL,
  labels jsonb NOT NULL,
  value double precision NOT NULL,
  threshold double precision NOT NULL,
  started_at timestamptz NOT NULL,
  fired_at timestamptz,
  resolved_at timestamptz,
  acknowledged_by text,
  message text NOT NULL,
  processes jsonb NOT NULL
);

-- Of one rule, machine and labels at most one alert is open. Labels may be longer than a row of an
-- index, so that their hash stands for them.
CREATE UNIQUE INDEX alerts_open ON alerts (rule, machine, sha256(jsonb_send(labels))) WHERE state <> 'resolved';
CREATE INDEX alerts_started ON alerts (started_at DESC, id);
CREATE INDEX alerts_resolved ON alerts (resolved_at, id) WHERE state = 'resolved';

CREATE TABLE alert_rules (
  origin text NOT NULL CHECK (origin IN ('file', 'api')),
  name text NOT NULL,
  position integer NOT NULL,
  definition json NOT NULL,
  PRIMARY KEY (origin, name)
);

-- One row. Whoever changes a rule or acknowledges holds its lock until the change is committed, so
-- that numbers become visible in their order, each together with its change. A sequence would not do
-- that.
CREATE TABLE alert_revision (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  number bigint NOT NULL
);
INSERT INTO alert_revision (number) VALUES (0);
