package io.sysmonstm.web.helidon.internal.net;

/** Where viewers get their frames from. Thread-safe, and never blocks. */
@FunctionalInterface
public interface ViewerFeed {
  /** One viewer, from the time it is let in. Called by one thread. */
  interface Session extends AutoCloseable {
    /** {@return what the viewer may send} */
    MessageReader.Limits limits();

    /**
     * Takes a message of the viewer.
     *
     * @param message the message, hostile ones too
     * @return whether it is one that is understood
     */
    boolean accept(byte[] message);

    /** Lets the viewer go. */
    @Override
    void close();
  }

  /**
   * Lets a viewer in: what it begins with is put into its outbox at once, every later change
   * follows.
   *
   * @param outbox the viewer's
   * @return the viewer
   */
  Session attach(Outbox outbox);
}
