import org.jspecify.annotations.NullMarked;

/** The event bus inside one process. */
@NullMarked
module io.sysmonstm.events.local {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
}
