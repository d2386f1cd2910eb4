package io.sysmonstm.spi;

/**
 * Tells people of alerts. Called by the alerts engine from one thread at a time, off the evaluation
 * path; may block, with a deadline of its own of at most 10 s.
 */
public interface Notifier extends AutoCloseable {
  /**
   * Tells of one change. At least once: after an exception it is called again with the same event.
   *
   * @param event an alert that fired or resolved; alert id and change together tell repetitions
   * @throws Exception where it could not be told; tried again later
   */
  void notify(AlertEvent event) throws Exception;

  /** Lets go of what it holds; called once. */
  @Override
  default void close() {}
}
