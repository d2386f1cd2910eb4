package io.sysmonstm.web.helidon.internal.net;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.sysmonstm.web.helidon.internal.http.Visitor;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the address of a client, behind proxies too. What {@code X-Forwarded-For} says counts only
 * as far as each who said it is a configured proxy, so that nobody can pass for another. Immutable.
 */
public final class ClientAddress {
  private static final HeaderName FORWARDED_PROTO = HeaderNames.create("X-Forwarded-Proto");
  private static final List<HeaderName> HEADERS_OF_PROXIES =
      Stream.of(
              "Forwarded",
              "Via",
              "X-Forwarded-For",
              "X-Forwarded-Proto",
              "X-Forwarded-Host",
              "X-Forwarded-Port",
              "X-Forwarded-Server",
              "X-Forwarded-By",
              "X-Forwarded-Prefix",
              "X-Forwarded-Scheme",
              "X-Forwarded-Ssl",
              "X-Real-IP")
          .map(HeaderNames::create)
          .toList();
  private static final int MAX_LITERAL = 64;
  // More than any chain of proxies has; the rest is not looked at.
  private static final int MAX_HOPS = 16;

  private final List<Network> trusted;

  /**
   * Addresses with a common beginning.
   *
   * @param address any of them
   * @param prefix how many bits they have in common
   */
  public record Network(InetAddress address, int prefix) {
    /**
     * {@return the addresses that a text names}
     *
     * @param text an address, or an address with a prefix such as {@code 10.0.0.0/8}
     */
    public static Optional<Network> parse(String text) {
      int slash = text.indexOf('/');
      var address = literal(slash < 0 ? text : text.substring(0, slash));
      if (address.isEmpty()) {
        return Optional.empty();
      }
      int bits = address.get().getAddress().length * Byte.SIZE;
      try {
        int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
        return prefix >= 0 && prefix <= bits
            ? Optional.of(new Network(address.get(), prefix))
            : Optional.empty();
      } catch (NumberFormatException notANumber) {
        return Optional.empty();
      }
    }

    boolean contains(InetAddress other) {
      byte[] ours = address.getAddress();
      byte[] theirs = other.getAddress();
      if (ours.length != theirs.length) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit++) {
        int mask = 0x80 >> (bit % Byte.SIZE);
        if (((ours[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Creates a finder.
   *
   * @param trusted the proxies whose word counts; none makes every client the peer of its
   *     connection
   */
  public ClientAddress(List<Network> trusted) {
    this.trusted = List.copyOf(trusted);
  }

  /**
   * {@return the address of the client}
   *
   * @param peer the other end of the connection
   * @param forwardedFor the values of {@code X-Forwarded-For} in order, hostile ones too
   */
  public InetAddress of(InetAddress peer, List<String> forwardedFor) {
    var client = peer;
    var hops = String.join(",", forwardedFor).split(",", -1);
    int last = hops.length - 1;
    for (int i = last; i >= 0 && last - i < MAX_HOPS && isTrusted(client); i--) {
      var before = literal(hops[i].strip());
      if (before.isEmpty()) {
        break;
      }
      client = before.get();
    }
    return client;
  }

  /** {@return what a request shows of who it is from} */
  Visitor visitor(String method, Headers headers, String peer, boolean tls) {
    var address = InetAddress.ofLiteral(peer);
    boolean secure =
        tls
            || (isTrusted(address)
                && headers.first(FORWARDED_PROTO).filter("https"::equalsIgnoreCase).isPresent());
    var client = of(address, headers.values(HeaderNames.X_FORWARDED_FOR));
    return new Visitor(
        method,
        name -> headers.first(HeaderNames.create(name)),
        client.getHostAddress(),
        secure,
        HEADERS_OF_PROXIES.stream().anyMatch(headers::contains));
  }

  /** Returns whether an address is that of a configured proxy. */
  boolean isTrusted(InetAddress address) {
    return trusted.stream().anyMatch(network -> network.contains(address));
  }

  private static Optional<InetAddress> literal(String text) {
    try {
      return text.length() > MAX_LITERAL
          ? Optional.empty()
          : Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException noAddress) {
      return Optional.empty();
    }
  }
}
