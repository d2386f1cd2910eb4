package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * What is answered to a call.
 *
 * @param status the HTTP status
 * @param headers all headers but those that every answer has, and cookies
 * @param cookies what is to be kept, as {@code Set-Cookie} has it
 * @param body the body, shared and not changed; empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and copied by nobody
public record Answer(int status, Map<String, String> headers, List<String> cookies, byte[] body) {
  private static final byte[] NOTHING = {};
  private static final String CONTENT_TYPE = "Content-Type";

  /**
   * {@return 200 with JSON}
   *
   * @param content writes the one value
   */
  public static Answer json(Consumer<JsonGenerator> content) {
    return of(200, "application/json", Json.bytes(content)).with("Cache-Control", "no-store");
  }

  /**
   * {@return an answer with a body}
   *
   * @param status the HTTP status
   * @param contentType the media type
   * @param body shared and not changed
   */
  public static Answer of(int status, String contentType, byte[] body) {
    return new Answer(status, Map.of(CONTENT_TYPE, contentType), List.of(), body);
  }

  /**
   * {@return an answer without a body}
   *
   * @param status the HTTP status
   */
  public static Answer empty(int status) {
    return new Answer(status, Map.of(), List.of(), NOTHING);
  }

  /**
   * {@return the same with another status}
   *
   * @param code the HTTP status
   */
  public Answer withStatus(int code) {
    return new Answer(code, headers, cookies, body);
  }

  /**
   * {@return the same with one more header}
   *
   * @param header its name
   * @param value its value
   */
  public Answer with(String header, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Answer(status, more, cookies, body);
  }

  /**
   * {@return the same with one more cookie}
   *
   * @param cookie as {@code Set-Cookie} has it
   */
  public Answer withCookie(String cookie) {
    var more = new ArrayList<>(cookies);
    more.add(cookie);
    return new Answer(status, headers, List.copyOf(more), body);
  }

  /**
   * {@return the same with another body}
   *
   * @param other shared and not changed
   */
  Answer withBody(byte[] other) {
    return new Answer(status, headers, cookies, other);
  }
}
