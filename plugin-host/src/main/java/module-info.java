import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.IngestServerProvider;
import io.sysmonstm.spi.MetricSenderProvider;
import io.sysmonstm.spi.MetricSourceProvider;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.SingleSignOnProvider;
import org.jspecify.annotations.NullMarked;

/**
 * The thin host: provider registry, plugin directories, configuration, lifecycle, logging, health.
 * Depend on it to put parts together to a process; a program that builds its parts itself does not
 * need it.
 */
@NullMarked
module io.sysmonstm.plugin.host {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
  requires java.logging;
  // sun.misc.Signal: the only way to end with status 0 at SIGTERM, after an orderly stop.
  requires jdk.unsupported;
  requires org.snakeyaml.engine;
  requires tools.jackson.core;

  exports io.sysmonstm.plugin.host;

  uses AccessStoreProvider;
  uses AlertStoreProvider;
  uses CurrentStoreProvider;
  uses EventBusProvider;
  uses HistoryStoreProvider;
  uses IngestServerProvider;
  uses MetricSenderProvider;
  uses MetricSourceProvider;
  uses NotifierProvider;
  uses SingleSignOnProvider;
}
