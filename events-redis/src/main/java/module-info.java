import org.jspecify.annotations.NullMarked;

/** Events over Redis, by Pub/Sub or by Streams. */
@NullMarked
module io.sysmonstm.events.redis {
  requires io.sysmonstm.json;
  requires io.sysmonstm.redis.client;
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
}
