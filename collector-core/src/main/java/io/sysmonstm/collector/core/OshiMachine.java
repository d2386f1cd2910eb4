package io.sysmonstm.collector.core;

import io.sysmonstm.api.Resource;
import io.sysmonstm.collector.core.internal.MachineSource;
import io.sysmonstm.collector.core.internal.OshiInventory;
import io.sysmonstm.collector.core.internal.OshiSources;
import io.sysmonstm.collector.core.internal.OshiSystem;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.TimeSource;
import java.util.List;
import java.util.Optional;

/**
 * The machine that this runs on, as the OSHI library sees it: its inventory, and the sources of its
 * metrics. Thread-safe.
 */
public final class OshiMachine {
  private final OshiSystem system;

  private OshiMachine(OshiSystem system) {
    this.system = system;
  }

  /**
   * {@return the machine} Takes some 100 ms.
   *
   * @throws IllegalStateException where OSHI has nothing for this operating system
   */
  public static OshiMachine open() {
    return open(TimeSource.system());
  }

  /**
   * {@return the machine} Takes some 100 ms.
   *
   * @param time the clock that rates are told by
   * @throws IllegalStateException where OSHI has nothing for this operating system
   */
  public static OshiMachine open(TimeSource time) {
    return new OshiMachine(OshiSystem.open(time));
  }

  /** The machine that some of the sources read, where they are those of one. */
  static Optional<OshiMachine> of(List<MetricSource> sources) {
    return sources.stream()
        .filter(MachineSource.class::isInstance)
        .map(source -> new OshiMachine(((MachineSource) source).system()))
        .findFirst();
  }

  /**
   * {@return the sources of all built-in metrics with the default options} Each call makes new
   * ones.
   */
  public List<MetricSource> sources() {
    return sources(OshiOptions.defaults());
  }

  /**
   * {@return the sources of all built-in metrics; each has a schedule and a deadline of its own}
   * Each call makes new ones.
   *
   * @param options what to leave out
   */
  public List<MetricSource> sources(OshiOptions options) {
    return OshiSources.of(system, options);
  }

  /**
   * {@return the inventory: host name, operating system, processor, memory, boot time} Reads files;
   * may block.
   */
  public Resource resource() {
    return OshiInventory.read(system);
  }
}
