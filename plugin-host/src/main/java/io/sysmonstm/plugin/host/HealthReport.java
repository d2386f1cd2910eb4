package io.sysmonstm.plugin.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Readiness;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Keeps the readiness of a role in a file of its data directory, as one line of JSON, and logs each
 * change: so that a role which listens nowhere can be asked too, by {@code sysmonstm health}. The
 * file is written where something changed and touched else, and gone after an orderly stop; an old
 * one tells of a process that hangs or was killed. Thread-safe.
 */
public final class HealthReport implements AutoCloseable {
  /** A file that was not touched for this long tells nothing any more. */
  public static final Duration OUTDATED_AFTER = Duration.ofSeconds(30);

  private static final EventLog LOG = EventLog.of(HealthReport.class);
  private static final Duration TOUCHED_EVERY = Duration.ofSeconds(10);
  private static final JsonFactory JSON = new JsonFactory();

  private final String role;
  private final Path file;
  private final Supplier<Readiness> readiness;
  private final Duration period;
  private final TimeSource time;
  private final CountDownLatch ending = new CountDownLatch(1);
  // Of the platform: a virtual thread that wakes for so little costs a scheduler and a timer more.
  private final Thread thread =
      Thread.ofPlatform().daemon().name("sysmonstm-health").unstarted(this::run);
  private @Nullable Readiness last;
  private String written = "";
  private String logged = "";
  private long touchedNanos;
  private boolean failing;

  private HealthReport(
      String role, Path file, Supplier<Readiness> readiness, Duration period, TimeSource time) {
    this.role = role;
    this.file = file;
    this.readiness = readiness;
    this.period = period;
    this.time = time;
  }

  /**
   * Begins to report.
   *
   * @param role the name of the role
   * @param dataDirectory an existing directory
   * @param readiness asked once in each period
   * @param period 10 s at the most, so that the file does not look old
   * @param time the time
   * @return what ends the reports when it is closed
   */
  public static HealthReport start(
      String role,
      Path dataDirectory,
      Supplier<Readiness> readiness,
      Duration period,
      TimeSource time) {
    var report = new HealthReport(role, file(role, dataDirectory), readiness, period, time);
    report.thread.start();
    return report;
  }

  /**
   * {@return what a role last reported, empty where it does not run or has hung or was killed}
   *
   * @param role the name of the role
   * @param dataDirectory its data directory
   * @param time the time
   * @throws IOException where there is a file that cannot be read
   */
  public static Optional<String> read(String role, Path dataDirectory, TimeSource time)
      throws IOException {
    var file = file(role, dataDirectory);
    try {
      var oldest = time.instant().minus(OUTDATED_AFTER);
      return Files.getLastModifiedTime(file).toInstant().isBefore(oldest)
          ? Optional.empty()
          : Optional.of(Files.readString(file).strip());
    } catch (NoSuchFileException notRunning) {
      return Optional.empty();
    }
  }

  /**
   * {@return whether a report says that the role can do its work, with all of its parts or without}
   *
   * @param report as {@link #read} gives it
   */
  public static boolean isReady(String report) {
    return !report.contains("\"status\":\"not_ready\"");
  }

  private static Path file(String role, Path dataDirectory) {
    return dataDirectory.resolve(role + ".health");
  }

  private void run() {
    try {
      do {
        report(readiness.get());
      } while (!ending.await(period.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells a readiness: to the log where it changed, to the file in any case. */
  synchronized void report(Readiness now) {
    if (ending.getCount() == 0) {
      return;
    }
    var line = now.equals(last) ? written : json(now);
    boolean changed = !line.equals(written);
    try {
      if (changed) {
        logChange(now, line);
        last = now;
        written = line;
        write(line);
        touchedNanos = time.nanoTime();
      } else if (failing || time.nanoTime() - touchedNanos >= TOUCHED_EVERY.toNanos()) {
        touch(line);
        touchedNanos = time.nanoTime();
      }
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        LOG.warn("health_not_written", "Cannot write '%s'".formatted(file), e);
      }
      failing = true;
    }
  }

  /** What a part says of its problem may change each time; only which parts have one is news. */
  private void logChange(Readiness now, String line) {
    var problems = new TreeSet<String>();
    now.parts().forEach((name, health) -> health.problem().ifPresent(_ -> problems.add(name)));
    var state = status(now) + problems;
    if (state.equals(logged)) {
      return;
    }
    logged = state;
    if (status(now).equals("ready")) {
      LOG.info("role_ready", "%s is ready".formatted(role), "role", role);
    } else {
      LOG.info(
          "role_" + status(now),
          "%s is %s".formatted(role, status(now)),
          "role",
          role,
          "health",
          line);
    }
  }

  /** What is there is only touched: that works on a full disk too. */
  private void touch(String line) throws IOException {
    if (!failing && Files.exists(file)) {
      Files.setLastModifiedTime(file, FileTime.from(time.instant()));
    } else {
      write(line);
    }
  }

  private void write(String line) throws IOException {
    var temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(temporary, line + "\n", UTF_8);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String status(Readiness readiness) {
    return !readiness.ready() ? "not_ready" : readiness.degraded() ? "degraded" : "ready";
  }

  /** As the gateway answers {@code /ready}. */
  private static String json(Readiness readiness) {
    var line = new StringWriter();
    try (var out = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
      out.writeStartObject();
      out.writeStringProperty("status", status(readiness));
      out.writeObjectPropertyStart("checks");
      new TreeMap<>(readiness.parts())
          .forEach(
              (name, health) ->
                  out.writeStringProperty(
                      name, health.problem().map("error: "::concat).orElse("ok")));
      out.writeEndObject();
      out.writeEndObject();
    }
    return line.toString();
  }

  /** Ends the reports, and removes the file. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      ending.countDown();
    }
    Files.deleteIfExists(file);
  }
}
