package io.sysmonstm.store.timescale;

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
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.OwedNotification;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Alerts, rules and silences in PostgreSQL, with or without the extension TimescaleDB, shared by
 * any number of processes. Thread-safe. Times are kept to the microsecond.
 *
 * <p>Of one rule, machine and labels at most one alert is open: where another is saved, the one
 * before ends in the same transaction. A rule of the API is hidden while the file has one of the
 * same name. Of two people who acknowledge an alert, the first stays. Resolved alerts are kept for
 * 90 days, 100,000 at the most, and with them what is owed of them; what people did, for two years.
 * A silence that is over is deleted.
 *
 * <p>What is due, leases, and the ends of silences go by the server's clock, which all processes
 * share; what a process says is due, it reckons by its own.
 */
public final class TimescaleAlertStore implements AlertStore {
  private static final EventLog LOG = EventLog.of(TimescaleAlertStore.class);

  /** What an audit needs, too. */
  static final List<Migration> MIGRATIONS =
      List.of(Migration.of("alerts-001"), Migration.of("alerts-002"), Migration.of("audit-001"));

  private static final int CHANGES_BETWEEN_PRUNINGS = 100;

  private final Database database;
  private final TimeSource time;
  private final Duration keepResolved;
  private final int maxResolved;
  private final AuditTrail audit;
  private final Clock clock;
  private final AtomicLong resolved = new AtomicLong();

  private TimescaleAlertStore(Builder builder) {
    this.time = builder.context.time();
    this.keepResolved = builder.keepResolved;
    this.maxResolved = builder.maxResolved;
    this.clock = builder.clock;
    this.audit = new AuditTrail("alerts", builder.context);
    this.database =
        new Database(builder.server(), "alerts", TimescaleAlertStore::migrate, builder.context);
  }

  /**
   * Starts one.
   *
   * @param context time, executor and counters
   * @param url a JDBC URL, {@code jdbc:postgresql://host:port/database}; TLS and all else that the
   *     driver knows as its parameters
   * @return a builder
   */
  public static Builder builder(ProviderContext context, String url) {
    return new Builder(context, url);
  }

  @Override
  public Alert save(Alert alert, List<Notification> owed) {
    var stored =
        write(
            "save an alert",
            connection -> new AlertSave(connection, time.instant()).run(alert, owed));
    prune(alert);
    return stored;
  }

  @Override
  public void forget(String id) {
    write(
        "forget an alert",
        connection -> {
          AlertRows.delete(connection, id);
          return true;
        });
  }

  @Override
  public List<Alert> alerts(AlertQuery query) {
    return database.read("read alerts", connection -> AlertRows.find(connection, query));
  }

  @Override
  public Alert acknowledge(String id, Actor by) {
    return write(
        "acknowledge an alert",
        connection -> {
          var alert = AlertRows.lock(connection, id).orElseThrow(() -> noSuch("alert", id));
          if (!alert.open()) {
            throw new RequestException(
                ErrorCode.FAILED_PRECONDITION,
                "alert %s is resolved: expected a pending or firing one"
                    .formatted(Names.shown(id)));
          }
          if (alert.acknowledgedBy().isPresent()) {
            return alert;
          }
          Revision.ALERTS.advance(connection);
          record(connection, by, "alert_acknowledged", id, "");
          return AlertRows.acknowledge(connection, id, by.name());
        });
  }

  @Override
  public List<Rule> rules() {
    return database.read("read rules", RuleRows::all);
  }

  @Override
  public void replaceFileRules(List<Rule> rules) {
    write(
        "replace the rules of the file",
        connection -> {
          Revision.ALERTS.lock(connection);
          var before = RuleRows.all(connection);
          RuleRows.deleteAll(connection, Rule.Origin.FILE);
          int position = 0;
          for (var rule : rules) {
            RuleRows.put(connection, rule.withOrigin(Rule.Origin.FILE), position++);
          }
          if (!RuleRows.all(connection).equals(before)) {
            Revision.ALERTS.advance(connection);
          }
          return true;
        });
  }

  @Override
  public void putRule(Rule rule, Actor by) {
    write(
        "put a rule",
        connection -> {
          Revision.ALERTS.advance(connection);
          refuseFileRule(connection, rule.name());
          var change =
              AlertJson.change(
                  RuleRows.definition(connection, rule.name()), Optional.of(AlertJson.rule(rule)));
          RuleRows.put(connection, rule.withOrigin(Rule.Origin.API), 0);
          record(connection, by, "rule_put", rule.name(), change);
          return true;
        });
  }

  @Override
  public void deleteRule(String name, Actor by) {
    write(
        "delete a rule",
        connection -> {
          Revision.ALERTS.advance(connection);
          refuseFileRule(connection, name);
          var before = RuleRows.definition(connection, name);
          if (!RuleRows.delete(connection, name, Rule.Origin.API)) {
            throw noSuch("rule", name);
          }
          record(connection, by, "rule_deleted", name, AlertJson.change(before, Optional.empty()));
          return true;
        });
  }

