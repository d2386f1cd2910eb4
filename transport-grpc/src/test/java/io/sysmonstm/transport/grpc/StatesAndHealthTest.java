package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.transport.grpc.v1.Empty;
import io.sysmonstm.transport.grpc.v1.MetricType;
import io.sysmonstm.transport.grpc.v1.MetricsServiceGrpc;
import io.sysmonstm.transport.grpc.v1.StateRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatesAndHealthTest {
  private static final Instant SEEN = Instant.parse("2026-01-01T00:00:00Z");

  private final Outsider outsider =
      new Outsider(builder -> builder.healthPeriod(Duration.ofMillis(10)));

  @AfterEach
  void close() {
    outsider.close();
  }

  private MetricsServiceGrpc.MetricsServiceBlockingStub metrics() {
    return MetricsServiceGrpc.newBlockingStub(outsider.channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static MachineState state(String machineId) {
    return new MachineState(
        machineId,
        Resource.builder("host-" + machineId).build(),
        SEEN,
        Duration.ofSeconds(5),
        List.of(
            new Sample("cpu_percent", Labels.empty(), SEEN, 12.5),
            new Sample("disk_percent", Labels.of("mount", "/"), SEEN.minusSeconds(5), 80),
            new Sample("app_queue_depth", Labels.empty(), SEEN, 3)),
        List.of());
  }

  private ServingStatus health(String service) {
    return HealthGrpc.newBlockingStub(outsider.channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  private void awaitHealth(ServingStatus status) {
    for (var service : List.of("", "sysmonstm.v1.IngestService", "sysmonstm.v1.MetricsService")) {
      Eventually.until("'" + service + "' " + status, () -> health(service) == status);
    }
  }

  private static void assertCode(Status.Code code, Runnable question) {
    assertThatThrownBy(question::run)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
  }

  @Test
  void stateOfAMachineHasTheMetricsThatTheEnumKnows() {
    outsider.current.put(state("m1"));
    var state = metrics().getCurrentState(StateRequest.newBuilder().setMachineId("m1").build());
    assertThat(state.getMachineId()).isEqualTo("m1");
    assertThat(state.getHostname()).isEqualTo("host-m1");
    assertThat(state.getLastSeenMs()).isEqualTo(SEEN.toEpochMilli());
    assertThat(state.getCurrentMetricsList())
        .extracting(metric -> metric.getType())
        .containsExactly(MetricType.CPU_PERCENT, MetricType.DISK_PERCENT);
    var disk = state.getCurrentMetrics(1);
    assertThat(disk.getValue()).isEqualTo(80);
    assertThat(disk.getMachineId()).isEqualTo("m1");
    assertThat(disk.getTimestampMs()).isEqualTo(SEEN.minusSeconds(5).toEpochMilli());
    assertThat(disk.getLabelsMap()).containsEntry("mount", "/").hasSize(1);
  }

  @Test
  void machineNeverSeenIsNotFound() {
    assertCode(
        Status.Code.NOT_FOUND,
        () -> metrics().getCurrentState(StateRequest.newBuilder().setMachineId("no").build()));
    assertCode(
        Status.Code.NOT_FOUND, () -> metrics().getCurrentState(StateRequest.getDefaultInstance()));
  }

  @Test
  void allStatesAreThoseOfTheStore() {
    assertThat(metrics().getAllStates(Empty.getDefaultInstance()).getMachinesCount()).isZero();
    outsider.current.put(state("m2"));
    outsider.current.put(state("m1"));
    assertThat(metrics().getAllStates(Empty.getDefaultInstance()).getMachinesList())
        .extracting(machine -> machine.getMachineId())
        .containsExactly("m1", "m2");
  }

  @Test
  void storeThatIsDownIsUnavailable() {
    outsider.current.setDown(true);
    assertCode(Status.Code.UNAVAILABLE, () -> metrics().getAllStates(Empty.getDefaultInstance()));
  }

  @Test
  void healthFollowsTheReadiness() {
    awaitHealth(ServingStatus.SERVING);
    outsider.ingest.setReady(false);
    awaitHealth(ServingStatus.NOT_SERVING);
    outsider.ingest.setReady(true);
    awaitHealth(ServingStatus.SERVING);
  }

  @Test
  void healthOfAnotherServiceIsNotFound() {
    assertCode(Status.Code.NOT_FOUND, () -> health("sysmonstm.v1.Nothing"));
  }

  @Test
  void drainedServerIsNotServingButStillWorks() {
    awaitHealth(ServingStatus.SERVING);
    outsider.server.drain();
    outsider.server.drain();
    assertThat(health("")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(health("sysmonstm.v1.IngestService")).isEqualTo(ServingStatus.NOT_SERVING);
    outsider.welcomed("m1");
  }
}
