package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.gateway.helidon.LoginMode;
import io.sysmonstm.web.helidon.internal.http.Visitor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a login is needed, which with {@link LoginMode#AUTO} depends on whether there is an
 * account; that is asked of the store in the background, so that a store that is away holds no
 * request up. What a proxy passes on comes from anywhere, whatever the gateway listens on.
 * Thread-safe.
 */
final class LoginNeed {
  private final LoginMode mode;
  private final boolean alone;
  private final BooleanSupplier accountsExist;
  private volatile @Nullable Boolean known;

  /**
   * Creates it.
   *
   * @param mode the setting
   * @param alone whether only this machine can reach the gateway, and no proxy passes on to it
   * @param accountsExist asks the store
   */
  LoginNeed(LoginMode mode, boolean alone, BooleanSupplier accountsExist) {
    this.mode = mode;
    this.alone = alone;
    this.accountsExist = accountsExist;
  }

  /** {@return whether whoever comes has to log in; while nobody knows, they have} */
  boolean isNeeded() {
    return switch (mode) {
      case REQUIRED -> true;
      case OFF -> false;
      case AUTO -> !alone || accountsExist();
    };
  }

  /** {@return whether somebody has to log in} */
  boolean isNeeded(Visitor visitor) {
    return isNeeded() || (mode == LoginMode.AUTO && visitor.passedOn());
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

  /**
   * Refuses to say whether there is an account while nobody knows.
   *
   * @throws StoreUnavailableException where the store has never answered
   */
  void checkKnown() {
    if (known == null) {
      throw new StoreUnavailableException(
          "the store of accounts has not answered yet: try again in a moment", null);
    }
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
