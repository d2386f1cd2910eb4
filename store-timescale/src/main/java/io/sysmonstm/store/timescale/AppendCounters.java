package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import java.util.concurrent.atomic.LongAdder;

/** What appending is counted by. Thread-safe. */
final class AppendCounters {
  private final TimeSource time;
  private final LongAdder appends;
  private final LongAdder micros;
  private final LongAdder samples;
  private final LongAdder duplicates;
  private final LongAdder outOfRange;
  private final LongAdder refused;
  private final LongAdder retries;

  AppendCounters(ProviderContext context) {
    time = context.time();
    var metrics = context.metrics();
    appends = metrics.counter("history_appends_total", "Appends that were committed.");
    micros =
        metrics.counter(
            "history_append_microseconds_total", "Time that committed appends took together.");
    samples = metrics.counter("history_samples_total", "Samples written to history.");
    duplicates =
        metrics.counter(
            "history_duplicate_batches_total", "Batches that history had already and left out.");
    outOfRange =
        metrics.counter(
            "history_batches_out_of_range_total",
            "Batches not kept because their time lies before 1970 or after 9999.");
    refused =
        metrics.counter(
            "history_refused_samples_total", "Samples left out because the server refused them.");
    retries =
        metrics.counter(
            "history_append_retries_total",
            "Appends begun anew because another process wrote the same batches.");
  }

  long begin() {
    return time.nanoTime();
  }

  void written(long begin, int kept, int left, int again, int beyond) {
    appends.increment();
    micros.add((time.nanoTime() - begin) / 1000);
    samples.add(kept);
    refused.add(left);
    duplicates.add(again);
    outOfRange.add(beyond);
  }

  void refusedSeries() {
    refused.increment();
  }

  void retried() {
    retries.increment();
  }
}
