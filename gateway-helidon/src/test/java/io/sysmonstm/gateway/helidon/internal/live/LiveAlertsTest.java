package io.sysmonstm.gateway.helidon.internal.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.spi.AlertEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveAlertsTest extends LiveViewFixture {
  private final Alert firing =
      Alert.builder("id-1", "cpu-high", "a")
          .metric("cpu_percent")
          .state(AlertState.FIRING)
          .value(91)
          .threshold(90)
          .startedAt(time.instant())
          .firedAt(time.instant())
          .build();

  @Test
  void changesAreToldAndOpenOnesBelongToTheirMachine() {
    view.accept(cpu("a", 1, 1));
    view.attach(viewer);
    frames();

    view.accept(new AlertEvent(firing, AlertEvent.Change.FIRED));
    assertThat(view.openAlerts("a")).containsExactly("id-1");

    view.accept(
        new AlertEvent(
            firing.toBuilder().state(AlertState.RESOLVED).resolvedAt(time.instant()).build(),
            AlertEvent.Change.RESOLVED));
    assertThat(view.openAlerts("a")).isEmpty();

    assertThat(frames())
        .satisfiesExactly(
            frame ->
                assertThat(frame)
                    .contains("\"type\":\"alert\"", "\"change\":\"fired\"", "\"resolved_at\":null"),
            frame -> assertThat(frame).contains("\"state\":\"resolved\""));
  }

  @Test
  void anAlertOfAMachineNotYetKnownIsKeptForIt() {
    view.accept(new AlertEvent(firing, AlertEvent.Change.FIRED));
    view.accept(cpu("a", 1, 1));

    assertThat(view.openAlerts("a")).containsExactly("id-1");
  }

  @Test
  void aCancelledOneEndsForViewersToo() {
    var pending = firing.toBuilder().state(AlertState.PENDING).build();
    view.accept(cpu("a", 1, 1));
    view.accept(new AlertEvent(pending, AlertEvent.Change.PENDING));
    view.attach(viewer);
    frames();

    view.accept(new AlertEvent(pending, AlertEvent.Change.CANCELLED));

    assertThat(view.openAlerts("a")).isEmpty();
    assertThat(frames())
        .singleElement()
        .asString()
        .contains("\"change\":\"cancelled\"", "\"state\":\"resolved\"");
  }

  @Test
  void aStoreSetsThemUnlessAnEventOvertookIt() {
    view.accept(cpu("a", 1, 1));
    long before = view.alertChanges();
    assertThat(view.replaceOpenAlerts(List.of(firing), before)).isTrue();
    assertThat(view.openAlerts("a")).containsExactly("id-1");

    view.accept(
        new AlertEvent(
            firing.toBuilder().state(AlertState.RESOLVED).build(), AlertEvent.Change.RESOLVED));

    assertThat(view.replaceOpenAlerts(List.of(firing), before)).isFalse();
    assertThat(view.openAlerts("a")).isEmpty();
  }
}
