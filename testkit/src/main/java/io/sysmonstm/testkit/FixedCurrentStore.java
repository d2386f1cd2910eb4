package io.sysmonstm.testkit;

import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.MetricsEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A current state that a test sets itself, for what only reads it; updates are refused.
 * Thread-safe.
 */
public final class FixedCurrentStore implements CurrentStore {
  private final Map<String, MachineState> states = new ConcurrentSkipListMap<>();
  private volatile boolean down;

  /** Creates a store that has seen no machine. */
  public FixedCurrentStore() {}

  /**
   * Sets the state of a machine.
   *
   * @param state its state
   */
  public void put(MachineState state) {
    states.put(state.machineId(), state);
  }

  /**
   * Breaks the store, or mends it.
   *
   * @param value whether reading fails
   */
  public void setDown(boolean value) {
    down = value;
  }

  @Override
  public void update(MetricsEvent received) {
    throw new UnsupportedOperationException("a fixed store takes no updates");
  }

  @Override
  public Optional<MachineState> machine(String machineId) {
    checkUp();
    return Optional.ofNullable(states.get(machineId));
  }

  @Override
  public List<MachineState> machines() {
    checkUp();
    return List.copyOf(states.values());
  }

  @Override
  public void forget(String machineId) {
    checkUp();
    states.remove(machineId);
  }

  @Override
  public Health health() {
    return down ? Health.failing("the test broke it") : Health.ok();
  }

  @Override
  public void close() {}

  private void checkUp() {
    if (down) {
      throw new StoreUnavailableException("current state cannot be read: the test broke it", null);
    }
  }
}
