package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.DuplicateProviderException;
import io.sysmonstm.spi.TimeSource;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HostTest {
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final HostLogging logging =
      HostLogging.install(LogFormat.JSON, System.Logger.Level.INFO, logged);
  private final Host host = new Host("collector", TimeSource.system());
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void giveLoggingBack() {
    logging.close();
  }

  @Test
  void runsUntilItIsStoppedAndEndsWellInReverseOrder() throws Exception {
    var started = new CountDownLatch(1);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var status =
          executor.submit(
              () ->
                  host.run(
                      lifecycle -> {
                        lifecycle.onStop("store", () -> events.add("store stopped"));
                        lifecycle.onStop("server", () -> events.add("server stopped"));
                        started.countDown();
                      }));
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
      host.stop("SIGTERM");
      host.stop("SIGTERM");

      assertThat(status.get()).isEqualTo(Host.STATUS_OK);
    }
    assertThat(events).containsExactly("server stopped", "store stopped");
    assertThat(log()).contains("\"event\":\"role_stopping\"").contains("\"reason\":\"SIGTERM\"");
  }

  @Test
  void aFailedStartStopsWhatHadStarted() {
    int status =
        host.run(
            lifecycle -> {
              lifecycle.onStop("store", () -> events.add("store stopped"));
              throw new IllegalStateException("no port");
            });

    assertThat(status).isEqualTo(Host.STATUS_FAILURE);
    assertThat(events).containsExactly("store stopped");
    assertThat(log()).contains("\"event\":\"start_failed\"").contains("no port");
  }

  @Test
  void badConfigurationHasAStatusOfItsOwnAndNoStack() {
    int status =
        host.run(
            lifecycle -> {
              throw new ConfigException(List.of("first problem", "second problem"));
            });

    assertThat(status).isEqualTo(Host.STATUS_BAD_CONFIGURATION);
    assertThat(log())
        .contains("\"event\":\"bad_configuration\"")
        .contains("first problem\\nsecond problem")
        .doesNotContain("\"stack\"");
    assertThat(Host.status(new DuplicateProviderException("two")))
        .isEqualTo(Host.STATUS_BAD_CONFIGURATION);
  }

  @Test
  void aPartThatFailsForGoodEndsTheRole() {
    int status = host.run(lifecycle -> host.fail(new OutOfMemoryError("full")));

    assertThat(status).isEqualTo(Host.STATUS_FAILURE);
    assertThat(log()).contains("\"event\":\"role_failed\"").contains("full");
  }

  @Test
  void aStopDuringTheStartInterruptsIt() {
    int status =
        host.run(
            lifecycle -> {
              lifecycle.onStop("store", () -> events.add("store stopped"));
              host.stop("SIGTERM");
              new CountDownLatch(1).await();
            });

    assertThat(status).isEqualTo(Host.STATUS_OK);
    assertThat(events).containsExactly("store stopped");
  }

  @Test
  void aPartThatFailsToStopIsLoggedAndDoesNotChangeTheStatus() {
    int status =
        host.run(
            lifecycle -> {
              lifecycle.onStop(
                  "store",
                  () -> {
                    throw new IllegalStateException("disk gone");
                  });
              host.stop("SIGTERM");
            });

    assertThat(status).isEqualTo(Host.STATUS_OK);
    assertThat(log()).contains("\"event\":\"stop_failed\"").contains("disk gone");
  }

  private String log() {
    return logged.toString(StandardCharsets.UTF_8);
  }
}
