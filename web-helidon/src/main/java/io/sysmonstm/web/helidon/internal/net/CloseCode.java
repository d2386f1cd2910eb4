package io.sysmonstm.web.helidon.internal.net;

/** Why a WebSocket is closed, as RFC 6455 numbers it. */
public final class CloseCode {
  /** All is said. */
  public static final int NORMAL = 1000;

  /** The server stops. */
  public static final int GOING_AWAY = 1001;

  /** The client does not speak the protocol. */
  public static final int PROTOCOL_ERROR = 1002;

  /** Messages of another kind are expected. */
  public static final int UNACCEPTABLE = 1003;

  /** The client does what it may not. */
  public static final int POLICY = 1008;

  /** The message is too large. */
  public static final int TOO_BIG = 1009;

  /** The client may come back later. */
  public static final int TRY_AGAIN = 1013;

  private CloseCode() {}
}
