import org.jspecify.annotations.NullMarked;

/** Collector: reads the sensors of a machine on a schedule and sends them. */
@NullMarked
module io.sysmonstm.collector.core {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
}
