package io.sysmonstm.web.helidon.internal.net;

import java.net.InetAddress;

/**
 * How many viewers there may be, in all and from one address. Loopback addresses are exempt from
 * the second, since a whole proxy or tunnel may be behind one. Thread-safe.
 */
public final class ViewerLimits {
  /** Whether one more may come in. */
  enum Verdict {
    ADMITTED,
    TOO_MANY,
    TOO_MANY_OF_ADDRESS
  }

  private final int inAll;
  private final NetworkPlaces places;
  // Guarded by this.
  private int admitted;

  /**
   * Creates limits of which nothing is used.
   *
   * @param inAll 1 or more
   * @param perAddress 1 or more
   */
  public ViewerLimits(int inAll, int perAddress) {
    this.inAll = inAll;
    this.places = new NetworkPlaces(perAddress);
  }

  /**
   * {@return limits in all only}
   *
   * @param inAll 1 or more
   */
  public static ViewerLimits inAll(int inAll) {
    return new ViewerLimits(inAll, Integer.MAX_VALUE);
  }

  int inAll() {
    return inAll;
  }

  /** Where the answer is ADMITTED, {@link #release} must follow. */
  synchronized Verdict admit(InetAddress address) {
    if (admitted >= inAll) {
      return Verdict.TOO_MANY;
    }
    if (!places.enter(address)) {
      return Verdict.TOO_MANY_OF_ADDRESS;
    }
    admitted++;
    return Verdict.ADMITTED;
  }

  synchronized void release(InetAddress address) {
    admitted--;
    places.leave(address);
  }
}
