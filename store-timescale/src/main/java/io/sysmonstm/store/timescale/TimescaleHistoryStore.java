package io.sysmonstm.store.timescale;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.ProviderContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * History in TimescaleDB, or in a PostgreSQL without the extension; shared by any number of
 * processes. Thread-safe.
 *
 * <p>Samples are rows of time, series and value. An append is one transaction that also holds the
 * committed sequence numbers of each machine and epoch; whatever becomes of the connection, sending
 * the same batches again writes nothing twice. A row that only the server refuses is left out,
 * counted and logged, and the rest of its batch is kept.
 *
 * <p>The store opens without a server: it connects and migrates the schema in the background, once
 * a second while that fails, and says so in its health. Until then each call throws at once. Every
 * wait has a deadline: 3 s for a connection, 8 s for a statement, 10 s for the network. An answer
 * has at most 50,000 points a series and 1,000,000 in all; four questions run at a time.
 */
public final class TimescaleHistoryStore implements HistoryStore {
  private static final EventLog LOG = EventLog.of(TimescaleHistoryStore.class);
  private static final int QUESTIONS = 4;
  private static final Duration TURN_PATIENCE = Duration.ofSeconds(5);

  private final ProviderContext context;
  private final Retention retention;
  private final Database database;
  private final HistoryAppender appender;
  private final Upkeep upkeep;
  private final Semaphore turns = new Semaphore(QUESTIONS, true);
  private volatile Flavour flavour = PlainFlavour.INSTANCE;

  private TimescaleHistoryStore(Builder builder) {
    this.context = builder.context;
    this.retention = new Retention(builder.keepRaw, builder.keepMinutes, builder.keepHours);
    var server = new Server(builder.url, builder.user, builder.password);
    this.database = new Database(server, "history", this::migrate, context);
    this.appender = new HistoryAppender(database, () -> flavour, retention, context);
    context
        .metrics()
        .gauge(
            "history_timescaledb",
            "Whether the database of history has the extension TimescaleDB.",
            Labels.empty(),
            () -> database.health().isOk() && flavour.hasExtension() ? 1 : 0);
    this.upkeep = new Upkeep(database, () -> flavour, retention, context.executor());
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
  public void append(List<Batch> batches) {
    appender.append(batches);
    upkeep.start();
  }

  @Override
  public Map<UUID, SeqRanges> committed(String machineId) {
    return database.read(
        "read what is committed", connection -> CommittedRanges.of(connection, machineId));
  }

  @Override
  public HistoryResult query(HistoryQuery query) {
    QueryBudget.check(query);
    return question(
        connection ->
            new HistoryReader(connection, flavour, query, new QueryBudget(context.time()))
                .answer(context.time().instant(), retention));
  }

  @Override
  public Map<String, List<Sample>> newest(Instant since) {
    return question(connection -> NewestSamples.since(connection, since));
  }

  @Override
  public Health health() {
    var health = database.health();
    return health.isOk() ? upkeep.problem().map(Health::failing).orElse(health) : health;
  }

  @Override
  public void close() {
    upkeep.close();
    database.close();
  }

  /** For tests: what happens by itself from time to time. */
  Upkeep upkeep() {
    return upkeep;
  }

  private boolean migrate(Connection connection) throws SQLException {
    flavour = Flavour.of(connection);
    var wanted = new ArrayList<Migration>();
    wanted.add(Migration.of("history-001"));
    wanted.addAll(flavour.migrations());
    wanted.add(Migration.of("views-001"));
    Migrations.apply(connection, wanted);
    if (!flavour.hasExtension()) {
      LOG.warn(
          "timescaledb_missing",
          "the database has not the extension TimescaleDB; history does without it, and is not compressed",
          null);
    }
    return true;
  }

  private <T> T question(Work<T> work) {
    try {
      if (!turns.tryAcquire(TURN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StoreUnavailableException(
            "database: could not answer within %d s, %d other questions are being answered; try again"
                .formatted(TURN_PATIENCE.toSeconds(), QUESTIONS),
            null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("database: interrupted before it could answer", e);
    }
    try {
      return database.read("answer", connection -> inTime(connection, work));
    } finally {
      turns.release();
    }
  }

  private static <T> T inTime(Connection connection, Work<T> work) throws SQLException {
    try {
      return work.run(connection);
    } catch (SQLException e) {
      if (SqlFailure.of(e) == SqlFailure.TIMEOUT) {
        throw QueryBudget.tooSlow();
      }
      throw e;
    }
  }

  /** Collects what a store needs. Confined to one thread. */
  public static final class Builder {
    private final ProviderContext context;
    private final String url;
    private Optional<String> user = Optional.empty();
    private Optional<String> password = Optional.empty();
    private Duration keepRaw = Duration.ofDays(2);
    private Duration keepMinutes = Duration.ofDays(30);
    private Duration keepHours = Duration.ofDays(730);

    private Builder(ProviderContext context, String url) {
      this.context = context;
      this.url = url;
    }

    /**
     * Sets the role, unless the URL names it.
     *
     * @param value a role that may log in
     * @return this builder
     */
    public Builder user(String value) {
      user = Optional.of(value);
      return this;
    }

    /**
     * Sets the password of the role.
     *
     * @param value the password
     * @return this builder
     */
    public Builder password(String value) {
      password = Optional.of(value);
      return this;
    }

    /**
     * Sets how long samples are kept one by one, 48 hours unless told otherwise.
     *
     * @param value 1 hour or more
     * @return this builder
     */
    public Builder keepRaw(Duration value) {
      keepRaw = value;
      return this;
    }

    /**
     * Sets how long rollups of one minute are kept, 30 days unless told otherwise.
     *
     * @param value 6 hours or more, and not shorter than samples are kept
     * @return this builder
     */
    public Builder keepMinutes(Duration value) {
      keepMinutes = value;
      return this;
    }

    /**
     * Sets how long rollups of one hour are kept, 730 days unless told otherwise.
     *
     * @param value not shorter than rollups of one minute are kept
     * @return this builder
     */
    public Builder keepHours(Duration value) {
      keepHours = value;
      return this;
    }

    /**
     * Opens the store. Waits at most 5 s for the server; where it is away, the store starts all the
     * same and connects later.
     *
     * @return the store
     * @throws ConfigException where the URL cannot be read, or the times do not fit together
     */
    public TimescaleHistoryStore build() {
      var problems = new ArrayList<String>();
      atLeast("raw", keepRaw, Duration.ofHours(1), problems);
      atLeast("1m", keepMinutes, Duration.ofHours(6), problems);
      notShorter("1m", keepMinutes, "raw", keepRaw, problems);
      notShorter("1h", keepHours, "1m", keepMinutes, problems);
      if (!problems.isEmpty()) {
        throw new ConfigException(problems);
      }
      return new TimescaleHistoryStore(this);
    }

    private static void atLeast(String tier, Duration keep, Duration least, List<String> problems) {
      if (keep.compareTo(least) < 0) {
        problems.add(
            "history.retention.%s is %s: expected %s or more"
                .formatted(tier, Durations.format(keep), Durations.format(least)));
      }
    }

    private static void notShorter(
        String tier, Duration keep, String finer, Duration keepFiner, List<String> problems) {
      if (keep.compareTo(keepFiner) < 0) {
        problems.add(
            "history.retention.%s is %s: expected at least the %s of history.retention.%s"
                .formatted(tier, Durations.format(keep), Durations.format(keepFiner), finer));
      }
    }
  }
}
