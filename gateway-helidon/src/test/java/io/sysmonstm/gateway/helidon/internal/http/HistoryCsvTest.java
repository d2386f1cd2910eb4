package io.sysmonstm.gateway.helidon.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.siegmar.fastcsv.reader.CsvReader;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resolution;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryCsvTest {
  // 2026-01-01T00:00:00Z
  private static final long T = 1_767_225_600_000L;

  private static HistoryResult result(List<HistorySeries> series) {
    return new HistoryResult(Resolution.RAW, Duration.ZERO, series);
  }

  private static HistorySeries series(
      String machine, String metric, Labels labels, long[] times, double... values) {
    return new HistorySeries(machine, metric, labels, times, values);
  }

  private static HistorySeries disk(String mount) {
    return series("web-1", "disk_percent", Labels.of("mount", mount), new long[] {T}, 1);
  }

  private static List<HistorySeries> cores(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            core ->
                series(
                    "a",
                    "cpu_percent_per_core",
                    Labels.of("core", Integer.toString(core)),
                    new long[] {T},
                    core))
        .toList();
  }

  private static String wideOrLong(List<HistorySeries> series) {
    return new String(HistoryCsv.wideOrLong(result(series)), UTF_8);
  }

  private static String longForm(List<HistorySeries> series) {
    return new String(HistoryCsv.longForm(result(series)), UTF_8);
  }

  @Test
  void wideHasARowForEachTimeAndLeavesGapsEmpty() {
    var a = series("a", "cpu_percent", Labels.empty(), new long[] {T, T + 5_000}, 12.5, 90);
    var b = series("b", "cpu_percent", Labels.empty(), new long[] {T + 5_000, T + 5_250}, 7, 0.1);

    assertThat(wideOrLong(List.of(a, b)))
        .isEqualTo(
            """
            time,a cpu_percent (%),b cpu_percent (%)\r
            2026-01-01T00:00:00.000Z,12.5,\r
            2026-01-01T00:00:05.000Z,90,7\r
            2026-01-01T00:00:05.250Z,,0.1\r
            """);
  }

  @Test
  void longHasARowForEachPointAndAColumnForEachLabel() {
    var root = series("a", "disk_used_bytes", Labels.of("mount", "/"), new long[] {T}, 1e10);
    var tape = series("b", "disk_used_bytes", Labels.of("device", "st0"), new long[] {T}, 2);

    assertThat(longForm(List.of(root, tape)))
        .isEqualTo(
            """
            time,machine_id,metric,unit,label.device,label.mount,value\r
            2026-01-01T00:00:00.000Z,a,disk_used_bytes,By,,/,10000000000\r
            2026-01-01T00:00:00.000Z,b,disk_used_bytes,By,st0,,2\r
            """);
  }

  @Test
  void moreThanFiftySeriesAreLong() {
    assertThat(wideOrLong(cores(50))).startsWith("time,a cpu_percent_per_core core=0 (%),");
    assertThat(wideOrLong(cores(51)))
        .startsWith("time,machine_id,metric,unit,label.core,value\r\n");
  }

  @Test
  void seriesWhoseTimesHardlyMeetAreLong() {
    // Each of 40 machines has 1,000 times of its own: 1.6 million cells for 40,000 points.
    var apart =
        IntStream.range(0, 40)
            .mapToObj(
                machine ->
                    series(
                        "m" + machine,
                        "cpu_percent",
                        Labels.empty(),
                        LongStream.range(0, 1_000).map(i -> T + i * 5_000 + machine).toArray(),
                        new double[1_000]))
            .toList();

    assertThat(wideOrLong(apart)).startsWith("time,machine_id,metric,unit,value\r\n");
    assertThat(wideOrLong(apart.subList(0, 20))).startsWith("time,m0 cpu_percent (%),");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/srv/a,b", "say \"hi\"", "two\nlines", "Größe ✓", " ", ""})
  void anyTextIsReadAgainAsItWas(String mount) {
    var row = CsvReader.builder().ofCsvRecord(longForm(List.of(disk(mount)))).stream().skip(1);

    assertThat(row).singleElement().satisfies(r -> assertThat(r.getField(4)).isEqualTo(mount));
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/c calc'!A1"})
  void noSpreadsheetRunsATextOfOthers(String mount) {
    var row = CsvReader.builder().ofCsvRecord(longForm(List.of(disk(mount)))).stream().skip(1);

    assertThat(row)
        .singleElement()
        .satisfies(r -> assertThat(r.getField(4)).isEqualTo("'" + mount));
  }

  @Test
  void machinesWhoseIdsLookLikeFormulasAreGuardedInBothForms() {
    var series = List.of(series("-2", "cpu_percent", Labels.empty(), new long[] {T}, 1));

    assertThat(wideOrLong(series)).startsWith("time,'-2 cpu_percent (%)\r\n");
    assertThat(longForm(series)).contains(",'-2,cpu_percent,");
  }

  @Test
  void negativeNumbersStayNumbers() {
    var skew =
        series("a", "agent_clock_skew_ms", Labels.empty(), new long[] {T, T + 1}, -5, -1.5e-7);

    assertThat(wideOrLong(List.of(skew))).contains("Z,-5\r\n").contains("Z,-1.5E-7\r\n");
  }

  @Test
  void nothingFoundIsAHeader() {
    assertThat(wideOrLong(List.of())).isEqualTo("time\r\n");
    assertThat(longForm(List.of())).isEqualTo("time,machine_id,metric,unit,value\r\n");
  }

  @Test
  void refusesMorePointsThanAFileMayHave() {
    long[] times = new long[HistoryCsv.MAX_POINTS];
    Arrays.setAll(times, i -> T + i);
    var most = series("a", "cpu_percent", Labels.empty(), times, new double[times.length]);

    assertThat(HistoryCsv.wideOrLong(result(List.of(most)))).isNotEmpty();
    assertThatThrownBy(() -> HistoryCsv.longForm(result(List.of(most, disk("/")))))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("500001 points are found: expected at most 500000");
  }
}
