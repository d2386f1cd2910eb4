package io.sysmonstm.json;

import io.sysmonstm.api.TopProcess;
import java.util.ArrayList;
import java.util.List;

/** The top processes while they are read. Confined to one thread. */
final class ProcessReader {
  private static final int MAX_PROCESSES = 100;

  private final ValueReader in;
  private int pid;
  private String name = "";
  private String user = "";
  private double cpuPercent;
  private long rssBytes;

  private ProcessReader(ValueReader in) {
    this.in = in;
  }

  /** {@return the processes; those past the hundredth are left out} */
  static List<TopProcess> read(ValueReader in) {
    var processes = new ArrayList<TopProcess>();
    in.array(
        () -> {
          if (processes.size() < MAX_PROCESSES) {
            processes.add(new ProcessReader(in).process());
          } else {
            in.skip();
          }
        });
    return processes;
  }

  private TopProcess process() {
    in.object(this::property);
    return new TopProcess(pid, name, user, cpuPercent, rssBytes);
  }

  private void property(String property) {
    switch (property) {
      case "pid" -> pid = (int) in.whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
      case "name" -> name = in.text();
      case "user" -> user = in.text();
      case "cpu_percent" -> cpuPercent = in.finite();
      case "rss_bytes" -> rssBytes = in.whole(Long.MIN_VALUE, Long.MAX_VALUE);
      default -> in.skip();
    }
  }
}
