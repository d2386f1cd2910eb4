package io.sysmonstm.collector.core.internal;

import io.sysmonstm.api.Resource;
import java.time.Instant;

/** Reads the inventory of the machine. */
public final class OshiInventory {
  private OshiInventory() {}

  /**
   * {@return the inventory}
   *
   * @param system where to read it
   */
  public static Resource read(OshiSystem system) {
    var operatingSystem = system.operatingSystem();
    var hardware = system.hardware();
    var processor = hardware.getProcessor();
    long booted = operatingSystem.getSystemBootTime();
    var resource =
        Resource.builder(operatingSystem.getNetworkParams().getHostName())
            .os(operatingSystem.getFamily())
            .osVersion(operatingSystem.getVersionInfo().toString())
            // A fact of the machine, not a setting: OSHI does not name the architecture.
            .arch(System.getProperty("os.arch", ""))
            .cpuModel(CpuModel.of(system))
            .logicalCpus(processor.getLogicalProcessorCount())
            .memoryBytes(hardware.getMemory().getTotal())
            .collectorVersion(version());
    return (booted > 0 ? resource.bootTime(Instant.ofEpochSecond(booted)) : resource).build();
  }

  private static String version() {
    var module = OshiInventory.class.getModule().getDescriptor();
    return module == null ? "" : module.rawVersion().orElse("");
  }
}
