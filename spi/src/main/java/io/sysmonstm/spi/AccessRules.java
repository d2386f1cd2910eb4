package io.sysmonstm.spi;

import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What every {@link AccessStore} keeps to, and refuses in the same words. */
public final class AccessRules {
  /** How long an API token is kept after its end. */
  public static final Duration ENDED_TOKENS_KEPT = Duration.ofDays(90);

  /** How long an enrolment token is kept after it was made. */
  public static final Duration ENROLMENT_TOKENS_KEPT = Duration.ofDays(1);

  private AccessRules() {}

  /**
   * Refuses a second of the same id.
   *
   * @param what what it is called
   * @param id its id
   * @param known what there is of this id
   * @throws RequestException FAILED_PRECONDITION where there is one
   */
  public static void refuseKnown(String what, String id, Optional<?> known) {
    if (known.isPresent()) {
      throw refused("there is a %s %s already: expected a new id".formatted(what, shown(id)));
    }
  }

  /**
   * Refuses a second account of a name.
   *
   * @param name the name
   * @param known the account that has it
   * @throws RequestException FAILED_PRECONDITION where there is one
   */
  public static void refuseKnownAccount(String name, Optional<Account> known) {
    if (known.isPresent()) {
      throw refused("there is an account '%s' already: change that one".formatted(shown(name)));
    }
  }

  /**
   * Refuses one more than there may be.
   *
   * @param what what they are called
   * @param there how many there are
   * @param most how many there may be
   * @throws RequestException RESOURCE_EXHAUSTED where there is no room
   */
  public static void checkRoom(String what, long there, int most) {
    if (there >= most) {
      throw new RequestException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "there are %d %s already: expected fewer than %d; delete some, or let them expire"
              .formatted(there, what, most));
    }
  }

  /**
   * {@return the refusal to take away the last admin}
   *
   * @param name the admin
   */
  public static RequestException lastAdmin(String name) {
    return refused(
        "no admin would be left without %s: make another one first".formatted(shown(name)));
  }

  /**
   * Refuses an account whose subject another one has.
   *
   * @param account the account
   * @param ofSubject the account that has the subject
   * @throws RequestException FAILED_PRECONDITION where that is another one
   */
  public static void checkSubject(Account account, Optional<Account> ofSubject) {
    if (ofSubject.filter(one -> !one.name().equals(account.name())).isPresent()) {
      throw refused("another account has this subject: expected one each");
    }
  }

  /**
   * Refuses to change or to trust an account that is not what it was.
   *
   * @param expected the account as it was read
   * @param found the account as it is
   * @throws RequestException FAILED_PRECONDITION where that is gone, or has another role, password
   *     or subject
   */
  public static void checkUnchanged(Account expected, Optional<Account> found) {
    if (found.filter(expected::keepsSessionsOf).isEmpty()) {
      throw refused(
          "account '%s' was changed or deleted in this moment: look at it, and try again"
              .formatted(shown(expected.name())));
    }
  }

  /**
   * Refuses a token of somebody who may make none.
   *
   * @param token the token
   * @param maker the account that its maker names
   * @throws RequestException FAILED_PRECONDITION where an account made it that is gone or no admin
   */
  public static void checkMaker(ApiToken token, Optional<Account> maker) {
    if (!AccountNames.isStandIn(token.createdBy())
        && maker.filter(account -> account.role() == Account.Role.ADMIN).isEmpty()) {
      throw refused(
          "'%s' is no admin any more: only admins make API tokens"
              .formatted(shown(token.createdBy())));
    }
  }

  /**
   * {@return which tokens end with a change of the account that made them}
   *
   * @param tokens those that the account made
   * @param role its role from now on, empty where it is deleted
   * @param at when
   */
  public static List<ApiToken> ending(
      List<ApiToken> tokens, Optional<Account.Role> role, Instant at) {
    return tokens.stream()
        .filter(token -> token.holdsAt(at))
        .filter(token -> role.filter(token::isWithin).isEmpty())
        .toList();
  }

  /**
   * {@return what the audit says of a token that ends with its account}
   *
   * @param audit what it says of the account
   * @param token the token
   */
  public static AuditEntry ended(AuditEntry audit, ApiToken token) {
    return new AuditEntry(
        audit.at(),
        audit.by(),
        audit.source(),
        "api_token_revoked",
        token.id(),
        "made by " + token.createdBy());
  }

  /**
   * {@return the refusal to change what there is not}
   *
   * @param what what it is called
   * @param name its name or id
   */
  public static RequestException noSuch(String what, String name) {
    return new RequestException(
        ErrorCode.NOT_FOUND, "there is no %s %s".formatted(what, shown(name)));
  }

  private static RequestException refused(String message) {
    return new RequestException(ErrorCode.FAILED_PRECONDITION, message);
  }

  private static String shown(String name) {
    return Names.shown(name);
  }
}
