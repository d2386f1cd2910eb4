import org.jspecify.annotations.NullMarked;

/**
 * The public edge relay. Depend on it to show a fleet to the world from your own application;
 * {@link io.sysmonstm.edge.helidon.EdgeRelay} is the entry.
 */
@NullMarked
module io.sysmonstm.edge.helidon {
  requires transitive io.sysmonstm.spi;
  requires io.sysmonstm.json;
  requires io.sysmonstm.web.helidon;
  requires static org.jspecify;

  exports io.sysmonstm.edge.helidon;
}
