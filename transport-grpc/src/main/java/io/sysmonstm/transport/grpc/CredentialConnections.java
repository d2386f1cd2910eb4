package io.sysmonstm.transport.grpc;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Bounds the connections that one credential has open: one in use, and a few that a client has lost
 * without the server's knowing. Thread-safe.
 */
final class CredentialConnections extends ServerTransportFilter {
  /** The most connections of one credential. */
  static final int MOST = 4;

  private static final Attributes.Key<Connection> CONNECTION = Attributes.Key.create("connection");

  private static final class Connection {
    private final Set<String> credentials = new HashSet<>();
  }

  // Guarded by this, as the credentials of connections.
  private final Map<String, Set<Connection>> open = new HashMap<>();

  @Override
  public Attributes transportReady(Attributes attributes) {
    return attributes.toBuilder().set(CONNECTION, new Connection()).build();
  }

  @Override
  public synchronized void transportTerminated(Attributes attributes) {
    // Null where it ended before it was ready.
    var connection = attributes == null ? null : attributes.get(CONNECTION);
    if (connection == null) {
      return;
    }
    for (var credential : connection.credentials) {
      var others = open.get(credential);
      if (others != null && others.remove(connection) && others.isEmpty()) {
        open.remove(credential);
      }
    }
    connection.credentials.clear();
  }

  /** Whether a connection may be used with a credential; from then on it counts as its. */
  synchronized boolean admits(String credentialId, Attributes attributes) {
    var connection = attributes.get(CONNECTION);
    if (connection == null) {
      return true;
    }
    var known = open.computeIfAbsent(credentialId, id -> new HashSet<>());
    if (!known.contains(connection) && known.size() >= MOST) {
      return false;
    }
    known.add(connection);
    connection.credentials.add(credentialId);
    return true;
  }

  synchronized int credentials() {
    return open.size();
  }
}
