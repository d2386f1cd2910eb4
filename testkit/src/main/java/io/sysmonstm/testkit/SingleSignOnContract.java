package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.spi.PersonIdentity;
import io.sysmonstm.spi.SingleSignOn;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SingleSignOn} promises. Extend it, and say how to make one and the service it
 * asks.
 */
public abstract class SingleSignOnContract {
  private static final URI CALLBACK =
      URI.create("http://localhost:8000/api/v1/login/oidc/callback");

  /** For subclasses. */
  protected SingleSignOnContract() {}

  /**
   * {@return a new single sign-on with a service of its own, which vouches for somebody}
   *
   * @throws Exception where it cannot be made
   */
  protected abstract SingleSignOnFixture open() throws Exception;

  private static PersonIdentity logIn(SingleSignOnFixture fixture) {
    var start = fixture.signOn().begin(CALLBACK);
    return fixture.signOn().complete(start.kept(), CALLBACK, fixture.allow(start.address()));
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RequestException.class,
            refused -> assertThat(refused.code()).as(refused.getMessage()).isEqualTo(code));
  }

  @Test
  void hasANameForAButton() throws Exception {
    try (var fixture = open()) {
      assertThat(fixture.signOn().name()).matches("[^\\p{Cntrl}]{1,64}");
    }
  }

  @Test
  void tellsWhoSomebodyIs() throws Exception {
    try (var fixture = open()) {
      for (var role :
          List.of(Optional.of(Role.ADMIN), Optional.of(Role.VIEWER), Optional.<Role>empty())) {
        fixture.person("one", role);
        assertThat(logIn(fixture).role()).isEqualTo(role);
      }
      assertThat(logIn(fixture).subject()).matches("\\S+ .+");
    }
  }

  @Test
  void tellsPeopleApart() throws Exception {
    try (var fixture = open()) {
      fixture.person("one", Optional.of(Role.VIEWER));
      var one = logIn(fixture).subject();
      fixture.person("two", Optional.of(Role.VIEWER));
      assertThat(logIn(fixture).subject()).isNotEqualTo(one);
      fixture.person("one", Optional.of(Role.ADMIN));
      assertThat(logIn(fixture).subject()).isEqualTo(one);
    }
  }

  @Test
  void noTwoLoginsAreAlike() throws Exception {
    try (var fixture = open()) {
      var kept = Stream.generate(() -> fixture.signOn().begin(CALLBACK).kept()).limit(50).toList();
      assertThat(kept).doesNotHaveDuplicates();
    }
  }

  @Test
  void severalLogInAtATime() throws Exception {
    try (var fixture = open()) {
      var first = fixture.signOn().begin(CALLBACK);
      var second = fixture.signOn().begin(CALLBACK);
      for (var start : List.of(second, first)) {
        var brought = fixture.allow(start.address());
        assertThat(fixture.signOn().complete(start.kept(), CALLBACK, brought).subject())
            .isNotBlank();
      }
    }
  }

  @Test
  void anotherBrowserIsRefused() throws Exception {
    try (var fixture = open()) {
      var mine = fixture.signOn().begin(CALLBACK);
      var theirs = fixture.signOn().begin(CALLBACK);
      var brought = fixture.allow(mine.address());
      for (var kept :
          List.of(theirs.kept(), "", "x", "x".repeat(10_000), "ü\n", mine.kept() + "x")) {
        assertRefused(
            ErrorCode.UNAUTHENTICATED, () -> fixture.signOn().complete(kept, CALLBACK, brought));
      }
      assertThat(fixture.signOn().complete(mine.kept(), CALLBACK, brought).subject()).isNotBlank();
    }
  }

  @Test
  void whatABrowserBringsIsGoodOnce() throws Exception {
    try (var fixture = open()) {
      var start = fixture.signOn().begin(CALLBACK);
      var brought = fixture.allow(start.address());
      fixture.signOn().complete(start.kept(), CALLBACK, brought);
      assertRefused(
          ErrorCode.UNAUTHENTICATED,
          () -> fixture.signOn().complete(start.kept(), CALLBACK, brought));
    }
  }

  @Test
  void hostileParametersAreRefused() throws Exception {
    try (var fixture = open()) {
      var start = fixture.signOn().begin(CALLBACK);
      var brought = fixture.allow(start.address());
      assertRefused(
          ErrorCode.UNAUTHENTICATED,
          () -> fixture.signOn().complete(start.kept(), CALLBACK, Map.of()));
      for (var hostile : List.of("", "\u0000", "ü", "' OR 1=1 --", "x".repeat(10_000))) {
        var changed = new HashMap<String, List<String>>();
        brought.forEach((name, values) -> changed.put(name, List.of(hostile)));
        assertRefused(
            ErrorCode.UNAUTHENTICATED,
            () -> fixture.signOn().complete(start.kept(), CALLBACK, changed));
      }
    }
  }

  @Test
  void whoDoesNotWantToIsNotIn() throws Exception {
    try (var fixture = open()) {
      var start = fixture.signOn().begin(CALLBACK);
      var brought = fixture.deny(start.address());
      assertRefused(
          ErrorCode.PERMISSION_DENIED,
          () -> fixture.signOn().complete(start.kept(), CALLBACK, brought));
    }
  }

  @Test
  void aServiceThatIsAwayIsUnavailable() throws Exception {
    try (var fixture = open()) {
      var start = fixture.signOn().begin(CALLBACK);
      var brought = fixture.allow(start.address());
      fixture.endService();
      assertRefused(
          ErrorCode.UNAVAILABLE, () -> fixture.signOn().complete(start.kept(), CALLBACK, brought));
    }
    try (var fixture = open()) {
      fixture.endService();
      assertRefused(ErrorCode.UNAVAILABLE, () -> fixture.signOn().begin(CALLBACK));
    }
  }
}
