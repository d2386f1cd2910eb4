package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.ProviderContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link CurrentStore} must do. Each test begins with an empty store. An update may take
 * effect a little later, but updates keep their order.
 */
public abstract class CurrentStoreContract {
  private final ManualTime time = new ManualTime(Instant.now().truncatedTo(ChronoUnit.MILLIS));
  private final Instant begin = time.instant();
  private TestContext context;
  private CurrentStore store;
  private long seq;

  /** For subclasses. */
  protected CurrentStoreContract() {}

  /**
   * Opens an empty store.
   *
   * @param context with a data directory of this test alone
   * @param timeToLive how long a sample is shown after it came
   * @return an open store, which the contract closes
   */
  protected abstract CurrentStore create(ProviderContext context, Duration timeToLive);

  /** {@return the shortest time to live that the store can keep to} */
  protected Duration timeToLive() {
    return Duration.ofSeconds(60);
  }

  /**
   * Lets time pass; to be overridden for a store that lets samples expire by a clock of its own.
   *
   * @param clock the clock that the store was given
   * @param by how long
   */
  protected void pass(ManualTime clock, Duration by) {
    clock.advance(by);
  }

  @BeforeEach
  void open(@TempDir Path directory) {
    context = new TestContext(time, directory);
    store = create(context, timeToLive());
  }

  @AfterEach
  void close() {
    store.close();
    context.close();
  }

  @Test
  void knowsNoMachineBeforeItsFirstBatch() {
    assertThat(store.machine("a")).isEmpty();
    assertThat(store.machines()).isEmpty();
  }

  @Test
  void showsABatchWithAllThatIsKnownOfTheMachine() {
    var resource =
        Resource.builder("host-a")
            .os("Linux")
            .osVersion("6.12")
            .arch("amd64")
            .cpuModel("some \"quoted\" model")
            .logicalCpus(8)
            .memoryBytes(16L << 30)
            .bootTime(begin.minusSeconds(3600))
            .collectorVersion("1.2.3")
            .tags(Map.of("env", "prod", "room", "läb"))
            .build();
    var process = new TopProcess(42, "java", "root", 123.5, 1L << 33);
    var batch =
        batch("a", 0)
            .sample("cpu_percent", 0.1 + 0.2)
            .sample("disk_percent", Labels.of("mount", "/"), 90)
            .sample("disk_percent", Labels.of("mount", "/home"), 50)
            .sample("net_rx_bytes", Labels.of("interface", "eth0"), 1e15)
            .processes(process)
            .build();
    store.update(new MetricsEvent(batch, resource, Duration.ofSeconds(7), begin.plusMillis(250)));

    eventually(
        "a",
        state -> {
          assertThat(state.samples())
              .containsExactlyInAnyOrder(
                  new Sample("cpu_percent", Labels.empty(), begin, 0.1 + 0.2),
                  new Sample("disk_percent", Labels.of("mount", "/"), begin, 90),
                  new Sample("disk_percent", Labels.of("mount", "/home"), begin, 50),
                  new Sample("net_rx_bytes", Labels.of("interface", "eth0"), begin, 1e15));
          assertThat(state.processes()).containsExactly(process);
          assertThat(state.interval()).isEqualTo(Duration.ofSeconds(7));
          assertThat(state.lastSeen()).isEqualTo(begin.plusMillis(250));
          assertThat(parts(state.resource())).isEqualTo(parts(resource));
        });
  }

  @Test
  void keepsSeriesThatALaterBatchDoesNotCarry() {
    store.update(batch("a", 0).sample("cpu_percent", 1).sample("memory_percent", 2).event());
    store.update(batch("a", 5).sample("memory_percent", 3).event());

    eventually(
        "a",
        state ->
            assertThat(state.samples())
                .extracting(Sample::metric, Sample::value)
                .containsExactlyInAnyOrder(
                    tuple("cpu_percent", 1.0), tuple("memory_percent", 3.0)));
  }

  @Test
  void keepsTheNewestBySampleTimeForEachSeries() {
    store.update(batch("a", 10).sample("cpu_percent", 10).event());
    store.update(batch("a", 5).sample("cpu_percent", 5).sample("memory_percent", 5).event());

    eventually(
        "a",
        state ->
            assertThat(state.samples())
                .extracting(Sample::metric, Sample::value, Sample::observedAt)
                .containsExactlyInAnyOrder(
                    tuple("cpu_percent", 10.0, begin.plusSeconds(10)),
                    tuple("memory_percent", 5.0, begin.plusSeconds(5))));
  }

