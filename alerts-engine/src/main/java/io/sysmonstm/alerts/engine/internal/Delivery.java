package io.sysmonstm.alerts.engine.internal;

import java.time.Duration;

/**
 * How people are told.
 *
 * @param groupWait how long the news of a rule waits for more of the same rule
 * @param repeat after what time it is told again that an alert fires, which nobody has acknowledged
 * @param noticesPerMinute the most messages of one notifier in a minute; the last one is a digest
 *     of all that waits
 * @param retry how to go on after a failure
 * @param poll how often the store is asked for what is due
 */
public record Delivery(
    Duration groupWait, Duration repeat, int noticesPerMinute, Retry retry, Duration poll) {
  /** {@return how people are told unless somebody wants it otherwise; it tries for a day} */
  public static Delivery usual() {
    return new Delivery(
        Duration.ofSeconds(10),
        Duration.ofHours(4),
        30,
        new Retry(Duration.ofSeconds(1), Duration.ofMinutes(5), 400),
        Duration.ofSeconds(1));
  }

  /**
   * {@return the same with another wait}
   *
   * @param value how long news waits for more
   */
  public Delivery withGroupWait(Duration value) {
    return new Delivery(value, repeat, noticesPerMinute, retry, poll);
  }

  /**
   * {@return the same with other repetitions}
   *
   * @param value after what time it is told again
   */
  public Delivery withRepeat(Duration value) {
    return new Delivery(groupWait, value, noticesPerMinute, retry, poll);
  }

  /**
   * {@return the same with another limit}
   *
   * @param value the most messages in a minute
   */
  public Delivery withNoticesPerMinute(int value) {
    return new Delivery(groupWait, repeat, value, retry, poll);
  }

  /**
   * {@return the same with other tries}
   *
   * @param value how to go on after a failure
   */
  public Delivery withRetry(Retry value) {
    return new Delivery(groupWait, repeat, noticesPerMinute, value, poll);
  }

  /**
   * {@return the same with another pace}
   *
   * @param value how often the store is asked
   */
  public Delivery withPoll(Duration value) {
    return new Delivery(groupWait, repeat, noticesPerMinute, retry, value);
  }
}
