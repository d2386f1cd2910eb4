package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.web.helidon.internal.net.ClientAddress;
import java.net.InetAddress;

/** What limits tell clients apart by. */
final class Networks {
  private Networks() {}

  /**
   * {@return the network of a client, of IPv6 the first 64 bits: whoever has one address there has
   * them all}
   *
   * @param address of a client, as it is shown
   */
  static String of(String address) {
    int zone = address.indexOf('%');
    try {
      return ClientAddress.network(
          InetAddress.ofLiteral(zone < 0 ? address : address.substring(0, zone)));
    } catch (IllegalArgumentException noAddress) {
      return address;
    }
  }
}
