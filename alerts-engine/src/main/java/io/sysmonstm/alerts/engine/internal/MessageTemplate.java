package io.sysmonstm.alerts.engine.internal;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Text with {@code {{placeholders}}}: names are replaced by values and nothing else, so that a
 * value can never be taken for a part of the template. A name that means nothing stays as it was
 * written. Immutable.
 */
final class MessageTemplate {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{\\{\\s*([A-Za-z_][A-Za-z0-9_.-]*)\\s*}}");
  private static final int MAX_LENGTH = 1_000;

  private record Part(String text, boolean placeholder) {}

  private final List<Part> parts = new ArrayList<>();

  MessageTemplate(String template) {
    var matcher = PLACEHOLDER.matcher(template);
    int end = 0;
    while (matcher.find()) {
      parts.add(new Part(template.substring(end, matcher.start()), false));
      parts.add(new Part(matcher.group(1), true));
      end = matcher.end();
    }
    parts.add(new Part(template.substring(end), false));
  }

  /**
   * The text, cut to 1,000 characters; {@code values} answers empty for a name that means nothing.
   */
  String render(Function<String, Optional<String>> values) {
    var text = new StringBuilder();
    for (var part : parts) {
      text.append(
          part.placeholder
              ? values.apply(part.text).orElseGet(() -> "{{" + part.text + "}}")
              : part.text);
    }
    return text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text.toString();
  }

  /** The shortest form of a number: 90, not 90.0, and at most three decimals. */
  static String shortest(double value) {
    var rounded = BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP).stripTrailingZeros();
    return rounded.signum() == 0 ? "0" : rounded.toPlainString();
  }
}
