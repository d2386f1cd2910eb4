package io.sysmonstm.identity;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.MachineAccess;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.MachineIdentity;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.tls.CertificatePin;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.CurrentTls;
import io.sysmonstm.tls.TlsMaterial;
import io.sysmonstm.tls.TokenText;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Lets machines in: enrols them by one-time tokens, issues and renews their certificates, and tells
 * which credentials hold. What is revoked anywhere holds no more within five seconds of a store
 * that can be reached. While the store is away, machines that are known stay in, and nobody else is
 * let in. Thread-safe.
 */
public final class MachineAuthority implements MachineAccess, AutoCloseable {
  private static final EventLog LOG = EventLog.of(MachineAuthority.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final Duration AGGREGATOR_VALIDITY = Duration.ofDays(90);
  // What is kept is looked at by people, some of whom say yes to it by hand.
  private static final Duration KEPT_VALIDITY = Duration.ofDays(397);
  private static final Actor AGGREGATOR = Actor.within("aggregator");

  private final AccessStore store;
  private final CertificateAuthority authority;
  private final Path directory;
  private final TimeSource time;
  private final ExecutorService executor;
  private final ServerCertificate aggregator;
  private final List<ServerCertificate> servers = new CopyOnWriteArrayList<>();
  private final CurrentTls machines;
  private final KnownCredentials known;
  private final MachineEnrolment enrolment;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean published;

  private MachineAuthority(Builder builder) {
    store = builder.store;
    time = builder.time;
    executor = builder.executor;
    directory = builder.directory;
    authority = CertificateAuthority.open(directory, time.instant());
    aggregator =
        ServerCertificate.passing(
            authority, "aggregator", builder.names, AGGREGATOR_VALIDITY, time);
    servers.add(aggregator);
    machines = new CurrentTls(new TlsMaterial(Optional.empty(), authority.trusted()));
    known = new KnownCredentials(store, time);
    enrolment =
        new MachineEnrolment(
            store,
            authority,
            known,
            new AuditNotes(store, executor, builder.metrics),
            builder.validity,
            time,
            builder.metrics);
  }

  /**
   * Starts a description.
   *
   * @param store where tokens and credentials are
   * @param directory where the authority is kept; it is made at the first use
   * @param executor gives each task a thread that may block; not closed
   * @return a builder
   */
  public static Builder builder(AccessStore store, Path directory, ExecutorService executor) {
    return new Builder(store, directory, executor);
  }

  /** {@return the pin of the authority, which new machines are told} */
  public CertificatePin pin() {
    return CertificatePin.of(authority.trusted().getFirst());
  }

  /** Begins to follow the store; does not wait for one that is away. */
  private void start() {
    tick();
    executor.execute(
        () -> {
          try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
              tick();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Reads what has changed in the store, and makes the own certificate anew in time. */
  void tick() {
    try {
      publish();
      known.refresh();
    } catch (SysmonstmException away) {
      LOG.warn(
          "access_store_failed",
          "The store of access cannot be reached: machines that are known stay in, nobody else is"
              + " let in, and revocations wait: "
              + away.getMessage(),
          null);
    } catch (RuntimeException unexpected) {
      // Who is revoked later must still be seen.
      LOG.error("access_store_failed", "Could not follow the store of access", unexpected);
    }
    servers.forEach(MachineAuthority::renewIfDue);
  }

  // One that cannot be made keeps neither the others from it, nor revocations from being seen.
  private static void renewIfDue(ServerCertificate certificate) {
    try {
      certificate.renewIfDue();
    } catch (RuntimeException e) {
      LOG.error("certificate_not_renewed", "Could not make a certificate anew; trying again", e);
    }
  }

  private void publish() {
    if (published) {
      return;
    }
    var pem = Certificates.toPem(authority.trusted());
    var before = store.machineAuthority();
    if (!before.equals(Optional.of(pem))) {
      if (before.isPresent()) {
        LOG.warn(
            "machine_authority_differs",
            "The store knows another authority for machines, which this aggregator replaces;"
                + " aggregators that share a store need the same authority.pem and"
                + " authority-key.pem",
            null);
      }
      store.putMachineAuthority(
          pem,
          AuditEntry.of(
              time.instant(), AGGREGATOR, "machine_authority_made", pin().toString(), ""));
    }
    published = true;
  }

  /**
   * {@return what another server of this process speaks TLS with: a certificate by this authority,
   * for servers alone. It is kept in the directory of the authority, so that it is the same after a
   * restart; it is renewed at two thirds of its life, which is 397 days, for as long as this is
   * open}
   *
   * @param use whose it is, such as {@code gateway}: the name of the file, and in logs
   * @param names host names and addresses that the server is called by; where one is not in the
   *     certificate that was kept, another one takes its place
   */
  public CurrentTls server(String use, List<String> names) {
    var certificate =
        ServerCertificate.kept(
            authority, use, names, KEPT_VALIDITY, time, directory.resolve(use + ".pem"));
    servers.add(certificate);
    return certificate.tls();
  }

  /** {@return the file with the authority's own certificate, to be trusted by others} */
  public Path file() {
    return CertificateAuthority.file(directory);
  }

  @Override
  public X509ExtendedKeyManager keyManager() {
    return aggregator.tls().keyManager();
  }

  @Override
  public X509ExtendedTrustManager trustManager() {
    return machines.trustManager();
  }

  @Override
  public Optional<MachineIdentity> byCertificate(X509Certificate certificate) {
    return known
        .find(KnownCredentials.serial(certificate))
        .filter(credential -> credential.kind() == MachineCredential.Kind.CERTIFICATE)
        .filter(credential -> credential.secretHash().equals(CertificateHash.of(certificate)))
        .filter(this::holds)
        .map(MachineAuthority::identity);
  }

  @Override
  public Optional<MachineIdentity> byToken(String token) {
    return TokenText.parse(TokenText.Kind.MACHINE, token)
        .flatMap(
            parsed ->
                known
                    .find(parsed.id())
                    .filter(credential -> credential.kind() == MachineCredential.Kind.TOKEN)
                    .filter(credential -> parsed.isOf(credential.secretHash())))
        .filter(this::holds)
        .map(MachineAuthority::identity);
  }

  @Override
  public boolean holds(MachineIdentity identity) {
    return known.holds(identity.credentialId());
  }

  private boolean holds(MachineCredential credential) {
    return KnownCredentials.holds(credential, time.instant());
  }

  private static MachineIdentity identity(MachineCredential credential) {
    return new MachineIdentity(credential.machineId(), credential.id(), credential.expiresAt());
  }

  @Override
  public Enrolled enrol(String token, byte[] request, String source) {
    return enrolment.enrol(token, request, source);
  }

  @Override
  public Enrolled renew(MachineIdentity identity, byte[] request, String source) {
    return enrolment.renew(identity, request, source);
  }

  @Override
  public void refused(MachineIdentity identity, String named, String source) {
    enrolment.refused(identity, named, source);
  }

  /** Follows the store no more; what is known holds on until it expires. */
  @Override
  public void close() {
    closed.countDown();
  }

  /** Collects what an authority needs. Confined to one thread. */
  public static final class Builder {
    private final AccessStore store;
    private final Path directory;
    private final ExecutorService executor;
    private List<String> names = List.of("localhost", "127.0.0.1", "::1");
    private Duration validity = Duration.ofDays(30);
    private TimeSource time = TimeSource.system();
    private SelfMetrics metrics = new SelfMetrics();

    private Builder(AccessStore store, Path directory, ExecutorService executor) {
      this.store = store;
      this.directory = directory;
      this.executor = executor;
    }

    /**
     * Sets the host names and addresses that the aggregator's certificate is for; those of the
     * loopback unless told otherwise.
     *
     * @param value one or more
     * @return this builder
     */
    public Builder names(List<String> value) {
      names = List.copyOf(value);
      return this;
    }

    /**
     * Sets how long the certificates of machines are valid, 30 days unless told otherwise.
     *
     * @param value more than zero
     * @return this builder
     */
    public Builder validity(Duration value) {
      validity = value;
      return this;
    }

    /**
     * Sets the clock.
     *
     * @param value the clock
     * @return this builder
     */
    public Builder time(TimeSource value) {
      time = value;
      return this;
    }

    /**
     * Sets where it counts what it does.
     *
     * @param value the set of counters
     * @return this builder
     */
    public Builder metrics(SelfMetrics value) {
      metrics = value;
      return this;
    }

    /**
     * {@return the authority, which follows the store until it is closed}
     *
     * @throws io.sysmonstm.api.ConfigException where the authority cannot be read or made
     */
    public MachineAuthority build() {
      var authority = new MachineAuthority(this);
      authority.start();
      return authority;
    }
  }
}
