package io.sysmonstm.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EvidenceTest {
  @Test
  void aRunInWhichNothingIsStoredShowsNothing() {
    assertThat(new Evidence(0, 5, 5).gaps(false)).hasSize(1);
  }

  @Test
  void aFaultThatMakesResendsShowsNothingWithoutThem() {
    assertThat(new Evidence(10, 0, 0).gaps(true)).hasSize(2);
    assertThat(new Evidence(10, 3, 0).gaps(true)).containsExactly("no duplicate has arrived");
    assertThat(new Evidence(10, 3, 1).gaps(true)).isEmpty();
  }

  @Test
  void aFaultThatMakesNoneDoesNotNeedThem() {
    assertThat(new Evidence(10, 0, 0).gaps(false)).isEmpty();
  }
}
