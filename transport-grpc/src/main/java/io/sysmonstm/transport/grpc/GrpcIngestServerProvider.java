package io.sysmonstm.transport.grpc;

import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.IngestServer;
import io.sysmonstm.spi.IngestServerProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;
import java.util.Optional;

/** Makes {@link GrpcIngestServer} from configuration; its type is {@code grpc}. */
public final class GrpcIngestServerProvider implements IngestServerProvider {
  /** {@code aggregator.listen}. */
  static final Setting<String> LISTEN =
      Setting.of(
              "aggregator.listen",
              "Where the aggregator listens for collectors.",
              "host:port, port 0 for any free one",
              text ->
                  Endpoint.parseListen(text).isPresent()
                      ? Optional.of(text.strip())
                      : Optional.empty())
          .withDefault("127.0.0.1:50051");

  /** Creates the provider; called by the service loader. */
  public GrpcIngestServerProvider() {}

  @Override
  public String type() {
    return "grpc";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(LISTEN);
  }

  @Override
  public IngestServer create(Settings settings, ProviderContext context) {
    return GrpcIngestServer.builder(settings.get(LISTEN))
        .time(context.time())
        .metrics(context.metrics())
        .executor(context.executor())
        .build();
  }
}
