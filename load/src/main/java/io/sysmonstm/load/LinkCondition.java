package io.sysmonstm.load;

import java.time.Duration;

/**
 * What a link does to the bytes that pass it. Immutable.
 *
 * @param passage whether they pass at all
 * @param delay how long each byte is on its way, in each direction; zero or more
 * @param jitter up to as much longer, by chance; bytes stay in their order
 * @param bytesPerSecond how many pass in each direction, over all connections; 0 for any number
 * @param stallChance how likely it is, for each piece that is read, that it comes late, 0 to 1
 * @param stall how late
 */
public record LinkCondition(
    Passage passage,
    Duration delay,
    Duration jitter,
    long bytesPerSecond,
    double stallChance,
    Duration stall) {
  /** Whether bytes pass. */
  public enum Passage {
    /** They do. */
    OPEN,
    /** They wait, and pass when the link opens again, as after a break that TCP outlives. */
    HELD,
    /**
     * They vanish, and no end is told: what lost a byte never carries another one. A connection
     * that is begun meanwhile waits.
     */
    DROPPED,
    /** New connections are reset as soon as they are made; old ones go on. */
    REFUSED
  }

  /** Nothing happens to them. */
  public static final LinkCondition CLEAR = of(Passage.OPEN);

  /** They wait. */
  public static final LinkCondition HELD = of(Passage.HELD);

  /** They vanish. */
  public static final LinkCondition DROPPED = of(Passage.DROPPED);

  /** Nobody new gets through. */
  public static final LinkCondition REFUSED = of(Passage.REFUSED);

  private static LinkCondition of(Passage passage) {
    return new LinkCondition(passage, Duration.ZERO, Duration.ZERO, 0, 0, Duration.ZERO);
  }

  /**
   * Returns a link that is far away.
   *
   * @param delay in each direction
   * @param jitter up to as much more
   */
  public static LinkCondition late(Duration delay, Duration jitter) {
    return new LinkCondition(Passage.OPEN, delay, jitter, 0, 0, Duration.ZERO);
  }

  /** Returns the same with so many bytes a second in each direction. */
  public LinkCondition throttled(long bytesEachSecond) {
    return new LinkCondition(passage, delay, jitter, bytesEachSecond, stallChance, stall);
  }

  /** Returns the same with pieces that come late now and then, as after a lost packet. */
  public LinkCondition stalling(double chance, Duration time) {
    return new LinkCondition(passage, delay, jitter, bytesPerSecond, chance, time);
  }
}
