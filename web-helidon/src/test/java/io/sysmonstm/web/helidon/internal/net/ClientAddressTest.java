package io.sysmonstm.web.helidon.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.web.helidon.internal.net.ClientAddress.Network;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {
  private final ClientAddress addresses =
      new ClientAddress(
          List.of(
              Network.parse("10.0.0.0/8").orElseThrow(), Network.parse("fd00::1").orElseThrow()));

  private String client(String peer, String... forwardedFor) {
    return addresses.of(InetAddress.ofLiteral(peer), List.of(forwardedFor)).getHostAddress();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,198.51.100.7,192.0.2.1",
    "10.1.2.3,198.51.100.7,198.51.100.7",
    "10.1.2.3,'1.1.1.1, 198.51.100.7',198.51.100.7",
    "10.1.2.3,'198.51.100.7, 10.9.9.9',198.51.100.7",
    "10.1.2.3,'',10.1.2.3",
    "10.1.2.3,evil,10.1.2.3",
    "10.1.2.3,'198.51.100.7,localhost',10.1.2.3",
    "fd00:0:0:0:0:0:0:1,2001:db8::5,2001:db8:0:0:0:0:0:5"
  })
  void onlyTheWordOfConfiguredProxiesCounts(String peer, String header, String expected) {
    assertThat(client(peer, header)).isEqualTo(expected);
  }

  @Test
  void headersOfSeveralLinesAreOneList() {
    assertThat(client("10.1.2.3", "1.1.1.1", "198.51.100.7, 10.0.0.4")).isEqualTo("198.51.100.7");
  }

  @Test
  void withoutProxiesTheHeaderHasNoEffect() {
    var peer = InetAddress.ofLiteral("127.0.0.1");

    assertThat(new ClientAddress(List.of()).of(peer, List.of("198.51.100.7"))).isEqualTo(peer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host.example", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "::/129"})
  void aNetworkIsAnAddressWithAPrefix(String text) {
    assertThat(Network.parse(text)).isEmpty();
  }
}
