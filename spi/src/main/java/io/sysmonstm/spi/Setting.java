package io.sysmonstm.spi;

import io.sysmonstm.api.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB|TiB|kB|KB|MB|GB|TB)?");

  private final String key;
  private final String help;
  private final String expected;
  private final Function<String, Optional<T>> parser;
  private final @Nullable String defaultText;
  private final boolean secret;

  private Setting(
      String key,
      String help,
      String expected,
      Function<String, Optional<T>> parser,
      @Nullable String defaultText,
      boolean secret) {
    this.key = key;
    this.help = help;
    this.expected = expected;
    this.parser = parser;
    this.defaultText = defaultText;
    this.secret = secret;
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
    return new Setting<>(key, help, expected, parser, null, false);
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
    return of(
        key,
        help,
        "true or false",
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            });
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
    return of(
        key,
        help,
        "texts separated by commas",
        text ->
            Optional.of(
                Stream.of(text.split(",", -1))
                    .map(String::strip)
                    .filter(part -> !part.isEmpty())
                    .toList()));
  }

  /**
   * {@return this setting with a default}
   *
   * @param text the default, as one would write it
   */
  public Setting<T> withDefault(String text) {
    return new Setting<>(key, help, expected, parser, text, secret);
  }

  /** {@return this setting as a secret, which is never shown} */
  public Setting<T> asSecret() {
    return new Setting<>(key, help, expected, parser, defaultText, true);
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

  private static Optional<Long> parseSize(String text) {
    var matcher = SIZE.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    long unit =
        switch (matcher.group(2)) {
          case null -> 1L;
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
