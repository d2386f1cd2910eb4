package io.sysmonstm.collector.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from files of {@code /proc} as kernels write them. */
class ProcfsTablesTest {
  @TempDir private Path proc;

  private void write(String name, String text) throws IOException {
    Files.writeString(proc.resolve(name), text);
  }

  @Test
  void readsTheTicksOfEachCoreInEachMode() throws IOException {
    write(
        "stat",
        """
        cpu  430 5 210 9000 31 0 12 4 0 0
        cpu0 200 2 100 4500 30 0 11 3 0 0
        cpu2 230 3 110 4500 1 0 1 1 0 0
        intr 123456 0 9 0
        cpufreq 1
        """);
    write("loadavg", "0.52 1.07 12.00 2/345 6789\n");
    try (var times = new ProcfsCpuTimes(proc.toString())) {
      long[][] ticks = times.ticks();
      assertThat(ticks).hasNumberOfRows(3);
      assertThat(ticks[0]).containsExactly(200, 2, 100, 4500, 30, 0, 11, 3);
      assertThat(ticks[1]).containsOnly(0);
      assertThat(ticks[2]).containsExactly(230, 3, 110, 4500, 1, 0, 1, 1);
      assertThat(times.load()).containsExactly(0.52, 1.07, 12.0);
    }
  }

  @Test
  void readsMemoryAndSwap() throws IOException {
    write(
        "meminfo",
        """
        MemTotal:       16000000 kB
        MemFree:         1000000 kB
        MemAvailable:    9000000 kB
        SwapCached:            7 kB
        SwapTotal:       2000000 kB
        SwapFree:        1500000 kB
        """);
    write("vmstat", "nr_free_pages 250000\npswpin 17\npswpout 23\npgfault 1\n");
    try (var table = new ProcfsMemoryTable(proc.toString())) {
      assertThat(table.read())
          .isEqualTo(
              new MemoryTable.Memory(
                  16_000_000L << 10, 9_000_000L << 10, 2_000_000L << 10, 500_000L << 10, 17, 23));
    }
  }

  @Test
  void whatAKernelDoesNotTellIsUnknown() throws IOException {
    write("meminfo", "MemTotal:       16000000 kB\n");
    write("vmstat", "nr_free_pages 250000\n");
    try (var table = new ProcfsMemoryTable(proc.toString())) {
      var memory = table.read();
      assertThat(memory.total()).isEqualTo(16_000_000L << 10);
      assertThat(memory.available()).isNegative();
      assertThat(memory.swapTotal()).isNegative();
      assertThat(memory.swapUsed()).isNegative();
      assertThat(memory.pagesIn()).isNegative();
    }
  }

  @Test
  void filesThatAreNotThereFail() {
    try (var table = new ProcfsMemoryTable(proc.toString())) {
      assertThatThrownBy(table::read).isInstanceOf(IOException.class);
    }
  }

  @Test
  void findsAnInterfaceByItsWholeName() throws IOException {
    Files.createDirectory(proc.resolve("net"));
    write(
        "net/dev",
        """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop
        eth10: 9 9 9 9 9 9 9 9 9 9 9 9
          eth1:1000 10 1 2 0 0 0 5 2000 20 3 4 0 0 0 0
        """);
    try (var table = new ProcfsNetworkTable(proc.toString())) {
      table.refresh();
      assertThat(table.find("eth1"))
          .contains(new NetworkTable.Counters(1000, 10, 1, 2, 2000, 20, 3));
      assertThat(table.find("eth")).isEmpty();
      assertThat(table.find("eth2")).isEmpty();
    }
  }
}
