package io.sysmonstm.notifier.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
  private final AddressGuard strict = guard(false);
  private final AddressGuard open = guard(true);

  @ParameterizedTest
  @DisplayName("row 19: private addresses are refused unless they are allowed")
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.9.9.9",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "100.127.255.255",
        "::1",
        "fc00::1",
        "fdff::1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::1",
        "::127.0.0.1"
      })
  void refusesPrivateAddressesUnlessTheyAreAllowed(String address) throws IOException {
    assertThat(strict.allows(InetAddress.getByName(address))).isFalse();
    assertThat(open.allows(InetAddress.getByName(address))).isTrue();
  }

  @ParameterizedTest
  @DisplayName("row 19: the metadata address and its like are refused always")
  @ValueSource(
      strings = {
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "fe80::1",
        "224.0.0.1",
        "ff02::1",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "255.255.255.255",
        "240.0.0.1",
        "64:ff9b::169.254.169.254"
      })
  void refusesWhatIsNoReceiverAlways(String address) throws IOException {
    assertThat(strict.allows(InetAddress.getByName(address))).isFalse();
    assertThat(open.allows(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.1",
        "172.32.0.1",
        "172.15.0.1",
        "192.169.0.1",
        "2606:4700::1111",
        "2002:101:101::1"
      })
  void allowsPublicAddresses(String address) throws IOException {
    assertThat(strict.allows(InetAddress.getByName(address))).isTrue();
  }

  @Test
  @DisplayName("row 19: of several addresses of a name only the allowed are used")
  void keepsTheAllowedOfSeveral() throws IOException {
    var both =
        new InetAddress[] {
          InetAddress.getByName("10.0.0.1"), InetAddress.getByName("1.1.1.1"),
        };
    assertThat(new AddressGuard(false, host -> both).addresses("example.org"))
        .containsExactly(both[1]);
  }

  @Test
  void saysWhatWouldAllowTheOthers() {
    assertThatIOException()
        .isThrownBy(() -> strict.addresses("127.0.0.1"))
        .withMessageContaining("allow-private");
  }

  private static AddressGuard guard(boolean allowPrivate) {
    return new AddressGuard(allowPrivate, InetAddress::getAllByName);
  }
}