  @Override
  public List<OwedNotification> claim(String notifier, String by, Duration lease, int most) {
    return write(
        "claim notifications",
        connection -> {
          NotificationRows.lockClaims(connection, notifier);
          var now = clock.now(connection);
          return NotificationRows.claim(
              connection, new NotificationRows.Claim(notifier, by, now, lease, most));
        });
  }

  @Override
  public void settle(List<Notification> done, List<Notification> later) {
    write(
        "settle notifications",
        connection -> {
          NotificationRows.settle(connection, done, later);
          return true;
        });
  }

  @Override
  public List<Silence> silences() {
    return database.read(
        "read silences", connection -> SilenceRows.all(connection, clock.now(connection)));
  }

  @Override
  public void putSilence(Silence silence, Actor by) {
    write(
        "put a silence",
        connection -> {
          Revision.ALERTS.advance(connection);
          SilenceRows.deleteOver(connection, clock.now(connection));
          var change =
              AlertJson.change(
                  SilenceRows.definition(connection, silence.id()),
                  Optional.of(AlertJson.silence(silence)));
          SilenceRows.put(connection, silence);
          record(connection, by, "silence_put", silence.id(), change);
          return true;
        });
  }

  @Override
  public void endSilence(String id, Actor by) {
    write(
        "end a silence",
        connection -> {
          Revision.ALERTS.advance(connection);
          var before = SilenceRows.definition(connection, id);
          if (!SilenceRows.delete(connection, id, clock.now(connection))) {
            throw noSuch("silence", id);
          }
          record(connection, by, "silence_ended", id, AlertJson.change(before, Optional.empty()));
          return true;
        });
  }

  @Override
  public List<AuditEntry> audit(Optional<String> subject, int most) {
    return database.read(
        "read the audit", connection -> AuditRows.newest(connection, subject, most));
  }

  @Override
  public long revision() {
    return database.read("read the revision", Revision.ALERTS::read);
  }

  @Override
  public Health health() {
    return database.health();
  }

  @Override
  public void close() {
    database.close();
  }

  private <T> T write(String what, Work<T> work) {
    return database.change(what, work);
  }

  /** Adds to the audit, in the transaction of the change, which holds the lock of the revision. */
  private void record(Connection connection, Actor by, String action, String subject, String detail)
      throws SQLException {
    audit.record(connection, AuditEntry.of(clock.now(connection), by, action, subject, detail));
  }

  private static boolean migrate(Connection connection) throws SQLException {
    Migrations.apply(connection, MIGRATIONS);
    return true;
  }

  /** Now and then deletes what is too old. Not part of saving, which succeeded. */
  private void prune(Alert saved) {
    if (saved.state() != AlertState.RESOLVED
        || resolved.getAndIncrement() % CHANGES_BETWEEN_PRUNINGS != 0) {
      return;
    }
    try {
      var before = time.instant().minus(keepResolved);
      boolean more = true;
      while (more) {
        more =
            write(
                "delete old alerts",
                connection -> AlertRows.prune(connection, before, maxResolved));
      }
    } catch (SysmonstmException e) {
      LOG.warn("alerts_not_pruned", "Old alerts could not be deleted; it is tried again", e);
    }
  }

  private static void refuseFileRule(Connection connection, String name) throws SQLException {
    if (RuleRows.has(connection, name, Rule.Origin.FILE)) {
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
    private final String url;
    private Optional<String> user = Optional.empty();
    private Optional<String> password = Optional.empty();
    private Duration keepResolved = Duration.ofDays(90);
    private int maxResolved = 100_000;
    private Clock clock = Clock.OF_SERVER;

    private Builder(ProviderContext context, String url) {
      this.context = context;
      this.url = url;
    }

    /**
     * Sets the role, unless the URL names it.
     *
     * @param value its name
     * @return this builder
     */
    public Builder user(String value) {
      user = Optional.of(value);
      return this;
    }

    /**
     * Sets the password of the role, where it needs one that is not in the URL.
     *
     * @param value the password
     * @return this builder
     */
    public Builder password(String value) {
      password = Optional.of(value);
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

    /** Sets the clock of leases, silences and audit, for tests in which time stands. */
    Builder clock(TimeSource value) {
      clock = connection -> value.instant();
      return this;
    }

    /**
     * Opens the store. Where the server does not answer, the store starts all the same, says so in
     * its health, and connects later.
     *
     * @return the store
     * @throws io.sysmonstm.api.ConfigException where the URL cannot be read
     */
    public TimescaleAlertStore build() {
      return new TimescaleAlertStore(this);
    }

    private Server server() {
      return new Server(url, user, password);
    }
  }
}
