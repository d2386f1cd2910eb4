-- Samples come in the order of their time: an index in the same order has fuller pages than one in
-- the opposite order, and is read in both. Where very many samples have it already, it stays as it
-- is: all that write would wait for minutes.
DO $$
BEGIN
  IF (SELECT coalesce(sum(pg_relation_size(inhrelid)), 0) FROM pg_inherits
      WHERE inhparent = 'samples'::regclass) < 4 * 1024 ^ 3 THEN
    DROP INDEX samples_series_time;
    CREATE INDEX samples_series_time ON samples (series_id, time);
  END IF;
END
$$;
