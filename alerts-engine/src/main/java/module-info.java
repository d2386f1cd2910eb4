import org.jspecify.annotations.NullMarked;

/**
 * Alert rules, their state machine, and notifiers. Depend on it to evaluate rules inside your own
 * process; {@link io.sysmonstm.alerts.engine.AlertEngine} is the entry.
 */
@NullMarked
module io.sysmonstm.alerts.engine {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
  requires com.samskivert.jmustache;
  requires org.snakeyaml.engine;

  exports io.sysmonstm.alerts.engine;

  provides io.sysmonstm.spi.NotifierProvider with
      io.sysmonstm.alerts.engine.LogNotifierProvider;
}
