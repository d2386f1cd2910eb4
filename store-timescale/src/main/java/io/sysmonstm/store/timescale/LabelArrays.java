package io.sysmonstm.store.timescale;

import io.sysmonstm.api.Labels;
import java.sql.Array;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/** Labels as names and values in turn; the server makes its jsonb from that, and back. */
final class LabelArrays {
  /** An expression for the names and values of a series. */
  static final String READ =
      "ARRAY(SELECT unnest(ARRAY[pair.key, pair.value]) FROM jsonb_each_text(series.labels) AS pair)";

  private LabelArrays() {}

  static String[] of(Map<String, String> labels) {
    var parts = new String[labels.size() * 2];
    int next = 0;
    for (var pair : labels.entrySet()) {
      parts[next++] = pair.getKey();
      parts[next++] = pair.getValue();
    }
    return parts;
  }

  /** Returns the text of an array, for where arrays of different lengths go side by side. */
  static String literal(Labels labels) {
    var text = new StringBuilder("{");
    for (var part : of(labels.asMap())) {
      text.append(text.length() == 1 ? "\"" : ",\"");
      text.append(part.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }
    return text.append('}').toString();
  }

  static Labels read(Array array) throws SQLException {
    var parts = (String[]) array.getArray();
    var pairs = new TreeMap<String, String>();
    for (int i = 0; i + 1 < parts.length; i += 2) {
      pairs.put(parts[i], parts[i + 1]);
    }
    return Labels.of(pairs);
  }
}
