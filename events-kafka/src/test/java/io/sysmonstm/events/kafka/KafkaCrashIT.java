package io.sysmonstm.events.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import io.sysmonstm.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KafkaCrashIT {
  private static final int MACHINES = 12;

  private final Queue<Event> mine = new ConcurrentLinkedQueue<>();
  private final Queue<String> others = new ConcurrentLinkedQueue<>();
  private long seq;

  @Test
  void theOthersTakeOverTheMachinesOfAMemberThatWasKilled() throws Exception {
    var prefix = UUID.randomUUID() + ".";
    Process member = null;
    try (var bus = Buses.builder(Broker.address(), prefix, new SelfMetrics()).open()) {
      bus.share("alerts", Set.of(Topic.METRICS_RAW), mine::add);
      member = member(prefix);
      publishUntil(bus, "both have a part", () -> !mine.isEmpty() && !others.isEmpty());
      publishRound(bus);
      member.destroyForcibly();
      assertThat(member.waitFor(10, TimeUnit.SECONDS)).isTrue();
      publishRound(bus);
      Eventually.until(
          "nothing is lost",
          Duration.ofSeconds(60),
          () -> {
            var came = new TreeSet<>(others);
            came.addAll(Buses.names(mine));
            return came.size() == seq * MACHINES;
          });
      publishRound(bus);
      Eventually.until(
          "all machines are taken over",
          () ->
              mine.stream().filter(each -> Buses.name(each).endsWith("/" + seq)).count()
                  == MACHINES);
    } finally {
      if (member != null) {
        member.destroyForcibly();
      }
    }
  }

  private void publishRound(KafkaEventBus bus) {
    seq++;
    for (int machine = 0; machine < MACHINES; machine++) {
      bus.publish(Buses.event(machine, seq));
    }
  }

  private void publishUntil(KafkaEventBus bus, String what, Callable<Boolean> condition) {
    var next = new AtomicLong(System.nanoTime());
    Eventually.until(
        what,
        Duration.ofSeconds(60),
        () -> {
          if (System.nanoTime() - next.get() >= 0) {
            next.set(System.nanoTime() + Duration.ofMillis(100).toNanos());
            publishRound(bus);
          }
          return condition.call();
        });
  }

  private Process member(String prefix) throws IOException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Member.class.getName(),
                Broker.address(),
                prefix)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Thread.ofVirtual()
        .start(
            () -> {
              try (var lines = process.inputReader(UTF_8)) {
                lines.lines().forEach(others::add);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    return process;
  }
}
