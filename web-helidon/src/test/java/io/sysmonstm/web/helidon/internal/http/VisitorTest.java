package io.sysmonstm.web.helidon.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VisitorTest {
  private static Visitor visitor(Map<String, String> headers) {
    return new Visitor(
            "GET", name -> Optional.ofNullable(headers.get(name)), "192.0.2.1", true, true)
        .keeping(Set.of("Cookie", "Authorization"));
  }

  @Test
  void whatIsKeptIsFoundAndNothingElse() {
    var kept = visitor(Map.of("Cookie", "a=b", "User-Agent", "x"));

    assertThat(kept.header().apply("Cookie")).contains("a=b");
    assertThat(kept.header().apply("Authorization")).isEmpty();
    assertThat(kept.header().apply("User-Agent")).isEmpty();
    assertThat(kept.address()).isEqualTo("192.0.2.1");
    assertThat(kept.secure()).isTrue();
    assertThat(kept.passedOn()).isTrue();
  }

  @Test
  void theSameCredentialsAreEqualAndNotTold() {
    var one = visitor(Map.of("Cookie", "secret", "User-Agent", "x"));
    var same = visitor(Map.of("Cookie", "secret", "User-Agent", "y"));
    var other = visitor(Map.of("Cookie", "another"));

    assertThat(one.header()).isEqualTo(same.header()).hasSameHashCodeAs(same.header());
    assertThat(one.header()).isNotEqualTo(other.header());
    assertThat(one.toString()).doesNotContain("secret");
  }
}
