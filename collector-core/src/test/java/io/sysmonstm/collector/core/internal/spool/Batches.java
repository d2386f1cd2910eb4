package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.testkit.BatchBuilder;
import java.time.Instant;

/** Batches for the tests of this package. */
public final class Batches {
  private static final Instant SOME_TIME = Instant.parse("2026-01-01T00:00:00Z");

  private Batches() {}

  /** A batch with two samples. */
  public static Batch batch(long seq) {
    return new BatchBuilder(new SeriesRegistry(), "m1", seq, SOME_TIME)
        .sample("cpu_percent", 1)
        .sample("memory_percent", 2)
        .build();
  }
}
