package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.spi.Rejection;
import java.util.List;

/** A batch on its way to history, with whom to tell. */
final class Pending {
  private static final int FIXED_BYTES = 256;
  private static final int BYTES_PER_SAMPLE = 12;
  private static final int BYTES_PER_PROCESS = 160;

  final Session session;
  final EpochLog log;
  final Batch batch;
  // One that is in flight already: it is not written again, but its sender waits for the
  // acknowledgement.
  final boolean duplicate;
  final int bytes;
  final long offeredNanos;
  // Guarded by the acknowledger's lock; told once.
  List<Rejection> rejected;
  // Guarded by the lock of the queue.
  boolean toldVolatile;

  Pending(Session session, EpochLog log, Screened screened, boolean duplicate, long offeredNanos) {
    this.session = session;
    this.log = log;
    this.batch = screened.batch();
    this.rejected = screened.rejected();
    this.duplicate = duplicate;
    this.offeredNanos = offeredNanos;
    this.bytes = duplicate ? FIXED_BYTES : bytes(batch);
  }

  private static int bytes(Batch batch) {
    return FIXED_BYTES
        + BYTES_PER_SAMPLE * batch.size()
        + BYTES_PER_PROCESS * batch.topProcesses().size();
  }
}
