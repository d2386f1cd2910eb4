package io.sysmonstm.notifier.webhook;

import java.nio.charset.StandardCharsets;

/**
 * What is sent.
 *
 * @param contentType its media type
 * @param body its text
 */
record Message(String contentType, String body) {
  static final String JSON = "application/json";

  static Message json(byte[] body) {
    return new Message(JSON, new String(body, StandardCharsets.UTF_8));
  }
}
