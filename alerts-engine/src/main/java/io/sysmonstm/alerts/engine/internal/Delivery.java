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
    Duration groupWait, Duration repeat, int noticesPerMinute, Retry retry, Duration poll) {}
