package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.test.servers.PostgresServer;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendFailuresIT {
  private static final int CUTS = 100;
  private static PostgresServer server;

  private String url;
  private HistoryRig rig;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open(@TempDir Path directory) {
    url = server.createDatabase();
    rig = new HistoryRig(directory, url);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void writesEachSampleOnceHoweverOftenTheConnectionIsCutDuringTheCommit(@TempDir Path directory) {
    try (var proxy = new CuttingProxy(server.port(), rig.context.executor());
        var cut = new HistoryRig(directory, through(proxy))) {
      cut.store.append(cut.batches("a", 1, 1));
      proxy.cut(CUTS);
      int failures = 0;
      for (int n = 0; proxy.cutsLeft() > 0; n++) {
        failures += appendStubbornly(cut.store, cut.batches("a", 2 + n * 10, 11 + n * 10));
      }
      long last =
          PostgresServer.askNumber(url, "SELECT upper(committed) - 1 FROM committed_ranges");

      assertThat(failures).isEqualTo(CUTS);
      assertThat(cut.values("a"))
          .containsExactly(
              LongStream.rangeClosed(1, last).mapToDouble(n -> (double) (n % 100)).toArray());
      assertThat(cut.store.committed("a").get(BatchBuilder.EPOCH))
          .isEqualTo(new SeqRanges(List.of(new SeqRange(1, last))));
      assertThat(last).isGreaterThan(CUTS * 5L);
    }
  }

  @Test
  void writesEachSampleOnceWhenTwoProcessesAppendTheSame(@TempDir Path directory)
      throws ExecutionException, InterruptedException {
    try (var other = new HistoryRig(directory, url)) {
      var there = other.context.executor().submit(() -> appendOneByOne(other, "a", "b", "c", "d"));
      appendOneByOne(rig, "d", "c", "b", "a");
      there.get();
    }
    for (var machine : List.of("a", "b", "c", "d")) {
      assertThat(rig.values(machine)).as(machine).hasSize(60);
    }
    assertThat(PostgresServer.askNumber(url, "SELECT count(*) FROM series")).isEqualTo(4);
  }

  @Test
  void leavesOutOnlyTheRowThatTheServerRefuses() {
    PostgresServer.execute(url, "ALTER TABLE samples ADD CHECK (value <> 42)");
    long begin = System.nanoTime();
    rig.store.append(rig.batches("a", 1, 5_000).subList(0, 99));
    rig.store.append(rig.batches("a", 40, 99));

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    assertThat(rig.values("a")).hasSize(98).doesNotContain(42);
    assertThat(rig.reading("history_refused_samples_total")).isEqualTo(1);
    assertThat(rig.store.committed("a").get(BatchBuilder.EPOCH))
        .isEqualTo(new SeqRanges(List.of(new SeqRange(1, 99))));
    assertThat(rig.store.health().isOk()).isTrue();
  }

  @Test
  void leavesOutOnlyTheSeriesThatTheServerRefuses() {
    var zero = Labels.of("mount", "a\0b");
    for (int seq = 1; seq <= 2; seq++) {
      rig.store.append(
          List.of(
              rig.batch("a", seq)
                  .sample("cpu_percent", seq)
                  .sample("disk_percent", zero, 1)
                  .build(),
              rig.batch("b", seq).sample("cpu_percent", seq).build()));
    }
    assertThat(rig.values("a")).containsExactly(1, 2);
    assertThat(rig.values("b")).containsExactly(1, 2);
    assertThat(rig.reading("history_refused_samples_total")).isEqualTo(2);
  }

  @Test
  void keepsEverythingWhileTheDatabaseIsReadOnly() {
    rig.store.append(rig.batches("a", 1, 1));
    readOnly("on");
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> rig.store.append(rig.batches("a", 2, 2)))
        .withMessageContaining("read-only");
    assertThat(rig.store.health().problem()).get().asString().contains("read-only");
    assertThat(rig.values("a")).as("reading goes on").containsExactly(1);

    readOnly("off");
    rig.store.append(rig.batches("a", 2, 2));
    assertThat(rig.store.health().isOk()).isTrue();
    assertThat(rig.values("a")).containsExactly(1, 2);
  }

  @Test
  void acknowledgesNothingWithoutTheRightToWrite() {
    PostgresServer.execute(
        url, "CREATE ROLE guest LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest");
    try (var guest =
        TimescaleHistoryStore.builder(rig.context, url.replace("user=postgres", "user=guest"))
            .build()) {
      assertThat(guest.health().isOk()).isTrue();
      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(() -> guest.append(rig.batches("a", 1, 1)))
          .withMessageContaining("rights");
      assertThat(guest.health().isOk()).isFalse();
    }
  }

  @Test
  void goesOnAfterTheServerRestarted() {
    rig.store.append(rig.batches("a", 1, 10));
    server.stop();
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> rig.store.append(rig.batches("a", 11, 20)));
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> rig.store.committed("a"));
    server.start();
    Eventually.until("healthy", Duration.ofSeconds(15), () -> rig.store.health().isOk());
    rig.store.append(rig.batches("a", 1, 20));

    assertThat(rig.values("a")).hasSize(20);
  }

  private void readOnly(String state) {
    var name = url.replaceAll("^[^?]*/|\\?.*$", "");
    PostgresServer.execute(
        server.jdbcUrl("postgres"),
        "ALTER DATABASE " + name + " SET default_transaction_read_only = " + state);
    // Connections keep the old state; a broken one is replaced at the next use or the one after.
    cut();
    Eventually.until(
        "connected anew",
        () -> {
          try {
            rig.store.append(rig.batches("a", 1, 1));
            return state.equals("off");
          } catch (StoreUnavailableException e) {
            return state.equals("on") && e.getMessage().contains("read-only");
          }
        });
  }

  private void cut() {
    PostgresServer.ask(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sysmonstm-history-write' AND datname = current_database()");
  }

  // A prepared COMMIT would be sent without its text.
  private String through(CuttingProxy proxy) {
    return url.replace(":" + server.port(), ":" + proxy.port()) + "&prepareThreshold=0";
  }

  private static int appendStubbornly(TimescaleHistoryStore store, List<Batch> batches) {
    int failures = 0;
    while (true) {
      try {
        store.append(batches);
        return failures;
      } catch (StoreUnavailableException e) {
        failures++;
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static boolean appendOneByOne(HistoryRig rig, String... machines) {
    for (int seq = 1; seq <= 60; seq++) {
      var batches = new ArrayList<Batch>();
      for (var machine : machines) {
        batches.addAll(rig.batches(machine, seq, seq));
      }
      rig.store.append(batches);
    }
    return true;
  }
}
