package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.IngestServer;
import io.sysmonstm.spi.IngestServerProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsSettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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

  private static final TlsSettings TLS = TlsSettings.ofServer("aggregator");

  /** Creates the provider; called by the service loader. */
  public GrpcIngestServerProvider() {}

  @Override
  public String type() {
    return "grpc";
  }

  @Override
  public List<Setting<?>> settings() {
    return Stream.concat(Stream.of(LISTEN), TLS.all().stream()).toList();
  }

  @Override
  public IngestServer create(Settings settings, ProviderContext context) {
    var files = TLS.files(settings);
    if (files.certificate().isEmpty() && files.trust().isPresent()) {
      throw new ConfigException(
          List.of(
              "%s is set and %s is not: expected a certificate to listen with"
                  .formatted(TLS.trust(), TLS.certificate())));
    }
    var builder =
        GrpcIngestServer.builder(settings.get(LISTEN))
            .time(context.time())
            .metrics(context.metrics())
            .executor(context.executor());
    if (!files.isEmpty()) {
      builder.tls(
          TlsFileWatch.open("aggregator", files, context.time(), context.metrics())
              .follow(context.executor()));
    }
    return builder.build();
  }
}
