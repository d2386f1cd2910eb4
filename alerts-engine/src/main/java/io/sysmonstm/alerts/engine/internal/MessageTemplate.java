package io.sysmonstm.alerts.engine.internal;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Text with {@code {{placeholders}}}, in Mustache. Names are looked up as they are written and give
 * text, never an object, so that a template can reach nothing else and a value can never be taken
 * for a part of the template. A name that means nothing stays as it was written. Immutable.
 */
final class MessageTemplate {
  /** The longest template, in characters. */
  static final int LONGEST = 4_000;

  private static final int MAX_LENGTH = 1_000;

  /** Without reflection: of a text nothing can be asked but itself. */
  private static final class Texts extends BasicCollector {
    @Override
    public Mustache.@Nullable VariableFetcher createFetcher(Object context, String name) {
      return context instanceof Mustache.CustomContext || name.equals(".")
          ? super.createFetcher(context, name)
          : null;
    }

    @Override
    public <K, V> Map<K, V> createFetcherCache() {
      return new ConcurrentHashMap<>();
    }
  }

  // Standards mode looks up "labels.mount" by that whole name.
  private static final Mustache.Compiler COMPILER =
      Mustache.compiler()
          .escapeHTML(false)
          .standardsMode(true)
          .defaultValue("{{{{name}}}}")
          .withCollector(new Texts());

  private final String text;
  private final @Nullable Template template;

  MessageTemplate(String text) {
    this.text = text;
    this.template = problem(text).isPresent() ? null : COMPILER.compile(text);
  }

  /** What is wrong with a template, empty where nothing is. */
  @SuppressWarnings("CheckReturnValue") // Only whether it compiles.
  static Optional<String> problem(String text) {
    if (text.length() > LONGEST) {
      return Optional.of(
          "has %d characters: expected at most %d".formatted(text.length(), LONGEST));
    }
    if (text.contains("{{>")) {
      return Optional.of("has {{>: other templates cannot be included");
    }
    try {
      COMPILER.compile(text);
      return Optional.empty();
    } catch (RuntimeException malformed) {
      // The library has an exception of its own, but throws others too, as for {{}}.
      return Optional.of("is not a template: " + malformed.getMessage());
    }
  }

  /**
   * The text, cut to 1,000 characters; {@code values} answers empty for a name that means nothing.
   * A template that is wrong is shown as it was written, for the sake of the alert.
   */
  String render(Function<String, Optional<String>> values) {
    Mustache.CustomContext context = name -> values.apply(name).orElse(null);
    var rendered = template == null ? text : template.execute(context);
    return rendered.length() > MAX_LENGTH ? rendered.substring(0, MAX_LENGTH) : rendered;
  }
}
