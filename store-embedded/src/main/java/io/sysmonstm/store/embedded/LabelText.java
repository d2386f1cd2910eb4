package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Labels;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Labels as a JSON object ordered by name: the same labels are always the same text. */
final class LabelText {
  private LabelText() {}

  static String write(Labels labels) {
    return Json.write(labels.asMap());
  }

  static Labels read(String text) throws SQLException {
    if (Json.read(text).orElse("") instanceof Map<?, ?> map) {
      var pairs = new LinkedHashMap<String, String>();
      map.forEach((name, value) -> pairs.put(name.toString(), value.toString()));
      return Labels.of(pairs);
    }
    throw new SQLException("labels are not readable");
  }
}
