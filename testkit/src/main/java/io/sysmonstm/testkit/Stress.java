package io.sysmonstm.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Looks for interleavings that break something: sets up a fresh state, lets its actors loose on it
 * at the same moment, each on a thread of its own, and checks what they made of it; again and
 * again.
 *
 * <p>A test gives it half a second. By hand it gets more: {@code -Dsysmonstm.stress=60} on Maven's
 * command line, in seconds for each method. Failures name the round, though not how to come there
 * again.
 */
public final class Stress {
  /** One round. */
  public interface Round {
    /** {@return what runs at the same time, as many in each round} */
    List<Runnable> actors();

    /** Checks what came out, once all actors are done; throws where it is wrong. */
    void check();

    /**
     * {@return the same round with a check more}
     *
     * @param more run after the round's own check
     */
    default Round also(Runnable more) {
      var round = this;
      return new Round() {
        @Override
        public List<Runnable> actors() {
          return round.actors();
        }

        @Override
        public void check() {
          round.check();
          more.run();
        }
      };
    }
  }

  private static final String PROPERTY = "sysmonstm.stress";
  private static final int LEAST_ROUNDS = 10;
  private static final Duration USUAL = Duration.ofMillis(500);

  private Stress() {}

  /**
   * Runs rounds until the time is over, 10 at the least.
   *
   * @param rounds makes the state of a round
   * @return how many rounds there were
   * @throws AssertionError where a check fails or an actor throws
   */
  public static int run(Supplier<? extends Round> rounds) {
    long end = System.nanoTime() + duration().toNanos();
    int count = 0;
    var round = rounds.get();
    int actors = round.actors().size();
    var start = new CyclicBarrier(actors);
    try (var threads = Executors.newFixedThreadPool(actors)) {
      while (true) {
        count++;
        play(round, start, threads);
        if (count >= LEAST_ROUNDS && System.nanoTime() - end >= 0) {
          return count;
        }
        round = rounds.get();
      }
    } catch (ExecutionException | AssertionError failure) {
      throw new AssertionError("in round %d".formatted(count), failure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted in round %d".formatted(count), e);
    }
  }

  private static void play(Round round, CyclicBarrier start, ExecutorService threads)
      throws ExecutionException, InterruptedException {
    var running = new ArrayList<Future<?>>();
    for (var actor : round.actors()) {
      running.add(
          threads.submit(
              () -> {
                start.await();
                actor.run();
                return null;
              }));
    }
    for (var each : running) {
      each.get();
    }
    round.check();
  }

  private static Duration duration() {
    var seconds = System.getProperty(PROPERTY);
    return seconds == null ? USUAL : Duration.ofSeconds(Long.parseLong(seconds));
  }
}
