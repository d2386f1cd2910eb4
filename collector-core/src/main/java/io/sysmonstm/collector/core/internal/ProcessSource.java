package io.sysmonstm.collector.core.internal;

import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.SampleSink;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts processes and threads, and names the greatest users of CPU and memory: pid, program, user,
 * never arguments. CPU is that of the time since the last reading, so that the first one names
 * none.
 */
final class ProcessSource implements RateSource {
  private final ProcessTable table;
  private final int mostNamed;
  private final TimeSource time;
  private Map<Integer, ProcessReading> last = Map.of();
  private Map<Integer, String> users = new HashMap<>();
  private long lastNanos;

  ProcessSource(ProcessTable table, int mostNamed, TimeSource time) {
    this.table = table;
    this.mostNamed = mostNamed;
    this.time = time;
  }

  @Override
  public String name() {
    return "process";
  }

  @Override
  public Duration interval(Duration collectionInterval) {
    return collectionInterval.multipliedBy(3);
  }

  @Override
  public void collect(SampleSink sink) {
    var processes = table.readAll();
    if (processes.isEmpty()) {
      return;
    }
    long now = time.nanoTime();
    sink.add("process_count", processes.size());
    sink.add("thread_count", (double) processes.stream().mapToLong(ProcessReading::threads).sum());
    if (!last.isEmpty() && mostNamed > 0) {
      nameTop(sink, processes, now - lastNanos);
    }
    var readings = HashMap.<Integer, ProcessReading>newHashMap(processes.size());
    processes.forEach(process -> readings.put(process.pid(), process));
    last = readings;
    lastNanos = now;
  }

  private void nameTop(SampleSink sink, List<ProcessReading> processes, long elapsedNanos) {
    double elapsedMillis = elapsedNanos / 1e6;
    var usages = new ArrayList<ProcessUsage>(processes.size());
    for (var process : processes) {
      usages.add(new ProcessUsage(process, 100 * cpuMillisSince(process) / elapsedMillis));
    }
    var stillNamed = new HashMap<Integer, String>();
    var named = new ArrayList<TopProcess>();
    for (var usage : ProcessUsage.top(usages, mostNamed)) {
      var process = usage.process();
      String user = user(process);
      stillNamed.put(process.pid(), user);
      named.add(
          new TopProcess(
              process.pid(),
              LabelText.of(process.name()),
              user,
              usage.cpuPercent(),
              process.rssBytes()));
    }
    users = stillNamed;
    sink.topProcesses(named);
  }

  /** CPU time since the last reading; all of it where the process is younger than that. */
  private double cpuMillisSince(ProcessReading process) {
    long before = before(process).map(ProcessReading::cpuMillis).orElse(0L);
    return Math.max(0, process.cpuMillis() - before);
  }

  private String user(ProcessReading process) {
    var known = users.get(process.pid());
    return known != null && before(process).isPresent()
        ? known
        : LabelText.of(table.user(process.pid()));
  }

  /** The same process at the last reading, and not another one that had its pid. */
  private Optional<ProcessReading> before(ProcessReading process) {
    return Optional.ofNullable(last.get(process.pid()))
        .filter(before -> before.started() == process.started());
  }
}
