package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.IngestServerProvider;
import io.sysmonstm.spi.MetricSenderProvider;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.FixedCurrentStore;
import io.sysmonstm.testkit.RecordingIngest;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcProvidersTest {
  @TempDir private Path directory;

  @Test
  void areDeclaredByTheModule() {
    assertThat(new GrpcMetricSenderProvider().type()).isEqualTo("grpc");
    assertThat(new GrpcIngestServerProvider().type()).isEqualTo("grpc");
    var descriptor = GrpcMetricSenderProvider.class.getModule().getDescriptor();
    assertThat(descriptor.provides())
        .extracting(provided -> provided.service())
        .containsExactlyInAnyOrder(
            MetricSenderProvider.class.getName(), IngestServerProvider.class.getName());
  }

  @Test
  void readTheKeysAndDefaultsOfTheDocumentation() {
    var url = GrpcMetricSenderProvider.AGGREGATOR_URL;
    assertThat(url.key()).isEqualTo("collector.aggregator-url");
    assertThat(url.defaultText()).contains("localhost:50051");
    var listen = GrpcIngestServerProvider.LISTEN;
    assertThat(listen.key()).isEqualTo("aggregator.listen");
    assertThat(listen.defaultText()).contains("127.0.0.1:50051");
  }

  @Test
  void refuseAddressesThatAreNone() {
    for (var wrong :
        new String[] {"", "localhost", "localhost:", ":1", "a:65536", "a:b", "a b:1"}) {
      assertThat(GrpcMetricSenderProvider.AGGREGATOR_URL.parse(wrong)).as(wrong).isEmpty();
      assertThat(GrpcIngestServerProvider.LISTEN.parse(wrong)).as(wrong).isEmpty();
      assertThatThrownBy(() -> GrpcMetricSender.builder(wrong))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("'" + wrong + "'");
    }
    assertThat(GrpcIngestServerProvider.LISTEN.parse("https://a:1")).isEmpty();
  }

  @Test
  void understandAddressesOfEveryForm() {
    assertThat(Endpoint.parse("localhost:50051")).contains(new Endpoint("localhost", 50051, false));
    assertThat(Endpoint.parse("https://a.b:1")).contains(new Endpoint("a.b", 1, true));
    assertThat(Endpoint.parse("http://a.b:1/")).contains(new Endpoint("a.b", 1, false));
    assertThat(Endpoint.parse("[::1]:0")).contains(new Endpoint("::1", 0, false));
    assertThat(new Endpoint("::1", 5, false)).hasToString("[::1]:5");
  }

  @Test
  void makeEndsThatWorkTogether() {
    var ingest = new RecordingIngest();
    try (var context = new TestContext(TimeSource.system(), directory);
        var server =
            new GrpcIngestServerProvider()
                .create(Settings.of(Map.of("aggregator.listen", "127.0.0.1:0")), context)) {
      int port = server.start(ingest, new FixedCurrentStore()).getPort();
      var settings = Settings.of(Map.of("collector.aggregator-url", "127.0.0.1:" + port));
      try (var sender = new GrpcMetricSenderProvider().create(settings, context)) {
        var listener = new io.sysmonstm.testkit.RecordingListener();
        sender.open(SenderStreamTest.hello("m1"), listener);
        listener.awaitWelcome();
        assertThat(context.metrics().collect())
            .anyMatch(reading -> reading.name().equals("grpc_streams") && reading.value() == 1);
      }
    }
  }

  @Test
  void portThatIsTakenIsAConfigurationProblem() {
    try (var outsider = new Outsider()) {
      var listen = "127.0.0.1:" + outsider.address.getPort();
      var second = GrpcIngestServer.builder(listen).build();
      assertThatThrownBy(() -> second.start(outsider.ingest, outsider.current))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(listen);
      second.close();
    }
  }
}
