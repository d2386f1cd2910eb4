package io.sysmonstm.collector.core;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRange;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where batches wait until history has them. Bounded: when it is full, the oldest goes and its
 * samples are counted. A batch is waiting, in flight (sent on the stream that is open), or shown
 * (taken without being written to history). Thread-safe: the schedule appends, the delivery does
 * all else.
 */
interface Spool {
  /** Adds a batch, newer than all others. */
  void append(Batch batch, long nowNanos);

  /**
   * Takes the oldest waiting batch that was appended at or after the given time and was never
   * shown.
   */
  Optional<Batch> takeFresh(long sinceNanos);

  /**
   * Takes the oldest waiting batch; as a replay where it was shown before or was appended before
   * the given time.
   */
  Optional<Batch> takeBacklog(long freshSinceNanos);

  /** Forgets batches that history has; returns how many. */
  int forget(UUID epoch, List<SeqRange> ranges);

  /** Lets batches wait again that were shown but not written; returns how many. */
  int keepShown(UUID epoch, List<SeqRange> ranges);

  /** The only batch in flight, empty where there are none or several. */
  Optional<Batch> onlyInFlight();

  /** Drops a batch that the server can never take; its samples are counted as lost. */
  void discard(Batch batch);

  /** Lets all batches in flight wait again: their stream is gone. */
  void rewind();

  /** Batches in the spool. */
  int depth();

  /** Batches in flight. */
  int inFlight();

  /** Whether there are batches that were never shown, be they waiting or in flight. */
  boolean hasUnseen();

  /** Whether there are batches waiting that were never shown. */
  boolean hasUnseenWaiting();

  /** Whether there is a batch waiting. */
  boolean hasWaiting();

  /** What the spool takes in memory or on disk, in bytes. */
  long bytes();

  /** Samples lost to the bound since it was made. */
  long droppedSamples();
}
