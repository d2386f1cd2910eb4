package io.sysmonstm.collector.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Resource;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.RecordingSender;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a collector is made of, with the system's own clock and threads. */
class CollectorBuilderTest {
  private final RecordingSender sender = RecordingSender.answering();

  @Test
  void reportsAllProblemsOfItsDescriptionAtOnce() {
    var builder =
        Collector.builder("not valid!", sender)
            .interval(Duration.ofMillis(500))
            .buffer(0, 1)
            .maxBatchSamples(0);
    assertThatThrownBy(builder::build)
        .isInstanceOfSatisfying(
            ConfigException.class, problem -> assertThat(problem.problems()).hasSize(4));
  }

  @Test
  void refusesTwoSourcesOfOneName() {
    var builder =
        Collector.builder("m1", sender)
            .sources(List.of(FakeSource.of("a", 1)))
            .addSource(FakeSource.of("a", 2))
            .resource(Resource.builder("host").build());
    assertThatThrownBy(builder::build).hasMessageContaining("two sources are named 'a'");
  }

  @Test
  void acollectorThatWasNeverStartedClosesItsSources() {
    var source = FakeSource.of("a", 1);
    var collector =
        Collector.builder("m1", sender)
            .sources(List.of(source))
            .resource(Resource.builder("host").build())
            .build();
    collector.close();
    collector.close();
    assertThat(source.closes).hasValue(1);
    assertThat(sender.streams()).isEmpty();
  }

  @Test
  void noThreadIsLeftAfterClose() {
    var collector =
        Collector.builder("m1", sender)
            .sources(List.of(FakeSource.of("a", 1), FakeSource.of("b", 2)))
            .resource(Resource.builder("host").build())
            .build();
    collector.start();
    Eventually.until("a batch is sent", () -> !sender.sent().isEmpty());
    assertThat(threads()).hasSizeGreaterThanOrEqualTo(2).allMatch(Thread::isDaemon);
    collector.close();
    Eventually.until("its threads have ended", () -> threads().isEmpty());
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sysmonstm-"))
        .toList();
  }
}
