package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.collector.core.Collector;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.SampleSink;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.transport.grpc.GrpcMetricSender;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two collectors with one machine id put each other out again and again, which raises an alert. */
class IdentityConflictIT {
  private static final String MACHINE = "cloned";
  private static final Duration REFUSED = Duration.ofSeconds(61);

  @TempDir private Path directory;

  @Test
  void twoProcessesOfOneIdRaiseAnAlertUntilOneIsGone() {
    try (var standalone =
            RunningImage.standalone(
                directory.resolve("standalone"), "--collector.machine-id", "first");
        var first = new Clone(standalone.grpcPort())) {
      first.awaitDelivery();
      try (var second = new Clone(standalone.grpcPort())) {
        first.awaitPutOut();
        second.awaitDelivery();
        // Each may come back a minute after it was put out, and puts the other one out then.
        first.comeBack();
        second.awaitPutOut();
        second.comeBack();
        first.awaitPutOut();
        assertThat(firing(standalone)).isZero();
        first.comeBack();
        second.awaitPutOut();
        Eventually.until("it fires", () -> firing(standalone) == 1);
        assertThat(standalone.get("/api/v1/alerts?state=firing&machine=" + MACHINE))
            .contains("two collectors use this machine id", "2 times within 10 minutes");
      }
      first.pass(Duration.ofMinutes(10));
      Eventually.until(
          "it is over",
          Duration.ofSeconds(90),
          () -> {
            // What the other one did last may put it out only now.
            if (first.isPutOut()) {
              first.comeBack();
            }
            return firing(standalone) == 0;
          });
    }
  }

  private static int firing(RunningImage standalone) {
    var answer = standalone.get("/api/v1/alerts?state=firing&machine=" + MACHINE);
    return answer.split("\"identity-conflict\"", -1).length - 1;
  }

  /** A collector whose monotonic clock can be put forward. */
  private static final class Clone implements AutoCloseable, TimeSource {
    private final AtomicLong ahead = new AtomicLong();
    private final GrpcMetricSender sender;
    private final Collector collector;

    Clone(int port) {
      sender = GrpcMetricSender.builder("127.0.0.1:" + port).build();
      collector =
          Collector.builder(MACHINE, sender)
              .addSource(new Constant())
              .time(this)
              .interval(Duration.ofSeconds(1))
              .build();
      collector.start();
    }

    void awaitDelivery() {
      Eventually.until("it delivers", () -> collector.status().lastDurableAck().isPresent());
    }

    void awaitPutOut() {
      Eventually.until("it is put out", this::isPutOut);
    }

    /** Waits until it delivers again, so that the next time it is put out is another one. */
    void comeBack() {
      pass(REFUSED);
      Eventually.until("it delivers again", () -> !isPutOut());
    }

    private boolean isPutOut() {
      return collector
          .status()
          .health()
          .problem()
          .filter(problem -> problem.contains("another process"))
          .isPresent();
    }

    void pass(Duration time) {
      ahead.addAndGet(time.toNanos());
    }

    @Override
    public Instant instant() {
      return Instant.now();
    }

    @Override
    public long nanoTime() {
      return System.nanoTime() + ahead.get();
    }

    @Override
    public void close() {
      collector.stop(Duration.ZERO);
      sender.close();
    }
  }

  private record Constant(String name) implements MetricSource {
    Constant() {
      this("constant");
    }

    @Override
    public void collect(SampleSink sink) {
      sink.add("cpu_percent", 1);
    }
  }
}
