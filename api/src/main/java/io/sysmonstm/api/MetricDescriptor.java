package io.sysmonstm.api;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of a metric: name, unit, kind, labels, range, and its names elsewhere. Immutable;
 * two of the same name are expected to be the same.
 */
public final class MetricDescriptor {
  private final String name;
  private final Unit unit;
  private final MetricKind kind;
  private final List<String> labels;
  private final String help;
  private final double minimum;
  private final double maximum;
  private final int protoNumber;
  private final Optional<String> otelName;
  private final double otelScale;

  private MetricDescriptor(Builder builder) {
    this.name = builder.name;
    this.unit = builder.unit;
    this.kind = builder.kind;
    this.labels = builder.labels;
    this.help = builder.help;
    this.minimum = builder.minimum;
    this.maximum = builder.maximum;
    this.protoNumber = builder.protoNumber;
    this.otelName = builder.otelName;
    this.otelScale = builder.otelScale;
  }

  /**
   * Starts the description of a metric; without further calls it is a gauge of any finite value
   * with unit one.
   *
   * @param name a name that {@link Names#metricProblem} accepts
   * @return a builder
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** {@return the name, for example {@code cpu_percent}} */
  public String name() {
    return name;
  }

  /** {@return the unit that values are stored in} */
  public Unit unit() {
    return unit;
  }

  /** {@return whether values are of the moment or a growing total} */
  public MetricKind kind() {
    return kind;
  }

  /** {@return the names of the labels that tell its series of one machine apart} */
  public List<String> labels() {
    return labels;
  }

  /** {@return one sentence for people} */
  public String help() {
    return help;
  }

  /**
   * {@return the least value that is taken, in {@link #unit}; negative infinity where there is
   * none}
   */
  public double minimum() {
    return minimum;
  }

  /** {@return the greatest value that is taken, in {@link #unit}; infinity where there is none} */
  public double maximum() {
    return maximum;
  }

  /** {@return the number of the metric in the wire enum {@code MetricType}, where it has one} */
  public OptionalInt protoNumber() {
    return protoNumber == 0 ? OptionalInt.empty() : OptionalInt.of(protoNumber);
  }

  /** {@return the name in OpenTelemetry's semantic conventions, where there is one} */
  public Optional<String> otelName() {
    return otelName;
  }

  /**
   * {@return the factor that turns a stored value into OpenTelemetry's unit, for example 0.01 for
   * per cent}
   */
  public double otelScale() {
    return otelScale;
  }

  @Override
  public String toString() {
    return name + " [" + unit.symbol() + "]";
  }

  /** Collects a description. Confined to one thread. */
  public static final class Builder {
    private final String name;
    private Unit unit = Unit.ONE;
    private MetricKind kind = MetricKind.GAUGE;
    private List<String> labels = List.of();
    private String help = "";
    private double minimum = Double.NEGATIVE_INFINITY;
    private double maximum = Double.POSITIVE_INFINITY;
    private int protoNumber;
    private Optional<String> otelName = Optional.empty();
    private double otelScale = 1;

    private Builder(String name) {
      Names.metricProblem(name)
          .ifPresent(
              problem -> {
                throw new RequestException(ErrorCode.INVALID_ARGUMENT, problem);
              });
      this.name = name;
    }

    /**
     * Sets the unit, and with it the range that the unit implies: per cent is 0 to 100, sizes and
     * counts are not negative.
     *
     * @param value the unit values are stored in
     * @return this builder
     */
    public Builder unit(Unit value) {
      unit = value;
      minimum = value == Unit.CELSIUS ? -273.15 : 0;
      maximum = value == Unit.PERCENT ? 100 : Double.POSITIVE_INFINITY;
      return this;
    }

    /**
     * Sets the kind.
     *
     * @param value gauge or counter
     * @return this builder
     */
    public Builder kind(MetricKind value) {
      kind = value;
      return this;
    }

    /**
     * Sets the label names.
     *
     * @param names what tells the series of one machine apart
     * @return this builder
     */
    public Builder labels(String... names) {
      labels = List.of(names);
      return this;
    }

    /**
     * Sets the help text.
     *
     * @param sentence one sentence
     * @return this builder
     */
    public Builder help(String sentence) {
      help = sentence;
      return this;
    }

    /**
     * Sets the range of values that are taken; others are refused one by one.
     *
     * @param least inclusive, in the metric's unit
     * @param greatest inclusive, in the metric's unit
     * @return this builder
     */
    public Builder range(double least, double greatest) {
      minimum = least;
      maximum = greatest;
      return this;
    }

    /**
     * Sets the number in the wire enum.
     *
     * @param number 1 or more
     * @return this builder
     */
    public Builder protoNumber(int number) {
      protoNumber = number;
      return this;
    }

    /**
     * Sets OpenTelemetry's name and scale.
     *
     * @param semanticName a name of the semantic conventions
     * @param scale the factor from the stored value to their unit
     * @return this builder
     */
    public Builder otel(String semanticName, double scale) {
      otelName = Optional.of(semanticName);
      otelScale = scale;
      return this;
    }

    /** {@return the description} */
    public MetricDescriptor build() {
      return new MetricDescriptor(this);
    }
  }
}
