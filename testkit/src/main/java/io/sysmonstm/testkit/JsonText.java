package io.sysmonstm.testkit;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** The JSON of maps, lists, texts, numbers and booleans. */
final class JsonText {
  private JsonText() {}

  static String of(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> quoted(entry.getKey().toString()) + ":" + of(entry.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
      case Collection<?> list ->
          list.stream().map(JsonText::of).collect(Collectors.joining(",", "[", "]"));
      case Number number -> number.toString();
      case Boolean flag -> flag.toString();
      default -> quoted(value.toString());
    };
  }

  private static String quoted(String text) {
    return text.chars()
        .mapToObj(
            c ->
                c < ' ' || c == '"' || c == '\\'
                    ? "\\u%04x".formatted(c)
                    : String.valueOf((char) c))
        .collect(Collectors.joining("", "\"", "\""));
  }
}
