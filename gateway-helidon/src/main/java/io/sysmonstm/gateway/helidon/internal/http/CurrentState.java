package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.gateway.helidon.internal.live.LiveView;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.EventLog;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The state of the fleet for calls: from the store, or from memory while the store cannot be
 * reached. Thread-safe.
 */
public final class CurrentState {
  private static final EventLog LOG = EventLog.of(CurrentState.class);

  private final CurrentStore store;
  private final LiveView live;

  /**
   * Creates a reader.
   *
   * @param store asked first
   * @param live asked where the store fails
   */
  public CurrentState(CurrentStore store, LiveView live) {
    this.store = store;
    this.live = live;
  }

  /** {@return all machines} */
  List<MachineState> machines() {
    return read(store::machines, live::machines);
  }

  /** {@return one machine} */
  Optional<MachineState> machine(String id) {
    return read(() -> store.machine(id), () -> live.machine(id));
  }

  private <T> T read(Supplier<T> first, Supplier<T> second) {
    try {
      return first.get();
    } catch (StoreUnavailableException e) {
      if (live.isEmpty()) {
        throw e;
      }
      LOG.warn(
          "current_store_unavailable",
          "answering from memory",
          null,
          "problem",
          String.valueOf(e.getMessage()));
      return second.get();
    }
  }

  LiveView live() {
    return live;
  }

  CurrentStore store() {
    return store;
  }
}
