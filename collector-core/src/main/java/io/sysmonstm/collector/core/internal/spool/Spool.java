package io.sysmonstm.collector.core.internal.spool;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SeqRange;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where batches wait until history has them. Bounded: when it is full, the oldest go and their
 * samples are counted. A batch is waiting, in flight (sent on the stream that is open), or shown
 * (taken without being written to history). Thread-safe: the schedule numbers, appends and tends,
 * the delivery does all else.
 */
public interface Spool extends AutoCloseable {
  /** The numbering of the batches that are appended from now on. */
  UUID epoch();

  /** What names the next batch; to be asked by the one who appends it. */
  BatchId next();

  /**
   * Begins another epoch where somebody else has used numbers of this one.
   *
   * @param committed the greatest number of the epoch that history has
   * @return whether it did
   */
  boolean renumber(long committed);

  /** Adds a batch, newer than all others. */
  void append(Batch batch, long nowNanos);

  /** Does what can wait until the batch is on its way: makes it safe, deletes what is done with. */
  void tend();

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

  /** Whether there are batches that an end now would keep from being seen. */
  boolean hasUnseen();

  /** Whether there are such batches waiting. */
  boolean hasUnseenWaiting();

  /** Whether there is a batch waiting. */
  boolean hasWaiting();

  /** Whether what is in it is still there at the next start. */
  boolean outlivesProcess();

  /** What the spool takes in memory or on disk, in bytes. */
  long bytes();

  /** Why what is appended is not kept as it should be, empty where it is. */
  default Optional<String> problem() {
    return Optional.empty();
  }

  /** Samples lost that the server has to be told of: in this epoch, or before and not told yet. */
  long droppedSamples();

  /** Says that the server was told of that many lost samples. */
  void told(long samples);

  /** Makes safe what can be, and ends. */
  @Override
  void close();
}
