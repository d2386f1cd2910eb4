package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Stress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MailboxInterleavingsTest {
  private static final int EACH = 50;

  /** Two offer and the last of them closes, one reads to the end. */
  private static final class Round implements Stress.Round {
    private final Mailbox<Integer> mailbox;
    private final AtomicInteger offering = new AtomicInteger(2);
    private final AtomicInteger dropped = new AtomicInteger();
    private final List<Integer> read = new ArrayList<>();

    Round(int capacity) {
      mailbox = new Mailbox<>(capacity);
    }

    private void offer(int from) {
      for (int i = from; i < from + EACH; i++) {
        if (mailbox.offer(i) != null) {
          dropped.incrementAndGet();
        }
      }
      if (offering.decrementAndGet() == 0) {
        mailbox.close();
      }
    }

    private void read() {
      try {
        for (var next = mailbox.awaitOldest(); next != null; next = mailbox.awaitOldest()) {
          read.add(next);
          mailbox.remove(next);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public List<Runnable> actors() {
      return List.of(() -> offer(0), () -> offer(EACH), this::read);
    }

    @Override
    public void check() {
      assertThat(read).doesNotHaveDuplicates();
      assertThat(read.stream().filter(each -> each < EACH)).isSorted();
      assertThat(read.stream().filter(each -> each >= EACH)).isSorted();
      assertThat(mailbox.size()).isZero();
      // One that is dropped while it is worked on counts as both.
      assertThat(read.size() + dropped.get()).isGreaterThanOrEqualTo(2 * EACH);
    }
  }

  @Test
  void nothingIsLostUncountedOrOutOfOrder() {
    assertThat(Stress.run(() -> new Round(4))).isPositive();
  }

  @Test
  void aLargeOneHandsOverEverything() {
    Stress.run(
        () -> {
          var round = new Round(2 * EACH);
          return round.also(() -> assertThat(round.read).hasSize(2 * EACH));
        });
  }
}
