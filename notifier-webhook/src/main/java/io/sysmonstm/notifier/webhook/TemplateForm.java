package io.sysmonstm.notifier.webhook;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.Json;
import io.sysmonstm.spi.Notice;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * A message of people's own form, by a Mustache template. The template is given maps, lists and
 * texts alone, and can call nothing. Each text is escaped before the template sees it, so that
 * neither {@code {{{name}}}} nor {@code {{&name}}} lets the words of an alert change the form.
 */
final class TemplateForm implements MessageForm {
  private final String contentType;
  private final boolean json;
  private final NoticeView view;
  private final Template template;

  private TemplateForm(String contentType, String source) {
    this.contentType = contentType;
    this.json = mediaType(contentType).endsWith("json");
    this.view = new NoticeView(escaper(mediaType(contentType)));
    this.template =
        Mustache.compiler()
            .withEscaper(Escapers.NONE)
            .withCollector(new MapsAlone())
            .emptyStringIsFalse(true)
            .compile(source);
  }

  /** Reads a template, and tries it. */
  static TemplateForm of(String contentType, String source) {
    try {
      var form = new TemplateForm(contentType, source);
      Examples.ALL.forEach(form::check);
      return form;
    } catch (MustacheException | UnsupportedOperationException e) {
      throw new ConfigException(List.of("template cannot be used: " + e.getMessage()));
    }
  }

  @Override
  public Message write(Notice notice) {
    return new Message(contentType, template.execute(view.of(notice)));
  }

  private void check(Notice example) {
    var body = write(example).body();
    if (json) {
      try {
        Json.read(body.getBytes(StandardCharsets.UTF_8));
      } catch (RequestException e) {
        throw new ConfigException(
            List.of(
                "template makes no JSON of an example: %s; it made %s"
                    .formatted(e.getMessage(), body)));
      }
    }
  }

  private static String mediaType(String contentType) {
    return contentType.replaceFirst(";.*", "").strip();
  }

  private static UnaryOperator<String> escaper(String mediaType) {
    return switch (mediaType) {
      case "application/x-www-form-urlencoded" ->
          text -> URLEncoder.encode(text, StandardCharsets.UTF_8);
      case "text/plain", "text/markdown" -> UnaryOperator.identity();
      case "text/html", "text/xml", "application/xml" -> Escapers.HTML::escape;
      case String type when type.endsWith("json") -> TemplateForm::inJson;
      default ->
          throw new ConfigException(
              List.of(
                  "content-type is %s: expected JSON, text/plain, text/html, XML or application/x-www-form-urlencoded"
                      .formatted(mediaType)));
    };
  }

  private static String inJson(String text) {
    var quoted = new String(Json.bytes(json -> Json.text(json, text)), StandardCharsets.UTF_8);
    return quoted.substring(1, quoted.length() - 1);
  }

  /** Finds names in maps, and in nothing else. */
  private static final class MapsAlone extends BasicCollector {
    @Override
    public <K, V> Map<K, V> createFetcherCache() {
      return new ConcurrentHashMap<>();
    }
  }
}
