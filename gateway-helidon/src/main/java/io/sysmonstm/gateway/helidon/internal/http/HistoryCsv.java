package io.sysmonstm.gateway.helidon.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.ValueWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * History as CSV of RFC 4180. Wide, which spreadsheets draw at once: one row a time and one column
 * a series. Long, which programs read: one row a point and one column a label.
 */
final class HistoryCsv {
  static final int MAX_POINTS = 500_000;
  private static final int MAX_COLUMNS = 50;
  private static final long MAX_CELLS = 1_000_000;
  // What makes a spreadsheet take a text for a formula.
  private static final String FORMULA = "=+-@\t\r\n";

  private HistoryCsv() {}

  /**
   * {@return wide CSV, or long where that would be wider than people read: more than 50 series, or
   * a million cells}
   *
   * @throws RequestException INVALID_ARGUMENT where it has more than 500,000 points
   */
  static byte[] wideOrLong(HistoryResult result) {
    check(result);
    var series = result.series();
    if (series.size() <= MAX_COLUMNS) {
      long[] times = times(series);
      if ((long) times.length * series.size() <= MAX_CELLS) {
        return wide(series, times);
      }
    }
    return longForm(series);
  }

  /**
   * {@return long CSV}
   *
   * @throws RequestException INVALID_ARGUMENT where it has more than 500,000 points
   */
  static byte[] longForm(HistoryResult result) {
    check(result);
    return longForm(result.series());
  }

  private static void check(HistoryResult result) {
    long points = result.series().stream().mapToLong(series -> series.timesMillis().length).sum();
    if (points > MAX_POINTS) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "%d points are found: expected at most %d in one CSV file; ask for fewer machines, a shorter span or a smaller max_points"
              .formatted(points, MAX_POINTS));
    }
  }

  private static byte[] wide(List<HistorySeries> series, long[] times) {
    return write(
        csv -> {
          var header = csv.writeRecord().writeField("time");
          series.forEach(one -> header.writeField(text(title(one))));
          header.endRecord();
          int[] next = new int[series.size()];
          for (long time : times) {
            var row = csv.writeRecord().writeField(time(time));
            for (int i = 0; i < next.length; i++) {
              var one = series.get(i);
              boolean here =
                  next[i] < one.timesMillis().length && one.timesMillis()[next[i]] == time;
              row.writeField(here ? number(one.values()[next[i]++]) : "");
            }
            row.endRecord();
          }
        });
  }

  private static byte[] longForm(List<HistorySeries> series) {
    var labels = new TreeSet<String>();
    series.forEach(one -> labels.addAll(one.labels().asMap().keySet()));
    return write(
        csv -> {
          var header = new ArrayList<>(List.of("time", "machine_id", "metric", "unit"));
          labels.forEach(label -> header.add("label." + label));
          header.add("value");
          csv.writeRecord(header);
          for (var one : series) {
            var row = new ArrayList<>(List.of("", text(one.machineId()), one.metric(), unit(one)));
            labels.forEach(label -> row.add(text(one.labels().value(label).orElse(""))));
            row.add("");
            for (int i = 0; i < one.timesMillis().length; i++) {
              row.set(0, time(one.timesMillis()[i]));
              row.set(row.size() - 1, number(one.values()[i]));
              csv.writeRecord(row);
            }
          }
        });
  }

  private static byte[] write(Consumer<CsvWriter> content) {
    var out = new ByteArrayOutputStream();
    try (var csv =
        CsvWriter.builder()
            .lineDelimiter(LineDelimiter.CRLF)
            .build(new OutputStreamWriter(out, UTF_8))) {
      content.accept(csv);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static long[] times(List<HistorySeries> series) {
    return series.stream()
        .flatMapToLong(one -> LongStream.of(one.timesMillis()))
        .sorted()
        .distinct()
        .toArray();
  }

  private static String title(HistorySeries series) {
    var title = new StringBuilder(series.machineId()).append(' ').append(series.metric());
    series
        .labels()
        .asMap()
        .forEach((name, value) -> title.append(' ').append(name).append('=').append(value));
    return title.append(" (").append(unit(series)).append(')').toString();
  }

  private static String unit(HistorySeries series) {
    return MetricRegistry.builtIn().describe(series.metric()).unit().symbol();
  }

  private static String time(long millis) {
    return ValueWriter.time(Instant.ofEpochMilli(millis));
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** {@return a text of others, which no spreadsheet runs} */
  private static String text(String text) {
    return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }
}
