package io.sysmonstm.collector.core;

import io.sysmonstm.spi.Welcome;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the delivery is doing, for all who want to know. Written by its thread, read by any. */
final class DeliveryState {
  private volatile Optional<String> problem = Optional.of("not connected yet");
  private volatile boolean connected;
  private volatile @Nullable Instant lastDurableAck;
  private volatile @Nullable ClockSkew skew;
  private volatile int maxBatchSamples = Integer.MAX_VALUE;
  private final RecentConflicts conflicts = new RecentConflicts();

  void connected(Welcome welcome, ClockSkew measured) {
    connected = true;
    problem = Optional.empty();
    skew = measured;
    maxBatchSamples = welcome.maxBatchSamples() > 0 ? welcome.maxBatchSamples() : Integer.MAX_VALUE;
  }

  void disconnected(String why) {
    connected = false;
    problem = Optional.of("not connected: " + why);
  }

  void durable(Instant at) {
    lastDurableAck = at;
    problem = Optional.empty();
  }

  void fenced(long nowNanos) {
    disconnected("another process with the id of this machine has taken over");
    conflicts.add(nowNanos);
  }

  /** How often another process of this machine's id has taken over, within the last 10 minutes. */
  int conflicts(long nowNanos) {
    return conflicts.count(nowNanos);
  }

  void shownOnly() {
    problem = Optional.of("the aggregator cannot write history");
  }

  /** Whether the server has welcomed the stream that is open. */
  boolean isConnected() {
    return connected;
  }

  /** What keeps batches from history, empty where nothing does. */
  Optional<String> problem() {
    return problem;
  }

  /** Whether history takes what is sent. */
  boolean isDelivering() {
    return lastDurableAck != null && problem.isEmpty();
  }

  /** When the last batch was acknowledged as durable. */
  Optional<Instant> lastDurableAck() {
    return Optional.ofNullable(lastDurableAck);
  }

  /** The clock's lead at the last welcome, empty before the first. */
  Optional<ClockSkew> skew() {
    return Optional.ofNullable(skew);
  }

  /** The most samples of a batch that the server takes. */
  int maxBatchSamples() {
    return maxBatchSamples;
  }
}
