package io.sysmonstm.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One alert: a rule, a machine and labels, from its first breach to its end. Immutable; a change of
 * state is a new value with the same id.
 */
public final class Alert {
  private final String id;
  private final String rule;
  private final String machineId;
  private final Severity severity;
  private final AlertState state;
  private final String metric;
  private final Labels labels;
  private final double value;
  private final double threshold;
  private final Instant startedAt;
  private final Optional<Instant> firedAt;
  private final Optional<Instant> resolvedAt;
  private final Optional<String> acknowledgedBy;
  private final String message;
  private final List<TopProcess> processes;

  private Alert(Builder builder) {
    this.id = builder.id;
    this.rule = builder.rule;
    this.machineId = builder.machineId;
    this.severity = builder.severity;
    this.state = builder.state;
    this.metric = builder.metric;
    this.labels = builder.labels;
    this.value = builder.value;
    this.threshold = builder.threshold;
    this.startedAt = builder.startedAt;
    this.firedAt = builder.firedAt;
    this.resolvedAt = builder.resolvedAt;
    this.acknowledgedBy = builder.acknowledgedBy;
    this.message = builder.message;
    this.processes = List.copyOf(builder.processes);
  }

  /**
   * Starts one.
   *
   * @param id the id, unique for ever
   * @param rule the name of the rule
   * @param machineId the machine
   * @return a builder
   */
  public static Builder builder(String id, String rule, String machineId) {
    return new Builder(id, rule, machineId);
  }

  /** {@return a builder that starts from this} */
  public Builder toBuilder() {
    var builder = new Builder(id, rule, machineId);
    builder.severity = severity;
    builder.state = state;
    builder.metric = metric;
    builder.labels = labels;
    builder.value = value;
    builder.threshold = threshold;
    builder.startedAt = startedAt;
    builder.firedAt = firedAt;
    builder.resolvedAt = resolvedAt;
    builder.acknowledgedBy = acknowledgedBy;
    builder.message = message;
    builder.processes = processes;
    return builder;
  }

  /** {@return the id, unique for ever} */
  public String id() {
    return id;
  }

  /** {@return the name of the rule} */
  public String rule() {
    return rule;
  }

  /** {@return the machine} */
  public String machineId() {
    return machineId;
  }

  /** {@return how bad it is} */
  public Severity severity() {
    return severity;
  }

  /** {@return the state} */
  public AlertState state() {
    return state;
  }

  /** {@return the metric's name, empty for a rule on absence} */
  public String metric() {
    return metric;
  }

  /** {@return the labels of the series} */
  public Labels labels() {
    return labels;
  }

  /** {@return the value at the last change of state, in the metric's unit} */
  public double value() {
    return value;
  }

  /** {@return the threshold of the rule, in the metric's unit} */
  public double threshold() {
    return threshold;
  }

  /** {@return when the breach began, by sample time} */
  public Instant startedAt() {
    return startedAt;
  }

  /** {@return when it fired} */
  public Optional<Instant> firedAt() {
    return firedAt;
  }

  /** {@return when it resolved} */
  public Optional<Instant> resolvedAt() {
    return resolvedAt;
  }

  /** {@return who acknowledged it} */
  public Optional<String> acknowledgedBy() {
    return acknowledgedBy;
  }

  /** {@return the message for people} */
  public String message() {
    return message;
  }

  /** {@return the top processes at the moment it fired, the culprit first} */
  public List<TopProcess> processes() {
    return processes;
  }

  /** {@return whether it goes on: pending or firing} */
  public boolean open() {
    return state != AlertState.RESOLVED;
  }

  /** Collects the parts. Confined to one thread. */
  public static final class Builder {
    private final String id;
    private final String rule;
    private final String machineId;
    private Severity severity = Severity.WARNING;
    private AlertState state = AlertState.PENDING;
    private String metric = "";
    private Labels labels = Labels.empty();
    private double value = 0;
    private double threshold = 0;
    private Instant startedAt = Instant.EPOCH;
    private Optional<Instant> firedAt = Optional.empty();
    private Optional<Instant> resolvedAt = Optional.empty();
    private Optional<String> acknowledgedBy = Optional.empty();
    private String message = "";
    private List<TopProcess> processes = List.of();

    private Builder(String id, String rule, String machineId) {
      this.id = id;
      this.rule = rule;
      this.machineId = machineId;
    }

    /**
     * Sets how bad it is.
     *
     * @param value how bad it is
     * @return this builder
     */
    public Builder severity(Severity value) {
      severity = value;
      return this;
    }

    /**
     * Sets the state.
     *
     * @param value the state
     * @return this builder
     */
    public Builder state(AlertState value) {
      state = value;
      return this;
    }

    /**
     * Sets the metric's name, empty for a rule on absence.
     *
     * @param value the metric's name, empty for a rule on absence
     * @return this builder
     */
    public Builder metric(String value) {
      metric = value;
      return this;
    }

    /**
     * Sets the labels of the series.
     *
     * @param value the labels of the series
     * @return this builder
     */
    public Builder labels(Labels value) {
      labels = value;
      return this;
    }

    /**
     * Sets the value at the last change of state, in the metric's unit.
     *
     * @param value the value at the last change of state, in the metric's unit
     * @return this builder
     */
    public Builder value(double value) {
      this.value = value;
      return this;
    }

    /**
     * Sets the threshold of the rule, in the metric's unit.
     *
     * @param value the threshold of the rule, in the metric's unit
     * @return this builder
     */
    public Builder threshold(double value) {
      threshold = value;
      return this;
    }

    /**
     * Sets when the breach began, by sample time.
     *
     * @param value when the breach began, by sample time
     * @return this builder
     */
    public Builder startedAt(Instant value) {
      startedAt = value;
      return this;
    }

    /**
     * Sets when it fired.
     *
     * @param value when it fired
     * @return this builder
     */
    public Builder firedAt(Instant value) {
      firedAt = Optional.of(value);
      return this;
    }

    /**
     * Sets when it resolved.
     *
     * @param value when it resolved
     * @return this builder
     */
    public Builder resolvedAt(Instant value) {
      resolvedAt = Optional.of(value);
      return this;
    }

    /**
     * Sets who acknowledged it.
     *
     * @param value who acknowledged it
     * @return this builder
     */
    public Builder acknowledgedBy(String value) {
      acknowledgedBy = Optional.of(value);
      return this;
    }

    /**
     * Sets the message for people.
     *
     * @param value the message for people
     * @return this builder
     */
    public Builder message(String value) {
      message = value;
      return this;
    }

    /**
     * Sets the top processes at the moment it fired, the culprit first.
     *
     * @param value the top processes at the moment it fired, the culprit first
     * @return this builder
     */
    public Builder processes(List<TopProcess> value) {
      processes = value;
      return this;
    }

    /** {@return the result} */
    public Alert build() {
      return new Alert(this);
    }
  }
}
