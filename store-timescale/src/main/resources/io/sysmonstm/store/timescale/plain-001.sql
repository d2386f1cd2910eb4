CREATE TABLE samples (
  time timestamptz NOT NULL,
  series_id int NOT NULL,
  value float8 NOT NULL
);
CREATE INDEX samples_series_time ON samples (series_id, time DESC);

CREATE VIEW samples_1m AS
SELECT date_bin('1 minute', time, 'epoch') AS time, series_id, sum(value) AS sum, count(*) AS count,
  min(value) AS min, max(value) AS max, (array_agg(value ORDER BY time DESC))[1] AS last
FROM samples
GROUP BY 1, 2;

CREATE VIEW samples_1h AS
SELECT date_bin('1 hour', time, 'epoch') AS time, series_id, sum(sum) AS sum, sum(count)::bigint AS count,
  min(min) AS min, max(max) AS max, (array_agg(last ORDER BY time DESC))[1] AS last
FROM samples_1m
GROUP BY 1, 2;
