package io.sysmonstm.collector.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.TopProcess;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.RecordingSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessSourceTest {
  private static final class FakeTable implements ProcessTable {
    List<ProcessReading> processes = new ArrayList<>();
    int userQuestions;

    @Override
    public List<ProcessReading> readAll() {
      return List.copyOf(processes);
    }

    @Override
    public Optional<ProcessReading> readSelf() {
      return Optional.empty();
    }

    @Override
    public String user(int pid) {
      userQuestions++;
      return "user" + pid;
    }
  }

  private final ManualTime time = new ManualTime();
  private final FakeTable table = new FakeTable();
  private final ProcessSource source = new ProcessSource(table, 10, time);

  private RecordingSink read(ProcessReading... processes) {
    table.processes = List.of(processes);
    var sink = new RecordingSink();
    source.collect(sink);
    time.advance(Duration.ofSeconds(15));
    return sink;
  }

  private static ProcessReading process(int pid, long started, long cpuMillis, long rss) {
    return new ProcessReading(pid, started, "p" + pid, cpuMillis, rss, 2);
  }

  @Test
  void isReadEveryThirdCycle() {
    assertThat(source.interval(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void countsFromTheFirstReadingButNamesNobodyYet() {
    var sink = read(process(1, 1, 9_000, 10), process(2, 1, 0, 20));
    assertThat(sink.value("process_count")).hasValue(2);
    assertThat(sink.value("thread_count")).hasValue(4);
    assertThat(sink.processes()).isEmpty();
  }

  @Test
  void ranksByTheCpuOfTheLastIntervalAndNotByThatSinceTheStart() {
    read(process(1, 1, 1_000_000, 10), process(2, 1, 100, 10), process(3, 1, 50, 10));
    var named = read(process(1, 1, 1_000_000, 10), process(2, 1, 600, 10), process(3, 1, 60, 10));
    assertThat(named.processes()).extracting(TopProcess::pid).startsWith(2, 3);
    assertThat(named.processes().getFirst().cpuPercent()).isEqualTo(100 * 500 / 15_000.0);
    assertThat(named.processes().getLast().cpuPercent()).isZero();
    assertThat(named.processes().getFirst().user()).isEqualTo("user2");
  }

  @Test
  void anewProcessThatGotAnOldPidDoesNotInheritItsCpuTime() {
    read(process(7, 1, 5_000, 10));
    var reused = read(process(7, 2, 5_100, 10)).processes().getFirst();
    read(process(7, 1, 5_000, 10));
    var same = read(process(7, 1, 5_000, 10)).processes().getFirst();
    assertThat(reused.cpuPercent()).isEqualTo(100 * 5_100 / 15_000.0);
    assertThat(same.cpuPercent()).isZero();
  }

  @Test
  void asksForTheUserOnceForAsLongAsTheProcessIsNamed() {
    for (int i = 0; i < 5; i++) {
      read(process(1, 1, 100L * i, 10), process(2, 1, 0, 20));
    }
    assertThat(table.userQuestions).isEqualTo(2);
  }

  @Test
  void namesTheGreatestUsersOfCpuAndOfMemory() {
    var usages = new ArrayList<ProcessUsage>();
    for (int pid = 1; pid <= 100; pid++) {
      // The first twenty burn CPU, the last twenty hold memory.
      usages.add(
          new ProcessUsage(
              process(pid, 1, 0, pid > 80 ? pid * 1_000L : pid), pid <= 20 ? 100 - pid : 0));
    }
    assertThat(ProcessUsage.top(usages, 10))
        .extracting(usage -> usage.process().pid())
        .containsExactly(1, 2, 3, 4, 5, 100, 99, 98, 97, 96);
    assertThat(ProcessUsage.top(usages, 0)).isEmpty();
    assertThat(ProcessUsage.top(usages.subList(0, 3), 10)).hasSize(3);
  }

  @Test
  void controlCharactersOfHostileNamesAreReplaced() {
    read(new ProcessReading(1, 1, "x", 0, 1, 1));
    var named = read(new ProcessReading(1, 1, "a\u001b[31m\nb", 0, 1, 1)).processes();
    assertThat(named.getFirst().name()).isEqualTo("a?[31m?b");
  }
}
