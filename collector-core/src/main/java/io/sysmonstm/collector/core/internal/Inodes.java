package io.sysmonstm.collector.core.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.SampleSink;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import oshi.util.ExecutingCommand;

/**
 * The inodes of a file system. Java cannot read them, and OSHI only with native code; where it has
 * none, {@code df} is asked, once for each list of mounts.
 *
 * @param labels the file system
 * @param total inodes it has, more than 0
 * @param free inodes it has left
 */
record Inodes(Labels labels, long total, long free) {
  void addTo(SampleSink sink) {
    sink.add("disk_inodes_percent", labels, 100.0 * (total - free) / total);
  }

  /** The inodes of those file systems that have a fixed number of them. */
  static List<Inodes> read(List<MountTable.Mount> mounts, boolean canAskDf) {
    var found = new ArrayList<Inodes>();
    var unknown = new HashMap<String, Labels>();
    for (var mount : mounts) {
      long total = mount.store().getTotalInodes();
      if (total > 0) {
        add(found, mount.labels(), total, mount.store().getFreeInodes());
      } else {
        unknown.put(mount.directory().getPath(), mount.labels());
      }
    }
    if (canAskDf && !unknown.isEmpty()) {
      found.addAll(parse(ask(unknown.keySet()), unknown));
    }
    return found;
  }

  private static List<String> ask(Collection<String> directories) {
    var command = new ArrayList<>(List.of("df", "-P", "-i", "--"));
    command.addAll(directories);
    return ExecutingCommand.runNative(command.toArray(String[]::new));
  }

  /** Reads what {@code df -P -i} says: device, inodes, used, free, per cent, mount point. */
  static List<Inodes> parse(List<String> lines, Map<String, Labels> labelsByMount) {
    var found = new ArrayList<Inodes>();
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+", 6);
      var labels = fields.length == 6 ? labelsByMount.get(fields[5]) : null;
      if (labels != null && isNumber(fields[1]) && isNumber(fields[3])) {
        add(found, labels, Long.parseLong(fields[1]), Long.parseLong(fields[3]));
      }
    }
    return found;
  }

  private static void add(List<Inodes> found, Labels labels, long total, long free) {
    if (total > 0 && free >= 0 && free <= total) {
      found.add(new Inodes(labels, total, free));
    }
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(Character::isDigit);
  }
}
