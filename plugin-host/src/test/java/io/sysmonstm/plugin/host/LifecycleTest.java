package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LifecycleTest {
  private final Lifecycle lifecycle = new Lifecycle(TimeSource.system());
  private final List<String> stopped = Collections.synchronizedList(new ArrayList<>());

  @Test
  void partsStopInReverseOrderAndOnce() {
    lifecycle.own("store", () -> stopped.add("store"));
    lifecycle.own("server", () -> stopped.add("server"));

    assertThat(lifecycle.stop(Duration.ofSeconds(5))).isEmpty();
    assertThat(lifecycle.stop(Duration.ofSeconds(5))).isEmpty();
    assertThat(stopped).containsExactly("server", "store");
  }

  @Test
  void onePartThatFailsDoesNotKeepTheOthersFromStopping() {
    lifecycle.onStop("first", () -> stopped.add("first"));
    lifecycle.onStop(
        "second",
        () -> {
          throw new IllegalStateException("stuck");
        });
    lifecycle.onStop(
        "third",
        () -> {
          throw new AssertionError("worse");
        });

    assertThat(lifecycle.stop(Duration.ofSeconds(5)))
        .extracting(failure -> failure.part() + ": " + failure.cause().getMessage())
        .containsExactly("third: worse", "second: stuck");
    assertThat(stopped).containsExactly("first");
  }

  @Test
  void onePartThatHangsIsInterruptedAndLeavesTimeForTheOthers() throws InterruptedException {
    var interrupted = new CountDownLatch(1);
    lifecycle.onStop("first", () -> stopped.add("first"));
    lifecycle.onStop(
        "hanging",
        () -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        });

    assertThat(lifecycle.stop(Duration.ofMillis(300)))
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.part()).isEqualTo("hanging");
              assertThat(failure.cause()).isInstanceOf(TimeoutException.class);
            });
    assertThat(stopped).containsExactly("first");
    assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatStartsTooLateIsStoppedAtOnce() {
    var closed = new AtomicBoolean();
    assertThat(lifecycle.stop(Duration.ofSeconds(1))).isEmpty();

    assertThatThrownBy(() -> lifecycle.own("late", () -> closed.set(true)))
        .isInstanceOf(CancellationException.class);
    assertThat(closed).isTrue();
  }
}
