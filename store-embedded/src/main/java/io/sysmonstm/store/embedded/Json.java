package io.sysmonstm.store.embedded;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON of single columns: texts, numbers, booleans, lists and maps with text keys, as this
 * module writes them itself.
 */
final class Json {
  private static final int MAX_DEPTH = 16;

  private final String text;
  private int position;

  private Json(String text) {
    this.text = text;
  }

  /** Returns the JSON of a value, in the order of its maps. */
  static String write(Object value) {
    var json = new StringBuilder();
    write(value, json);
    return json.toString();
  }

  /**
   * Returns the value of a text; numbers with a point or exponent as Double, others as Long; empty
   * for another text.
   */
  static Optional<Object> read(String text) {
    var json = new Json(text);
    try {
      var value = json.value(0);
      json.skipBlanks();
      return json.position == text.length() ? Optional.of(value) : Optional.empty();
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException notJson) {
      return Optional.empty();
    }
  }

  private static void write(Object value, StringBuilder json) {
    switch (value) {
      case Map<?, ?> map -> {
        json.append('{');
        var separator = "";
        for (var entry : map.entrySet()) {
          json.append(separator);
          quote(entry.getKey().toString(), json);
          json.append(':');
          write(entry.getValue(), json);
          separator = ",";
        }
        json.append('}');
      }
      case List<?> list -> {
        json.append('[');
        var separator = "";
        for (var element : list) {
          json.append(separator);
          write(element, json);
          separator = ",";
        }
        json.append(']');
      }
      case Number number -> json.append(number);
      case Boolean flag -> json.append(flag.booleanValue());
      default -> quote(value.toString(), json);
    }
  }

  private static void quote(String value, StringBuilder json) {
    json.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      // A lone half of a surrogate pair has no UTF-8 form.
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  private Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("too deep");
    }
    skipBlanks();
    return switch (text.charAt(position)) {
      case '{' -> map(depth);
      case '[' -> list(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      default -> number();
    };
  }

  private Map<String, Object> map(int depth) {
    var map = new LinkedHashMap<String, Object>();
    position++;
    while (!ends('}', map.isEmpty())) {
      skipBlanks();
      var key = string();
      skipBlanks();
      expect(':');
      map.put(key, value(depth + 1));
    }
    return map;
  }

  private List<Object> list(int depth) {
    var list = new ArrayList<Object>();
    position++;
    while (!ends(']', list.isEmpty())) {
      list.add(value(depth + 1));
    }
    return list;
  }

  private boolean ends(char end, boolean first) {
    skipBlanks();
    if (text.charAt(position) == end) {
      position++;
      return true;
    }
    if (!first) {
      expect(',');
    }
    return false;
  }

  private String string() {
    expect('"');
    var string = new StringBuilder();
    while (text.charAt(position) != '"') {
      char c = text.charAt(position++);
      string.append(c == '\\' ? escaped() : c);
    }
    position++;
    return string.toString();
  }

  private char escaped() {
    char c = text.charAt(position++);
    if (c != 'u') {
      return c;
    }
    position += 4;
    return (char) Integer.parseInt(text.substring(position - 4, position), 16);
  }

  private Object number() {
    int start = position;
    while (position < text.length() && "+-.eE0123456789".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    var number = text.substring(start, position);
    if (number.chars().allMatch(c -> c == '-' || Character.isDigit(c))) {
      return Long.valueOf(number);
    }
    return Double.valueOf(number);
  }

  private boolean word(String word, boolean value) {
    if (!text.startsWith(word, position)) {
      throw new IllegalArgumentException("unknown word");
    }
    position += word.length();
    return value;
  }

  private void expect(char c) {
    if (text.charAt(position) != c) {
      throw new IllegalArgumentException("expected " + c);
    }
    position++;
  }

  private void skipBlanks() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }
}
