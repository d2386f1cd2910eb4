CREATE TABLE machines (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE series (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  machine int NOT NULL REFERENCES machines,
  metric text NOT NULL,
  labels jsonb NOT NULL
);

-- An index row has a greatest size, and labels have not.
CREATE UNIQUE INDEX series_key ON series (machine, metric, jsonb_hash_extended(labels, 0));
CREATE INDEX series_metric ON series (metric, machine);

-- Updated at each append: room on the page keeps the index out of it.
CREATE TABLE committed_ranges (
  machine int NOT NULL REFERENCES machines,
  epoch uuid NOT NULL,
  committed int8multirange NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (machine, epoch)
) WITH (fillfactor = 50);

CREATE TABLE history_settings (
  name text PRIMARY KEY,
  value text NOT NULL
);
