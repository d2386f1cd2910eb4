import org.jspecify.annotations.NullMarked;

/** Aggregator: validates, batches, fans out and acknowledges. */
@NullMarked
module io.sysmonstm.aggregator.core {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
}
