package io.sysmonstm.identity;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.StoreUnavailableException;
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
import io.sysmonstm.tls.TlsIdentity;
import io.sysmonstm.tls.TlsMaterial;
import io.sysmonstm.tls.TokenText;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
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
  private static final Duration SERVER_VALIDITY = Duration.ofDays(90);
  private static final int TRIES_PER_MINUTE = 10;
  private static final int NOTES_AT_ONCE = 8;
  private static final Actor AGGREGATOR = Actor.within("aggregator");

  private final AccessStore store;
  private final CertificateAuthority authority;
  private final List<String> names;
  private final Duration validity;
  private final TimeSource time;
  private final SelfMetrics metrics;
  private final ExecutorService executor;
  private final CurrentTls server;
  private final CurrentTls machines;
  private final KnownCredentials known;
  private final AddressLimit tries;
  private final Semaphore notes = new Semaphore(NOTES_AT_ONCE);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean published;

  private MachineAuthority(Builder builder) {
    store = builder.store;
    time = builder.time;
    metrics = builder.metrics;
    executor = builder.executor;
    names = builder.names;
    validity = builder.validity;
    authority = CertificateAuthority.open(builder.directory, time.instant());
    server = new CurrentTls(new TlsMaterial(Optional.of(newServer()), authority.trusted()));
    machines = new CurrentTls(new TlsMaterial(Optional.empty(), authority.trusted()));
    known = new KnownCredentials(store, time);
    tries = new AddressLimit(TRIES_PER_MINUTE, time);
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
    }
    renewServer();
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

  private TlsIdentity newServer() {
    return authority.server(names, time.instant(), SERVER_VALIDITY);
  }

  private void renewServer() {
    var renewAt = server.notAfter().orElseThrow().minus(SERVER_VALIDITY.dividedBy(3));
    if (time.instant().isAfter(renewAt)) {
      server.use(new TlsMaterial(Optional.of(newServer()), authority.trusted()));
      LOG.info("aggregator_certificate_renewed", "Made a new certificate for the aggregator");
    }
  }

  @Override
  public X509ExtendedKeyManager keyManager() {
    return server.keyManager();
  }

  @Override
  public X509ExtendedTrustManager trustManager() {
    return machines.trustManager();
  }

  @Override
  public Optional<MachineIdentity> byCertificate(X509Certificate certificate) {
    return known
        .find(serial(certificate))
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
    if (!tries.admits(source)) {
      count("too_many_tries");
      throw new RequestException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "this address has tried to enrol %d times in a minute: try again in a minute"
              .formatted(TRIES_PER_MINUTE));
    }
    var parsed =
        TokenText.parse(TokenText.Kind.ENROLMENT, token)
            .orElseThrow(() -> refuse(Optional.empty(), source));
    var checked = MachineRequests.check(request);
    var issued = issue(checked);
    var actor = new Actor("token " + parsed.id(), source);
    if (!store.redeem(
        parsed.id(),
        parsed.secretHash(),
        issued.credential,
        entry(actor, "machine_enrolled", issued.credential))) {
      throw refuse(Optional.of(parsed.id()), source);
    }
    known.add(issued.credential);
    count("enrolled");
    LOG.info(
        "machine_enrolled", "Let a new machine in", "machine", checked.machineId(), "from", source);
    return issued.enrolled;
  }

  private RequestException refuse(Optional<String> tokenId, String source) {
    count("refused");
    note(
        AuditEntry.of(
            time.instant(),
            new Actor(tokenId.map("token "::concat).orElse("unknown"), source),
            "enrolment_refused",
            tokenId.orElse(""),
            ""));
    return new RequestException(
        ErrorCode.UNAUTHENTICATED,
        "the enrolment token is unknown, used or expired: make a new one with 'sysmonstm token"
            + " create'");
  }

  @Override
  public Enrolled renew(MachineIdentity identity, byte[] request, String source) {
    if (!tries.admits(source)) {
      throw new RequestException(
          ErrorCode.RESOURCE_EXHAUSTED, "this address renews too often: try again in a minute");
    }
    var checked = MachineRequests.check(request);
    if (!checked.machineId().equals(identity.machineId())) {
      refused(identity, checked.machineId(), source);
      throw new RequestException(
          ErrorCode.PERMISSION_DENIED,
          "the credential is that of %s: expected a request for it"
              .formatted(identity.machineId()));
    }
    var issued = issue(checked);
    var actor = new Actor("machine " + identity.machineId(), source);
    if (!store.renew(
        identity.credentialId(),
        issued.credential,
        entry(actor, "machine_renewed", issued.credential))) {
      throw new RequestException(
          ErrorCode.UNAUTHENTICATED, "the credential of this machine holds no more");
    }
    known.add(issued.credential);
    count("renewed");
    return issued.enrolled;
  }

  private record Issued(MachineCredential credential, Enrolled enrolled) {}

  private Issued issue(MachineRequests.Checked checked) {
    var now = time.instant();
    var certificate = authority.machine(checked.machineId(), checked.key(), now, validity);
    var credential =
        new MachineCredential(
            serial(certificate),
            checked.machineId(),
            MachineCredential.Kind.CERTIFICATE,
            CertificateHash.of(certificate),
            now,
            certificate.getNotAfter().toInstant(),
            Optional.empty());
    return new Issued(
        credential,
        new Enrolled(
            checked.machineId(),
            List.of(certificate, authority.trusted().getFirst()),
            authority.trusted()));
  }

  private AuditEntry entry(Actor actor, String action, MachineCredential credential) {
    return AuditEntry.of(
        time.instant(),
        actor,
        action,
        credential.machineId(),
        "certificate %s until %s".formatted(credential.id(), credential.expiresAt()));
  }

  @Override
  public void refused(MachineIdentity identity, String named, String source) {
    metrics
        .counter(
            "machine_identities_refused_total",
            "Streams that named another machine than their credential.")
        .increment();
    note(
        AuditEntry.of(
            time.instant(),
            new Actor("machine " + identity.machineId(), source),
            "identity_refused",
            Names.shown(named),
            "credential " + identity.credentialId()));
  }

  /** Writes into the audit in the background; of many at once some are left out, and counted. */
  private void note(AuditEntry entry) {
    if (!notes.tryAcquire()) {
      metrics
          .counter(
              "audit_entries_dropped_total", "Entries of the audit that there was no room for.")
          .increment();
      return;
    }
    executor.execute(
        () -> {
          try {
            store.record(entry);
          } catch (StoreUnavailableException away) {
            LOG.warn("audit_failed", "Could not write into the audit: " + entry.action(), away);
          } finally {
            notes.release();
          }
        });
  }

  private void count(String outcome) {
    metrics
        .counter(
            "machine_enrolments_total",
            "Machines that asked for a certificate, by what became of it.",
            Labels.of("outcome", outcome))
        .increment();
  }

  private static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
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
