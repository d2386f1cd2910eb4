package io.sysmonstm.spi;

/** Where events are published. */
public enum Topic {
  /** Batches as they came in. */
  METRICS_RAW("metrics.raw"),
  /** Alerts that began to fire. */
  ALERTS_FIRED("alerts.fired"),
  /** Alerts that are over. */
  ALERTS_RESOLVED("alerts.resolved"),
  /** Other changes of alerts: pending, acknowledged, pending no more. */
  ALERTS_CHANGED("alerts.changed"),
  /** Machines that fell silent, are back, or were forgotten. */
  MACHINES_STATUS("machines.status");

  private final String text;

  Topic(String text) {
    this.text = text;
  }

  /** {@return the name on the bus} */
  public String text() {
    return text;
  }
}
