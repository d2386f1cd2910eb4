CREATE VIEW metric_samples AS
SELECT sample.time, machines.name AS machine_id, series.metric, series.labels, sample.value
FROM samples AS sample
JOIN series ON series.id = sample.series_id
JOIN machines ON machines.id = series.machine;

CREATE VIEW metric_samples_1m AS
SELECT rollup.time, machines.name AS machine_id, series.metric, series.labels,
  rollup.sum / rollup.count AS avg, rollup.min, rollup.max, rollup.last, rollup.count
FROM samples_1m AS rollup
JOIN series ON series.id = rollup.series_id
JOIN machines ON machines.id = series.machine;

CREATE VIEW metric_samples_1h AS
SELECT rollup.time, machines.name AS machine_id, series.metric, series.labels,
  rollup.sum / rollup.count AS avg, rollup.min, rollup.max, rollup.last, rollup.count
FROM samples_1h AS rollup
JOIN series ON series.id = rollup.series_id
JOIN machines ON machines.id = series.machine;
