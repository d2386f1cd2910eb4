package io.sysmonstm.events.kafka;

import io.sysmonstm.spi.TimeSource;
import java.time.Instant;

/**
 * What the parts of a bus share.
 *
 * @param properties of the clients
 * @param topics on the server
 * @param watch over the server
 * @param time the clock
 */
record Connection(ClientProperties properties, Topics topics, BrokerWatch watch, TimeSource time) {
  Instant now() {
    return time.instant();
  }
}
