package io.sysmonstm.spi;

import io.sysmonstm.api.MachineState;
import java.util.List;
import java.util.Optional;

/**
 * The newest state of each machine. For each series the newest by sample time wins, whatever the
 * order of arrival; a sample expires after a time to live, a machine does not: it stays, with its
 * resource and the time it was last seen, until somebody has it forgotten.
 *
 * <p>Thread-safe. {@link #update} is called by the aggregator for every batch, for one machine by
 * one thread at a time; the reading methods by gateways and transports, from any thread.
 */
public interface CurrentStore extends MetricStore {
  /**
   * Merges a batch. Must not block: a store behind a network queues within a bound and counts what
   * it drops. A replayed batch is not passed.
   *
   * @param received the batch, with what was known when it came
   * @throws io.sysmonstm.api.StoreUnavailableException where it cannot be taken; the aggregator
   *     counts it and goes on
   */
  void update(MetricsEvent received);

  /**
   * {@return the state of a machine, empty for one never seen} May block, with a deadline.
   *
   * @param machineId a machine
   * @throws io.sysmonstm.api.StoreUnavailableException where the store cannot be read now
   */
  Optional<MachineState> machine(String machineId);

  /**
   * {@return the state of all machines, ordered by id} May block, with a deadline.
   *
   * @throws io.sysmonstm.api.StoreUnavailableException where the store cannot be read now
   */
  List<MachineState> machines();

  /**
   * Forgets a machine: what is known of it and that there is one; nothing happens where none is
   * known. Its next batch brings it again, as a new one; samples that have not expired yet may come
   * with it, where another process had them. May block, with a deadline.
   *
   * @param machineId a machine, one that is down: of others the next batch may be on its way
   * @throws io.sysmonstm.api.StoreUnavailableException where the store cannot be reached now
   */
  void forget(String machineId);
}
