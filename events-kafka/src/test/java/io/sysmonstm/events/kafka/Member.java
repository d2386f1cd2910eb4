package io.sysmonstm.events.kafka;

import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A member of a group in a process of its own, which prints what it has finished. */
final class Member {
  private Member() {}

  public static void main(String[] args) throws InterruptedException {
    var bus = Buses.builder(args[0], args[1], new SelfMetrics()).open();
    bus.share(
        "alerts",
        Set.of(Topic.METRICS_RAW),
        event -> {
          var line = Buses.name(event) + "\n";
          System.out.writeBytes(line.getBytes(StandardCharsets.UTF_8));
          System.out.flush();
        });
    new CountDownLatch(1).await();
  }
}
