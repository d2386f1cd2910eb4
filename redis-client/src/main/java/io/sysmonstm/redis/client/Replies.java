package io.sysmonstm.redis.client;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the answers to commands, up to one deadline. Immutable. */
public final class Replies {
  /** How long an answer may take. */
  public static final Duration TIMEOUT = Duration.ofMillis(500);

  private final long deadlineNanos;

  private Replies(long deadlineNanos) {
    this.deadlineNanos = deadlineNanos;
  }

  /** {@return a deadline of {@link #TIMEOUT} from now on} */
  public static Replies soon() {
    return within(TIMEOUT);
  }

  /**
   * {@return a deadline from now on}
   *
   * @param timeout how far off
   */
  public static Replies within(Duration timeout) {
    return new Replies(System.nanoTime() + timeout.toNanos());
  }

  /**
   * {@return an answer}
   *
   * @param <T> its type
   * @param reply what a command returned
   * @throws RedisException where it is an error, or does not come in time
   * @throws InterruptedException where the thread is interrupted
   */
  public <T> T await(Future<T> reply) throws InterruptedException {
    try {
      return reply.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new RedisCommandTimeoutException("no answer in time");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RedisException failure
          ? failure
          : new RedisException(e.getCause());
    }
  }
}
