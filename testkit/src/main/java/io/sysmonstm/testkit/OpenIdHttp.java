package io.sysmonstm.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What an {@link OpenIdServer} says and reads by HTTP. */
final class OpenIdHttp {
  static final String ANSWER = "answer";
  static final String ALLOW = "allow";
  static final String DENY = "deny";
  static final String JSON = "application/json";

  private OpenIdHttp() {}

  static void json(HttpExchange exchange, int status, Map<String, ?> value) throws IOException {
    send(exchange, status, JSON, JsonText.of(value));
  }

  static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
    var bytes = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  static void redirect(HttpExchange exchange, String target) throws IOException {
    exchange.getResponseHeaders().set("Location", target);
    exchange.sendResponseHeaders(302, -1);
  }

  static Map<String, String> form(HttpExchange exchange) throws IOException {
    return parameters(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
  }

  static Map<String, String> parameters(String query) {
    var parameters = new LinkedHashMap<String, String>();
    for (var pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(
            URLDecoder.decode(pair.substring(0, equals), UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return parameters;
  }

  static String query(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(pair -> pair.getKey() + "=" + encoded(pair.getValue()))
        .collect(Collectors.joining("&"));
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  /** The page that people log in on: it sends the same request again, with their answer. */
  static String page(Map<String, String> request) {
    var fields =
        request.entrySet().stream()
            .map(
                field ->
                    "<input type=hidden name=\"%s\" value=\"%s\">"
                        .formatted(escaped(field.getKey()), escaped(field.getValue())))
            .collect(Collectors.joining());
    return """
        <!doctype html><html lang=en><title>Provider</title><link rel=icon href=data:,>
        <h1>Provider</h1><form>%s
        <button name=answer value=allow>Log in</button>
        <button name=answer value=deny>Cancel</button></form></html>
        """
        .formatted(fields);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
  }
}
