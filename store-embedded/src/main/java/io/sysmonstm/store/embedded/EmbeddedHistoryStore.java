package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.ProviderContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * History in one SQLite file, for one process at a time. Thread-safe.
 *
 * <p>A batch is appended as one small row of a journal, with its sequence number, in a transaction
 * that waits for the disk: once {@link #append} has returned, neither the end of the process nor a
 * power cut takes it away. Beside that, in transactions of its own, the journal is moved into
 * compressed chunks, one for each series and hour, and into rollups of a minute and of an hour. A
 * question reads chunks and journal together on one unchanging state, so that its answer does not
 * depend on how far that went. Late samples go where their time belongs.
 *
 * <p>Buckets are aligned to the epoch, and those that begin in {@code [from, to)} are answered. Raw
 * points of one series may share a time, as after a clock was set back. An answer has at most
 * 50,000 points a series and 1,000,000 in all; what asks for more is refused with INVALID_ARGUMENT.
 * An answer takes at most 10 s, and four questions run at a time.
 *
 * <p>When the disk is full, or the file cannot be written, {@link #append} throws and {@link
 * #health} says why; the next append tries again. A file that is damaged, or was made by a later
 * version, is kept under another name beside a new one.
 */
public final class EmbeddedHistoryStore implements HistoryStore {
  private final Database database;
  private final HistoryAppender appender;
  private final HistoryUpkeep upkeep;
  private final ProviderContext context;
  private final Duration keepRaw;
  private final Duration keepMinutes;

  private EmbeddedHistoryStore(Builder builder) {
    this.context = builder.context;
    this.keepRaw = builder.keepRaw;
    this.keepMinutes = builder.keepMinutes;
    this.database = new Database(builder.file, Schema.HISTORY, context.time());
    this.appender = new HistoryAppender(context);
    var deleted =
        context
            .metrics()
            .counter("history_chunks_deleted_total", "Chunks deleted because they were too old.");
    var keep =
        Map.of(
            Tier.RAW, builder.keepRaw,
            Tier.MINUTE, builder.keepMinutes,
            Tier.HOUR, builder.keepHours);
    this.upkeep =
        new HistoryUpkeep(
            database, new Retention(database, keep, appender.ids(), deleted), context);
    var file = builder.file;
    context
        .metrics()
        .gauge(
            "history_file_bytes", "Size of the history file.", Labels.empty(), () -> sizeOf(file));
  }

  /**
   * Starts one; the file is {@code history.db} in the data directory unless told otherwise.
   *
   * @param context time, executor, counters and data directory
   * @return a builder
   */
  public static Builder builder(ProviderContext context) {
    return new Builder(context);
  }

  @Override
  public void append(List<Batch> batches) {
    int rows =
        database.write(
            "append", session -> appender.append(session, database.generation(), batches));
    appender.committed();
    upkeep.appended(rows);
  }

  @Override
  public Map<UUID, SeqRanges> committed(String machineId) {
    return database.read(
        "read what is committed", session -> Machines.committed(session, machineId));
  }

  @Override
  public HistoryResult query(HistoryQuery query) {
    QueryBudget.check(query);
    var budget = new QueryBudget(context.time());
    return database.read(
        "answer",
        session -> {
          try (var reader = new HistoryReader(session, query, budget)) {
            return reader.answer(context.time().instant(), keepRaw, keepMinutes);
          }
        });
  }

  @Override
  public Map<String, List<Sample>> newest(Instant since) {
    var budget = new QueryBudget(context.time());
    return database.read(
        "read the newest samples",
        session -> {
          try (var reader = new NewestReader(session, since, budget)) {
            return reader.answer();
          }
        });
  }

  @Override
  public Health health() {
    return database.health();
  }

  @Override
  public void close() {
    upkeep.close();
    database.close();
  }

  /** For tests: what happens by itself once an hour. */
  HistoryUpkeep upkeep() {
    return upkeep;
  }

  /** For tests: the file below. */
  Database database() {
    return database;
  }

  private static double sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  /** Collects what a store needs. Confined to one thread. */
  public static final class Builder {
    private final ProviderContext context;
    private Path file;
    private Duration keepRaw = Duration.ofDays(2);
    private Duration keepMinutes = Duration.ofDays(30);
    private Duration keepHours = Duration.ofDays(730);

    private Builder(ProviderContext context) {
      this.context = context;
      this.file = context.dataDirectory().resolve("history.db");
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
     * @param value not shorter than samples are kept
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
     * Opens the store. Where the file cannot be opened now, the store starts all the same, says so
     * in its health, and tries again at each use.
     *
     * @return the store
     * @throws ConfigException where the times do not fit together, or another process uses the file
     */
    public EmbeddedHistoryStore build() {
      var problems = new ArrayList<String>();
      if (keepRaw.compareTo(Duration.ofHours(1)) < 0) {
        problems.add(
            "history.retention.raw is %s: expected 1h or more"
                .formatted(Durations.format(keepRaw)));
      }
      notShorter("1m", keepMinutes, "raw", keepRaw, problems);
      notShorter("1h", keepHours, "1m", keepMinutes, problems);
      if (!problems.isEmpty()) {
        throw new ConfigException(problems);
      }
      return new EmbeddedHistoryStore(this);
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
