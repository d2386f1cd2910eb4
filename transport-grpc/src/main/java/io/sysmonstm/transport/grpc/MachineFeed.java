package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.Series;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.spi.Rejection;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.transport.grpc.v1.Metric;
import java.util.Arrays;
import java.util.List;

/**
 * One machine's single metrics on a stream, merged into batches: metrics of one time follow each
 * other. Confined to the stream's thread.
 */
final class MachineFeed {
  // The end of the year 9999; what comes later is no time, and would only break what prints it.
  private static final long LATEST_MILLIS = 253_402_300_799_999L;

  private final String machineId;
  private final IngestSession session;
  private final MetricsAnswer answer;
  private final MetricsAnswer.OfMachine answers;
  private final ReadGate.Valve valve;
  private final SeriesLookup lookup;
  private final MetricPatterns patterns;
  private final int maxSamples;
  private Series[] series;
  private double[] values;
  private int size;
  private long observedAtMillis;
  private long sinceNanos;

  MachineFeed(
      MachineReply reply,
      IngestSession session,
      SeriesLookup lookup,
      MetricPatterns patterns,
      int maxSamples) {
    this.machineId = reply.machineId();
    this.session = session;
    this.answer = reply.answer();
    this.answers = reply.answers();
    this.valve = reply.valve();
    this.lookup = lookup;
    this.patterns = patterns;
    this.maxSamples = maxSamples;
    this.series = new Series[Math.min(32, maxSamples)];
    this.values = new double[series.length];
  }

  /** Takes or refuses a metric, which was parsed from a message; tells whether it began a batch. */
  boolean take(Metric metric, byte[] message, TimeSource time) {
    long millis = metric.getTimestampMs();
    if (millis <= 0) {
      return refuse(Rejection.Reason.TOO_OLD, metric);
    }
    if (millis > LATEST_MILLIS) {
      return refuse(Rejection.Reason.FUTURE, metric);
    }
    return switch (lookup.find(metric)) {
      case IngestSession.Refused(var reason) -> refuse(reason, metric);
      case IngestSession.Accepted(var known) -> {
        double value = metric.getValue();
        if (!known.accepts(value)) {
          yield refuse(
              Double.isFinite(value) ? Rejection.Reason.OUT_OF_RANGE : Rejection.Reason.NOT_FINITE,
              metric);
        }
        patterns.parsed(message, this, known);
        yield add(known, value, millis, time);
      }
    };
  }

  /** {@return whether {@link #add} may take it: what is refused has to be told of by its names} */
  static boolean accepts(Series known, double value, long millis) {
    return millis > 0 && millis <= LATEST_MILLIS && known.accepts(value);
  }

  private boolean refuse(Rejection.Reason reason, Metric metric) {
    answer.refused(
        reason.name(),
        "type %s of %s".formatted(typeName(metric), Names.shown(metric.getMachineId())));
    return false;
  }

  private static String typeName(Metric metric) {
    return switch (metric.getType()) {
      case UNRECOGNIZED -> Integer.toString(metric.getTypeValue());
      default -> metric.getType().name();
    };
  }

  /** Takes a metric that is accepted; tells whether it began a batch. */
  boolean add(Series known, double value, long millis, TimeSource time) {
    if (size > 0 && millis != observedAtMillis) {
      flush();
    }
    boolean begins = size == 0;
    if (begins) {
      observedAtMillis = millis;
      sinceNanos = time.nanoTime();
    }
    if (size == values.length) {
      int larger = Math.min(maxSamples, 2 * size);
      series = Arrays.copyOf(series, larger);
      values = Arrays.copyOf(values, larger);
    }
    series[size] = known;
    values[size++] = value;
    if (size == maxSamples) {
      flush();
      return false;
    }
    return begins;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** When the first metric of the batch came, by the stream's monotonic clock. */
  long sinceNanos() {
    return sinceNanos;
  }

  /** Offers what is merged so far. */
  void flush() {
    if (size == 0) {
      return;
    }
    var batch =
        new Batch(
            machineId,
            session.epoch(),
            session.nextSeq(),
            observedAtMillis,
            Arrays.copyOf(series, size),
            Arrays.copyOf(values, size),
            List.of(),
            false);
    size = 0;
    answers.offering(batch.epoch(), batch.seq());
    valve.offering();
    // What was refused here is told by the stream's own answer, and so not twice.
    valve.offered(session.offer(batch, List.of()));
  }

  /** Offers the rest and asks for it to be written; may block. */
  void finish() {
    flush();
    session.flush();
  }

  void close() {
    session.close();
  }
}
