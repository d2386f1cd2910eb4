package io.sysmonstm.notifier.webhook;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Says which addresses may be connected to. Whoever asks connects to the very address that was
 * looked at, so that a name which means another address the next moment changes nothing.
 */
final class AddressGuard {
  /** Finds the addresses of a name. */
  interface Resolver {
    InetAddress[] resolve(String host) throws IOException;
  }

  private final boolean allowPrivate;
  private final Resolver resolver;

  AddressGuard(boolean allowPrivate, Resolver resolver) {
    this.allowPrivate = allowPrivate;
    this.resolver = resolver;
  }

  /** Returns the addresses of a host that may be connected to, at least one. */
  List<InetAddress> addresses(String host) throws IOException {
    var allowed = Arrays.stream(resolver.resolve(host)).filter(this::allows).toList();
    if (allowed.isEmpty()) {
      throw new IOException(
          "%s has no address that may be connected to: %s"
              .formatted(
                  host,
                  allowPrivate
                      ? "none that is link-local, multicast or of a cloud's metadata may"
                      : "none of a private network may unless allow-private is true"));
    }
    return allowed;
  }

  boolean allows(InetAddress address) {
    var inner = Embedded.address(address);
    if (inner.isAnyLocalAddress() || inner.isLinkLocalAddress() || inner.isMulticastAddress()) {
      return false;
    }
    return !isReserved(inner.getAddress()) && (allowPrivate || !isPrivate(inner));
  }

  private static boolean isPrivate(InetAddress address) {
    if (address.isLoopbackAddress() || address.isSiteLocalAddress()) {
      return true;
    }
    var bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      // Shared by carriers, and by clouds for services of their own.
      return isIn(bytes, 10, 100, 64);
    }
    return isIn(bytes, 7, 0xfc);
  }

  /** What nobody has to be told at: metadata of clouds, and what is no unicast address. */
  private static boolean isReserved(byte[] bytes) {
    if (bytes.length == 4) {
      return isIn(bytes, 8, 0)
          || isIn(bytes, 4, 240)
          || isIn(bytes, 32, 100, 100, 100, 200)
          || isIn(bytes, 32, 168, 63, 129, 16);
    }
    return isIn(bytes, 128, 0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54);
  }

  /** Returns whether an address begins with some bits. */
  private static boolean isIn(byte[] address, int bits, int... prefix) {
    for (int i = 0; i < prefix.length; i++) {
      int free = Math.max(0, 8 * (i + 1) - bits);
      if ((address[i] & 0xff) >> free != prefix[i] >> free) {
        return false;
      }
    }
    return true;
  }

  /** IPv6 addresses that only carry one of IPv4. */
  private static final class Embedded {
    private static final int[] NAT64 = {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final int[] COMPATIBLE = new int[12];

    static InetAddress address(InetAddress address) {
      var bytes = address.getAddress();
      if (bytes.length == 4 || address.isLoopbackAddress() || address.isAnyLocalAddress()) {
        return address;
      }
      if (isIn(bytes, 96, NAT64) || isIn(bytes, 96, COMPATIBLE)) {
        return ofBytes(Arrays.copyOfRange(bytes, 12, 16));
      }
      return isIn(bytes, 16, 0x20, 0x02) ? ofBytes(Arrays.copyOfRange(bytes, 2, 6)) : address;
    }

    private static InetAddress ofBytes(byte[] bytes) {
      try {
        return InetAddress.getByAddress(bytes);
      } catch (IOException notFourBytes) {
        throw new IllegalStateException(notFourBytes);
      }
    }
  }
}
