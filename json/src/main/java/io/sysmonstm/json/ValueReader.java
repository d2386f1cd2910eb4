package io.sysmonstm.json;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Goes through one JSON text from its start to its end. What is not as it is asked for is refused,
 * with the name of the property. Confined to one thread.
 */
final class ValueReader {
  private static final int MAX_TEXTS = 256;

  private final JsonParser parser;

  private ValueReader(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * {@return the value of a text}
   *
   * @param what what it should be, for messages
   * @param text in UTF-8
   * @param content takes the one value
   * @throws RequestException INVALID_ARGUMENT where it is not that
   */
  static <T> T read(String what, byte[] text, Function<ValueReader, T> content) {
    try (var parser = Json.parser(text)) {
      parser.nextToken();
      var value = content.apply(new ValueReader(parser));
      if (parser.nextToken() != null) {
        throw new Unreadable("more follows: expected one JSON object");
      }
      return value;
    } catch (Unreadable e) {
      throw new RequestException(ErrorCode.INVALID_ARGUMENT, what + ": " + e.getMessage(), e);
    } catch (RequestException e) {
      throw new RequestException(e.code(), what + ": " + e.getMessage(), e);
    } catch (JacksonException e) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "%s: not valid JSON%s: expected RFC 8259, nested 32 levels at the most"
              .formatted(what, Json.where(e)),
          e);
    }
  }

  /** Reads an object; the consumer takes the value of each property, or skips it. */
  void object(Consumer<String> property) {
    expect(JsonToken.START_OBJECT, "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      property.accept(name);
    }
  }

  /** Reads an array; the consumer takes each element. */
  void array(Runnable element) {
    expect(JsonToken.START_ARRAY, "an array");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      element.run();
    }
  }

  void skip() {
    parser.skipChildren();
  }

  boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  String text() {
    expect(JsonToken.VALUE_STRING, "a text");
    return parser.getString();
  }

  Optional<String> optionalText() {
    return isNull() ? Optional.empty() : Optional.of(text());
  }

  /** {@return the text, as the same object where it is the one expected, without making another} */
  String text(String expected) {
    expect(JsonToken.VALUE_STRING, "a text");
    return isText(expected) ? expected : parser.getString();
  }

  private boolean isText(String expected) {
    int length = parser.getStringLength();
    if (length != expected.length()) {
      return false;
    }
    char[] chars = parser.getStringCharacters();
    int offset = parser.getStringOffset();
    for (int i = 0; i < length; i++) {
      if (chars[offset + i] != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  boolean flag() {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw unexpected("true or false");
    };
  }

  long whole(long least, long greatest) {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      long value = parser.getLongValue();
      if (value >= least && value <= greatest) {
        return value;
      }
    }
    throw unexpected("a whole number from %d to %d".formatted(least, greatest));
  }

  /** {@return a number, perhaps an infinity where a text has too many digits} */
  double number() {
    var token = parser.currentToken();
    if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
      throw unexpected("a number");
    }
    return parser.getDoubleValue();
  }

  double finite() {
    double value = number();
    if (!Double.isFinite(value)) {
      throw unexpected("a finite number");
    }
    return value;
  }

  Instant time() {
    var text = text();
    try {
      var time = Instant.parse(text);
      // Refuses a time that milliseconds in 64 bits cannot hold.
      return Instant.ofEpochMilli(time.toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      throw unexpected("a time such as 2026-01-01T00:00:00.000Z", e);
    }
  }

  Optional<Instant> optionalTime() {
    return isNull() ? Optional.empty() : Optional.of(time());
  }

  String machineId() {
    var id = text();
    Names.machineIdProblem(id).ifPresent(this::refuse);
    return id;
  }

  /** {@return the one of some values whose text is here} */
  <E> E oneOf(E[] values, Function<E, String> textOf) {
    var text = text();
    for (var value : values) {
      if (textOf.apply(value).equals(text)) {
        return value;
      }
    }
    throw unexpected("one of " + Stream.of(values).map(textOf).toList());
  }

  Map<String, String> texts() {
    var texts = new LinkedHashMap<String, String>();
    object(
        name -> {
          texts.put(name, text());
          if (texts.size() > MAX_TEXTS) {
            throw unexpected("at most %d properties".formatted(MAX_TEXTS));
          }
        });
    return texts;
  }

  Labels labels() {
    return labels(texts());
  }

  Labels labels(Map<String, String> pairs) {
    Names.labelsProblem(pairs).ifPresent(this::refuse);
    return Labels.of(pairs);
  }

  /** {@return labels, as the same object where they are the ones expected} */
  Labels labels(Labels expected) {
    expect(JsonToken.START_OBJECT, "an object");
    var known = expected.asMap().entrySet().iterator();
    int same = 0;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      var next = known.hasNext() ? known.next() : null;
      if (next == null
          || !next.getKey().equals(name)
          || parser.currentToken() != JsonToken.VALUE_STRING
          || !isText(next.getValue())) {
        return otherLabels(expected, same, name);
      }
      same++;
    }
    return same == expected.size() ? expected : labels(firstOf(expected, same));
  }

  private Labels otherLabels(Labels expected, int same, String name) {
    var pairs = firstOf(expected, same);
    pairs.put(name, text());
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var next = parser.currentName();
      parser.nextToken();
      pairs.put(next, text());
      if (pairs.size() > Names.MAX_LABELS) {
        throw unexpected("at most %d labels".formatted(Names.MAX_LABELS));
      }
    }
    return labels(pairs);
  }

  private static Map<String, String> firstOf(Labels labels, int count) {
    var pairs = new LinkedHashMap<String, String>();
    for (var pair : labels.asMap().entrySet()) {
      if (pairs.size() == count) {
        break;
      }
      pairs.put(pair.getKey(), pair.getValue());
    }
    return pairs;
  }

  private void expect(JsonToken token, String what) {
    if (parser.currentToken() != token) {
      throw unexpected(what);
    }
  }

  private void refuse(String problem) {
    throw new Unreadable(problem);
  }

  Unreadable unexpected(String expected) {
    return unexpected(expected, null);
  }

  private Unreadable unexpected(String expected, @Nullable Exception e) {
    var name = parser.currentName();
    var where = name == null ? "" : Names.shown(name) + " ";
    return new Unreadable(where + "is " + given() + ": expected " + expected, e);
  }

  private String given() {
    var token = parser.currentToken();
    return switch (token) {
      case null -> "nothing";
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "'" + Names.shown(parser.getString()) + "'";
      default -> Names.shown(parser.getString());
    };
  }
}
