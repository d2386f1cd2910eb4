package io.sysmonstm.spi;

/** What the two faces of storage have in common. Thread-safe. */
public interface MetricStore extends AutoCloseable {
  /** {@return whether it works now, from memory: it never blocks and asks no server} */
  Health health();

  /** Finishes what was begun and lets go of everything; called once, after the last other call. */
  @Override
  void close();
}
