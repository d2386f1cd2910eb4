package io.sysmonstm.gateway.helidon.internal.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
  private static final String PASSWORD = "correct horse battery";

  private final Passwords passwords = new Passwords(new Turns(1, Duration.ofSeconds(5)));

  @Test
  @DisplayName("row 8: passwords are hashed by Argon2id, each with a salt of its own")
  void hashesBySaltAndCosts() {
    var hash = passwords.hash(PASSWORD);
    assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    assertThat(passwords.hash(PASSWORD)).isNotEqualTo(hash);
    assertThat(passwords.matches(PASSWORD, Optional.of(hash), false)).isTrue();
    assertThat(passwords.matches(PASSWORD + "x", Optional.of(hash), false)).isFalse();
    assertThat(Passwords.isWeak(hash)).isFalse();
  }

  @Test
  void agreesWithTheReferenceImplementation() {
    // From its own tests: password "password", salt "somesalt", t=2, m=64 MiB, p=1.
    var reference =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assertThat(passwords.matches("password", Optional.of(reference), false)).isTrue();
  }

  @Test
  void whatIsTypedInAnotherFormOfUnicodeIsTheSame() {
    var hash = passwords.hash("pässword pässword");
    assertThat(passwords.matches("pa\u0308ssword pa\u0308ssword", Optional.of(hash), false))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=1,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
      })
  void whatIsNoHashMatchesNothing(String stored) {
    assertThat(passwords.matches("password", Optional.of(stored), false)).isFalse();
    assertThat(Passwords.isWeak(stored)).isTrue();
  }

  @Test
  void nobodyHasAPassword() {
    assertThat(passwords.matches(PASSWORD, Optional.empty(), false)).isFalse();
  }

  @Test
  void lengthIsTheOnlyRule() {
    assertThat(Passwords.problem("aaaaaaaaaaaa", "ada")).isEmpty();
    assertThat(Passwords.problem("a".repeat(1024), "ada")).isEmpty();
    assertThat(Passwords.problem("a".repeat(11), "ada")).hasValueSatisfying(PasswordsTest::named);
    assertThat(Passwords.problem("a".repeat(1025), "ada")).hasValueSatisfying(PasswordsTest::named);
    assertThat(Passwords.problem("a name of mine", "A name of mine")).isPresent();
  }

  private static void named(String problem) {
    assertThat(problem).contains("12 to 1024").doesNotContain("aaa");
  }
}
