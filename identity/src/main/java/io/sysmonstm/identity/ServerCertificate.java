package io.sysmonstm.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.PrivateFiles;
import io.sysmonstm.tls.TlsIdentity;
import io.sysmonstm.tls.TlsMaterial;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a server of this process shows: a certificate by its own authority, made anew at two thirds
 * of its life, and kept in a file where people have looked at it and shall find it again after a
 * restart. Thread-safe.
 */
final class ServerCertificate {
  private static final EventLog LOG = EventLog.of(MachineAuthority.class);

  private final CertificateAuthority authority;
  private final String use;
  private final List<String> names;
  private final Duration validity;
  private final TimeSource time;
  private final Optional<Path> file;
  private final CurrentTls tls;

  private ServerCertificate(
      CertificateAuthority authority,
      String use,
      List<String> names,
      Duration validity,
      TimeSource time,
      Optional<Path> file) {
    this.authority = authority;
    this.use = use;
    this.names = List.copyOf(names);
    this.validity = validity;
    this.time = time;
    this.file = file;
    tls = new CurrentTls(material(kept().orElseGet(this::make)));
  }

  /** One that ends with the process: whoever verifies it knows the authority. */
  static ServerCertificate passing(
      CertificateAuthority authority,
      String use,
      List<String> names,
      Duration validity,
      TimeSource time) {
    return new ServerCertificate(authority, use, names, validity, time, Optional.empty());
  }

  /** One that is the same after a restart, unless it does not fit any more. */
  static ServerCertificate kept(
      CertificateAuthority authority,
      String use,
      List<String> names,
      Duration validity,
      TimeSource time,
      Path file) {
    return new ServerCertificate(authority, use, names, validity, time, Optional.of(file));
  }

  CurrentTls tls() {
    return tls;
  }

  /** Makes it anew where that is due; handshakes from then on show the new one. */
  synchronized void renewIfDue() {
    var current = tls.material().identity().orElseThrow();
    if (isDue(current.certificate())) {
      tls.use(material(make()));
      LOG.info(use + "_certificate_renewed", "Made a new certificate for the " + use);
    }
  }

  private boolean isDue(X509Certificate certificate) {
    var renewAt = certificate.getNotAfter().toInstant().minus(validity.dividedBy(3));
    return !time.instant().isBefore(renewAt);
  }

  private TlsMaterial material(TlsIdentity identity) {
    return new TlsMaterial(Optional.of(identity), authority.trusted());
  }

  private TlsIdentity make() {
    var made = authority.server(use, names, now(), validity);
    file.ifPresent(path -> keep(path, made));
    return made;
  }

  private Instant now() {
    return time.instant();
  }

  private void keep(Path path, TlsIdentity identity) {
    try {
      PrivateFiles.write(path, identity.keyPem() + Certificates.toPem(identity.chain()));
    } catch (IOException e) {
      // It is good until the next start, which makes another one.
      LOG.error(use + "_certificate_not_kept", "Could not write the certificate of the " + use, e);
    }
  }

  private Optional<TlsIdentity> kept() {
    return file.filter(Files::exists).flatMap(this::read).filter(this::fits);
  }

  private Optional<TlsIdentity> read(Path path) {
    try {
      var text = Files.readString(path, UTF_8);
      return Optional.of(TlsIdentity.parse(text, text));
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn(
          use + "_certificate_unusable",
          "The certificate in '%s' cannot be used, another one takes its place: %s"
              .formatted(path, e.getMessage()),
          null);
      return Optional.empty();
    }
  }

  /** Whether it is by the authority of now, for all names of now, and not due to be renewed. */
  private boolean fits(TlsIdentity identity) {
    var certificate = identity.certificate();
    return isByAuthority(certificate)
        && !isDue(certificate)
        && namesOf(certificate).containsAll(normal(names));
  }

  private boolean isByAuthority(X509Certificate certificate) {
    try {
      certificate.verify(authority.trusted().getFirst().getPublicKey());
      return true;
    } catch (GeneralSecurityException another) {
      return false;
    }
  }

  private static Set<String> namesOf(X509Certificate certificate) {
    try {
      var names = certificate.getSubjectAlternativeNames();
      return names == null
          ? Set.of()
          : normal(
              names.stream()
                  .map(name -> Objects.toString(name.get(1), ""))
                  .collect(Collectors.toSet()));
    } catch (CertificateParsingException e) {
      return Set.of();
    }
  }

  private static Set<String> normal(Collection<String> names) {
    return names.stream().map(ServerCertificate::normal).collect(Collectors.toSet());
  }

  // An IPv6 address is written in many ways.
  private static String normal(String name) {
    try {
      return InetAddress.ofLiteral(name).getHostAddress();
    } catch (IllegalArgumentException noAddress) {
      return name.toLowerCase(Locale.ROOT);
    }
  }
}
