package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Silence;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.OwedNotification;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Alerts, rules and silences in one SQLite file, for one process at a time. Thread-safe; every
 * change waits for the disk, so that neither the end of the process nor a power cut takes it away.
 * Resolved alerts are kept for 90 days, 100,000 at the most, and with them what is owed of them;
 * what people did, for two years. A silence that is over is deleted. A rule of the API is hidden
 * while the file has one of the same name. Of two people who acknowledge an alert, the first stays.
 *
 * <p>Leases of notifications are in memory, by the monotonic clock: the end of the process ends
 * them.
 */
public final class EmbeddedAlertStore implements AlertStore {
  private static final int CHANGES_BETWEEN_PRUNINGS = 100;

  private final Database database;
  private final TimeSource time;
  private final Duration keepResolved;
  private final int maxResolved;
  private final AuditTrail audit;
  private final SharedAudit access;
  // Grows with the one in the file, so that asking for it touches no disk.
  private final AtomicLong revision = new AtomicLong();
  private final AtomicLong resolved = new AtomicLong();
  private final Leases leases;

  private EmbeddedAlertStore(Builder builder) {
    this.time = builder.context.time();
    this.keepResolved = builder.keepResolved;
    this.maxResolved = builder.maxResolved;
    this.audit = new AuditTrail("alerts", builder.context);
    this.access = new SharedAudit(builder.accessFile);
    this.leases = new Leases(time);
    this.database = new Database(builder.file, Schema.ALERTS, time);
    if (database.health().isOk()) {
      revision.set(database.read("read the revision", EmbeddedAlertStore::storedRevision));
    }
  }

  /**
   * Starts one; the file is {@code alerts.db} in the data directory unless told otherwise.
   *
   * @param context time and data directory
   * @return a builder
   */
  public static Builder builder(ProviderContext context) {
    return new Builder(context);
  }

  @Override
  public Alert save(Alert alert, List<Notification> owed) {
    var stored =
        database.write(
            "save an alert",
            session -> {
              var before = AlertRows.find(session, alert.id());
              if (alert.open() && before.isPresent() && !before.get().open()) {
                return before;
              }
              AlertRows.save(session, alert);
              if (!alert.open()) {
                OwedRows.deleteRepetitions(session, alert.id());
              }
              OwedRows.add(session, owed);
              if (before.flatMap(Alert::acknowledgedBy).isEmpty()
                  && alert.acknowledgedBy().isPresent()) {
                advance(session);
              }
              prune(session, alert);
              return AlertRows.find(session, alert.id());
            });
    // One that resolved too long ago is pruned at once.
    return stored.orElse(alert);
  }

  @Override
  public void forget(String id) {
    database.write(
        "forget an alert",
        session -> {
          AlertRows.delete(session, id);
          return true;
        });
  }

  @Override
  public List<Alert> alerts(AlertQuery query) {
    return database.read("read alerts", session -> AlertRows.find(session, query));
  }

  @Override
  public Alert acknowledge(String id, Actor by) {
    return database.write(
        "acknowledge an alert",
        session -> {
          var alert = AlertRows.find(session, id).orElseThrow(() -> noSuch("alert", id));
          if (!alert.open()) {
            throw new RequestException(
                ErrorCode.FAILED_PRECONDITION,
                "alert %s is resolved: expected a pending or firing one"
                    .formatted(Names.shown(id)));
          }
          if (alert.acknowledgedBy().isPresent()) {
            return alert;
          }
          var acknowledged = alert.toBuilder().acknowledgedBy(by.name()).build();
          AlertRows.save(session, acknowledged);
          record(session, by, "alert_acknowledged", id, "");
          return acknowledged;
        });
  }

  @Override
  public List<Rule> rules() {
    return database.read("read rules", RuleRows::all);
  }

  @Override
  public void replaceFileRules(List<Rule> rules) {
    database.write(
        "replace the rules of the file",
        session -> {
          var before = RuleRows.all(session);
          RuleRows.deleteAll(session, Rule.Origin.FILE);
          int position = 0;
          for (var rule : rules) {
            RuleRows.put(session, rule.withOrigin(Rule.Origin.FILE), position++);
          }
          return RuleRows.all(session).equals(before) ? revision.get() : advance(session);
        });
  }

  @Override
  public void putRule(Rule rule, Actor by) {
    database.write(
        "put a rule",
        session -> {
          refuseFileRule(session, rule.name());
          var change =
              Change.of(RuleRows.keys(session, rule.name()), Optional.of(RuleRows.keys(rule)));
          RuleRows.put(session, rule.withOrigin(Rule.Origin.API), 0);
          return record(session, by, "rule_put", rule.name(), change);
        });
  }

  @Override
  public void deleteRule(String name, Actor by) {
    database.write(
        "delete a rule",
        session -> {
          refuseFileRule(session, name);
          var before = RuleRows.keys(session, name);
          if (before.isEmpty()) {
            throw noSuch("rule", name);
          }
          RuleRows.delete(session, name, Rule.Origin.API);
          return record(session, by, "rule_deleted", name, Change.of(before, Optional.empty()));
        });
  }

