package io.sysmonstm.gateway.helidon.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.web.helidon.internal.http.TooManyException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TriesTest {
  private static final String HOME = "192.0.2.7";

  private final ManualTime time = new ManualTime();
  private final Tries tries = new Tries(time);

  private Tries.Try wrong(String address, String account) {
    var begun = tries.begin(address, account);
    tries.end(begun, false);
    return begun;
  }

  private void right(String address, String account) {
    tries.end(tries.begin(address, account), true);
  }

  private void assertRefused(String address, String account, String why) {
    assertThatExceptionOfType(TooManyException.class)
        .isThrownBy(() -> tries.begin(address, account))
        .withMessageContaining(why);
  }

  /** As many as an account has, from a network each. */
  private void spread() {
    for (int i = 0; i < Tries.OF_ACCOUNT; i++) {
      wrong("198.51.100." + i, "ada");
    }
  }

  @Test
  @DisplayName("row 13: all addresses of an IPv6 network are one, up to 64 bits")
  void networksAreCounted() {
    for (int i = 0; i < 5; i++) {
      wrong("2001:db8:0:1:%d::%d".formatted(i, i), "ada");
    }
    assertRefused("2001:db8:0:1:ffff::1", "ada", "from this address");
    wrong("2001:db8:0:2::1", "ada");
  }

  @Test
  @DisplayName("row 13: a network is limited over all accounts")
  void networksAreLimitedOverAllAccounts() {
    for (int i = 0; i < 30; i++) {
      wrong(HOME, "name " + i);
    }
    assertRefused(HOME, "another", "from this address");
    time.advance(Duration.ofSeconds(2));
    wrong(HOME, "another");
  }

  @Test
  @DisplayName("row 13: an account is limited over all networks")
  void accountsAreLimitedOverAllNetworks() {
    spread();
    assertRefused("203.0.113.1", "ada", "for this account");
    wrong("203.0.113.1", "bob");
    time.advance(Duration.ofSeconds(2));
    wrong("203.0.113.1", "ada");
    assertRefused("203.0.113.1", "ada", "for this account");
  }

  @Test
  @DisplayName("row 13: strangers do not lock out who has logged in from a network before")
  void strangersLockNobodyOut() {
    right(HOME, "ada");
    spread();
    assertRefused("203.0.113.1", "ada", "for this account");

    right(HOME, "ada");
    for (int i = 0; i < 20; i++) {
      wrong(HOME, "ada");
    }
    assertRefused(HOME, "ada", "from this address");
    time.advance(Duration.ofSeconds(10));
    right(HOME, "ada");
  }

  @Test
  @DisplayName("row 13: strangers do not keep anybody from making the first account")
  void strangersDoNotBlockTheSetUp() {
    for (int i = 0; i < 2 * Tries.OF_ACCOUNT; i++) {
      tries.beginSetup("198.51.100." + i);
      tries.endSetup("198.51.100." + i, false);
    }
    for (int i = 0; i < 30; i++) {
      tries.beginSetup(HOME);
      tries.endSetup(HOME, false);
    }
    assertThatExceptionOfType(TooManyException.class).isThrownBy(() -> tries.beginSetup(HOME));

    tries.beginSetup("203.0.113.1");
    tries.endSetup("203.0.113.1", true);
    assertThat(tries.begin("203.0.113.1", "ada").isSuspect()).isFalse();
    assertThat(tries.begin("198.51.100.1", "ada").isSuspect()).isTrue();
  }

  @Test
  @DisplayName("row 13: neighbours do not lock out who has logged in from the same network")
  void neighboursLockNobodyOut() {
    right(HOME, "ada");
    for (int i = 0; i < 30; i++) {
      wrong(HOME, "name " + i);
    }
    assertRefused(HOME, "bob", "from this address");

    right(HOME, "ada");
  }

  @Test
  void whoIsRefusedForTheAccountSpendsNothingElse() {
    spread();
    for (int i = 0; i < 40; i++) {
      assertRefused(HOME, "ada", "for this account");
    }
    time.advance(Duration.ofSeconds(2));
    right(HOME, "ada");
  }

  @Test
  void whatCouldNotBeLookedAtIsNoTry() {
    for (int i = 0; i < 2 * Tries.OF_ACCOUNT; i++) {
      tries.giveBack(tries.begin(HOME, "ada"));
    }
    assertThat(tries.begin(HOME, "ada").isSuspect()).isFalse();
  }

  @Test
  @DisplayName("row 13: whose name or network was wrong lately is suspect, unless they were right")
  void whoWasWrongIsSuspect() {
    right(HOME, "ada");
    assertThat(wrong("198.51.100.1", "ada").isSuspect()).isFalse();

    assertThat(tries.begin("203.0.113.1", "ada").isSuspect()).as("the name").isTrue();
    assertThat(tries.begin("198.51.100.1", "bob").isSuspect()).as("the network").isTrue();
    assertThat(tries.begin(HOME, "ada").isSuspect()).as("known from there").isFalse();
    assertThat(tries.begin("203.0.113.1", "bob").isSuspect()).isFalse();
    time.advance(Tries.LATELY);
    assertThat(tries.begin("203.0.113.1", "ada").isSuspect()).isFalse();
  }
}
