package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.MetricSenderProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.tls.CertificatePin;
import io.sysmonstm.tls.TlsFileWatch;
import io.sysmonstm.tls.TlsFiles;
import io.sysmonstm.tls.TlsSettings;
import io.sysmonstm.tls.TokenText;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
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

  /** {@code collector.enrolment.token}. */
  static final Setting<TokenText> TOKEN =
      Setting.of(
              "collector.enrolment.token",
              "The one-time token that lets this machine in, from 'sysmonstm token create'.",
              "the whole token, smt1_...",
              text -> TokenText.parse(TokenText.Kind.ENROLMENT, text))
          .asSecret();

  /** {@code collector.enrolment.ca-pin}. */
  static final Setting<CertificatePin> PIN =
      Setting.of(
          "collector.enrolment.ca-pin",
          "By which this machine knows the aggregator when it comes in.",
          "sha256: and 64 hex digits",
          CertificatePin::parse);

  private static final TlsSettings TLS = TlsSettings.ofClient("collector");
  private static final String DIRECTORY = "identity";

  /** Creates the provider; called by the service loader. */
  public GrpcMetricSenderProvider() {}

  @Override
  public String type() {
    return "grpc";
  }

  @Override
  public List<Setting<?>> settings() {
    var all = new ArrayList<Setting<?>>(List.of(AGGREGATOR_URL, TOKEN, PIN));
    all.addAll(TLS.all());
    return List.copyOf(all);
  }

  @Override
  public MetricSender create(Settings settings, ProviderContext context) {
    var url = settings.get(AGGREGATOR_URL);
    var builder = GrpcMetricSender.builder(url).time(context.time()).executor(context.executor());
    var files = TLS.files(settings);
    var directory = context.dataDirectory().resolve(DIRECTORY);
    var token = settings.find(TOKEN);
    var pin = settings.find(PIN);
    if (!Endpoint.parse(url).orElseThrow().tls()) {
      if (!files.isEmpty() || token.isPresent() || pin.isPresent()) {
        throw new ConfigException(
            List.of(
                "collector.aggregator-url is '%s', in plain text, although collector.tls or collector.enrolment is set: expected https://%s"
                    .formatted(url, url)));
      }
      return builder.build();
    }
    if (files.certificate().isEmpty()
        && (token.isPresent() || pin.isPresent() || MachineCertificate.isKept(directory))) {
      var trust = files.trust().map(file -> trusted(files, context)).orElse(List.of());
      return builder
          .enrolment(new MachineCertificate.Enrolment(token, pin, trust), directory)
          .build();
    }
    if (!files.isEmpty()) {
      builder.tls(
          TlsFileWatch.open("collector", files, context.time(), context.metrics())
              .follow(context.executor()));
    }
    return builder.build();
  }

  private static List<X509Certificate> trusted(TlsFiles files, ProviderContext context) {
    try (var watch = TlsFileWatch.open("collector", files, context.time(), context.metrics())) {
      return watch.tls().material().trust();
    }
  }

  /**
   * {@return whether this machine was let in before, by what is in a data directory}
   *
   * @param dataDirectory of the collector
   */
  public static boolean isEnrolled(Path dataDirectory) {
    return MachineCertificate.isKept(dataDirectory.resolve(DIRECTORY));
  }
}
