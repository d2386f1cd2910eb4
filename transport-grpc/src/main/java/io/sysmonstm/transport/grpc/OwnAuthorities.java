package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.MachineAccess;
import io.sysmonstm.spi.MachineIdentity;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.tls.CurrentTls;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Machines that prove who they are by certificates of the operator's own authorities: the common
 * name is the machine's id. What such an authority revokes is not known here. Thread-safe.
 */
final class OwnAuthorities implements MachineAccess {
  private static final EventLog LOG = EventLog.of(GrpcIngestServer.class);

  private final CurrentTls tls;
  private final TimeSource time;
  private final SelfMetrics metrics;

  OwnAuthorities(CurrentTls tls, TimeSource time, SelfMetrics metrics) {
    this.tls = tls;
    this.time = time;
    this.metrics = metrics;
  }

  @Override
  public X509ExtendedKeyManager keyManager() {
    return tls.keyManager();
  }

  @Override
  public X509ExtendedTrustManager trustManager() {
    return tls.trustManager();
  }

  @Override
  public Optional<MachineIdentity> byCertificate(X509Certificate certificate) {
    var end = certificate.getNotAfter().toInstant();
    return time.instant().isBefore(end)
        ? commonName(certificate)
            .filter(name -> Names.machineIdProblem(name).isEmpty())
            .map(name -> new MachineIdentity(name, certificate.getSerialNumber().toString(16), end))
        : Optional.empty();
  }

  private static Optional<String> commonName(X509Certificate certificate) {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName())
          .getRdns().stream()
              .filter(part -> part.getType().equalsIgnoreCase("CN"))
              .map(part -> part.getValue().toString())
              .findFirst();
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<MachineIdentity> byToken(String token) {
    return Optional.empty();
  }

  @Override
  public boolean holds(MachineIdentity identity) {
    return time.instant().isBefore(identity.expiresAt());
  }

  @Override
  public Enrolled enrol(String token, byte[] request, String source) {
    throw notHere();
  }

  @Override
  public Enrolled renew(MachineIdentity identity, byte[] request, String source) {
    throw notHere();
  }

  private static RequestException notHere() {
    return new RequestException(
        ErrorCode.FAILED_PRECONDITION,
        "this aggregator issues no certificates: get one from its operator's authority");
  }

  @Override
  public void refused(MachineIdentity identity, String named, String source) {
    metrics
        .counter(
            "machine_identities_refused_total",
            "Streams that named another machine than their credential.",
            Labels.empty())
        .increment();
    LOG.warn(
        "identity_refused",
        "A machine named another one than its certificate is of",
        null,
        "machine",
        identity.machineId(),
        "named",
        Names.shown(named),
        "from",
        source);
  }
}
