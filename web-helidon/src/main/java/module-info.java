import org.jspecify.annotations.NullMarked;

/**
 * What the gateway and the edge relay share. Depend on it to serve the dashboard from a server of
 * your own; {@link io.sysmonstm.web.helidon.Dashboard} has its files.
 */
@NullMarked
module io.sysmonstm.web.helidon {
  requires static org.jspecify;

  exports io.sysmonstm.web.helidon;
}
