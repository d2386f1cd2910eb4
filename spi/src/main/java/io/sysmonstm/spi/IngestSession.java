package io.sysmonstm.spi;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Series;
import java.util.List;
import java.util.UUID;

/** One stream of one machine, as the aggregator sees it. Confined to the stream's thread. */
public interface IngestSession extends AutoCloseable {
  /** What became of the declaration of a series. */
  sealed interface Declared {}

  /**
   * The series can be used.
   *
   * @param series the interned series
   */
  record Accepted(Series series) implements Declared {}

  /**
   * The series cannot be used; its samples are refused, the stream goes on.
   *
   * @param reason why
   */
  record Refused(Rejection.Reason reason) implements Declared {}

  /** {@return the answer to the hello} */
  Welcome welcome();

  /** {@return the epoch of the batches of this session} */
  UUID epoch();

  /** {@return the next number for a session that was opened without numbers of its own} */
  long nextSeq();

  /**
   * Resolves a series, once per stream.
   *
   * @param metric the metric's name as sent
   * @param labels the labels as sent
   * @return the interned series, or why it cannot be used
   */
  Declared declare(String metric, Labels labels);

  /**
   * Takes a batch. Does not block. Samples that their series do not accept are refused one by one.
   * The acknowledgement comes later, through the reply.
   *
   * @param batch of this machine
   * @param rejected samples that the transport has already left out
   * @return whether more may be read now; if not, {@link IngestReply#resume} says when
   * @throws io.sysmonstm.api.RequestException where the session takes no more; the transport ends
   *     the stream with its code. {@code FAILED_PRECONDITION} says that a newer instance of the
   *     machine has taken over
   */
  boolean offer(Batch batch, List<Rejection> rejected);

  /**
   * Writes what is waiting without delay; called when a client half-closes and waits for its
   * acknowledgement.
   */
  void flush();

  /** Ends the session; what it offered goes on to be written, without acknowledgement. */
  @Override
  void close();
}
