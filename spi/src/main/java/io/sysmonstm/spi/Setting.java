package io.sysmonstm.spi;

import io.sysmonstm.api.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One configuration key: its name, type, default, and whether it is a secret. Immutable.
 *
 * @param <T> the type of its value
 */
public final class Setting<T> {
  /** How a value is written, which decides what a file may hold for it. */
  public enum Shape {
    /** One text. */
    VALUE,
    /** {@code true} or {@code false}; a bare command-line flag is true. */
    FLAG,
    /** Texts separated by commas, or a list in a file. */
    LIST,
    /** Pairs {@code name=value} separated by commas, or a map in a file. */
    MAP
  }

  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB|TiB|kB|KB|MB|GB|TB)?");

  private final String key;
  private final String help;
  private final String expected;
  private final Function<String, Optional<T>> parser;
  private final @Nullable String defaultText;
  private final boolean secret;
  private final Shape shape;

  private Setting(
      String key,
      String help,
      String expected,
      Function<String, Optional<T>> parser,
      @Nullable String defaultText,
      boolean secret,
      Shape shape) {
    this.key = key;
    this.help = help;
    this.expected = expected;
    this.parser = parser;
    this.defaultText = defaultText;
    this.secret = secret;
    this.shape = shape;
  }

  /**
   * {@return a setting of any type, without a default}
   *
   * @param <T> the type of its value
   * @param key the dotted key, lower-case with dashes, for example {@code current.ttl}
   * @param help one sentence for people
   * @param expected what a valid value looks like, for error messages
   * @param parser the value of a text, empty where it is not valid
   */
  public static <T> Setting<T> of(
      String key, String help, String expected, Function<String, Optional<T>> parser) {
    return new Setting<>(key, help, expected, parser, null, false, Shape.VALUE);
  }

  /**
   * {@return a setting of text}
   *
   * @param key the dotted key
   * @param help one sentence for people
   */
  public static Setting<String> text(String key, String help) {
    return of(key, help, "text", Optional::of);
  }

  /**
   * {@return a setting of a duration}
   *
   * @param key the dotted key
   * @param help one sentence for people
   */
  public static Setting<Duration> duration(String key, String help) {
    return of(key, help, "a duration such as 5s, 1m30s or 24h", Durations::parse);
  }

  /**
   * {@return a setting of a size in bytes}
   *
   * @param key the dotted key
   * @param help one sentence for people
   */
  public static Setting<Long> size(String key, String help) {
    return of(key, help, "a size such as 64MiB", Setting::parseSize);
  }

  /**
   * {@return a setting of a whole number in a range}
   *
   * @param key the dotted key
   * @param help one sentence for people
   * @param least the least value
   * @param greatest the greatest value
   */
  public static Setting<Integer> number(String key, String help, int least, int greatest) {
    return of(
        key,
        help,
        "a whole number from %d to %d".formatted(least, greatest),
        text -> {
          try {
            int value = Integer.parseInt(text.strip());
            return value >= least && value <= greatest ? Optional.of(value) : Optional.empty();
          } catch (NumberFormatException notANumber) {
            return Optional.empty();
          }
        });
  }

  /**
   * {@return a setting that is true or false}
   *
   * @param key the dotted key
   * @param help one sentence for people
   */
  public static Setting<Boolean> flag(String key, String help) {
    return new Setting<>(
        key,
        help,
        "true or false",
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            },
        null,
        false,
        Shape.FLAG);
  }

  /**
   * {@return a setting of a file or directory}
   *
   * @param key the dotted key
   * @param help one sentence for people
   */
  public static Setting<Path> path(String key, String help) {
    return of(
        key,
        help,
        "a path",
        text ->
            text.isBlank() || text.indexOf('\0') >= 0
                ? Optional.empty()
                : Optional.of(Path.of(text)));
  }

  /**
   * {@return a setting of texts separated by commas}
   *
   * @param key the dotted key
   * @param help one sentence for people
   */
  public static Setting<List<String>> list(String key, String help) {
    return new Setting<>(
        key,
        help,
        "texts separated by commas",
        text ->
            Optional.of(
                Stream.of(text.split(",", -1))
                    .map(String::strip)
                    .filter(part -> !part.isEmpty())
                    .toList()),
        null,
        false,
        Shape.LIST);
  }

  /**
   * {@return a setting of texts by name, for example tags} Written {@code name=value,name=value},
   * where {@code \,} stands for a comma and two backslashes for one; each name is a key of its own
   * too: {@code collector.tags.env}.
   *
   * @param key the dotted key, without the name
   * @param help one sentence for people
   */
  public static Setting<Map<String, String>> map(String key, String help) {
    return new Setting<>(
        key, help, "name=value,name=value", Setting::parseMap, null, false, Shape.MAP);
  }

  /**
   * {@return this setting with a default}
   *
   * @param text the default, as one would write it
   */
  public Setting<T> withDefault(String text) {
    return new Setting<>(key, help, expected, parser, text, secret, shape);
  }

  /** {@return this setting as a secret, which is never shown} */
  public Setting<T> asSecret() {
    return new Setting<>(key, help, expected, parser, defaultText, true, shape);
  }

  /**
   * {@return this setting with its key under a prefix}
   *
   * @param prefix a dotted key, for example {@code alerts.notifiers.ops}
   */
  public Setting<T> under(String prefix) {
    return new Setting<>(prefix + "." + key, help, expected, parser, defaultText, secret, shape);
  }

  /** {@return the dotted key} */
  public String key() {
    return key;
  }

  /** {@return one sentence for people} */
  public String help() {
    return help;
  }

  /** {@return what a valid value looks like} */
  public String expected() {
    return expected;
  }

  /** {@return the default as one would write it, empty where there is none} */
  public Optional<String> defaultText() {
    return Optional.ofNullable(defaultText);
  }

  /** {@return whether its value is never shown} */
  public boolean secret() {
    return secret;
  }

  /** {@return how its value is written} */
  public Shape shape() {
    return shape;
  }

  /**
   * {@return the value that a text means, empty where it is not valid}
   *
   * @param text as one writes it
   */
  public Optional<T> parse(String text) {
    return parser.apply(text);
  }

  @Override
  public String toString() {
    return key;
  }

  private static Optional<Map<String, String>> parseMap(String text) {
    var pairs = new LinkedHashMap<String, String>();
    for (var pair : splitUnescaped(text)) {
      int equals = pair.indexOf('=');
      if (pair.isBlank()) {
        continue;
      }
      if (equals < 1) {
        return Optional.empty();
      }
      pairs.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    return Optional.of(Collections.unmodifiableMap(pairs));
  }

  private static List<String> splitUnescaped(String text) {
    var parts = new ArrayList<String>();
    var part = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean escape = c == '\\' && i + 1 < text.length() && ",\\".indexOf(text.charAt(i + 1)) >= 0;
      if (escape) {
        part.append(text.charAt(++i));
      } else if (c == ',') {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    return parts;
  }

  private static Optional<Long> parseSize(String text) {
    var matcher = SIZE.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    long unit =
        switch (Objects.requireNonNullElse(matcher.group(2), "")) {
          case "KiB" -> 1L << 10;
          case "MiB" -> 1L << 20;
          case "GiB" -> 1L << 30;
          case "TiB" -> 1L << 40;
          case "kB", "KB" -> 1_000L;
          case "MB" -> 1_000_000L;
          case "GB" -> 1_000_000_000L;
          case "TB" -> 1_000_000_000_000L;
          default -> 1L;
        };
    return amount > Long.MAX_VALUE / unit ? Optional.empty() : Optional.of(amount * unit);
  }
}