  @Test
  void keepsProcessesUntilNewerOnesCome() {
    var first = new TopProcess(1, "first", "root", 1, 1);
    var second = new TopProcess(2, "second", "root", 2, 2);
    store.update(batch("a", 0).sample("cpu_percent", 1).processes(first).event());
    store.update(batch("a", 5).sample("cpu_percent", 2).event());
    eventually(
        "a",
        state -> {
          assertThat(state.samples()).extracting(Sample::value).containsExactly(2.0);
          assertThat(state.processes()).containsExactly(first);
        });

    store.update(batch("a", 10).sample("cpu_percent", 3).processes(second).event());

    eventually("a", state -> assertThat(state.processes()).containsExactly(second));
  }

  @Test
  void neverMovesLastSeenBack() {
    store.update(batch("a", 10).sample("cpu_percent", 10).event());
    store.update(batch("a", 5).sample("memory_percent", 5).event());

    eventually(
        "a",
        state -> {
          assertThat(state.samples()).hasSize(2);
          assertThat(state.lastSeen()).isEqualTo(begin.plusSeconds(10));
        });
  }

  @Test
  void forgetsAMachineUntilItIsHeardAgain() {
    store.update(batch("a", 0).sample("cpu_percent", 1).event());
    store.update(batch("b", 0).sample("cpu_percent", 2).event());
    eventually("a", state -> assertThat(state.samples()).hasSize(1));
    eventually("b", state -> assertThat(state.samples()).hasSize(1));

    store.forget("a");
    store.forget("never-seen");

    assertThat(store.machine("a")).isEmpty();
    assertThat(store.machines()).extracting(MachineState::machineId).containsExactly("b");
    store.update(batch("a", 5).sample("memory_percent", 3).event());
    eventually(
        "a",
        state ->
            assertThat(state.samples())
                .extracting(Sample::metric)
                .containsExactly("memory_percent"));
  }

  @Test
  void letsSamplesExpireButNotTheMachine() {
    store.update(batch("a", 0).sample("cpu_percent", 1).event());
    eventually("a", state -> assertThat(state.samples()).hasSize(1));

    pass(time, timeToLive().plusMillis(1));

    eventually(
        "a",
        state -> {
          assertThat(state.samples()).isEmpty();
          assertThat(state.resource().hostname()).isEqualTo("host-a");
          assertThat(state.lastSeen()).isEqualTo(begin);
        });
    assertThat(store.machines()).hasSize(1);
  }

  @Test
  void showsASampleAgainThatComesAfterTheLastExpired() {
    store.update(batch("a", 0).sample("cpu_percent", 1).event());
    eventually("a", state -> assertThat(state.samples()).hasSize(1));
    pass(time, timeToLive().plusMillis(1));
    store.update(batch("a", 90).sample("cpu_percent", 2).event());

    eventually(
        "a", state -> assertThat(state.samples()).extracting(Sample::value).containsExactly(2.0));
  }

  @Test
  void listsMachinesById() {
    for (var machine : new String[] {"b", "c", "a"}) {
      store.update(batch(machine, 0).sample("cpu_percent", 1).event());
    }

    Eventually.asserted(
        () ->
            assertThat(store.machines())
                .extracting(MachineState::machineId, state -> state.samples().size())
                .containsExactly(tuple("a", 1), tuple("b", 1), tuple("c", 1)));
  }

  @Test
  void isHealthy() {
    Eventually.asserted(() -> assertThat(store.health().isOk()).isTrue());
  }

  private static List<Object> parts(Resource resource) {
    return List.of(
        resource.hostname(),
        resource.os(),
        resource.osVersion(),
        resource.arch(),
        resource.cpuModel(),
        resource.logicalCpus(),
        resource.memoryBytes(),
        resource.bootTime(),
        resource.collectorVersion(),
        resource.tags());
  }

  private BatchBuilder batch(String machine, long second) {
    return new BatchBuilder(context.series(), machine, ++seq, begin.plusSeconds(second));
  }

  private void eventually(String machine, Consumer<MachineState> assertion) {
    Eventually.asserted(() -> assertThat(store.machine(machine)).hasValueSatisfying(assertion));
  }
}
