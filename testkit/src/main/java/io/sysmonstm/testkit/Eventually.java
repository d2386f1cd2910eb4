package io.sysmonstm.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition instead of sleeping. Thread-safe. */
public final class Eventually {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Eventually() {}

  /**
   * Waits until a condition holds, 20 s at the most.
   *
   * @param what what is waited for, for the failure's message
   * @param condition asked every 5 ms
   * @throws AssertionError where it does not hold in time, or throws
   */
  public static void until(String what, Callable<Boolean> condition) {
    until(what, PATIENCE, condition);
  }

  /**
   * Waits until a condition holds.
   *
   * @param what what is waited for, for the failure's message
   * @param patience how long at the most
   * @param condition asked every 5 ms
   * @throws AssertionError where it does not hold in time, or throws
   */
  public static void until(String what, Duration patience, Callable<Boolean> condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (!condition.call()) {
        if (System.nanoTime() - deadline > 0) {
          throw new AssertionError("not within %s: %s".formatted(patience, what));
        }
        LockSupport.parkNanos(5_000_000);
      }
    } catch (Exception e) {
      throw new AssertionError("while waiting for: " + what, e);
    }
  }

  /**
   * Waits until an assertion passes, 20 s at the most; fails with its last failure.
   *
   * @param assertion tried every 5 ms
   */
  public static void asserted(Runnable assertion) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        assertion.run();
        return;
      } catch (AssertionError failure) {
        if (System.nanoTime() - deadline > 0) {
          throw failure;
        }
        LockSupport.parkNanos(5_000_000);
      }
    }
  }
}
