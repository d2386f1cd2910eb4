package io.sysmonstm.spi;

import io.sysmonstm.api.RequestException;

/**
 * How an aggregator talks back to a stream. Called from any thread, one at a time; never blocks.
 */
public interface IngestReply {
  /**
   * Acknowledges batches.
   *
   * @param ack what became of them
   */
  void acknowledge(Ack ack);

  /** Says that more may be read, after {@link IngestSession#offer} returned false. */
  void resume();

  /**
   * Says that the session is over and the stream shall end with this code; whatever is offered from
   * now on fails with it too. A transport that cannot end a stream by itself waits for that.
   *
   * @param why {@code FAILED_PRECONDITION} where a newer instance of the machine has taken over,
   *     {@code UNAVAILABLE} where the same one has connected again
   */
  default void end(RequestException why) {}
}
