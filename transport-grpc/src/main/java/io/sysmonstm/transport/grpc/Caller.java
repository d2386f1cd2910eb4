package io.sysmonstm.transport.grpc;

import io.grpc.Context;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.spi.MachineAccess;
import io.sysmonstm.spi.MachineIdentity;
import java.util.Optional;

/** Whose stream it is, as its credential has proved. Immutable. */
final class Caller {
  /** Where nobody has to prove anything: every machine may be named. */
  static final Caller ANYBODY = new Caller(Optional.empty());

  private static final Context.Key<Caller> KEY = Context.keyWithDefault("caller", ANYBODY);

  private record Known(
      MachineIdentity identity, boolean certified, MachineAccess access, String source) {}

  private final Optional<Known> known;

  private Caller(Optional<Known> known) {
    this.known = known;
  }

  static Caller of(
      MachineIdentity identity, boolean certified, MachineAccess access, String source) {
    return new Caller(Optional.of(new Known(identity, certified, access, source)));
  }

  /** Whose call is being started in this thread. */
  static Caller current() {
    return KEY.get();
  }

  /** A context in which it is the current one. */
  Context context() {
    return Context.current().withValue(KEY, this);
  }

  /** Refuses and notes that a stream names another machine. */
  void requireIs(String machineId) {
    known
        .filter(one -> !one.identity.machineId().equals(machineId))
        .ifPresent(
            one -> {
              one.access.refused(one.identity, machineId, one.source);
              throw new RequestException(
                  ErrorCode.PERMISSION_DENIED,
                  "the credential is that of %s, and the stream names '%s': expected its own machine"
                      .formatted(one.identity.machineId(), Names.shown(machineId)));
            });
  }

  /** Whether its credential still holds; does not block. */
  boolean holds() {
    return known.map(one -> one.access.holds(one.identity)).orElse(true);
  }

  /** Who it is, where a certificate has proved it; empty where a token has. */
  Optional<MachineIdentity> certified() {
    return known.filter(Known::certified).map(Known::identity);
  }

  String source() {
    return known.map(Known::source).orElse("");
  }
}
