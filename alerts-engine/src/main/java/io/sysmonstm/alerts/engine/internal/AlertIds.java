package io.sysmonstm.alerts.engine.internal;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Ids that are unique for ever and sort by time: UUIDs of version 7. */
final class AlertIds {
  private AlertIds() {}

  static String next(long nowMillis) {
    var random = ThreadLocalRandom.current();
    long high = (nowMillis << 16) | 0x7000 | (random.nextLong() & 0xfff);
    long low = (random.nextLong() >>> 2) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }
}
