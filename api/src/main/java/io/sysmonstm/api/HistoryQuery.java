package io.sysmonstm.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A question to history: one metric, some machines, a span of time. Immutable. */
public final class HistoryQuery {
  private final List<String> machines;
  private final String metric;
  private final Map<String, String> labels;
  private final Instant from;
  private final Instant to;
  private final int maxPoints;
  private final Optional<Duration> step;
  private final Aggregation aggregation;

  private HistoryQuery(Builder builder) {
    this.machines = List.copyOf(builder.machines);
    this.metric = builder.metric;
    this.labels = Collections.unmodifiableMap(new LinkedHashMap<>(builder.labels));
    this.from = builder.from;
    this.to = builder.to;
    this.maxPoints = builder.maxPoints;
    this.step = builder.step;
    this.aggregation = builder.aggregation;
  }

  /**
   * Starts one.
   *
   * @param metric the metric's name
   * @param from the begin, inclusive
   * @param to the end, exclusive
   * @return a builder
   */
  public static Builder builder(String metric, Instant from, Instant to) {
    return new Builder(metric, from, to);
  }

  /** {@return a builder that starts from this} */
  public Builder toBuilder() {
    var builder = new Builder(metric, from, to);
    builder.machines = machines;
    builder.labels = labels;
    builder.maxPoints = maxPoints;
    builder.step = step;
    builder.aggregation = aggregation;
    return builder;
  }

  /** {@return the machine ids, empty for all} */
  public List<String> machines() {
    return machines;
  }

  /** {@return the metric's name} */
  public String metric() {
    return metric;
  }

  /** {@return the labels that a series must have, with these values} */
  public Map<String, String> labels() {
    return labels;
  }

  /** {@return the begin, inclusive} */
  public Instant from() {
    return from;
  }

  /** {@return the end, exclusive} */
  public Instant to() {
    return to;
  }

  /** {@return the most points per series, 1 or more; raw samples are returned while they fit} */
  public int maxPoints() {
    return maxPoints;
  }

  /** {@return the width of a bucket; empty lets the store choose} */
  public Optional<Duration> step() {
    return step;
  }

  /** {@return how a bucket's value is made} */
  public Aggregation aggregation() {
    return aggregation;
  }

  /** Collects the parts. Confined to one thread. */
  public static final class Builder {
    private List<String> machines = List.of();
    private final String metric;
    private Map<String, String> labels = Map.of();
    private final Instant from;
    private final Instant to;
    private int maxPoints = 1000;
    private Optional<Duration> step = Optional.empty();
    private Aggregation aggregation = Aggregation.AVG;

    private Builder(String metric, Instant from, Instant to) {
      this.metric = metric;
      this.from = from;
      this.to = to;
    }

    /**
     * Sets the machine ids, empty for all.
     *
     * @param value the machine ids, empty for all
     * @return this builder
     */
    public Builder machines(List<String> value) {
      machines = value;
      return this;
    }

    /**
     * Sets the labels that a series must have, with these values.
     *
     * @param value the labels that a series must have, with these values
     * @return this builder
     */
    public Builder labels(Map<String, String> value) {
      labels = value;
      return this;
    }

    /**
     * Sets the most points per series, 1 or more; raw samples are returned while they fit.
     *
     * @param value the most points per series, 1 or more; raw samples are returned while they fit
     * @return this builder
     */
    public Builder maxPoints(int value) {
      maxPoints = value;
      return this;
    }

    /**
     * Sets the width of a bucket; empty lets the store choose.
     *
     * @param value the width of a bucket; empty lets the store choose
     * @return this builder
     */
    public Builder step(Duration value) {
      step = Optional.of(value);
      return this;
    }

    /**
     * Sets how a bucket's value is made.
     *
     * @param value how a bucket's value is made
     * @return this builder
     */
    public Builder aggregation(Aggregation value) {
      aggregation = value;
      return this;
    }

    /** {@return the result} */
    public HistoryQuery build() {
      return new HistoryQuery(this);
    }
  }
}
