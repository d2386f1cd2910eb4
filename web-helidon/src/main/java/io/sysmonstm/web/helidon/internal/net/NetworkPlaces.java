package io.sysmonstm.web.helidon.internal.net;

import io.sysmonstm.spi.Networks;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * So many places for each network. Loopback addresses have as many as they like, since a whole
 * proxy or tunnel may be behind one; so have configured proxies, where they are told. Thread-safe.
 */
final class NetworkPlaces {
  private final int limit;
  private final Predicate<InetAddress> exempt;
  // Guarded by this; a network is in it only while it has places.
  private final Map<String, Integer> taken = new HashMap<>();

  /** Creates places of which none is taken, 1 or more for each network. */
  NetworkPlaces(int limit) {
    this(limit, address -> false);
  }

  /** Creates places of which none is taken, with addresses that need none. */
  NetworkPlaces(int limit, Predicate<InetAddress> exempt) {
    this.limit = limit;
    this.exempt = exempt;
  }

  private boolean needsNone(InetAddress address) {
    return address.isLoopbackAddress() || exempt.test(address);
  }

  /** Returns whether there was a place; then {@link #leave} must follow. */
  synchronized boolean enter(InetAddress address) {
    if (needsNone(address)) {
      return true;
    }
    var network = Networks.of(address);
    int already = taken.getOrDefault(network, 0);
    if (already >= limit) {
      return false;
    }
    taken.put(network, already + 1);
    return true;
  }

  synchronized void leave(InetAddress address) {
    if (!needsNone(address)) {
      taken.computeIfPresent(
          Networks.of(address), (network, count) -> count == 1 ? null : count - 1);
    }
  }
}
