package io.sysmonstm.events.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.TestContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaEventBusProviderTest {
  private final KafkaEventBusProvider provider = new KafkaEventBusProvider();
  @TempDir private Path directory;

  private EventBus create(Map<String, String> values) {
    try (var context = new TestContext(TimeSource.system(), directory)) {
      return provider.create(Settings.of(values), context);
    }
  }

  @Test
  void keysAndDefaultsArePinned() {
    assertThat(provider.type()).isEqualTo("kafka");
    assertThat(provider.settings())
        .extracting(each -> each.key() + "=" + each.defaultText().orElse("-"))
        .containsExactly(
            "kafka.bootstrap-servers=localhost:9092",
            "kafka.topic-prefix=",
            "kafka.partitions=8",
            "kafka.retention=1h",
            "kafka.queue=10000",
            "kafka.properties=");
    assertThat(provider.settings())
        .filteredOn(Setting::secret)
        .extracting(Setting::key)
        .containsExactly("kafka.properties");
  }

  @Test
  void aBusIsMadeWithoutABrokerOrAName() throws IOException {
    int port;
    try (var nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = nobody.getLocalPort();
    }
    for (var address : Set.of("127.0.0.1:" + port, "no-such-host.invalid:9092")) {
      try (var bus = create(Map.of("kafka.bootstrap-servers", address))) {
        Eventually.until(
            "found out", () -> !bus.health().problem().orElse("").contains("not answered yet"));
        assertThat(bus.health().problem().orElseThrow())
            .contains("Kafka")
            .doesNotContain("127.0.0.1", "invalid");
      }
    }
  }

  @Test
  void allProblemsOfThePropertiesAreToldAtOnce() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(
            () ->
                create(
                    Map.of(
                        "kafka.bootstrap-servers",
                        ",",
                        "kafka.properties",
                        "acks=1,group.id=other,securty.protocol=SSL")))
        .satisfies(
            e ->
                assertThat(e.problems())
                    .containsExactlyInAnyOrder(
                        "kafka.bootstrap-servers is empty: expected host:port, separated by commas",
                        "kafka.properties.acks cannot be set: the event bus depends on its own value",
                        "kafka.properties.group.id cannot be set: the event bus depends on its own value",
                        "kafka.properties.securty.protocol is not known: expected a property of a Kafka client"));
  }

  @Test
  void aValueThatTheClientRefusesIsAProblemWithoutItsSecrets() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(
            () ->
                create(
                    Map.of(
                        "kafka.properties", "security.protocol=TELEPATHY,ssl.key.password=geheim")))
        .withMessageContaining("security.protocol")
        .withMessageNotContaining("geheim");
  }

  @Test
  void prefixesThatAreNoNamesOfTopicsAreRefused() {
    var prefix = provider.settings().get(1);
    assertThat(prefix.parse("team-a.")).isPresent();
    assertThat(prefix.parse("team/a")).isEmpty();
  }
}
