package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.spi.ApiToken.Scope;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/** What a call needs, and what somebody has. */
public enum Right {
  /** For everybody: nothing of the fleet is told, nothing is changed. */
  NONE("a request"),
  /** For somebody who is logged in with a browser, whatever their role: what is theirs. */
  SESSION("a login"),
  /** Sees the fleet. */
  READ("the role viewer, or a token with the scope read"),
  /** Changes things, and sees who may. */
  ADMIN("the role admin, or a token with the scope admin"),
  /** Makes tokens by which machines come in. */
  ENROL("the role admin, or a token with the scope enrol");

  private final String holder;

  Right(String holder) {
    this.holder = holder;
  }

  /** {@return what has it, for people} */
  public String holder() {
    return holder;
  }

  /**
   * {@return what a role may do}
   *
   * @param role of an account
   */
  public static Set<Right> of(Role role) {
    return switch (role) {
      case VIEWER -> EnumSet.of(NONE, SESSION, READ);
      case ADMIN -> EnumSet.of(NONE, SESSION, READ, ADMIN, ENROL);
    };
  }

  /**
   * {@return what a token may do}
   *
   * @param scopes of the token
   */
  public static Set<Right> of(Collection<Scope> scopes) {
    var rights = EnumSet.of(NONE);
    for (var scope : scopes) {
      switch (scope) {
        case READ -> rights.add(READ);
        case ADMIN -> rights.addAll(EnumSet.of(READ, ADMIN, ENROL));
        case ENROL -> rights.add(ENROL);
      }
    }
    return rights;
  }
}
