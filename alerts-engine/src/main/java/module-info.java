import org.jspecify.annotations.NullMarked;

/** Alert rules, their state machine, and notifiers. */
@NullMarked
module io.sysmonstm.alerts.engine {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
}
