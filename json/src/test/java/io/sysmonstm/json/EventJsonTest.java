package io.sysmonstm.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.Severity;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.MachineEvent;
import io.sysmonstm.spi.MachineForgotten;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import io.sysmonstm.testkit.BatchBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventJsonTest {
  private static final Instant NOON = Instant.parse("2026-05-01T12:00:00.123Z");
  private static final String HOSTILE = "a\"b\\c\n\u0000\u2028</script>é😀";

  private final SeriesRegistry series = new SeriesRegistry();
  private final EventJson json = new EventJson(series, new SelfMetrics());

  private BatchBuilder batch(long seq) {
    return new BatchBuilder(series, "web-1", seq, NOON);
  }

  private <E extends Event> E again(E event) {
    @SuppressWarnings("unchecked") // an event is read as what it was written
    var read = (E) json.read(json.write(event), event.topic());
    return read;
  }

  private static MetricsEvent event(BatchBuilder batch, Resource resource) {
    return new MetricsEvent(batch.build(), resource, Duration.ofMillis(2_500), NOON.plusMillis(40));
  }

  // What is written is compared with a text below, so that equal texts mean equal events.
  private void comesBackWhole(Event event) {
    assertThat(new String(json.write(again(event)), UTF_8))
        .isEqualTo(new String(json.write(event), UTF_8));
  }

  @Test
  void aCycleIsWrittenForOutsidersToRead() {
    var event =
        event(
            batch(7)
                .sample("cpu_percent", 90)
                .sample("disk_percent", Labels.of("mount", "/home"), 41.5)
                .processes(new TopProcess(12, "java", "root", 99.5, 4096)),
            Resource.builder("web").os("Linux").tags(Map.of("env", "prod")).build());
    assertThat(new String(json.write(event), UTF_8))
        .isEqualTo(
            """
            {"type":"metrics","timestamp":"2026-05-01T12:00:00.123Z","machine_id":"web-1",\
            "hostname":"web","tags":{"env":"prod"},"epoch":"00000000-0000-0001-0000-000000000001",\
            "seq":7,"received_at":"2026-05-01T12:00:00.163Z","interval_ms":2500,\
            "resource":{"os":"Linux"},"metrics":[\
            {"metric":"cpu_percent","unit":"%","labels":{},"value":90},\
            {"metric":"disk_percent","unit":"%","labels":{"mount":"/home"},"value":41.5}],\
            "processes":[{"pid":12,"name":"java","user":"root","cpu_percent":99.5,"rss_bytes":4096}]}\
            """);
  }

  @Test
  void aCycleComesBackWhole() {
    var resource =
        Resource.builder(HOSTILE)
            .tags(Map.of(HOSTILE, HOSTILE))
            .os(HOSTILE)
            .osVersion("12")
            .arch("amd64")
            .cpuModel("x")
            .logicalCpus(8)
            .memoryBytes(Long.MAX_VALUE)
            .bootTime(NOON.minusSeconds(60))
            .collectorVersion("0.1")
            .build();
    var processes = new TopProcess(Integer.MIN_VALUE, HOSTILE, "", 800.25, Long.MAX_VALUE);
    var event =
        event(
            batch(Long.MAX_VALUE)
                .sample("cpu_percent", 7)
                .sample("app_queue", Labels.of(Map.of("a", "😀\"", "b", "")), -3.5)
                .processes(processes)
                .replay(),
            resource);
    var read = again(event);
    comesBackWhole(event);
    assertThat(read.resource().tags()).isEqualTo(resource.tags());
    assertThat(read.resource().memoryBytes()).isEqualTo(Long.MAX_VALUE);
    assertThat(read.resource().bootTime()).isEqualTo(resource.bootTime());
    assertThat(read.batch().topProcesses()).containsExactly(processes);
    assertThat(read.batch().replay()).isTrue();
    assertThat(read.interval()).isEqualTo(event.interval());
    assertThat(read.receivedAt()).isEqualTo(event.receivedAt());
    assertThat(read.batch().series(1)).isSameAs(event.batch().series(1));
  }

  @Test
  void anEmptyCycleComesBackToo() {
    var event = event(batch(1), Resource.builder("").build());
    comesBackWhole(event);
  }

  @Test
  void everyDoubleComesBackToTheLastBit() {
    var values =
        new double[] {
          0,
          Double.MIN_VALUE,
          -Double.MAX_VALUE,
          Double.MAX_VALUE,
          0.1,
          1.0 / 3,
          1e15,
          1e15 + 0.5,
          9007199254740992d,
          -123456789.000001,
          2.2250738585072014E-308
        };
    var batch = batch(1);
    for (int i = 0; i < values.length; i++) {
      batch.sample("app_value", Labels.of("i", Integer.toString(i)), values[i]);
    }
    var read = again(event(batch, Resource.builder("web").build())).batch();
    for (int i = 0; i < values.length; i++) {
      assertThat(read.value(i)).isEqualTo(values[i]);
    }
  }

  @Test
  void whatIsNotFiniteIsNeverWritten() {
    var event =
        event(
            batch(1)
                .sample("app_a", Double.NaN)
                .sample("app_b", Double.POSITIVE_INFINITY)
                .sample("app_c", 1),
            Resource.builder("web").build());
    assertThat(new String(json.write(event), UTF_8)).doesNotContain("NaN", "Infinity");
    assertThat(again(event).batch().size()).isEqualTo(1);
  }

  @Test
  void halfASurrogatePairBecomesTheReplacementCharacter() {
    var event = event(batch(1), Resource.builder("a\ud83dz\ude00 😀").build());
    assertThat(again(event).resource().hostname()).isEqualTo("a\ufffdz\ufffd 😀");
  }

  @Test
  void cyclesOfOtherLayoutsAreReadRightAfterEachOther() {
    var layouts = new ArrayList<MetricsEvent>();
    for (var mounts :
        List.of(
            List.of("/", "/home"),
            List.of("/", "/home"),
            List.of("/home", "/"),
            List.of("/"),
            List.of("/", "/var", "/home"),
            List.<String>of())) {
      var batch = batch(layouts.size() + 1).sample("cpu_percent", 1);
      for (var mount : mounts) {
        batch.sample(
            "disk_percent", Labels.of(Map.of("device", "sda", "mount", mount)), mount.length());
        batch.sample("disk_bytes", Labels.of("device", mount), mount.length());
      }
      layouts.add(event(batch, Resource.builder("web").build()));
    }
    for (var event : layouts) {
      comesBackWhole(event);
    }
  }

  @ParameterizedTest
  @EnumSource(AlertEvent.Change.class)
  void aChangeOfAnAlertComesBackWhole(AlertEvent.Change change) {
    var alert =
        Alert.builder("a1", HOSTILE, "web-1")
            .severity(Severity.CRITICAL)
            .state(AlertState.RESOLVED)
            .metric("cpu_percent")
            .labels(Labels.of("core", "0"))
            .value(99.25)
            .threshold(-0.5)
            .startedAt(NOON)
            .firedAt(NOON.plusSeconds(1))
            .resolvedAt(NOON.plusSeconds(2))
            .acknowledgedBy("ops")
            .message(HOSTILE)
            .processes(List.of(new TopProcess(1, "init", "root", 0, 0)))
            .build();
    var event = new AlertEvent(alert, change);
    comesBackWhole(event);
    assertThat(again(event).change()).isEqualTo(change);
    assertThat(again(event).alert().message()).isEqualTo(HOSTILE);
  }

  @Test
  void anAlertIsWrittenForOutsidersToRead() {
    var alert =
        Alert.builder("a1", "cpu", "web-1")
            .metric("cpu_percent")
            .value(95)
            .threshold(90)
            .startedAt(NOON)
            .state(AlertState.FIRING)
            .firedAt(NOON.plusSeconds(60))
            .message("busy");
    assertThat(
            new String(json.write(new AlertEvent(alert.build(), AlertEvent.Change.FIRED)), UTF_8))
        .isEqualTo(
            """
            {"type":"alert","timestamp":"2026-05-01T12:01:00.123Z","machine_id":"web-1",\
            "change":"fired","data":{"id":"a1","rule":"cpu","severity":"warning","state":"firing",\
            "machine_id":"web-1","metric":"cpu_percent","labels":{},"value":95,"threshold":90,\
            "started_at":"2026-05-01T12:00:00.123Z","fired_at":"2026-05-01T12:01:00.123Z",\
            "resolved_at":null,"acknowledged_by":null,"message":"busy","processes":[]}}\
            """);
  }

  @Test
  void anAlertWithNothingOptionalComesBackToo() {
    var event =
        new AlertEvent(Alert.builder("a1", "silent", "web-1").build(), AlertEvent.Change.PENDING);
    comesBackWhole(event);
  }

  @Test
  void aForgottenMachineComesBackWhole() {
    var event = new MachineForgotten("web-1", NOON);
    assertThat(again(event)).isEqualTo(event);
    assertThat(event.topic()).isEqualTo(Topic.MACHINES_STATUS);
  }

  @ParameterizedTest
  @EnumSource(MachineStatus.class)
  void aChangeOfAMachineComesBackWhole(MachineStatus status) {
    var event = new MachineEvent("web-1", HOSTILE, status, NOON, NOON.plusSeconds(30));
    assertThat(again(event)).isEqualTo(event);
    assertThat(event.topic()).isEqualTo(Topic.MACHINES_STATUS);
  }
}
