package io.sysmonstm.spi;

import io.sysmonstm.api.Alert;

/**
 * A change of an alert. Immutable.
 *
 * @param alert as it is now
 * @param change what changed
 */
public record AlertEvent(Alert alert, Change change) implements Event {
  /** What changed. */
  public enum Change {
    /** The condition holds, not yet for long enough. */
    PENDING(Topic.ALERTS_CHANGED),
    /** The condition went away before the alert fired; there is no such alert any more. */
    CANCELLED(Topic.ALERTS_CHANGED),
    /** It fired. */
    FIRED(Topic.ALERTS_FIRED),
    /** Somebody took it on. */
    ACKNOWLEDGED(Topic.ALERTS_CHANGED),
    /** It fires, and somebody wants nobody to be told of it for a while. */
    SILENCED(Topic.ALERTS_CHANGED),
    /** Somebody ended a silence of it. */
    UNSILENCED(Topic.ALERTS_CHANGED),
    /** It is over. */
    RESOLVED(Topic.ALERTS_RESOLVED);

    private final Topic topic;

    Change(Topic topic) {
      this.topic = topic;
    }
  }

  @Override
  public Topic topic() {
    return change.topic;
  }

  @Override
  public String machineId() {
    return alert.machineId();
  }
}
