import org.jspecify.annotations.NullMarked;

/** Simulated machines, for load and for faults. */
@NullMarked
@SuppressWarnings({
  // HdrHistogram has no module descriptor.
  "requires-automatic",
  "requires-transitive-automatic"
})
module io.sysmonstm.load {
  requires transitive io.sysmonstm.transport.grpc;
  requires io.grpc.netty.shaded;
  requires transitive java.sql;
  requires transitive HdrHistogram;
  requires static org.jspecify;

  exports io.sysmonstm.load;
}
