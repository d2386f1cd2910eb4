package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.gateway.helidon.LoginMode;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a login is needed, which with {@link LoginMode#AUTO} depends on whether there is an
 * account; that is asked of the store in the background, so that a store that is away holds no
 * request up. Thread-safe.
 */
final class LoginNeed {
  private final LoginMode mode;
  private final boolean loopback;
  private final BooleanSupplier accountsExist;
  private volatile @Nullable Boolean known;

  /**
   * Creates it.
   *
   * @param mode the setting
   * @param loopback whether only this machine can reach the gateway
   * @param accountsExist asks the store
   */
  LoginNeed(LoginMode mode, boolean loopback, BooleanSupplier accountsExist) {
    this.mode = mode;
    this.loopback = loopback;
    this.accountsExist = accountsExist;
  }

  /** {@return whether whoever comes has to log in; while nobody knows, they have} */
  boolean isNeeded() {
    return switch (mode) {
      case REQUIRED -> true;
      case OFF -> false;
      case AUTO -> !loopback || accountsExist();
    };
  }

  /** {@return whether there is an account, true while nobody knows} */
  boolean accountsExist() {
    var answer = known;
    if (answer == null) {
      refresh();
      answer = known;
    }
    return answer == null || answer;
  }

  /** Asks the store; may block. Once there is an account, there always is one. */
  void refresh() {
    if (Boolean.TRUE.equals(known)) {
      return;
    }
    try {
      boolean answer = accountsExist.getAsBoolean();
      if (answer || !Boolean.TRUE.equals(known)) {
        known = answer;
      }
    } catch (StoreUnavailableException away) {
      // What was known last holds on.
    }
  }

  /** Tells that there is an account now. */
  void accountMade() {
    known = true;
  }
}
