package io.sysmonstm.transport.grpc;

import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.MetricSenderProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;
import java.util.Optional;

/** Makes {@link GrpcMetricSender} from configuration; its type is {@code grpc}. */
public final class GrpcMetricSenderProvider implements MetricSenderProvider {
  /** {@code collector.aggregator-url}. */
  static final Setting<String> AGGREGATOR_URL =
      Setting.of(
              "collector.aggregator-url",
              "Where the aggregator listens.",
              "host:port, or https://host:port for TLS",
              text ->
                  Endpoint.parse(text).isPresent() ? Optional.of(text.strip()) : Optional.empty())
          .withDefault("localhost:50051");

  /** Creates the provider; called by the service loader. */
  public GrpcMetricSenderProvider() {}

  @Override
  public String type() {
    return "grpc";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(AGGREGATOR_URL);
  }

  @Override
  public MetricSender create(Settings settings, ProviderContext context) {
    return GrpcMetricSender.builder(settings.get(AGGREGATOR_URL)).build();
  }
}
