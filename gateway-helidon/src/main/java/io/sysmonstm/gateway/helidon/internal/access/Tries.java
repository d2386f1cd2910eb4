package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.spi.BoundedMap;
import io.sysmonstm.spi.Networks;
import io.sysmonstm.spi.RateLimit;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.http.TooManyException;
import java.time.Duration;
import java.util.Optional;

/**
 * How often somebody may be wrong about a password, by network and account, by network, and by
 * account over all networks. Only the first holds for a network from which the account has logged
 * in, so that neither strangers nor neighbours lock anybody out. Thread-safe; its memory is
 * bounded.
 */
final class Tries {
  static final int OF_ACCOUNT = 100;
  private static final Duration ACCOUNT_PAUSE = Duration.ofSeconds(2);
  private static final int OF_BOTH = 5;
  private static final Duration BOTH_PAUSE = Duration.ofMinutes(1);
  // More from where the account has logged in: a neighbour there must not lock its owner out.
  private static final int OF_KNOWN = 20;
  private static final Duration KNOWN_PAUSE = Duration.ofSeconds(10);
  private static final int OF_NETWORK = 30;
  private static final Duration NETWORK_PAUSE = Duration.ofSeconds(2);

  /** How long somebody counts as having been wrong. */
  static final Duration LATELY = Duration.ofMinutes(10);

  private final TimeSource time;
  private final RateLimit ofBoth;
  private final RateLimit ofKnown;
  private final RateLimit ofNetwork;
  private final RateLimit ofAccount;
  // When each network and each account was wrong last.
  private final BoundedMap<Long> wrongAt = new BoundedMap<>(RateLimit.MOST_KEYS);
  // From which networks accounts have logged in.
  private final BoundedMap<Boolean> proven = new BoundedMap<>(RateLimit.MOST_KEYS);

  /**
   * One try, which counts as wrong until it turns out right, so that many at the same moment are no
   * way around the limits.
   *
   * @param network where from
   * @param account whose
   * @param isKnown whether the account has logged in from there
   * @param isSuspect whether it has not, and the account or network was wrong lately
   */
  record Try(String network, String account, boolean isKnown, boolean isSuspect) {
    private String both() {
      return network + " " + account;
    }
  }

  Tries(TimeSource time) {
    this.time = time;
    this.ofBoth = new RateLimit(OF_BOTH, BOTH_PAUSE, time);
    this.ofKnown = new RateLimit(OF_KNOWN, KNOWN_PAUSE, time);
    this.ofNetwork = new RateLimit(OF_NETWORK, NETWORK_PAUSE, time);
    this.ofAccount = new RateLimit(OF_ACCOUNT, ACCOUNT_PAUSE, time);
  }

  /**
   * {@return a try}
   *
   * @param address where from
   * @param account its name, of one that there need not be
   * @throws TooManyException where there were too many
   */
  synchronized Try begin(String address, String account) {
    var network = Networks.of(address);
    boolean known = proven.get(network + " " + account) != null;
    boolean suspect =
        !known && (wrongLately("network " + network) || wrongLately("account " + account));
    var begun = new Try(network, account, known, suspect);
    limit(begun)
        .wait(begun.both())
        .or(() -> known ? Optional.empty() : ofNetwork.wait(network))
        .ifPresent(Tries::refuseAddress);
    if (!known) {
      ofAccount
          .take(account)
          .ifPresent(
              wait -> {
                throw new TooManyException("too many wrong tries for this account", wait);
              });
      ofNetwork.take(network);
    }
    limit(begun).take(begun.both());
    return begun;
  }

  private RateLimit limit(Try begun) {
    return begun.isKnown ? ofKnown : ofBoth;
  }

  private static void refuseAddress(Duration wait) {
    throw new TooManyException("too many wrong tries from this address", wait);
  }

  /**
   * Takes a try at the set-up code, which is the same for all the world: only the network counts.
   *
   * @param address where from
   * @throws TooManyException where there were too many
   */
  void beginSetup(String address) {
    ofNetwork.take(Networks.of(address)).ifPresent(Tries::refuseAddress);
  }

  /** Notes whether a try at the set-up code was right. */
  void endSetup(String address, boolean isRight) {
    var network = Networks.of(address);
    if (isRight) {
      ofNetwork.giveBack(network);
    } else {
      wrongAt.put("network " + network, time.nanoTime());
    }
  }

  /** Notes whether a try was right. */
  void end(Try begun, boolean isRight) {
    if (isRight) {
      right(begun);
    } else {
      wrong(begun);
    }
  }

  private synchronized void right(Try begun) {
    giveBack(begun);
    limit(begun).forgive(begun.both());
    proven.put(begun.both(), true);
  }

  /** Notes that a try was neither, since it could not be looked at. */
  synchronized void giveBack(Try begun) {
    limit(begun).giveBack(begun.both());
    if (!begun.isKnown) {
      ofNetwork.giveBack(begun.network);
      ofAccount.giveBack(begun.account);
    }
  }

  private void wrong(Try begun) {
    long now = time.nanoTime();
    wrongAt.put("network " + begun.network, now);
    wrongAt.put("account " + begun.account, now);
  }

  private boolean wrongLately(String key) {
    var at = wrongAt.get(key);
    return at != null && time.nanoTime() - at < LATELY.toNanos();
  }
}
