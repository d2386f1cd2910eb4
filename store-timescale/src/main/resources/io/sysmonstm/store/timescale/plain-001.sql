-- Samples lie in partitions of one UTC day, named by it, which are made ahead. There is none for the
-- rest: to attach a partition beside such a one would lock out all that read.
CREATE TABLE samples (
  time timestamptz NOT NULL,
  series_id int NOT NULL,
  value float8 NOT NULL
) PARTITION BY RANGE (time);
CREATE INDEX samples_series_time ON samples (series_id, time DESC);

-- Where an append puts its samples when some of them are older than the first day; they leave it in
-- the same transaction.
CREATE TABLE samples_late (LIKE samples);

CREATE TABLE rollups_1m (
  time timestamptz NOT NULL,
  series_id int NOT NULL,
  sum float8 NOT NULL,
  count bigint NOT NULL,
  min float8 NOT NULL,
  max float8 NOT NULL,
  last float8 NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (series_id, time)
) PARTITION BY RANGE (time);

CREATE TABLE rollups_1h (LIKE rollups_1m INCLUDING ALL) PARTITION BY RANGE (time);

-- The buckets of a machine whose samples came since they were last rolled up. Such a bucket has no
-- rollups; whoever asks gets them made of what lies below, so that every answer is exact. A mark is
-- written in the transaction of its samples, which holds the lock of its row until the end. Whoever
-- rolls up locks the row first and looks at the samples after that.
CREATE TABLE unrolled_1m (
  machine int NOT NULL,
  time timestamptz NOT NULL,
  PRIMARY KEY (machine, time)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX unrolled_1m_time ON unrolled_1m (time);

CREATE TABLE unrolled_1h (
  machine int NOT NULL,
  time timestamptz NOT NULL,
  PRIMARY KEY (machine, time)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE VIEW fresh_1m AS
SELECT mark.machine, mark.time, series.id AS series_id,
  found.sum, found.count, found.min, found.max, found.last, found.last_at
FROM unrolled_1m AS mark
JOIN series ON series.machine = mark.machine
CROSS JOIN LATERAL (
  SELECT sum(value) AS sum, count(*) AS count, min(value) AS min, max(value) AS max,
    (array_agg(value ORDER BY sample.time DESC))[1] AS last, max(sample.time) AS last_at
  FROM samples AS sample
  WHERE sample.series_id = series.id
    AND sample.time >= mark.time AND sample.time < mark.time + interval '1 minute'
) AS found
WHERE found.count > 0;

CREATE VIEW samples_1m AS
SELECT time, series_id, sum, count, min, max, last FROM rollups_1m
UNION ALL
SELECT time, series_id, sum, count, min, max, last FROM fresh_1m;

CREATE VIEW fresh_1h AS
SELECT mark.machine, mark.time, series.id AS series_id,
  found.sum, found.count, found.min, found.max, found.last, found.last_at
FROM unrolled_1h AS mark
JOIN series ON series.machine = mark.machine
CROSS JOIN LATERAL (
  SELECT sum(sum) AS sum, sum(count)::bigint AS count, min(min) AS min, max(max) AS max,
    (array_agg(last ORDER BY last_at DESC))[1] AS last, max(last_at) AS last_at
  FROM (
    SELECT rollup.sum, rollup.count, rollup.min, rollup.max, rollup.last, rollup.last_at
    FROM rollups_1m AS rollup
    WHERE rollup.series_id = series.id
      AND rollup.time >= mark.time AND rollup.time < mark.time + interval '1 hour'
    UNION ALL
    SELECT minute.sum, minute.count, minute.min, minute.max, minute.last, minute.last_at
    FROM fresh_1m AS minute
    WHERE minute.series_id = series.id AND minute.machine = mark.machine
      AND minute.time >= mark.time AND minute.time < mark.time + interval '1 hour'
  ) AS minutes
) AS found
WHERE found.count > 0;

CREATE VIEW samples_1h AS
SELECT time, series_id, sum, count, min, max, last FROM rollups_1h
UNION ALL
SELECT time, series_id, sum, count, min, max, last FROM fresh_1h;

-- Where the days of samples begin; null where there is none.
CREATE FUNCTION samples_first_day() RETURNS timestamptz STABLE LANGUAGE sql AS $$
  SELECT min(to_date(right(child.relname, 8), 'YYYYMMDD')::timestamp) AT TIME ZONE 'UTC'
  FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
  WHERE inhparent = 'samples'::regclass
$$;

-- Keeps partitions of samples from being dropped before the transaction ends; returns whether there
-- is one for each of some minutes, given as minutes since 1970.
CREATE FUNCTION samples_prepare(minutes bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE samples IN ROW EXCLUSIVE MODE;
  RETURN NOT EXISTS (
    SELECT FROM (SELECT DISTINCT minute / 1440 AS day FROM unnest(minutes) AS minute) AS touched
    WHERE to_regclass('samples_' || to_char(date '1970-01-01' + day::int, 'YYYYMMDD')) IS NULL);
END
$$;

-- Marks minutes, given with their machines as minutes since 1970, whose samples this transaction has
-- written before. Returns whether some of these are among the late ones.
CREATE FUNCTION samples_appended(machines int[], minutes bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  first_day timestamptz := samples_first_day();
  new_machines int[];
  new_times timestamptz[];
BEGIN
  WITH written AS (
    INSERT INTO unrolled_1m AS mark (machine, time)
    SELECT DISTINCT batch.machine, to_timestamp(batch.minute * 60)
    FROM unnest(machines, minutes) AS batch (machine, minute)
    WHERE to_timestamp(batch.minute * 60) >= first_day
    ORDER BY 1, 2
    ON CONFLICT (machine, time) DO UPDATE SET time = mark.time
    RETURNING mark.machine, mark.time, mark.xmax = 0 AS is_new
  )
  SELECT array_agg(machine), array_agg(time) INTO new_machines, new_times FROM written WHERE is_new;
  -- In statements of their own, which see what was committed while the one before waited.
  IF new_machines IS NOT NULL THEN
    DELETE FROM rollups_1m AS rollup
    USING unnest(new_machines, new_times) AS mark (machine, time), series
    WHERE series.machine = mark.machine AND rollup.series_id = series.id AND rollup.time = mark.time;

    WITH written AS (
      INSERT INTO unrolled_1h AS mark (machine, time)
      SELECT DISTINCT batch.machine, date_bin('1 hour', batch.time, 'epoch')
      FROM unnest(new_machines, new_times) AS batch (machine, time)
      ORDER BY 1, 2
      ON CONFLICT (machine, time) DO UPDATE SET time = mark.time
      RETURNING mark.machine, mark.time, mark.xmax = 0 AS is_new
    )
    SELECT array_agg(machine), array_agg(time) INTO new_machines, new_times FROM written WHERE is_new;
    IF new_machines IS NOT NULL THEN
      DELETE FROM rollups_1h AS rollup
      USING unnest(new_machines, new_times) AS mark (machine, time), series
      WHERE series.machine = mark.machine AND rollup.series_id = series.id AND rollup.time = mark.time;
    END IF;
  END IF;
  RETURN EXISTS (SELECT FROM samples_late);
END
$$;

-- One at a time rolls up, or adds to rollups directly.
CREATE FUNCTION lock_rollups() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock('rollups_1m'::regclass::oid::bigint)
$$;

-- Rolls up minutes that were marked and begin before a time; returns how many it found.
CREATE FUNCTION roll_up_1m(before timestamptz, most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  machines int[];
  times timestamptz[];
BEGIN
  PERFORM lock_rollups();
  SELECT array_agg(machine), array_agg(time) INTO machines, times FROM (
    SELECT machine, time FROM unrolled_1m WHERE time < before
    ORDER BY time LIMIT most FOR UPDATE SKIP LOCKED) AS mark;
  IF machines IS NULL THEN
    RETURN 0;
  END IF;
  INSERT INTO rollups_1m (time, series_id, sum, count, min, max, last, last_at)
  SELECT fresh.time, series_id, sum, count, min, max, last, last_at
  FROM unnest(machines, times) AS mark (machine, time)
  JOIN fresh_1m AS fresh ON fresh.machine = mark.machine AND fresh.time = mark.time;
  DELETE FROM unrolled_1m AS mark
  USING unnest(machines, times) AS done (machine, time)
  WHERE mark.machine = done.machine AND mark.time = done.time;
  RETURN cardinality(machines);
END
$$;

-- Rolls up hours that were marked, begin before a time and have no marked minute; returns how many
-- it found.
CREATE FUNCTION roll_up_1h(before timestamptz, most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  machines int[];
  times timestamptz[];
BEGIN
  PERFORM lock_rollups();
  SELECT array_agg(machine), array_agg(time) INTO machines, times FROM (
    SELECT machine, time FROM unrolled_1h AS mark WHERE time < before AND NOT EXISTS (
      SELECT FROM unrolled_1m AS minute WHERE minute.machine = mark.machine
        AND minute.time >= mark.time AND minute.time < mark.time + interval '1 hour')
    ORDER BY time LIMIT most FOR UPDATE SKIP LOCKED) AS mark;
  IF machines IS NULL THEN
    RETURN 0;
  END IF;
  INSERT INTO rollups_1h (time, series_id, sum, count, min, max, last, last_at)
  SELECT fresh.time, series_id, sum, count, min, max, last, last_at
  FROM unnest(machines, times) AS mark (machine, time)
  JOIN fresh_1h AS fresh ON fresh.machine = mark.machine AND fresh.time = mark.time;
  DELETE FROM unrolled_1h AS mark
  USING unnest(machines, times) AS done (machine, time)
  WHERE mark.machine = done.machine AND mark.time = done.time;
  RETURN cardinality(machines);
END
$$;

-- Adds samples that are older than the first day to the rollups, and forgets them: the others of
-- their time were dropped already, so that nothing can be rolled up anew. What is not so old moves to
-- its day.
CREATE FUNCTION place_late_samples() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH moved AS (
    DELETE FROM samples_late WHERE time >= samples_first_day() RETURNING time, series_id, value
  )
  INSERT INTO samples (time, series_id, value) SELECT time, series_id, value FROM moved;
  PERFORM lock_rollups();
  WITH late AS (
    DELETE FROM samples_late RETURNING time, series_id, value
  ), minutes AS (
    INSERT INTO rollups_1m AS rollup (time, series_id, sum, count, min, max, last, last_at)
    SELECT date_bin('1 minute', time, 'epoch'), series_id, sum(value), count(*), min(value), max(value),
      (array_agg(value ORDER BY time DESC))[1], max(time)
    FROM late GROUP BY 1, 2
    ON CONFLICT (series_id, time) DO UPDATE SET
      sum = rollup.sum + excluded.sum, count = rollup.count + excluded.count,
      min = least(rollup.min, excluded.min), max = greatest(rollup.max, excluded.max),
      last = CASE WHEN excluded.last_at >= rollup.last_at THEN excluded.last ELSE rollup.last END,
      last_at = greatest(rollup.last_at, excluded.last_at)
  )
  INSERT INTO rollups_1h AS rollup (time, series_id, sum, count, min, max, last, last_at)
  SELECT date_bin('1 hour', late.time, 'epoch') AS hour, series_id, sum(value), count(*), min(value), max(value),
    (array_agg(value ORDER BY late.time DESC))[1], max(late.time)
  FROM late JOIN series ON series.id = series_id
  WHERE NOT EXISTS (
    SELECT FROM unrolled_1h AS mark
    WHERE mark.machine = series.machine AND mark.time = date_bin('1 hour', late.time, 'epoch'))
  GROUP BY 1, 2
  ON CONFLICT (series_id, time) DO UPDATE SET
    sum = rollup.sum + excluded.sum, count = rollup.count + excluded.count,
    min = least(rollup.min, excluded.min), max = greatest(rollup.max, excluded.max),
    last = CASE WHEN excluded.last_at >= rollup.last_at THEN excluded.last ELSE rollup.last END,
    last_at = greatest(rollup.last_at, excluded.last_at);
END
$$;
