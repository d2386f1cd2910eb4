package io.sysmonstm.distributions;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** What others may know this machine as. */
final class HostName {
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
}
