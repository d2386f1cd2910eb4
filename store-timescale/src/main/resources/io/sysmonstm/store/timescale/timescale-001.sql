CREATE TABLE samples (
  time timestamptz NOT NULL,
  series_id int NOT NULL,
  value float8 NOT NULL
);
SELECT create_hypertable('samples', by_range('time', interval '2 hours'), create_default_indexes => false);
CREATE INDEX samples_series_time ON samples (series_id, time DESC);
ALTER TABLE samples SET (
  timescaledb.enable_columnstore, timescaledb.segmentby = 'series_id', timescaledb.orderby = 'time DESC');

CREATE MATERIALIZED VIEW samples_1m
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket('1 minute', time) AS time, series_id, sum(value) AS sum, count(*) AS count,
  min(value) AS min, max(value) AS max, last(value, time) AS last
FROM samples
GROUP BY 1, 2
WITH NO DATA;

CREATE MATERIALIZED VIEW samples_1h
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket('1 hour', time) AS time, series_id, sum(sum) AS sum, sum(count)::bigint AS count,
  min(min) AS min, max(max) AS max, last(last, time) AS last
FROM samples_1m
GROUP BY 1, 2
WITH NO DATA;

ALTER MATERIALIZED VIEW samples_1m SET (
  timescaledb.enable_columnstore, timescaledb.segmentby = 'series_id', timescaledb.orderby = 'time DESC');
ALTER MATERIALIZED VIEW samples_1h SET (
  timescaledb.enable_columnstore, timescaledb.segmentby = 'series_id', timescaledb.orderby = 'time DESC');
