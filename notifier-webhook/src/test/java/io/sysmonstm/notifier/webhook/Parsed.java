package io.sysmonstm.notifier.webhook;

import io.sysmonstm.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON that something has answered or sent. */
final class Parsed {
  private Parsed() {}

  static Map<String, Object> map(String json) {
    return map(Json.read(json.getBytes(StandardCharsets.UTF_8)));
  }

  static List<?> list(String json) {
    return (List<?>) Json.read(json.getBytes(StandardCharsets.UTF_8));
  }

  static Map<String, Object> map(Object value) {
    var map = new LinkedHashMap<String, Object>();
    ((Map<?, ?>) value).forEach((name, part) -> map.put(name.toString(), part));
    return map;
  }
}
