package io.sysmonstm.gateway.helidon;

import io.sysmonstm.api.Actor;
import java.time.Instant;

/** Makes the tokens by which new machines come in. Thread-safe, and may block. */
@FunctionalInterface
public interface Invitations {
  /**
   * A token that was made.
   *
   * @param id its public part
   * @param token the whole of it, which nobody can tell later
   * @param expiresAt until when it holds
   * @param command what to type on the new machine
   * @param caPin the authority that the new machine has to find
   */
  record Made(String id, String token, Instant expiresAt, String command, String caPin) {
    /** Leaves the secret out. */
    @Override
    public String toString() {
      return "Made[" + id + "]";
    }
  }

  /**
   * Makes a token.
   *
   * @param actor who lets the machine in
   * @param host by which name or address the gateway was called, without a port
   * @return the token
   * @throws io.sysmonstm.api.RequestException FAILED_PRECONDITION where no aggregator enrols
   *     machines
   */
  Made make(Actor actor, String host);
}
