package io.sysmonstm.events.redis;

import io.sysmonstm.spi.Topic;

/** An event as it came, not read yet. Immutable, so far as nobody changes the bytes. */
final class Message {
  private final Topic topic;
  private final byte[] json;

  Message(Topic topic, byte[] json) {
    this.topic = topic;
    this.json = json;
  }

  Topic topic() {
    return topic;
  }

  byte[] json() {
    return json;
  }
}
