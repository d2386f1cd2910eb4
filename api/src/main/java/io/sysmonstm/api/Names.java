package io.sysmonstm.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What machine ids, metric names and labels may look like; each check says what is wrong, or
 * nothing.
 */
public final class Names {
  /** The greatest length of a machine id and of a metric name, in characters. */
  public static final int MAX_NAME_LENGTH = 64;

  /** The most labels a series may have. */
  public static final int MAX_LABELS = 16;

  /** The greatest length of a label's name or value, in UTF-8 bytes. */
  public static final int MAX_LABEL_BYTES = 256;

  private static final Pattern MACHINE_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern METRIC = Pattern.compile("[a-z_][a-z0-9_]{0,63}");
  private static final Pattern LABEL_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

  private Names() {}

  /**
   * {@return what is wrong with a machine id, or empty where it is valid}
   *
   * @param machineId letters, digits, dot, underscore and dash, 1 to 64 of them
   */
  public static Optional<String> machineIdProblem(String machineId) {
    return MACHINE_ID.matcher(machineId).matches()
        ? Optional.empty()
        : Optional.of(
            "machine id '%s' is not valid: expected 1 to 64 of A-Z a-z 0-9 . _ -"
                .formatted(shown(machineId)));
  }

  /**
   * {@return what is wrong with a metric name, or empty where it is valid}
   *
   * @param metric lower-case letters, digits and underscores, not beginning with a digit, 1 to 64
   */
  public static Optional<String> metricProblem(String metric) {
    return METRIC.matcher(metric).matches()
        ? Optional.empty()
        : Optional.of(
            "metric name '%s' is not valid: expected 1 to 64 of a-z 0-9 _, not beginning with a digit"
                .formatted(shown(metric)));
  }

  /**
   * {@return what is wrong with the labels of a series, or empty where they are valid}
   *
   * @param labels at most {@value #MAX_LABELS}, names and values of at most {@value
   *     #MAX_LABEL_BYTES} bytes each, without control characters
   */
  public static Optional<String> labelsProblem(Map<String, String> labels) {
    if (labels.size() > MAX_LABELS) {
      return Optional.of("%d labels: expected at most %d".formatted(labels.size(), MAX_LABELS));
    }
    for (var label : labels.entrySet()) {
      if (!LABEL_NAME.matcher(label.getKey()).matches() || tooLong(label.getKey())) {
        return Optional.of(
            "label name '%s' is not valid: expected letters, digits, _ and ."
                .formatted(shown(label.getKey())));
      }
      if (tooLong(label.getValue()) || label.getValue().chars().anyMatch(Names::isUnprintable)) {
        return Optional.of(
            "value '%s' of label %s is not valid: expected at most %d bytes without control characters"
                .formatted(shown(label.getValue()), label.getKey(), MAX_LABEL_BYTES));
      }
    }
    return Optional.empty();
  }

  /**
   * {@return a text fit for a message or a log: at most 80 characters, control characters as {@code
   * ?}}
   *
   * @param text any text, hostile ones too
   */
  public static String shown(String text) {
    var cut = text.length() > 80 ? text.substring(0, 80) + "…" : text;
    var shown = new StringBuilder(cut.length());
    cut.chars().forEach(c -> shown.append(isUnprintable(c) ? '?' : (char) c));
    return shown.toString();
  }

  private static boolean isUnprintable(int character) {
    return Character.isISOControl(character);
  }

  private static boolean tooLong(String text) {
    return text.length() > MAX_LABEL_BYTES || text.getBytes(UTF_8).length > MAX_LABEL_BYTES;
  }
}
