import org.jspecify.annotations.NullMarked;

/**
 * The JSON form of values and events, the same on the event bus, in Redis and over HTTP. Depend on
 * it to carry events over a server of your own; {@link io.sysmonstm.json.EventJson} is the entry.
 */
@NullMarked
module io.sysmonstm.json {
  requires transitive io.sysmonstm.spi;
  requires transitive tools.jackson.core;
  requires static org.jspecify;

  exports io.sysmonstm.json;
}
