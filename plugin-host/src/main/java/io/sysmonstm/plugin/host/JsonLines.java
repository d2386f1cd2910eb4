package io.sysmonstm.plugin.host;

import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * One JSON object a line. All but ASCII is escaped, so that no text from outside can start a line,
 * steer a terminal, or depend on the encoding that the reader assumes.
 */
final class JsonLines extends Formatter {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final Set<String> RESERVED =
      Set.of("timestamp", "level", "logger", "event", "message", "error", "stack");

  private final JsonFactory json =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  @Override
  public String format(LogRecord record) {
    var event = LogEvent.of(record, this);
    var line = new StringWriter(256);
    try (var out = json.createGenerator(ObjectWriteContext.empty(), line)) {
      out.writeStartObject();
      out.writeStringProperty("timestamp", TIMESTAMP.format(event.time()));
      out.writeStringProperty("level", event.level());
      out.writeStringProperty("logger", event.logger());
      out.writeStringProperty("event", event.event());
      out.writeStringProperty("message", event.message());
      event.fields().forEach((name, value) -> write(out, name, value));
      var cause = event.cause();
      if (cause != null) {
        out.writeStringProperty("error", LogEvent.text(cause));
        out.writeStringProperty("stack", LogEvent.stack(cause));
      }
      out.writeEndObject();
    }
    return line.append('\n').toString();
  }

  private static void write(JsonGenerator out, String name, @Nullable Object value) {
    var bounded = LogEvent.bounded(name, LogEvent.MAX_FIELD);
    var key = RESERVED.contains(bounded) ? bounded + "_" : bounded;
    // No switch over types: the JVM would make classes for it at each start.
    if (value == null) {
      out.writeNullProperty(key);
    } else if (value instanceof Boolean flag) {
      out.writeBooleanProperty(key, flag);
    } else if (value instanceof Integer number) {
      out.writeNumberProperty(key, number);
    } else if (value instanceof Long number) {
      out.writeNumberProperty(key, number);
    } else if (value instanceof Double number && Double.isFinite(number)) {
      out.writeNumberProperty(key, number);
    } else {
      out.writeStringProperty(key, LogEvent.text(value));
    }
  }
}
