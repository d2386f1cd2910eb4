import org.jspecify.annotations.NullMarked;

/**
 * Aggregator: validates, batches, fans out and acknowledges. Depend on it to take in the batches of
 * collectors inside a program of your own.
 */
@NullMarked
module io.sysmonstm.aggregator.core {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;

  exports io.sysmonstm.aggregator.core;
}
