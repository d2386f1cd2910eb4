package io.sysmonstm.collector.core.internal;

import io.sysmonstm.spi.TimeSource;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.software.common.os.linux.LinuxOperatingSystem;
import oshi.software.os.OperatingSystem;
import oshi.spi.SystemInfoFactory;
import oshi.spi.SystemInfoProvider;

/**
 * The one OSHI of a collector. On Linux it is OSHI's native-free one even where the one with JNA is
 * on the path: it needs no native access, works without libudev, opens in half the time, and reads
 * the disks at a tenth of the cost.
 */
public final class OshiSystem {
  private final SystemInfoProvider provider;
  private final TimeSource time;

  private OshiSystem(SystemInfoProvider provider, TimeSource time) {
    this.provider = provider;
    this.time = time;
  }

  /**
   * {@return the OSHI for this operating system}
   *
   * @param time the clock that rates are told by
   * @throws IllegalStateException where there is none
   */
  public static OshiSystem open(TimeSource time) {
    SystemInfoProvider nativeFree = new oshi.nativefree.SystemInfo();
    return new OshiSystem(nativeFree.isAvailable() ? nativeFree : SystemInfoFactory.create(), time);
  }

  TimeSource time() {
    return time;
  }

  HardwareAbstractionLayer hardware() {
    return provider.getHardware();
  }

  OperatingSystem operatingSystem() {
    return provider.getOperatingSystem();
  }

  boolean isLinux() {
    return operatingSystem() instanceof LinuxOperatingSystem;
  }

  boolean isMac() {
    return operatingSystem().getManufacturer().equals("Apple");
  }
}
