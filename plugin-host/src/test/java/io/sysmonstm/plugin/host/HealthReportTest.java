package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Readiness;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthReportTest {
  private static final Readiness READY = new Readiness(true, Map.of("history", Health.ok()));
  private static final Readiness DEGRADED =
      new Readiness(true, Map.of("history", Health.failing("no \"connection\"")));

  private final ManualTime time = new ManualTime();
  @TempDir private Path directory;
  private final AtomicReference<Readiness> readiness = new AtomicReference<>(READY);
  private HealthReport report;

  @BeforeEach
  void start() throws IOException {
    report = HealthReport.start("alerts", directory, readiness::get, Duration.ofSeconds(2), time);
    Eventually.until("the first report", () -> Files.exists(directory.resolve("alerts.health")));
  }

  @AfterEach
  void stop() throws IOException {
    report.close();
  }

  @Test
  void tellsTheStatusAndEachPartInTheFormOfTheGateway() throws IOException {
    aged(Duration.ZERO);

    assertThat(HealthReport.read("alerts", directory, time))
        .hasValue("{\"status\":\"ready\",\"checks\":{\"history\":\"ok\"}}");

    report(DEGRADED);
    aged(Duration.ZERO);

    assertThat(HealthReport.read("alerts", directory, time))
        .hasValueSatisfying(
            line -> {
              assertThat(line)
                  .isEqualTo(
                      "{\"status\":\"degraded\",\"checks\":"
                          + "{\"history\":\"error: no \\\"connection\\\"\"}}");
              assertThat(HealthReport.isReady(line)).isTrue();
            });
  }

  @Test
  void aRoleThatCannotDoItsWorkIsNotReady() throws IOException {
    report(new Readiness(false, Map.of()));
    aged(Duration.ZERO);

    assertThat(HealthReport.read("alerts", directory, time))
        .hasValueSatisfying(line -> assertThat(HealthReport.isReady(line)).isFalse());
  }

  @Test
  void anOldReportTellsNothing() throws IOException {
    aged(HealthReport.OUTDATED_AFTER.plusSeconds(1));

    assertThat(HealthReport.read("alerts", directory, time)).isEmpty();
  }

  @Test
  void theFileOfAProcessThatLivesIsTouched() throws IOException {
    aged(HealthReport.OUTDATED_AFTER.plusSeconds(1));
    time.advance(Duration.ofMinutes(1));

    report(READY);

    assertThat(HealthReport.read("alerts", directory, time)).isPresent();
  }

  @Test
  void isGoneAfterAnOrderlyStopAndDoesNotComeBack() throws IOException {
    report.close();
    report(DEGRADED);

    assertThat(HealthReport.read("alerts", directory, time)).isEmpty();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aDirectoryThatIsGoneCostsNothingButTheFile() throws IOException {
    Files.delete(directory.resolve("alerts.health"));
    Files.delete(directory);

    report(DEGRADED);
    Files.createDirectories(directory);
    report(DEGRADED);

    assertThat(directory.resolve("alerts.health")).content().contains("degraded");
  }

  /** As the reports in the background do. */
  private void report(Readiness now) {
    readiness.set(now);
    report.report(now);
  }

  private void aged(Duration age) throws IOException {
    Files.setLastModifiedTime(
        directory.resolve("alerts.health"), FileTime.from(time.instant().minus(age)));
  }
}
