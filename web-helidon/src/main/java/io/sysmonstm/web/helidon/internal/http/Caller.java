package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.api.Actor;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.AccountNames;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.LoginSession;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who a request is from. Immutable.
 *
 * @param kind how they proved it
 * @param name the account, or the name of the token; a stand-in where nobody has to say
 * @param owner the account, or the one that made the token; a stand-in where nobody has to say
 * @param address where the request comes from
 * @param rights what they may do
 * @param session of a browser that is logged in
 * @param hasPassword whether they have a password here, which they may change
 */
public record Caller(
    Kind kind,
    String name,
    String owner,
    String address,
    Set<Right> rights,
    Optional<LoginSession> session,
    boolean hasPassword) {
  /** How somebody proved who they are. */
  public enum Kind {
    /** Not at all, and it is needed. */
    STRANGER,
    /** Not at all, and it is not needed. */
    ANYBODY,
    /** By a session. */
    SESSION,
    /** By a token. */
    TOKEN
  }

  /** Who acts where nobody has to say who they are. */
  public static final String SOMEBODY = AccountNames.OPERATOR;

  /** Copies the rights. */
  public Caller {
    rights = Set.copyOf(rights);
  }

  /**
   * {@return somebody who has not said who they are, and would have to}
   *
   * @param address where from
   */
  public static Caller stranger(String address) {
    return new Caller(Kind.STRANGER, "", "", address, Set.of(Right.NONE), Optional.empty(), false);
  }

  /**
   * {@return somebody who need not say who they are}
   *
   * @param address where from
   */
  public static Caller anybody(String address) {
    var rights = EnumSet.of(Right.NONE, Right.READ, Right.ADMIN, Right.ENROL);
    return new Caller(Kind.ANYBODY, SOMEBODY, SOMEBODY, address, rights, Optional.empty(), false);
  }

  /**
   * {@return somebody who is logged in}
   *
   * @param account whose
   * @param session of their browser
   * @param address where from
   */
  public static Caller of(Account account, LoginSession session, String address) {
    return new Caller(
        Kind.SESSION,
        account.name(),
        account.name(),
        address,
        Right.of(account.role()),
        Optional.of(session),
        account.passwordHash().isPresent());
  }

  /**
   * {@return a program with a token}
   *
   * @param token which
   * @param address where from
   */
  public static Caller of(ApiToken token, String address) {
    return new Caller(
        Kind.TOKEN,
        AccountNames.TOKEN_PREFIX + token.name(),
        token.createdBy(),
        address,
        Right.of(token.scopes()),
        Optional.empty(),
        false);
  }

  /**
   * {@return whether they may do something}
   *
   * @param right what
   */
  public boolean has(Right right) {
    return rights.contains(right);
  }

  /** {@return whether they have proved who they are, so that they need not say it} */
  public boolean isKnown() {
    return kind == Kind.SESSION || kind == Kind.TOKEN;
  }

  /** {@return them as the audit names them} */
  public Actor actor() {
    return new Actor(name, address);
  }
}
