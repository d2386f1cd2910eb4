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
  private static final String SCRAM = "SCRAM-SHA-512";

  private final Path directory;
  private final int port;
  private final int securedPort;
  private final Map<String, String> properties;
  private @Nullable KafkaRaftServer server;

  private KafkaServer(Path directory, int[] ports, Map<String, String> properties) {
    this.directory = directory;
    this.port = ports[0];
    this.securedPort = ports[2];
    this.properties = properties;
  }

  /** Makes a broker and starts it, which takes a few seconds. */
  public static KafkaServer open() {
    return open(Map.of(), List.of());
  }

  /**
   * Makes a broker that also listens for users, by TLS and with a password by SCRAM-SHA-512, and
   * starts it. They may do nothing until somebody who comes without a password, on {@link
   * #bootstrapServers}, permits it.
   *
   * @param identity what it shows to users
   * @param passwords the users and their passwords
   */
  public static KafkaServer secured(
      CertificateAuthority.Identity identity, Map<String, String> passwords) {
    var properties = new HashMap<String, String>();
    var prefix = "listener.name.secured.";
    properties.put(prefix + "ssl.keystore.type", "PEM");
    try {
      properties.put(
          prefix + "ssl.keystore.certificate.chain", Files.readString(identity.certificate()));
      properties.put(prefix + "ssl.keystore.key", Files.readString(identity.key()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    properties.put(prefix + "sasl.enabled.mechanisms", SCRAM);
    properties.put(
        prefix + "scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    properties.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    properties.put("super.users", "User:ANONYMOUS");
    var users =
        passwords.entrySet().stream()
            .map(user -> SCRAM + "=[name=%s,password=%s]".formatted(user.getKey(), user.getValue()))
            .toList();
    return open(properties, users);
  }

  private static KafkaServer open(Map<String, String> further, List<String> users) {
    try {
      var directory = Files.createTempDirectory("kafka-server-");
      var ports = freePorts();
      format(directory, users);
      var properties = properties(directory, ports);
      properties.putAll(further);
      if (!further.isEmpty()) {
        properties.merge("listeners", ",SECURED://%s:%d".formatted(HOST, ports[2]), String::concat);
        properties.put(
            "advertised.listeners",
            "BROKER://%s:%d,SECURED://localhost:%d".formatted(HOST, ports[0], ports[2]));
      }
      var server = new KafkaServer(directory, ports, properties);
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int[] freePorts() throws IOException {
    var ports = new int[3];
    try (var broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var controller = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var secured = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ports[0] = broker.getLocalPort();
      ports[1] = controller.getLocalPort();
      ports[2] = secured.getLocalPort();
    }
    return ports;
  }

  private static Map<String, String> properties(Path directory, int[] ports) {
    var properties = new HashMap<String, String>();
    properties.put("node.id", "1");
    properties.put("process.roles", "broker,controller");
    properties.put("controller.quorum.voters", "1@%s:%d".formatted(HOST, ports[1]));
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put(
        "listeners", "BROKER://%s:%d,CONTROLLER://%s:%d".formatted(HOST, ports[0], HOST, ports[1]));
    properties.put("inter.broker.listener.name", "BROKER");
    properties.put(
        "listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL");
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

  private static void format(Path directory, List<String> users) {
    try {
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(directory.toString())
          .setScramArguments(users)
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

  /** {@return the port for users, where it has one; it calls itself {@code localhost} there} */
  public int securedPort() {
    return securedPort;
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
