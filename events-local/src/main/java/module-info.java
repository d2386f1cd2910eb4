import io.sysmonstm.events.local.LocalEventBusProvider;
import io.sysmonstm.spi.EventBusProvider;
import org.jspecify.annotations.NullMarked;

/**
 * The event bus inside one process. Depend on it where all that publishes and subscribes lives in
 * the same JVM.
 */
@NullMarked
module io.sysmonstm.events.local {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;

  exports io.sysmonstm.events.local;

  provides EventBusProvider with
      LocalEventBusProvider;
}
