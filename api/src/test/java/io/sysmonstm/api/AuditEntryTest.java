package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AuditEntryTest {
  @Test
  void cutsNamesThatSomebodyTriesAndNotTheDetail() {
    var longName = "x".repeat(255) + "😀".repeat(100);
    var entry =
        AuditEntry.of(
            Instant.EPOCH, new Actor(longName, longName), "login_failed", longName, longName);

    assertThat(entry.by()).isEqualTo("x".repeat(255)).isEqualTo(entry.subject());
    assertThat(entry.source()).isEqualTo("x".repeat(255));
    assertThat(entry.detail()).isEqualTo(longName);
  }

  @Test
  void leavesNamesThatFitAsTheyAre() {
    var fits = "x".repeat(254) + "😀";

    assertThat(AuditEntry.of(Instant.EPOCH, Actor.within(fits), "a", fits, "").subject())
        .isEqualTo(fits);
  }
}
