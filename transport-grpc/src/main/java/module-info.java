import org.jspecify.annotations.NullMarked;

/** The gRPC transport: protocol, client and server sides. */
@NullMarked
module io.sysmonstm.transport.grpc {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
}
