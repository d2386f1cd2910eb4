package io.sysmonstm.alerts.engine.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The news of a rule waits for more of it, to be told together. Guarded by the engine's lock. */
final class GroupWait {
  private final Duration wait;
  private final Map<String, Instant> dueOfRule = new HashMap<>();

  GroupWait(Duration wait) {
    this.wait = wait;
  }

  /** When news of a rule is to be told that comes now. */
  Instant due(String rule, Instant now) {
    var due = dueOfRule.get(rule);
    // A wall clock that was put back leaves a time that is too far away.
    if (due == null || !due.isAfter(now) || due.isAfter(now.plus(wait))) {
      due = now.plus(wait);
      dueOfRule.put(rule, due);
    }
    return due;
  }
}
