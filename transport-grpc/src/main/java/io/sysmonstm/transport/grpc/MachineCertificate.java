package io.sysmonstm.transport.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.tls.CertificatePin;
import io.sysmonstm.tls.CertificateRequest;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.PinnedTrust;
import io.sysmonstm.tls.PrivateFiles;
import io.sysmonstm.tls.TlsIdentity;
import io.sysmonstm.tls.TlsMaterial;
import io.sysmonstm.tls.TokenText;
import io.sysmonstm.transport.grpc.v1.EnrolRequest;
import io.sysmonstm.transport.grpc.v1.Enrolled;
import io.sysmonstm.transport.grpc.v1.EnrolmentServiceGrpc;
import io.sysmonstm.transport.grpc.v1.RenewRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The certificate of this machine: got by a one-time token, kept in a directory with its key, which
 * never leaves it, and renewed at two thirds of its life. Thread-safe.
 */
final class MachineCertificate implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(GrpcMetricSender.class);
  private static final String IDENTITY = "machine.pem";
  private static final String TRUST = "trust.pem";
  private static final String TOKEN_LINE = "# enrolled by token ";
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  /**
   * How a machine comes in.
   *
   * @param token what lets it in, where it is not in yet
   * @param pin of the authority to be found at the aggregator
   * @param trust authorities that are trusted beside what the aggregator says
   */
  record Enrolment(
      Optional<TokenText> token, Optional<CertificatePin> pin, List<X509Certificate> trust) {}

  private final String target;
  private final Path directory;
  private final Enrolment enrolment;
  private final TimeSource time;
  private final Function<ChannelCredentials, ManagedChannel> connect;
  private final Runnable changed;
  private final CurrentTls tls;
  private final CountDownLatch closed = new CountDownLatch(1);
  // Guarded by this.
  private Optional<String> enrolledBy = Optional.empty();
  private Duration pause = FIRST_PAUSE;

  MachineCertificate(
      String target,
      Path directory,
      Enrolment enrolment,
      TimeSource time,
      Function<ChannelCredentials, ManagedChannel> connect,
      Runnable changed) {
    this.target = target;
    this.directory = directory;
    this.enrolment = enrolment;
    this.time = time;
    this.connect = connect;
    this.changed = changed;
    tls = new CurrentTls(new TlsMaterial(Optional.empty(), enrolment.trust()));
    if (isKept(directory)) {
      read();
    }
  }

  /** Whether a machine has come in before, and kept its certificate in a directory. */
  static boolean isKept(Path directory) {
    return Files.exists(directory.resolve(IDENTITY));
  }

  /** What to speak TLS with; shows nothing before the machine is in. */
  CurrentTls tls() {
    return tls;
  }

  private void read() {
    try {
      var text = Files.readString(directory.resolve(IDENTITY), UTF_8);
      var trust = Certificates.parse(Files.readString(directory.resolve(TRUST), UTF_8));
      enrolledBy =
          text.lines()
              .filter(line -> line.startsWith(TOKEN_LINE))
              .map(line -> line.substring(TOKEN_LINE.length()).strip())
              .findFirst();
      tls.use(material(TlsIdentity.parse(text, text), trust));
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException(
          List.of(
              "the certificate of this machine in '%s' cannot be used: %s; delete the directory and enrol again"
                  .formatted(directory, e.getMessage())));
    }
  }

  private TlsMaterial material(TlsIdentity identity, List<X509Certificate> authorities) {
    var all = new ArrayList<>(authorities);
    all.addAll(enrolment.trust());
    return new TlsMaterial(Optional.of(identity), all);
  }

  /** Whether {@link #require} would have to ask the aggregator. */
  synchronized boolean isMissing() {
    return identity().isEmpty() || isOfAnotherToken() || hasExpired();
  }

  private Optional<TlsIdentity> identity() {
    return tls.material().identity();
  }

  // Somebody has made a new token because the certificate is of no use any more.
  private boolean isOfAnotherToken() {
    return enrolment
        .token()
        .filter(token -> !enrolledBy.equals(Optional.of(token.id())))
        .isPresent();
  }

  private boolean hasExpired() {
    return identity().filter(known -> !time.instant().isBefore(known.notAfter())).isPresent();
  }

  /**
   * Comes in, where this machine is not in. Blocks, with a deadline.
   *
   * @param machineId who it is
   * @throws SysmonstmException where it is not let in, or is in under another name
   */
  synchronized void require(String machineId) {
    if (isMissing()) {
      enrol(machineId);
    }
    var name = identity().map(MachineCertificate::commonName).orElse("");
    if (!name.equals("CN=" + machineId)) {
      throw new RequestException(
          ErrorCode.PERMISSION_DENIED,
          "the certificate in '%s' is for %s and this machine is called %s: set collector.machine-id back, or delete the directory and enrol again"
              .formatted(directory, name, machineId));
    }
  }

  private static String commonName(TlsIdentity identity) {
    return identity.certificate().getSubjectX500Principal().getName();
  }

  private void enrol(String machineId) {
    var token =
        enrolment
            .token()
            .orElseThrow(
                () ->
                    new RequestException(
                        ErrorCode.UNAUTHENTICATED,
                        "this machine has no certificate that is valid, and no token: run 'sysmonstm"
                            + " token create' at the aggregator and set COLLECTOR_ENROLMENT_TOKEN"));
    var keys = CertificateRequest.newKeys();
    X509ExtendedTrustManager trust =
        enrolment.pin().<X509ExtendedTrustManager>map(PinnedTrust::new).orElse(tls.trustManager());
    var enrolled =
        call(
            Tls.client(trust),
            "enrolment of " + machineId,
            stub ->
                stub.enrol(
                    EnrolRequest.newBuilder()
                        .setToken(token.text())
                        .setCertificateRequest(request(machineId, keys))
                        .build()));
    enrolledBy = Optional.of(token.id());
    keep(enrolled, keys);
    LOG.info(
        "machine_enrolled",
        "This machine has got its certificate",
        "machine",
        machineId,
        "aggregator",
        target,
        "until",
        tls.notAfter().orElseThrow());
  }

  /** Renews the certificate where that is due; what fails is tried again later. */
  synchronized Duration renewIfDue() {
    var due = renewAt();
    var now = time.instant();
    if (due.isEmpty() || now.isBefore(due.get())) {
      return due.map(at -> Duration.between(now, at))
          .filter(left -> left.compareTo(LOOK) < 0)
          .orElse(LOOK);
    }
    try {
      renew();
      pause = FIRST_PAUSE;
      return Duration.ZERO;
    } catch (SysmonstmException failure) {
      var wait = pause;
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
              ? LONGEST_PAUSE
              : pause.multipliedBy(2);
      LOG.warn(
          "renewal_failed",
          "Could not renew the certificate of this machine: " + failure.getMessage(),
          null,
          "until",
          tls.notAfter().orElseThrow(),
          "next_try_in",
          wait);
      return wait;
    }
  }

  private void renew() {
    var machineId = commonName(identity().orElseThrow()).substring("CN=".length());
    var keys = CertificateRequest.newKeys();
    var enrolled =
        call(
            Tls.client(tls),
            "renewal of the certificate of " + machineId,
            stub ->
                stub.renew(
                    RenewRequest.newBuilder()
                        .setCertificateRequest(request(machineId, keys))
                        .build()));
    keep(enrolled, keys);
    LOG.info(
        "certificate_renewed",
        "Renewed the certificate of this machine",
        "until",
        tls.notAfter().orElseThrow());
  }

  /** Two thirds of the life of what is there; empty where it has ended or there is none. */
  private Optional<Instant> renewAt() {
    return identity()
        .map(TlsIdentity::certificate)
        .map(
            certificate -> {
              var begin = certificate.getNotBefore().toInstant();
              var end = certificate.getNotAfter().toInstant();
              return end.minus(Duration.between(begin, end).dividedBy(3));
            })
        .filter(at -> !hasExpired());
  }

  private static ByteString request(String machineId, KeyPair keys) {
    return ByteString.copyFrom(CertificateRequest.encode(machineId, keys));
  }

  private Enrolled call(
      ChannelCredentials credentials,
      String tried,
      Function<EnrolmentServiceGrpc.EnrolmentServiceBlockingStub, Enrolled> question) {
    var channel = connect.apply(credentials);
    try {
      return question.apply(
          EnrolmentServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (StatusRuntimeException e) {
      throw Statuses.toException(e.getStatus(), tried + " at " + target);
    } finally {
      channel.shutdownNow();
    }
  }

  private void keep(Enrolled enrolled, KeyPair keys) {
    var identity = identity(enrolled, keys);
    var trust = decode(enrolled.getTrustList());
    try {
      // The machine is in once the second file is there.
      PrivateFiles.write(directory.resolve(TRUST), Certificates.toPem(trust));
      PrivateFiles.write(
          directory.resolve(IDENTITY),
          enrolledBy.map(id -> TOKEN_LINE + id + "\n").orElse("")
              + identity.keyPem()
              + Certificates.toPem(identity.chain()));
    } catch (IOException e) {
      // It works until the next start.
      LOG.error(
          "certificate_not_kept",
          "Could not write the certificate of this machine: after a restart it has to be enrolled"
              + " again",
          e);
    }
    tls.use(material(identity, trust));
    changed.run();
  }

  private static TlsIdentity identity(Enrolled enrolled, KeyPair keys) {
    try {
      return new TlsIdentity(keys.getPrivate(), decode(enrolled.getChainList()));
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  private static List<X509Certificate> decode(List<ByteString> certificates) {
    try {
      return certificates.stream().map(der -> Certificates.decode(der.toByteArray())).toList();
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  private static RequestException unusable(IllegalArgumentException cause) {
    return new RequestException(
        ErrorCode.UNAVAILABLE,
        "the aggregator's certificate for this machine cannot be used: " + cause.getMessage(),
        cause);
  }

  /** Renews when it is due, until closed. */
  void follow(Executor executor) {
    executor.execute(
        () -> {
          try {
            var wait = Duration.ZERO;
            while (!closed.await(Math.max(100, wait.toMillis()), TimeUnit.MILLISECONDS)) {
              wait = renewIfDue();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
