package io.sysmonstm.api;

/** The unit a metric is stored in; the symbols are UCUM's, as OpenTelemetry uses them. */
public enum Unit {
  /** Per cent, 0 to 100. */
  PERCENT("%"),
  /** Bytes. */
  BYTES("By"),
  /** Bytes per second. */
  BYTES_PER_SECOND("By/s"),
  /** Events per second. */
  PER_SECOND("1/s"),
  /** A plain number. */
  ONE("1"),
  /** Seconds. */
  SECONDS("s"),
  /** Milliseconds. */
  MILLISECONDS("ms"),
  /** Degrees Celsius. */
  CELSIUS("Cel");

  private final String symbol;

  Unit(String symbol) {
    this.symbol = symbol;
  }

  /** {@return the UCUM symbol} */
  public String symbol() {
    return symbol;
  }
}
