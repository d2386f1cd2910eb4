package io.sysmonstm.gateway.helidon.internal.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.MachineForgotten;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.web.helidon.internal.net.Outbox;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveFramesTest extends LiveViewFixture {
  private static final Duration EVERY = Duration.ofSeconds(5);

  @Test
  void theSnapshotComesFirstAndLaterChangesFollow() {
    view.accept(cpu("b", 1, 1));
    view.accept(cpu("a", 1, 2.5));
    view.attach(viewer);
    time.advance(Duration.ofSeconds(5));
    view.accept(cpu("a", 2, 3));

    assertThat(frames())
        .satisfiesExactly(
            snapshot ->
                assertThat(snapshot)
                    .startsWith(
                        "{\"type\":\"snapshot\",\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"machines\":[{\"machine_id\":\"a\"")
                    .contains("},{\"machine_id\":\"b\"")
                    .endsWith("]}"),
            metrics ->
                assertThat(metrics)
                    .isEqualTo(
                        "{\"type\":\"metrics\",\"timestamp\":\"2026-01-01T00:00:05.000Z\",\"machine_id\":\"a\","
                            + "\"data\":{\"machine_id\":\"a\",\"hostname\":\"host-a\",\"status\":\"up\","
                            + "\"metrics\":[{\"metric\":\"cpu_percent\",\"unit\":\"%\",\"labels\":{},\"value\":3}],"
                            + "\"processes\":[]}}"));
  }

  @Test
  void whatAMachineIsIsToldWhenItChanges() {
    view.accept(cpu("a", 1, 1));
    view.attach(viewer);
    frames();
    var before = machine("a").orElseThrow().resource();
    view.accept(
        new MetricsEvent(batch("a", 2).build(), before.toBuilder().build(), EVERY, later()));
    assertThat(frames()).as("it says the same again").isEmpty();

    var after = before.toBuilder().osVersion("6.13").tags(Map.of("env", "test")).build();
    view.accept(
        new MetricsEvent(batch("a", 3).sample("cpu_percent", 2).build(), after, EVERY, later()));

    assertThat(frames())
        .satisfiesExactly(
            machine ->
                assertThat(machine)
                    .startsWith("{\"type\":\"machine\"")
                    .contains(
                        "\"machine_id\":\"a\"",
                        "\"status\":\"up\"",
                        "\"tags\":{\"env\":\"test\"}",
                        "\"os_version\":\"6.13\""),
            metrics -> assertThat(metrics).startsWith("{\"type\":\"metrics\""));
  }

  @Test
  void aMachineThatIsForgottenIsGoneUntilItIsHeardAgain() {
    view.accept(cpu("a", 1, 1));
    view.accept(cpu("b", 1, 1));
    view.attach(viewer);
    frames();
    var before = time.instant();
    var forgotten = later();

    view.accept(new MachineForgotten("a", forgotten));
    view.accept(new MachineForgotten("a", forgotten));
    view.accept(new MachineForgotten("unknown", forgotten));

    assertThat(frames())
        .containsExactly(
            "{\"type\":\"forgotten\",\"timestamp\":\"2026-01-01T00:00:05.000Z\",\"machine_id\":\"a\"}");
    view.merge(List.of(stored("a", before, before, 1)));
    view.mergeNewest(Map.of("a", stored("a", before, before, 1).samples()), true);
    assertThat(machine("a")).as("what is older is no sign of life").isEmpty();
    assertThat(frames()).isEmpty();

    later();
    view.accept(cpu("a", 2, 3));
    assertThat(frames())
        .singleElement()
        .satisfies(frame -> assertThat(frame).startsWith("{\"type\":\"metrics\""));
    view.accept(new MachineForgotten("a", forgotten));
    assertThat(machine("a")).as("it was heard since").isPresent();
  }

  private Instant later() {
    time.advance(EVERY);
    return time.instant();
  }

  @Test
  void viewersWithTheSameWishShareOneFrame() {
    var other = new Outbox(() -> {});
    view.attach(viewer);
    view.attach(other);
    frames();
    other.poll();

    view.accept(cpu("a", 1, 1));

    assertThat(viewer.poll().orElseThrow()).isSameAs(other.poll().orElseThrow());
  }

  @Test
  void aSubscriptionNarrowsMachinesAndMetrics() {
    view.attach(viewer).subscribe(new Subscription(List.of("a"), List.of("load_*")));
    frames();

    view.accept(cpu("b", 1, 1));
    view.accept(batch("a", 1).sample("cpu_percent", 1).sample("load_avg_1m", 2).event());

    assertThat(frames())
        .singleElement()
        .asString()
        .contains("load_avg_1m")
        .doesNotContain("cpu_percent");
  }

  @Test
  void viewersWithTheSameNarrowWishShareOneFrameToo() {
    var other = new Outbox(() -> {});
    view.attach(viewer).subscribe(new Subscription(List.of("*"), List.of("load_*")));
    view.attach(other).subscribe(new Subscription(List.of("*"), List.of("load_*")));
    frames();
    other.poll();

    view.accept(batch("a", 1).sample("cpu_percent", 1).sample("load_avg_1m", 2).event());

    var frame = viewer.poll().orElseThrow();
    assertThat(frame).isSameAs(other.poll().orElseThrow());
    assertThat(text(frame)).contains("load_avg_1m").doesNotContain("cpu_percent");
  }

  @Test
  void aNarrowFrameTellsTheStateOfItsTime() {
    view.attach(viewer).subscribe(new Subscription(List.of("*"), List.of("cpu_*")));
    view.accept(cpu("a", 1, 1));
    viewer.poll();
    var waiting = viewer.poll().orElseThrow();

    time.advance(Duration.ofSeconds(5));
    view.accept(cpu("a", 2, 99));

    assertThat(text(waiting))
        .contains("\"timestamp\":\"2026-01-01T00:00:00.000Z\"", "\"value\":1}");
  }

  @Test
  void anotherWishTakesThePlaceOfTheFirst() {
    var session = view.attach(viewer);
    session.subscribe(new Subscription(List.of("a"), List.of("*")));
    session.subscribe(new Subscription(List.of("b"), List.of("*")));
    frames();

    view.accept(cpu("a", 1, 1));
    view.accept(cpu("b", 1, 1));
    assertThat(frames()).singleElement().asString().contains("\"machine_id\":\"b\"");

    session.close();
    session.subscribe(Subscription.ALL);
    view.accept(cpu("c", 1, 1));
    assertThat(frames()).isEmpty();
  }

  @Test
  void aBatchThatChangesNothingIsNotTold() {
    var event = cpu("a", 1, 1);
    view.accept(event);
    view.attach(viewer);
    frames();

    view.accept(event);

    assertThat(frames()).isEmpty();
  }

  @Test
  void aLateBatchNeverTurnsTheTimestampBack() {
    var late = batch("a", 1).sample("load_avg_1m", 1).event();
    time.advance(Duration.ofSeconds(5));
    view.accept(cpu("a", 2, 2));
    view.attach(viewer);
    frames();

    view.accept(late);

    assertThat(frames())
        .singleElement()
        .asString()
        .contains("\"timestamp\":\"2026-01-01T00:00:05.000Z\"");
  }

  @Test
  void whoWasLetGoGetsNothingMore() {
    view.attach(viewer).close();
    frames();

    view.accept(cpu("a", 1, 1));

    assertThat(frames()).isEmpty();
  }
}
