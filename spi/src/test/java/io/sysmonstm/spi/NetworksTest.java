package io.sysmonstm.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetworksTest {
  @Test
  void clientsOfOneSixthNetworkAreOne() {
    assertThat(Networks.of("2001:db8:1:2:3::1"))
        .isEqualTo(Networks.of("2001:db8:1:2:ffff::2"))
        .isNotEqualTo(Networks.of("2001:db8:1:3:3::1"));
    assertThat(Networks.of("fe80::1%eth0")).isEqualTo(Networks.of("fe80::2%eth1"));
  }

  @Test
  void ofTheFourthEachAddressIsOne() {
    assertThat(Networks.of("192.0.2.1")).isNotEqualTo(Networks.of("192.0.2.2"));
    assertThat(Networks.of("::ffff:192.0.2.1")).isEqualTo(Networks.of("192.0.2.1"));
  }

  @Test
  void whatIsNoAddressIsItself() {
    assertThat(Networks.of("unknown")).isEqualTo("unknown");
  }
}
