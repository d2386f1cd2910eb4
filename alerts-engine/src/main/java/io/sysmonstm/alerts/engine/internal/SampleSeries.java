package io.sysmonstm.alerts.engine.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Samples as people write them for a test: {@code 5 90x3 _x2 10+5x4} are 5, three times 90, two
 * intervals without a sample, and 10 15 20 25; or pairs of a time and a value.
 */
final class SampleSeries {
  private static final int MAX_VALUES = 1_000_000;
  private static final String NUMBER = "-?[0-9]+(?:\\.[0-9]+)?(?:[eE]-?[0-9]+)?";
  private static final Pattern ITEM =
      Pattern.compile("(_|" + NUMBER + ")(?:([+-])(" + NUMBER + "))?(?:x([0-9]{1,7}))?");

  private SampleSeries() {}

  /** The values by milliseconds since the begin. */
  static Map<Long, Double> of(String text, Duration interval) {
    var samples = new TreeMap<Long, Double>();
    long next = 0;
    for (var item : text.strip().split("\\s+", -1)) {
      var matcher = ITEM.matcher(item);
      if (!matcher.matches()) {
        throw RuleTestFile.wrong(
            "values has '%s': expected such as 5, 90x3, _x2 or 10+5x4".formatted(item));
      }
      int times = matcher.group(4) == null ? 1 : Integer.parseInt(matcher.group(4));
      if (next + times > MAX_VALUES) {
        throw RuleTestFile.wrong("values has more than %d values".formatted(MAX_VALUES));
      }
      double step = matcher.group(3) == null ? 0 : Double.parseDouble(matcher.group(3));
      for (int i = 0; i < times; i++, next++) {
        if (!matcher.group(1).equals("_")) {
          double first = Double.parseDouble(matcher.group(1));
          double value = "-".equals(matcher.group(2)) ? first - i * step : first + i * step;
          samples.put(interval.multipliedBy(next).toMillis(), value);
        }
      }
    }
    return samples;
  }

  static Map<Long, Double> of(List<?> pairs) {
    var samples = new TreeMap<Long, Double>();
    for (var pair : pairs) {
      if (!(pair instanceof List<?> both)
          || both.size() != 2
          || !(both.getLast() instanceof Number value)) {
        throw RuleTestFile.wrong("samples has '%s': expected such as [5m, 90]".formatted(pair));
      }
      samples.put(
          RuleTestFile.duration(both.getFirst(), "a time in samples").toMillis(),
          value.doubleValue());
    }
    return samples;
  }
}
