package io.sysmonstm.json;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Reads and writes JSON as text in UTF-8. Thread-safe. */
public final class Json {
  private static final int MAX_DEPTH = 32;

  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxNumberLength(100)
          .maxStringLength(1 << 20)
          .build();
  private static final JsonFactory FACTORY =
      JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build();
  private static final JsonFactory STRICT =
      FACTORY.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Json() {}

  /**
   * {@return what a writer writes: one JSON value}
   *
   * @param content writes it
   */
  public static byte[] bytes(Consumer<JsonGenerator> content) {
    var out = new ByteArrayOutputStream(1024);
    try (var generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      content.accept(generator);
    }
    return out.toByteArray();
  }

  /**
   * {@return an object that a writer fills}
   *
   * @param properties writes its properties
   */
  public static byte[] object(Consumer<JsonGenerator> properties) {
    return bytes(
        json -> {
          json.writeStartObject();
          properties.accept(json);
          json.writeEndObject();
        });
  }

  /**
   * Writes a number in its shortest form, 90 and not 90.0, from which the same number is read
   * again; null for what JSON has no number for, infinities and not-a-number.
   *
   * @param json where to
   * @param value any number
   */
  public static void number(JsonGenerator json, double value) {
    if (!Double.isFinite(value)) {
      json.writeNull();
    } else if (isWhole(value)) {
      json.writeNumber((long) value);
    } else {
      json.writeNumber(value);
    }
  }

  /** {@return whether a number is written without a point} */
  static boolean isWhole(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15;
  }

  /**
   * Writes a text; the half of a surrogate pair, which has no form in UTF-8, becomes U+FFFD.
   *
   * @param json where to
   * @param text any text
   */
  public static void text(JsonGenerator json, String text) {
    json.writeString(wellFormed(text));
  }

  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        var codePoints =
            text.codePoints().map(c -> Character.getType(c) == Character.SURROGATE ? 0xFFFD : c);
        return codePoints
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
    }
    return text;
  }

  /**
   * Writes what {@link #read} reads: maps, lists, texts, numbers, booleans and null.
   *
   * @param json where to
   * @param value the value
   */
  public static void value(JsonGenerator json, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Map<?, ?> map -> {
        json.writeStartObject();
        map.forEach(
            (name, element) -> {
              json.writeName(wellFormed(name.toString()));
              value(json, element);
            });
        json.writeEndObject();
      }
      case Iterable<?> list -> {
        json.writeStartArray();
        list.forEach(element -> value(json, element));
        json.writeEndArray();
      }
      case Boolean flag -> json.writeBoolean(flag);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Number number -> number(json, number.doubleValue());
      case Object text -> text(json, text.toString());
    }
  }

  /**
   * {@return the value of a JSON text: maps in order, lists, strings, numbers, booleans and null}
   *
   * @param text in UTF-8
   * @throws RequestException INVALID_ARGUMENT where it is not exactly one JSON value, is nested too
   *     deeply, or names a property twice
   */
  public static @Nullable Object read(byte[] text) {
    try (var parser = STRICT.createParser(ObjectReadContext.empty(), text)) {
      var first = parser.nextToken();
      if (first == null) {
        throw new RequestException(ErrorCode.INVALID_ARGUMENT, "no JSON: expected one value");
      }
      var value = value(parser, first);
      if (parser.nextToken() != null) {
        throw new RequestException(
            ErrorCode.INVALID_ARGUMENT, "more follows the JSON value: expected exactly one");
      }
      return value;
    } catch (JacksonException e) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT, "not valid JSON" + where(e) + ": expected RFC 8259", e);
    }
  }

  /** {@return a parser that takes the last of two properties of one name, which is faster} */
  static JsonParser parser(byte[] text) {
    return FACTORY.createParser(ObjectReadContext.empty(), text);
  }

  /** {@return the line and column of a failure, empty where it has none} */
  static String where(JacksonException e) {
    var location = e.getLocation();
    return location == null || location.getLineNr() < 1
        ? ""
        : " at line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
  }

  private static @Nullable Object value(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case PROPERTY_NAME, END_OBJECT, END_ARRAY, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new IllegalStateException("a value cannot begin with " + token);
    };
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      map.put(name, value(parser, parser.nextToken()));
    }
    return map;
  }

  private static List<@Nullable Object> array(JsonParser parser) {
    var list = new ArrayList<@Nullable Object>();
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      list.add(value(parser, token));
    }
    return list;
  }
}
