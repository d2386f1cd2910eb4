package io.sysmonstm.spi;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/** What limits tell clients apart by. */
public final class Networks {
  private static final int NETWORK_BYTES = 8;

  private Networks() {}

  /**
   * {@return the network of a client: the address, or of IPv6 the first 64 bits, since whoever has
   * one address there has them all}
   *
   * @param address of a client
   */
  public static String of(InetAddress address) {
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(address.getAddress(), 0, NETWORK_BYTES)
        : address.getHostAddress();
  }

  /**
   * {@return the network of a client, or the text where it is no address}
   *
   * @param address of a client, as it is shown
   */
  public static String of(String address) {
    int zone = address.indexOf('%');
    try {
      return of(InetAddress.ofLiteral(zone < 0 ? address : address.substring(0, zone)));
    } catch (IllegalArgumentException noAddress) {
      return address;
    }
  }
}
