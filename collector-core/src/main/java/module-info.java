import org.jspecify.annotations.NullMarked;

/**
 * Collector: reads the sensors of a machine on a schedule and sends them. Depend on it to embed a
 * collector in an application; plugins need only the SPI.
 */
@NullMarked
module io.sysmonstm.collector.core {
  requires transitive io.sysmonstm.spi;
  requires com.github.oshi.common;
  requires static org.jspecify;

  exports io.sysmonstm.collector.core;

  provides io.sysmonstm.spi.MetricSourceProvider with
      io.sysmonstm.collector.core.OshiMetricSourceProvider;
}
