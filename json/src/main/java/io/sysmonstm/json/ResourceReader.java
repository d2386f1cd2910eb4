package io.sysmonstm.json;

import io.sysmonstm.api.Resource;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The inventory of a machine while it is read. Confined to one thread. */
final class ResourceReader {
  private final ValueReader in;
  private String hostname = "";
  private Map<String, String> tags = Map.of();
  private String os = "";
  private String osVersion = "";
  private String arch = "";
  private String cpuModel = "";
  private int logicalCpus;
  private long memoryBytes;
  private Optional<Instant> bootTime = Optional.empty();
  private String collectorVersion = "";

  ResourceReader(ValueReader in) {
    this.in = in;
  }

  /** Takes the value of a property of the resource, or skips it. */
  void property(String name) {
    switch (name) {
      case "hostname" -> hostname = in.text();
      case "tags" -> tags = in.texts();
      case "os" -> os = in.text();
      case "os_version" -> osVersion = in.text();
      case "arch" -> arch = in.text();
      case "cpu_model" -> cpuModel = in.text();
      case "logical_cpus" -> logicalCpus = (int) in.whole(0, Integer.MAX_VALUE);
      case "memory_bytes" -> memoryBytes = in.whole(0, Long.MAX_VALUE);
      case "boot_time" -> bootTime = in.optionalTime();
      case "collector_version" -> collectorVersion = in.text();
      default -> in.skip();
    }
  }

  Resource build() {
    var resource =
        Resource.builder(hostname)
            .tags(tags)
            .os(os)
            .osVersion(osVersion)
            .arch(arch)
            .cpuModel(cpuModel)
            .logicalCpus(logicalCpus)
            .memoryBytes(memoryBytes)
            .collectorVersion(collectorVersion);
    bootTime.ifPresent(resource::bootTime);
    return resource.build();
  }
}
