package io.sysmonstm.collector.core.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A process, and the CPU time it took in the last interval. Immutable.
 *
 * @param process the process
 * @param cpuPercent in per cent of one core
 */
record ProcessUsage(ProcessReading process, double cpuPercent) {
  private static final Comparator<ProcessUsage> BY_CPU =
      Comparator.comparingDouble(ProcessUsage::cpuPercent)
          .thenComparingLong(usage -> usage.process.rssBytes())
          .reversed();
  private static final Comparator<ProcessUsage> BY_MEMORY =
      Comparator.comparingLong((ProcessUsage usage) -> usage.process.rssBytes()).reversed();

  /**
   * The greatest users of CPU and of memory, taken in turn until there are enough; those with the
   * most CPU first.
   *
   * @param most how many at the most
   */
  static List<ProcessUsage> top(List<ProcessUsage> all, int most) {
    var byCpu = all.stream().sorted(BY_CPU).limit(most).toList();
    var byMemory = all.stream().sorted(BY_MEMORY).limit(most).toList();
    Set<ProcessUsage> chosen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < byCpu.size(); i++) {
      addUpTo(most, chosen, byCpu.get(i));
      addUpTo(most, chosen, byMemory.get(i));
    }
    var top = new ArrayList<>(chosen);
    top.sort(BY_CPU);
    return top;
  }

  private static void addUpTo(int most, Set<ProcessUsage> chosen, ProcessUsage one) {
    if (chosen.size() < most) {
      chosen.add(one);
    }
  }
}
