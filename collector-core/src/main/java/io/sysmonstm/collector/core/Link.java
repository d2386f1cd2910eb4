package io.sysmonstm.collector.core;

import io.sysmonstm.spi.MetricSender;

/** The stream that is open, and how it is doing. Confined to the delivery's thread. */
final class Link {
  /** How long a server may leave a hello, a batch or a full window without an answer. */
  static final long STALL_NANOS = 30_000_000_000L;

  final Connection connection;
  final MetricSender.Stream stream;

  /** Lost samples that the hello told of. */
  final long toldDropped;

  private long welcomedNanos;
  private boolean welcomed;
  private boolean acknowledged;
  private boolean halfClosed;
  // While an answer is due: since when. The answer to the hello is due from the beginning.
  private boolean answerDue = true;
  private long dueSinceNanos;

  Link(Connection connection, MetricSender.Stream stream, long toldDropped, long nowNanos) {
    this.connection = connection;
    this.stream = stream;
    this.toldDropped = toldDropped;
    this.dueSinceNanos = nowNanos;
  }

  void welcomed(long nowNanos) {
    welcomed = true;
    welcomedNanos = nowNanos;
    answerDue = false;
  }

  boolean isWelcomed() {
    return welcomed;
  }

  void acknowledged() {
    acknowledged = true;
    answerDue = false;
  }

  /** Says whether the server owes an answer; the time runs from when it first did. */
  void owes(boolean due, long nowNanos) {
    if (due && !answerDue) {
      dueSinceNanos = nowNanos;
    }
    answerDue = due;
  }

  boolean isStalled(long nowNanos) {
    return answerDue && nowNanos - dueSinceNanos >= STALL_NANOS;
  }

  /**
   * When the stream counts as stalled unless an answer comes, or the given time where none is due.
   */
  long stallsAtNanos(long otherwise) {
    return answerDue ? dueSinceNanos + STALL_NANOS : otherwise;
  }

  /** Whether it has lived and been acknowledged for half a minute. */
  boolean isProven(long nowNanos) {
    return acknowledged && nowNanos - welcomedNanos >= STALL_NANOS;
  }

  void halfClose() {
    if (!halfClosed) {
      halfClosed = true;
      stream.close();
    }
  }

  boolean isHalfClosed() {
    return halfClosed;
  }
}
