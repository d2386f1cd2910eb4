import org.jspecify.annotations.NullMarked;

/** What the plugins for Redis share. Not for others: its API changes with theirs. */
@NullMarked
@SuppressWarnings({
  "requires-automatic", // Lettuce has no module descriptor
  "requires-transitive-automatic"
})
module io.sysmonstm.redis.client {
  requires transitive io.sysmonstm.spi;
  requires transitive lettuce.core;
  // Lettuce is an automatic module, which pulls in no explicit one.
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.resolver.dns;
  requires io.netty.transport;
  requires static org.jspecify;

  exports io.sysmonstm.redis.client;
}
