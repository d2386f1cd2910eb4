package io.sysmonstm.testkit;

import org.junit.jupiter.api.Assumptions;

/** Ends a test that cannot say anything on this machine, and tells why on the console. */
public final class Skipped {
  private Skipped() {}

  /**
   * Goes on where the condition holds; else prints the reason and aborts the test, which then
   * counts as skipped and not as failed.
   *
   * @param condition what the test needs
   * @param reason what is missing, to be read by who ran the tests
   * @throws org.opentest4j.TestAbortedException where the condition does not hold
   */
  public static void unless(boolean condition, String reason) {
    if (!condition) {
      System.out.println("skipped: " + reason);
      Assumptions.abort(reason);
    }
  }
}
