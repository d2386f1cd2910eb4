import org.jspecify.annotations.NullMarked;

/** Examples of the documentation. */
@NullMarked
@SuppressWarnings("requires-automatic") // what the transport is made of
module io.sysmonstm.docs {
  requires transitive io.sysmonstm.spi;
  requires io.sysmonstm.collector.core;
  requires io.sysmonstm.transport.grpc;
  requires static org.jspecify;

  exports io.sysmonstm.docs;
}
