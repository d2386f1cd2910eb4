package io.sysmonstm.spi;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import java.time.Duration;
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
