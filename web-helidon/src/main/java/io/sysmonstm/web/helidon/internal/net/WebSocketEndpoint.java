package io.sysmonstm.web.helidon.internal.net;

import io.helidon.webserver.spi.ServerConnection;

/** A path where WebSockets can be opened. Thread-safe. */
public interface WebSocketEndpoint {
  /** {@return the path} */
  String path();

  /**
   * Opens a connection, which the thread of the request then runs.
   *
   * @param handshake a valid one from an own page, or from no page at all; {@link Handshake#accept}
   *     answers it, {@link Handshake#refusal} refuses it
   * @return the connection
   */
  ServerConnection open(Handshake handshake);
}
