package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.load.Fleet;
import io.sysmonstm.load.Pace;
import io.sysmonstm.load.Workload;
import io.sysmonstm.testkit.Eventually;
import java.io.UncheckedIOException;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many ask for much of a standalone that takes what machines send. */
class HeavyQueriesByHand {
  private static final int ASKING = 100;
  private static final Duration SPAN = Duration.ofSeconds(20);
  private static final String WIDE =
      "/api/v1/history?metric=" + Workload.SEQ_METRIC + "&machine=*&from=-1h&max_points=50000";

  @Test
  @DisplayName("row 20: 100 parallel wide queries keep ingest going")
  void ingestGoesOn(@TempDir Path directory) throws Exception {
    try (var standalone = RunningImage.standalone(directory.resolve("data"));
        var fleet =
            new Fleet(
                standalone.grpcPort(), 50, new Workload(20), Pace.every(Duration.ofSeconds(1)))) {
      // The page is there first, and says nothing of whether it takes streams.
      standalone.awaitLog("standalone_ready");
      var _ = fleet.start();
      Eventually.until(
          "all send",
          Duration.ofSeconds(60),
          () -> standalone.answers() && fleet.connected() == 50 && fleet.batches() > 500);
      fleet.ledger().ackTimes();

      var answered = new AtomicInteger();
      var refused = new AtomicInteger();
      var until = Instant.now().plus(SPAN);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var asking = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < ASKING; i++) {
          asking.add(
              () -> {
                while (Instant.now().isBefore(until)) {
                  ask(standalone, answered, refused);
                }
                return true;
              });
        }
        for (var one : threads.invokeAll(asking)) {
          assertThat(one.get()).isTrue();
        }
      }

      var acks = fleet.ledger().ackTimes();
      System.out.printf(
          "  %d wide queries answered, %d refused; %d acks, p99 %d ms, longest %d ms%n",
          answered.get(),
          refused.get(),
          acks.count(),
          acks.percentile(99).toMillis(),
          acks.longest().toMillis());
      assertThat(answered).hasPositiveValue();
      assertThat(acks.count()).isGreaterThan(50 * SPAN.toSeconds() / 2);
      assertThat(acks.percentile(99)).isLessThan(Duration.ofSeconds(2));
      fleet.stopProducing();
      assertThat(fleet.drain(Duration.ofSeconds(30))).isTrue();
    }
  }

  private static void ask(RunningImage standalone, AtomicInteger answered, AtomicInteger refused) {
    try {
      int status = standalone.send("GET", WIDE, "").statusCode();
      switch (status) {
        case 200 -> answered.incrementAndGet();
        // Too many wait already, or it took too long.
        case 429, 503, 504 -> refused.incrementAndGet();
        default -> throw new AssertionError("answered " + status);
      }
    } catch (UncheckedIOException e) {
      assertThat(e).hasCauseInstanceOf(HttpTimeoutException.class);
      refused.incrementAndGet();
    }
  }
}
