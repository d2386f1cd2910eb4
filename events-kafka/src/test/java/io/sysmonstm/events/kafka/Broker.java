package io.sysmonstm.events.kafka;

import io.sysmonstm.test.servers.KafkaServer;

/** The one broker that the tests of a JVM share, and that ends with it. */
final class Broker {
  private static final KafkaServer SERVER = open();

  private Broker() {}

  private static KafkaServer open() {
    var server = KafkaServer.open();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "kafka-server-close"));
    return server;
  }

  static String address() {
    return SERVER.bootstrapServers();
  }
}
