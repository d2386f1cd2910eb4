package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Resolution;

/**
 * One of the tables of chunks. A chunk holds all of one series in one span; its key is the series
 * in the upper and the number of the span since 1970 in the lower 32 bits.
 */
enum Tier {
  RAW("raw", 0, 3_600_000),
  MINUTE("rollup_1m", 60_000, 3_600_000),
  HOUR("rollup_1h", 3_600_000, 86_400_000);

  private final long widthMillis;
  private final long spanMillis;
  private final String select;
  private final String upsert;
  private final String delete;
  private final String exists;

  Tier(String table, long widthMillis, long spanMillis) {
    this.widthMillis = widthMillis;
    this.spanMillis = spanMillis;
    select = "SELECT chunk FROM " + table + " WHERE key >= ? AND key <= ? ORDER BY key";
    upsert = "REPLACE INTO " + table + " VALUES (?, ?)";
    delete = "DELETE FROM " + table + " WHERE key >= ? AND key < ?";
    exists = "SELECT 1 FROM " + table + " WHERE key >= ? AND key <= ? LIMIT 1";
  }

  static Tier of(Resolution resolution) {
    return switch (resolution) {
      case RAW -> RAW;
      case MINUTE -> MINUTE;
      case HOUR -> HOUR;
    };
  }

  /** Returns the width of a rollup, 0 for raw samples. */
  long widthMillis() {
    return widthMillis;
  }

  /** Returns the end of the span that a time lies in. */
  long endOfSpan(long timeMillis) {
    return (timeMillis / spanMillis + 1) * spanMillis;
  }

  long key(int series, long timeMillis) {
    return ((long) series << 32) | (timeMillis / spanMillis);
  }

  String select() {
    return select;
  }

  String upsert() {
    return upsert;
  }

  String delete() {
    return delete;
  }

  String exists() {
    return exists;
  }
}
