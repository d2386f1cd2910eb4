import org.jspecify.annotations.NullMarked;

/** Events over Redis, by Pub/Sub or by Streams. */
@NullMarked
@SuppressWarnings("requires-automatic") // Lettuce has no module descriptor
module io.sysmonstm.events.redis {
  // Lettuce is an automatic module, which pulls in no explicit one.
  requires io.netty.codec;
  requires io.netty.handler;
  requires io.netty.resolver.dns;
  requires io.netty.transport;
  requires io.sysmonstm.json;
  requires transitive io.sysmonstm.spi;
  requires lettuce.core;
  requires static org.jspecify;
}
