package io.sysmonstm.distributions;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Durations;
import io.sysmonstm.identity.MachineAuthority;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.tls.Invitation;
import io.sysmonstm.tls.TlsSettings;
import io.sysmonstm.transport.grpc.GrpcMetricSenderProvider;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;

/** How an aggregator lets machines in. */
final class Enrolment {
  static final Setting<Boolean> ENABLED =
      Setting.flag(
              "aggregator.enrolment.enabled",
              "Speak TLS by an authority of its own, and let in only machines that were enrolled.")
          .withDefault("false");

  static final Setting<List<String>> NAMES =
      Setting.list(
          "aggregator.enrolment.names",
          "Further host names and addresses by which machines reach the aggregator.");

  static final Setting<Duration> VALIDITY =
      Setting.of(
              "aggregator.enrolment.certificate-validity",
              "How long the certificates of machines hold; they are renewed at two thirds of it.",
              "a duration of 1m to 8760h",
              text ->
                  Durations.parse(text)
                      .filter(value -> value.compareTo(Duration.ofMinutes(1)) >= 0)
                      .filter(value -> value.compareTo(Duration.ofDays(365)) <= 0))
          .withDefault("720h");

  static final List<Setting<?>> ALL = List.of(ENABLED, NAMES, VALIDITY);

  private static final EventLog LOG = EventLog.of(Enrolment.class);
  private static final TlsSettings TLS = TlsSettings.ofServer("aggregator");
  private static final String DIRECTORY = "authority";

  private Enrolment() {}

  /** Whether the aggregator speaks TLS. */
  static boolean speaksTls(Settings settings) {
    return settings.get(ENABLED) || settings.find(TLS.certificate()).isPresent();
  }

  /** Whether only machines come in that prove who they are. */
  static boolean isSecured(Settings settings) {
    return settings.get(ENABLED)
        || (settings.find(TLS.certificate()).isPresent() && settings.find(TLS.trust()).isPresent());
  }

  /** Begins to let machines in; stopped with the role. */
  static MachineAuthority start(RoleContext context, Lifecycle lifecycle, AccessStore store) {
    var settings = context.settings();
    if (settings.find(TLS.trust()).isPresent()) {
      throw new ConfigException(
          List.of(
              "%s is set and %s is true: expected certificates by an authority of yours, or by that of the aggregator"
                  .formatted(TLS.trust(), ENABLED)));
    }
    var host = context.host();
    var names = new LinkedHashSet<>(HostName.withAddresses());
    settings.find(NAMES).ifPresent(names::addAll);
    var authority =
        lifecycle.own(
            "machine authority",
            MachineAuthority.builder(
                    store, host.dataDirectory().resolve(DIRECTORY), host.executor())
                .names(List.copyOf(names))
                .validity(settings.get(VALIDITY))
                .time(host.time())
                .metrics(host.metrics())
                .build());
    LOG.info(
        "enrolling_machines",
        "Machines need a certificate; 'sysmonstm token create' lets a new one in",
        "pin",
        authority.pin(),
        "names",
        names);
    return authority;
  }

  /** Lets the collector of the same process in. */
  static RoleContext invite(RoleContext context, AccessStore store) {
    if (GrpcMetricSenderProvider.isEnrolled(context.host().dataDirectory())) {
      return context;
    }
    var invitation =
        Invitation.create(
            store, Actor.within("standalone"), Invitation.LONGEST, context.host().time().instant());
    return context
        .with(Setting.text("collector.enrolment.token", "").asSecret(), invitation.token().text())
        .with(Setting.text("collector.enrolment.ca-pin", ""), invitation.pin().toString());
  }
}
