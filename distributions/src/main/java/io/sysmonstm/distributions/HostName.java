package io.sysmonstm.distributions;

import io.sysmonstm.spi.EventLog;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** What others may know this machine as. */
final class HostName {
  private static final EventLog LOG = EventLog.of(HostName.class);

  private HostName() {}

  /** Returns the name that this machine gives itself, where it can be one in a network. */
  static Optional<String> find() {
    try {
      var name = InetAddress.getLocalHost().getHostName();
      return Optional.of(name).filter(known -> known.matches("[A-Za-z0-9.-]{1,253}"));
    } catch (UnknownHostException nameless) {
      return Optional.empty();
    }
  }

  /** Returns the names and addresses of this machine, as far as it knows them. */
  static List<String> withAddresses() {
    var names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
    find().ifPresent(names::add);
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLinkLocalAddress())
          .map(InetAddress::getHostAddress)
          .map(address -> address.replaceFirst("%.*", ""))
          .limit(64)
          .forEach(names::add);
    } catch (SocketException e) {
      LOG.warn("addresses_unknown", "Could not list the addresses of this machine", e);
    }
    return List.copyOf(names);
  }
}
