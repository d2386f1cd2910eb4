-- Who may come in. No secret is kept, only hashes.
CREATE TABLE access_accounts (
  name text PRIMARY KEY,
  role text NOT NULL CHECK (role IN ('viewer', 'admin')),
  password_hash text,
  subject text UNIQUE,
  created_at timestamptz NOT NULL
);

CREATE TABLE access_sessions (
  secret_hash text PRIMARY KEY,
  account text NOT NULL REFERENCES access_accounts ON DELETE CASCADE,
  csrf_token text NOT NULL,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  source text NOT NULL
);
CREATE INDEX access_sessions_account ON access_sessions (account, last_seen_at);
CREATE INDEX access_sessions_expires ON access_sessions (expires_at);

CREATE TABLE access_api_tokens (
  id text PRIMARY KEY,
  secret_hash text NOT NULL,
  name text NOT NULL,
  scopes text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz
);

CREATE TABLE access_enrolment_tokens (
  id text PRIMARY KEY,
  secret_hash text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  used_by text
);

CREATE TABLE access_credentials (
  id text PRIMARY KEY,
  machine text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('certificate', 'token')),
  secret_hash text NOT NULL,
  issued_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX access_credentials_machine ON access_credentials (machine);
CREATE INDEX access_credentials_expires ON access_credentials (expires_at);

-- The certificates that sign those of machines, as PEM; public.
CREATE TABLE access_authority (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  certificates text NOT NULL
);

-- One row, as in alert_revision: whoever changes an account, token or credential holds its lock until
-- the change is committed.
CREATE TABLE access_revision (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  number bigint NOT NULL
);
INSERT INTO access_revision (number) VALUES (0);
