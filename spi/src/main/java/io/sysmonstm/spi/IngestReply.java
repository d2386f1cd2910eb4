package io.sysmonstm.spi;

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
}
