package io.sysmonstm.events.redis;

import io.sysmonstm.spi.Topic;

/** An event as it came, not read yet. */
record Message(Topic topic, byte[] json) {}
