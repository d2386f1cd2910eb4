package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.api.SysmonstmException;

/**
 * Lets requests through, or not: the one place where that is decided. Thread-safe, and may block.
 */
@FunctionalInterface
public interface Gate {
  /**
   * {@return who a request is from}
   *
   * @param visitor what it shows
   * @param right what it needs
   * @throws SysmonstmException UNAUTHENTICATED where nobody knows who they are, PERMISSION_DENIED
   *     where they have not the right, RESOURCE_EXHAUSTED where they were wrong too often
   */
  Caller admit(Visitor visitor, Right right);

  /** {@return one that is open to everybody} */
  static Gate open() {
    return (visitor, right) -> Caller.anybody(visitor.address());
  }
}