  @Override
  public List<OwedNotification> claim(String notifier, String by, Duration lease, int most) {
    return database.tend(
        "claim notifications",
        session -> {
          // Each lease of another may hide an alert.
          int alerts = most + leases.expire();
          var ready = OwedRows.ready(session, notifier, time.instant(), alerts);
          return leases.take(ready, by, lease, most);
        });
  }

  @Override
  public void settle(List<Notification> done, List<Notification> later) {
    database.write(
        "settle notifications",
        session -> {
          for (var one : done) {
            OwedRows.delete(session, one);
            leases.end(one);
          }
          for (var one : later) {
            OwedRows.put(session, one);
            leases.end(one);
          }
          return true;
        });
  }

  @Override
  public List<Silence> silences() {
    return database.read("read silences", session -> SilenceRows.all(session, time.instant()));
  }

  @Override
  public void putSilence(Silence silence, Actor by) {
    database.write(
        "put a silence",
        session -> {
          SilenceRows.deleteOver(session, time.instant());
          var change =
              Change.of(
                  SilenceRows.keys(session, silence.id()), Optional.of(SilenceRows.keys(silence)));
          SilenceRows.put(session, silence);
          return record(session, by, "silence_put", silence.id(), change);
        });
  }

  @Override
  public void endSilence(String id, Actor by) {
    database.write(
        "end a silence",
        session -> {
          var before = SilenceRows.keys(session, id);
          if (!SilenceRows.delete(session, id, time.instant())) {
            throw noSuch("silence", id);
          }
          return record(session, by, "silence_ended", id, Change.of(before, Optional.empty()));
        });
  }

  @Override
  public List<AuditEntry> audit(Optional<String> subject, int most) {
    return database.read(
        "read the audit",
        session -> access.with(AuditRows.newest(session, subject, most), subject, most));
  }

  @Override
  public long revision() {
    return revision.get();
  }

  @Override
  public Health health() {
    return database.health();
  }

  @Override
  public void close() {
    access.close();
    database.close();
  }

  /** For tests: the file below. */
  Database database() {
    return database;
  }

  private long record(Session session, Actor by, String action, String subject, String detail)
      throws SQLException {
    audit.record(session, AuditEntry.of(time.instant(), by, action, subject, detail));
    return advance(session);
  }

  /**
   * Makes the revision grow; also where it was not read at the start, or the file was begun anew.
   */
  private long advance(Session session) throws SQLException {
    long next = Math.max(storedRevision(session), revision.get()) + 1;
    var update = session.prepare("UPDATE revision SET number = ?");
    update.setLong(1, next);
    update.executeUpdate();
    // Early where the transaction fails after this: somebody looks once too often, and nobody too
    // seldom.
    return revision.accumulateAndGet(next, Math::max);
  }

  private static long storedRevision(Session session) throws SQLException {
    return Session.numberOr(0, session.prepare("SELECT number FROM revision"));
  }

  private void prune(Session session, Alert saved) throws SQLException {
    if (saved.state() == AlertState.RESOLVED
        && resolved.getAndIncrement() % CHANGES_BETWEEN_PRUNINGS == 0) {
      AlertRows.prune(session, time.instant().minus(keepResolved), maxResolved);
    }
  }

  private static void refuseFileRule(Session session, String name) throws SQLException {
    if (RuleRows.has(session, name, Rule.Origin.FILE)) {
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION,
          "rule %s comes from the rules file: change it there".formatted(Names.shown(name)));
    }
  }

  private static RequestException noSuch(String what, String name) {
    return new RequestException(
        ErrorCode.NOT_FOUND, "there is no %s %s".formatted(what, Names.shown(name)));
  }

  /** Collects what a store needs. Confined to one thread. */
  public static final class Builder {
    private final ProviderContext context;
    private final Path accessFile;
    private Path file;
    private Duration keepResolved = Duration.ofDays(90);
    private int maxResolved = 100_000;

    private Builder(ProviderContext context) {
      this.context = context;
      this.file = context.dataDirectory().resolve("alerts.db");
      this.accessFile = context.dataDirectory().resolve(EmbeddedAccessStore.FILE);
    }

    /**
     * Sets the file; it is made where there is none.
     *
     * @param value a file on a local disk, in a directory that exists
     * @return this builder
     */
    public Builder file(Path value) {
      file = value;
      return this;
    }

    /**
     * Sets how long a resolved alert is kept, 90 days unless told otherwise.
     *
     * @param value since it resolved
     * @return this builder
     */
    public Builder keepResolved(Duration value) {
      keepResolved = value;
      return this;
    }

    /**
     * Sets the bound on resolved alerts, 100,000 unless told otherwise; about a hundred more may be
     * stored for a while.
     *
     * @param value 0 or more
     * @return this builder
     */
    public Builder maxResolved(int value) {
      maxResolved = value;
      return this;
    }

    /**
     * Opens the store. Where the file cannot be opened now, the store starts all the same, says so
     * in its health, and tries again at each use.
     *
     * @return the store
     * @throws io.sysmonstm.api.ConfigException where another process uses the file
     */
    public EmbeddedAlertStore build() {
      return new EmbeddedAlertStore(this);
    }
  }
}
