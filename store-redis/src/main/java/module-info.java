import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.store.redis.RedisCurrentStoreProvider;
import org.jspecify.annotations.NullMarked;

/**
 * Current state in Redis or Valkey, shared by all processes of a fleet. Depend on it to keep state
 * there without configuration files.
 */
@NullMarked
module io.sysmonstm.store.redis {
  requires io.sysmonstm.json;
  requires transitive io.sysmonstm.redis.client;
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;

  exports io.sysmonstm.store.redis;

  provides CurrentStoreProvider with
      RedisCurrentStoreProvider;
}
