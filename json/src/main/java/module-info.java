import org.jspecify.annotations.NullMarked;

/** The JSON form of values and events, the same on the event bus, in Redis and over HTTP. */
@NullMarked
module io.sysmonstm.json {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
  requires tools.jackson.databind;
}
