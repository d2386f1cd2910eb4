package io.sysmonstm.gateway.helidon.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.web.helidon.internal.http.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedAnswersTest {
  private final ManualTime time = new ManualTime();
  private final SharedAnswers shared = new SharedAnswers(time);
  private final AtomicInteger made = new AtomicInteger();

  private Answer make() {
    return Answer.empty(200 + made.getAndIncrement());
  }

  @Test
  void whoAsksTheSameWithinAMomentGetsTheSame() {
    assertThat(shared.get("a", this::make)).isSameAs(shared.get("a", this::make));
    assertThat(shared.get("b", this::make).status()).isEqualTo(201);

    time.advance(SharedAnswers.LIFE);
    assertThat(shared.get("a", this::make).status()).isEqualTo(202);
  }

  @Test
  void manyAtOnceHaveItMadeOnce() throws Exception {
    var begun = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<Answer>>();
      answers.add(
          executor.submit(
              () ->
                  shared.get(
                      "a",
                      () -> {
                        begun.countDown();
                        awaitQuietly(go);
                        return make();
                      })));
      begun.await();
      var asking = new AtomicInteger();
      for (int i = 0; i < 50; i++) {
        answers.add(
            executor.submit(
                () -> {
                  asking.incrementAndGet();
                  return shared.get("a", this::make);
                }));
      }
      Eventually.until("all ask", Duration.ofSeconds(5), () -> asking.get() == 50);
      go.countDown();
      for (var answer : answers) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
    }
    assertThat(made).hasValue(1);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anErrorIsNotKept() {
    assertThatThrownBy(
            () ->
                shared.get(
                    "a",
                    () -> {
                      throw new StoreUnavailableException("away", null);
                    }))
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(shared.get("a", this::make).status()).isEqualTo(200);
  }

  @Test
  void onlyAFewAreKept() {
    for (var question : List.of("a", "b", "c", "d", "e", "f", "g", "h", "i")) {
      shared.get(question, this::make);
    }

    shared.get("i", this::make);
    assertThat(made).hasValue(9);
    shared.get("a", this::make);
    assertThat(made).hasValue(10);
  }
}
