package io.sysmonstm.tls;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.MachineCredential;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Makes bearer tokens, for clients that speak for a machine and have no certificate. */
public final class MachineTokens {
  private MachineTokens() {}

  /**
   * Makes a token and keeps its hash. Blocks, with the store's deadline.
   *
   * @param store where it is kept
   * @param actor who makes it
   * @param machineId the only machine that it may speak for
   * @param validity how long it holds, more than nothing
   * @param now the time
   * @return the token: a secret, which can be told this once
   * @throws RequestException INVALID_ARGUMENT for another id or validity, else as {@link
   *     AccessStore#addCredential} does
   */
  public static TokenText create(
      AccessStore store, Actor actor, String machineId, Duration validity, Instant now) {
    Names.machineIdProblem(machineId)
        .ifPresent(
            problem -> {
              throw new RequestException(ErrorCode.INVALID_ARGUMENT, problem);
            });
    if (!validity.isPositive()) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "the token would hold for %s: expected more than nothing".formatted(validity));
    }
    var token = TokenText.create(TokenText.Kind.MACHINE);
    var expiresAt = now.plus(validity);
    store.addCredential(
        new MachineCredential(
            token.id(),
            machineId,
            MachineCredential.Kind.TOKEN,
            token.secretHash(),
            now,
            expiresAt,
            Optional.empty()),
        AuditEntry.of(
            now,
            actor,
            "machine_token_created",
            machineId,
            "token %s until %s".formatted(token.id(), expiresAt)));
    return token;
  }
}
