package io.sysmonstm.spi;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.SysmonstmException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The sending end of a transport. Thread-safe. */
public interface MetricSender extends AutoCloseable {
  /**
   * Opens a stream and sends the hello. Does not block: what happens is told to the listener. Does
   * not retry: the collector does.
   *
   * @param hello how the collector introduces itself
   * @param listener told from the transport's threads, one at a time; must not block
   * @return the stream
   */
  Stream open(Hello hello, Listener listener);

  /** Ends all streams and lets go of everything. */
  @Override
  void close();

  /** One stream. Thread-safe. */
  interface Stream extends AutoCloseable {
    /** {@return whether the transport takes another batch without buffering beyond its window} */
    boolean isReady();

    /**
     * Sends a batch; to be called after the welcome, while {@link #isReady}. On a stream that has
     * ended it does nothing.
     *
     * @param batch a batch of the hello's machine, of any epoch
     */
    void send(Batch batch);

    /**
     * Half-closes: what was sent is delivered, acknowledgements go on until the server ends the
     * stream.
     */
    @Override
    void close();

    /**
     * Ends the stream at once, whatever is in flight: for a server that has stopped answering. The
     * listener may be told that it ended, or not. A transport that cannot do so half-closes.
     */
    default void cancel() {
      close();
    }
  }

  /** What a collector is told of its stream. */
  interface Listener {
    /**
     * The server has answered the hello.
     *
     * @param welcome its answer
     */
    void welcomed(Welcome welcome);

    /** The stream takes batches again after it was not ready. */
    void ready();

    /**
     * The server acknowledged.
     *
     * @param ack which batches, and how
     */
    void acknowledged(Ack ack);

    /**
     * The server asks to be left alone for a while; told before the end of the stream.
     *
     * @param pause how long nothing is to be sent, the batches in flight included
     */
    default void retryAfter(Duration pause) {}

    /**
     * The stream is over; nothing follows.
     *
     * @param cause why, or null where the server ended it well
     */
    void ended(@Nullable SysmonstmException cause);
  }
}
