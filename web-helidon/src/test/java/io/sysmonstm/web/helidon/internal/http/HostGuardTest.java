package io.sysmonstm.web.helidon.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostGuardTest {
  private final HostGuard guard =
      new HostGuard(
          "gateway",
          InetSocketAddress.createUnresolved("0.0.0.0", 8000),
          List.of("Monitor.example"),
          List.of("https://portal.example"));

  private boolean passes(@Nullable String host, @Nullable String origin, boolean guarded) {
    return passes(host, origin, false, guarded);
  }

  private boolean passes(
      @Nullable String host, @Nullable String origin, boolean secure, boolean guarded) {
    return guard
        .problem(
            Optional.ofNullable(host), Optional.ofNullable(origin), "192.168.1.5", secure, guarded)
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost,true",
    "localhost:8000,true",
    "LOCALHOST:9000,true",
    "127.0.0.1:8000,true",
    "[::1]:8000,true",
    "192.168.1.5:8000,true",
    "monitor.example,true",
    "192.168.1.6:8000,false",
    "evil.example,false",
    "monitor.example.evil.example,false",
    "localhost:8000@evil.example,false",
    "evil@localhost,false",
    "localhost:,false",
    "localhost:x,false",
    "'',false",
    ",false"
  })
  void aHostMayBeOneOfOurNames(String host, boolean expected) {
    assertThat(passes(host, null, false)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "[fe80::1]:8000,fe80:0:0:0:0:0:0:1,true",
    "[fe80::2]:8000,fe80:0:0:0:0:0:0:1,false",
    "[::1]:8000,0:0:0:0:0:0:0:1,true",
    "1.2.3.4,1.2.3.4,true",
    "1.2.3.5,1.2.3.4,false"
  })
  void anAddressMayBeTheOneTheConnectionCameInOn(String host, String local, boolean expected) {
    assertThat(guard.problem(Optional.of(host), Optional.empty(), local, false, false).isEmpty())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    ",true",
    "http://localhost:8000,true",
    "https://localhost:8000,true",
    "HTTPS://PORTAL.example,true",
    "http://localhost:8001,false",
    "http://localhost,false",
    "http://localhost:8000.evil.example,false",
    "http://evil-localhost:8000,false",
    "https://portal.example.evil.example,false",
    "https://evil.example/?https://portal.example,false",
    "null,false",
    "'',false"
  })
  void anOriginMustBeOursWhereSomethingChanges(String origin, boolean expected) {
    assertThat(passes("localhost:8000", origin, true)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "https://localhost:8000,true",
    "https://portal.example,true",
    "http://localhost:8000,false",
    "http://portal.example,false"
  })
  void aPageInPlainTextIsNotOursWhereWeSpeakHttps(String origin, boolean expected) {
    assertThat(passes("localhost:8000", origin, true, true)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"https://evil.example", "null"})
  void anyOriginMayRead(String origin) {
    // A browser does not show the answer to the page, since nothing allows it to.
    assertThat(passes("localhost:8000", origin, false)).isTrue();
  }
}
