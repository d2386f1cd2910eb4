package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.HistoryStore;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches, and finds the ones that history refuses for what they are. If a group fails, and
 * not because the store is away, its halves are tried, down to single batches. A single one counts
 * as refused only if others were written in the same attempt: a store that refuses everything is
 * broken, and then nothing is given up. Confined to the writer.
 */
final class HistoryWriter {
  private static final EventLog LOG = EventLog.of(Aggregator.class);
  // What one bad batch among thousands needs, twice over; with more of them the rest waits for the
  // next attempt.
  private static final int MAX_APPENDS = 64;

  private final HistoryStore store;
  private final Part history;
  private final BitSet written = new BitSet();
  private final BitSet refused = new BitSet();
  private @Nullable Throwable problem;
  private boolean unavailable;
  private int appends;

  HistoryWriter(HistoryStore store, Part history) {
    this.store = store;
    this.history = history;
  }

  /** Writes what can be written; the other methods tell what could. */
  void write(List<Batch> batches, Instant now) {
    written.clear();
    refused.clear();
    problem = null;
    unavailable = false;
    appends = 0;
    if (!batches.isEmpty()) {
      write(batches, 0, batches.size());
    }
    if (written.isEmpty()) {
      refused.clear();
    } else if (!refused.isEmpty()) {
      giveUp(batches, now);
    }
  }

  /** Makes the outcome of the last write the state of the part. */
  void report() {
    var cause = problem;
    if (cause != null && failed()) {
      history.failed(cause);
    } else {
      history.worked();
    }
  }

  private void write(List<Batch> batches, int from, int to) {
    if (unavailable || appends >= MAX_APPENDS) {
      return;
    }
    try {
      appends++;
      store.append(to - from == batches.size() ? batches : batches.subList(from, to));
      written.set(from, to);
    } catch (StoreUnavailableException e) {
      unavailable = true;
      problem = e;
    } catch (Throwable e) {
      problem = e;
      if (Thread.currentThread().isInterrupted()) {
        unavailable = true;
      } else if (to - from == 1) {
        refused.set(from);
      } else {
        int middle = (from + to) >>> 1;
        write(batches, from, middle);
        write(batches, middle, to);
      }
    }
  }

  // An empty batch of the same number stands in, so that the number counts as committed for ever.
  private void giveUp(List<Batch> batches, Instant now) {
    refused.stream()
        .forEach(
            at -> {
              var batch = batches.get(at);
              LOG.error(
                  "batch_refused_by_history",
                  "history refuses a batch for its content; it is left out",
                  problem,
                  "machine",
                  batch.machineId(),
                  "epoch",
                  batch.epoch(),
                  "seq",
                  batch.seq());
              try {
                store.append(List.of(Screened.emptied(batch, now)));
              } catch (RuntimeException e) {
                history.failed(e);
              }
            });
  }

  boolean isWritten(int batch) {
    return written.get(batch);
  }

  boolean isRefused(int batch) {
    return refused.get(batch);
  }

  /** {@return whether history took nothing, or went away meanwhile} */
  boolean failed() {
    return problem != null && (unavailable || written.isEmpty());
  }

  /** {@return whether it fails although it is there: not a matter of waiting a moment} */
  boolean broken() {
    return failed() && !unavailable;
  }
}
