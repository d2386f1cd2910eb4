import io.sysmonstm.events.kafka.KafkaEventBusProvider;
import io.sysmonstm.spi.EventBusProvider;
import org.jspecify.annotations.NullMarked;

/**
 * Events over Kafka. Depend on it where the roles of a fleet run as processes of their own and
 * share a Kafka cluster; {@link io.sysmonstm.events.kafka.KafkaEventBus} is the entry.
 */
@NullMarked
@SuppressWarnings("requires-automatic") // the client has no module descriptor
module io.sysmonstm.events.kafka {
  requires io.sysmonstm.json;
  requires transitive io.sysmonstm.spi;
  // The client is an automatic module, which pulls in no explicit one, nor any of the JDK's.
  requires java.management;
  requires java.security.jgss;
  requires java.security.sasl;
  requires jdk.unsupported;
  requires kafka.clients;
  requires org.slf4j;
  requires static org.jspecify;

  exports io.sysmonstm.events.kafka;

  provides EventBusProvider with
      KafkaEventBusProvider;
}
