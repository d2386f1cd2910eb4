import io.sysmonstm.events.redis.RedisPubSubProvider;
import io.sysmonstm.events.redis.RedisStreamsProvider;
import io.sysmonstm.spi.EventBusProvider;
import org.jspecify.annotations.NullMarked;

/**
 * Events over Redis or Valkey, by Pub/Sub or by Streams. Depend on it to share events between
 * processes without configuration files.
 */
@NullMarked
module io.sysmonstm.events.redis {
  requires io.sysmonstm.json;
  requires transitive io.sysmonstm.redis.client;
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;

  exports io.sysmonstm.events.redis;

  provides EventBusProvider with
      RedisPubSubProvider,
      RedisStreamsProvider;
}
