package io.sysmonstm.tls;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps TLS up to date with its files. A change is taken up by {@link #check}; while the files do
 * not fit together, as when only one of two is replaced, what was read before stays in use.
 * Thread-safe.
 */
public final class TlsFileWatch implements AutoCloseable {
  /** How long before its end a certificate is warned of. */
  public static final Duration WARNING = Duration.ofDays(14);

  private static final EventLog LOG = EventLog.of(TlsFileWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final Duration WARNING_PERIOD = Duration.ofDays(1);

  private final String name;
  private final TlsFiles files;
  private final TimeSource time;
  private final CurrentTls current;
  private final LongAdder reloads;
  private final LongAdder failures;
  private final CountDownLatch closed = new CountDownLatch(1);
  // Guarded by this, as all that follows.
  private List<String> stamps;
  private List<String> seen;
  private long checkedAt;
  private Instant warnedAt = Instant.MIN;

  private TlsFileWatch(String name, TlsFiles files, TimeSource time, SelfMetrics metrics) {
    this.name = name;
    this.files = files;
    this.time = time;
    stamps = TlsFileReader.stamps(files);
    seen = stamps;
    current = new CurrentTls(TlsFileReader.read(files));
    checkedAt = time.nanoTime();
    var of = Labels.of("use", name);
    reloads = metrics.counter("tls_reloads_total", "Changes of TLS files that were taken up.", of);
    failures =
        metrics.counter(
            "tls_reload_failures_total",
            "Changes of TLS files that could not be used; what was read before stays in use.",
            of);
    metrics.gauge(
        "tls_certificate_valid_seconds",
        "For how long the own certificate is still valid; negative where it has expired.",
        of,
        () ->
            current
                .notAfter()
                .map(end -> Duration.between(time.instant(), end).toSeconds())
                .map(Long::doubleValue)
                .orElse(Double.NaN));
    warnOfEnd();
  }

  /**
   * Reads the files.
   *
   * @param name what they are used for, in logs and as the label {@code use} of metrics
   * @param files at least one
   * @param time the clock
   * @param metrics where reloads are counted
   * @return a watch over them
   * @throws ConfigException with all problems, where they cannot be used
   */
  public static TlsFileWatch open(
      String name, TlsFiles files, TimeSource time, SelfMetrics metrics) {
    return new TlsFileWatch(name, files, time, metrics);
  }

  /** {@return what to speak TLS with; follows the files} */
  public CurrentTls tls() {
    return current;
  }

  /**
   * Takes up a change of the files and warns of an end that is near. Asks the file system at most
   * once in five seconds; may be called as often as is convenient.
   */
  public synchronized void check() {
    if (time.nanoTime() - checkedAt >= PERIOD.toNanos()) {
      checkNow();
    }
  }

  /** Does the same at once. */
  public synchronized void checkNow() {
    checkedAt = time.nanoTime();
    warnOfEnd();
    var before = TlsFileReader.stamps(files);
    if (before.equals(stamps)) {
      seen = before;
      return;
    }
    try {
      var read = TlsFileReader.read(files);
      // Else one was replaced while another was read: next time.
      if (before.equals(TlsFileReader.stamps(files))) {
        current.use(read);
        stamps = before;
        seen = before;
        reloads.increment();
        LOG.info("tls_reloaded", "Took up changed TLS files", "use", name, "files", files.all());
      }
    } catch (ConfigException | IllegalArgumentException unusable) {
      if (!before.equals(seen)) {
        seen = before;
        failures.increment();
        LOG.warn(
            "tls_reload_failed",
            "Changed TLS files cannot be used, those read before stay in use: "
                + unusable.getMessage(),
            null,
            "use",
            name);
      }
    }
  }

  /**
   * Checks every five seconds until closed.
   *
   * @param executor gives each task a thread of its own; the task ends with {@link #close} or an
   *     interrupt
   * @return this watch
   */
  public TlsFileWatch follow(Executor executor) {
    executor.execute(this::run);
    return this;
  }

  private void run() {
    try {
      while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        checkAgain();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void checkAgain() {
    try {
      checkNow();
    } catch (RuntimeException unexpected) {
      // The next change must still be taken up.
      LOG.error("tls_watch_failed", "Could not look at TLS files", unexpected, "use", name);
    }
  }

  private void warnOfEnd() {
    var now = time.instant();
    current
        .notAfter()
        .filter(end -> now.isAfter(end.minus(WARNING)))
        .filter(end -> warnedAt.equals(Instant.MIN) || !now.isBefore(warnedAt.plus(WARNING_PERIOD)))
        .ifPresent(
            end -> {
              warnedAt = now;
              LOG.warn(
                  "tls_certificate_ends",
                  (now.isBefore(end)
                          ? "The certificate expires soon"
                          : "The certificate has expired")
                      + ": replace its files, they are taken up without a restart",
                  null,
                  "use",
                  name,
                  "not_after",
                  end);
            });
  }

  /** Follows no more; what was read last stays in use. */
  @Override
  public void close() {
    closed.countDown();
  }
}
