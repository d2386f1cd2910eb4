package io.sysmonstm.test.servers;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka broker with its controller in this process, on free ports of the loopback address, with
 * its log in a temporary directory that is deleted at the end. Makes no topic by itself. {@link
 * #stop} and {@link #start} make an outage: port and log stay. Not thread-safe.
 */
public final class KafkaServer implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final Path directory;
  private final int port;
  private final Map<String, String> properties;
  private @Nullable KafkaRaftServer server;

  private KafkaServer(Path directory, int port, Map<String, String> properties) {
    this.directory = directory;
    this.port = port;
    this.properties = properties;
  }

  /** Makes a broker and starts it, which takes a few seconds. */
  public static KafkaServer open() {
    try {
      var directory = Files.createTempDirectory("kafka-server-");
      var ports = freePorts();
      format(directory);
      var server = new KafkaServer(directory, ports[0], properties(directory, ports[0], ports[1]));
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int[] freePorts() throws IOException {
    try (var broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var controller = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new int[] {broker.getLocalPort(), controller.getLocalPort()};
    }
  }

  private static Map<String, String> properties(Path directory, int port, int controllerPort) {
    var properties = new HashMap<String, String>();
    properties.put("node.id", "1");
    properties.put("process.roles", "broker,controller");
    properties.put("controller.quorum.voters", "1@%s:%d".formatted(HOST, controllerPort));
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put(
        "listeners",
        "BROKER://%s:%d,CONTROLLER://%s:%d".formatted(HOST, port, HOST, controllerPort));
    properties.put("inter.broker.listener.name", "BROKER");
    properties.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.put("log.dir", directory.toString());
    properties.put("auto.create.topics.enable", "false");
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("group.min.session.timeout.ms", "500");
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("offsets.topic.num.partitions", "1");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("share.coordinator.state.topic.replication.factor", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
    properties.put("log.retention.check.interval.ms", "500");
    properties.put("log.initial.task.delay.ms", "500");
    properties.put("num.network.threads", "1");
    properties.put("num.io.threads", "2");
    properties.put("log.cleaner.enable", "false");
    return properties;
  }

  private static void format(Path directory) {
    try {
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(directory.toString())
          .setDirectories(List.of(directory.toString()))
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("cannot make the log directory of a Kafka broker", e);
    }
  }

  /** {@return host and port for clients} */
  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  /** Starts it on its port again; does nothing where it runs. */
  public void start() {
    if (server == null) {
      var started = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
      started.startup();
      server = started;
    }
  }

  /** Stops it, keeping its log; does nothing where it is stopped. */
  public void stop() {
    var running = server;
    if (running != null) {
      running.shutdown();
      running.awaitShutdown();
      server = null;
    }
  }

  @Override
  public void close() {
    stop();
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
