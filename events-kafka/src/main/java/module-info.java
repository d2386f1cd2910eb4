import org.jspecify.annotations.NullMarked;

/** Events over Kafka. */
@NullMarked
@SuppressWarnings("requires-automatic") // the client has no module descriptor
module io.sysmonstm.events.kafka {
  requires io.sysmonstm.json;
  requires transitive io.sysmonstm.spi;
  requires kafka.clients;
  requires static org.jspecify;
}
