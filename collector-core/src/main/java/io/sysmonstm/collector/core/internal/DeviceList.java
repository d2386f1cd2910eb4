package io.sysmonstm.collector.core.internal;

import java.util.HashMap;
import java.util.List;
import java.util.function.Supplier;

/**
 * Devices that come and go, with what is remembered of each. Listing them costs more than reading
 * them, so the list is made anew each minute, or when one is lost; a device that is still there
 * keeps its memory. Confined to one thread.
 *
 * @param <D> the kind of device
 */
final class DeviceList<D extends DeviceList.Device> {
  private static final long REFRESH_NANOS = 60_000_000_000L;

  /** What a list holds. */
  interface Device {
    /** What tells it from others of its kind. */
    String name();
  }

  private final Supplier<List<D>> lister;
  private List<D> devices = List.of();
  private boolean outdated = true;
  private long listedNanos;

  DeviceList(Supplier<List<D>> lister) {
    this.lister = lister;
  }

  void refresh(long nowNanos) {
    if (!outdated && nowNanos - listedNanos < REFRESH_NANOS) {
      return;
    }
    var known = new HashMap<String, D>();
    devices.forEach(device -> known.put(device.name(), device));
    devices =
        lister.get().stream().map(device -> known.getOrDefault(device.name(), device)).toList();
    listedNanos = nowNanos;
    outdated = false;
  }

  /** Forgets a device that could not be read, and looks next time whether it is back. */
  void lost(D device) {
    devices = devices.stream().filter(other -> !other.name().equals(device.name())).toList();
    outdated = true;
  }

  List<D> devices() {
    return devices;
  }
}
