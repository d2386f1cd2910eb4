package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.gateway.helidon.internal.live.LiveFeed;
import io.sysmonstm.gateway.helidon.internal.live.LiveView;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.spi.CurrentStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * The state of the fleet for calls: the live view, into which what the store knows is merged first,
 * so that REST, metrics and WebSocket show one picture, and a store that lost its memory takes
 * nothing away. While the store cannot be reached the view alone answers, which events and history
 * feed; where that is empty, history is asked. Thread-safe.
 */
public final class CurrentState {
  private static final int AT_ONCE = 8;
  // Twice, for the store and for history, both are less than the two seconds that a call may take.
  private static final Duration QUEUE = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofMillis(700);

  private final CurrentStore store;
  private final LiveView live;
  private final LiveFeed feed;
  private final StoreCalls current;
  private final StoreCalls history;

  /**
   * Creates a reader.
   *
   * @param store asked first
   * @param live what is answered
   * @param feed keeps that right beside the calls
   * @param executor where stores are asked
   */
  public CurrentState(CurrentStore store, LiveView live, LiveFeed feed, ExecutorService executor) {
    this.store = store;
    this.live = live;
    this.feed = feed;
    this.current = new StoreCalls("the store of current state", AT_ONCE, QUEUE, PATIENCE, executor);
    this.history = new StoreCalls("history", 1, QUEUE, PATIENCE, executor);
  }

  /** {@return all machines} */
  List<MachineView> machines() {
    refresh(store::machines);
    return live.machines();
  }

  /** {@return one machine} */
  Optional<MachineView> machine(String id) {
    refresh(() -> store.machine(id).stream().toList());
    return live.machine(id);
  }

  /**
   * Forgets a machine; the live view does by the event.
   *
   * @param id the machine
   * @throws StoreUnavailableException where the store cannot be reached
   */
  public void forget(String id) {
    current.tell(() -> store.forget(id));
  }

  /** {@return the tags of a machine as the live view knows them, empty for one it does not} */
  Map<String, String> tags(String machineId) {
    return live.machine(machineId)
        .map(machine -> machine.state().resource().tags())
        .orElse(Map.of());
  }

  private void refresh(Supplier<List<MachineState>> question) {
    // The feed asks a failing store again each second; until then calls need not wait for it.
    if (feed.currentProblem().isPresent() && !live.isEmpty()) {
      return;
    }
    try {
      live.merge(current.ask(question));
    } catch (SysmonstmException e) {
      if (live.isEmpty() && !readHistory()) {
        throw e instanceof StoreUnavailableException
            ? e
            : new StoreUnavailableException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private boolean readHistory() {
    try {
      history.tell(feed::readNewest);
    } catch (SysmonstmException alsoAway) {
      // Another call may have got an answer meanwhile.
    }
    return !live.isEmpty();
  }

  LiveView live() {
    return live;
  }
}
