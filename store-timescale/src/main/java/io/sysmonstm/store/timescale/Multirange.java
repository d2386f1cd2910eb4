package io.sysmonstm.store.timescale;

import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Sequence numbers as the text of an {@code int8multirange}, whose ranges do not include their end.
 */
final class Multirange {
  private static final Pattern RANGE = Pattern.compile("\\[(\\d+),(\\d*)\\)");

  private Multirange() {}

  static String write(SeqRanges ranges) {
    return ranges.ranges().stream()
        .map(Multirange::write)
        .collect(Collectors.joining(",", "{", "}"));
  }

  static SeqRanges read(String text) {
    var ranges = new SeqRanges();
    var matcher = RANGE.matcher(text);
    while (matcher.find()) {
      var end = matcher.group(2);
      ranges.add(
          Long.parseLong(matcher.group(1)),
          end.isEmpty() ? Long.MAX_VALUE : Long.parseLong(end) - 1);
    }
    return ranges;
  }

  private static String write(SeqRange range) {
    // The greatest number has none after it.
    return range.last() == Long.MAX_VALUE
        ? "[%d,)".formatted(range.first())
        : "[%d,%d)".formatted(range.first(), range.last() + 1);
  }
}
