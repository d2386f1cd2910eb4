package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Resource;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A machine's inventory as a JSON map. */
final class ResourceText {
  private ResourceText() {}

  static String write(Resource resource) {
    var map = new LinkedHashMap<String, Object>();
    map.put("hostname", resource.hostname());
    map.put("os", resource.os());
    map.put("os_version", resource.osVersion());
    map.put("arch", resource.arch());
    map.put("cpu_model", resource.cpuModel());
    map.put("logical_cpus", resource.logicalCpus());
    map.put("memory_bytes", resource.memoryBytes());
    resource.bootTime().ifPresent(at -> map.put("boot_time", UnixNanos.of(at)));
    map.put("collector_version", resource.collectorVersion());
    map.put("tags", resource.tags());
    return Json.write(map);
  }

  static Resource read(String text) throws SQLException {
    if (Json.read(text).orElse("") instanceof Map<?, ?> map) {
      var tags = new LinkedHashMap<String, String>();
      if (map.get("tags") instanceof Map<?, ?> read) {
        read.forEach((name, value) -> tags.put(name.toString(), value.toString()));
      }
      var resource =
          Resource.builder(text(map, "hostname"))
              .os(text(map, "os"))
              .osVersion(text(map, "os_version"))
              .arch(text(map, "arch"))
              .cpuModel(text(map, "cpu_model"))
              .logicalCpus((int) number(map, "logical_cpus"))
              .memoryBytes(number(map, "memory_bytes"))
              .collectorVersion(text(map, "collector_version"))
              .tags(tags);
      if (map.containsKey("boot_time")) {
        resource.bootTime(UnixNanos.instant(number(map, "boot_time")));
      }
      return resource.build();
    }
    throw new SQLException("an inventory is not readable");
  }

  private static String text(Map<?, ?> map, String name) {
    return map.get(name) instanceof String text ? text : "";
  }

  private static long number(Map<?, ?> map, String name) {
    return map.get(name) instanceof Number number ? number.longValue() : 0;
  }
}
