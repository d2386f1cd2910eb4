package io.sysmonstm.spi;

/**
 * Tells people of alerts. Called by the alerts engine from one thread at a time, off the evaluation
 * path; may block, with a deadline of its own of at most 10 s.
 */
public interface Notifier extends AutoCloseable {
  /**
   * Sends one message. At least once: after an exception the same news is given again, and what the
   * receiver got before the sender's end may be given once more.
   *
   * @param notice what to tell
   * @throws Exception where it could not be told; tried again later
   */
  void notify(Notice notice) throws Exception;

  /** Lets go of what it holds; called once. */
  @Override
  default void close() {}
}
