package io.sysmonstm.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  @ParameterizedTest
  @CsvSource({
    "localhost:50051, localhost, 50051, false",
    "127.0.0.1:8000, 127.0.0.1, 8000, false",
    "[::1]:8000, ::1, 8000, false",
    "https://agg.example.org:443, agg.example.org, 443, true",
    "HTTPS://[2001:db8::1]:50051/, 2001:db8::1, 50051, true",
    "http://agg:50051, agg, 50051, false",
    "0.0.0.0:0, 0.0.0.0, 0, false"
  })
  void readsWhatPeopleWrite(String text, String host, int port, boolean tls) {
    assertThat(Endpoint.parse(text)).contains(new Endpoint(host, port, tls));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "8000",
        ":8000",
        "host",
        "host:",
        "host:65536",
        "host:-1",
        "::1:8000",
        "[::g]:1",
        "[127.0.0.1]:1",
        "ftp://host:1",
        "host:1/path",
        "a b:1",
        "user@host:1"
      })
  void refusesTheRest(String text) {
    assertThat(Endpoint.parse(text)).isEmpty();
  }

  @Test
  void portZeroIsOnlyForListening() {
    assertThat(Endpoint.target("k", "help").parse("host:0")).isEmpty();
    assertThat(Endpoint.listen("k", "help").parse("127.0.0.1:0")).isPresent();
    assertThat(Endpoint.listen("k", "help").parse("https://127.0.0.1:1")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:1, true",
    "LOCALHOST:1, true",
    "127.8.9.1:1, true",
    "[::1]:1, true",
    "[::ffff:127.0.0.1]:1, true",
    "0.0.0.0:1, false",
    "[::]:1, false",
    "192.168.1.2:1, false",
    "localhost.example.org:1, false",
    "127.0.0.1.example.org:1, false"
  })
  void knowsWhatIsThisMachineAlone(String text, boolean loopback) {
    assertThat(Endpoint.parse(text).orElseThrow().isLoopback()).isEqualTo(loopback);
  }

  @ParameterizedTest
  @ValueSource(strings = {"host:1", "[::1]:8000"})
  void isWrittenAsItIsRead(String text) {
    assertThat(Endpoint.parse(text).orElseThrow()).hasToString(text);
  }
}
