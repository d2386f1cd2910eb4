package io.sysmonstm.events.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.spi.Topic;
import io.sysmonstm.test.servers.CertificateAuthority;
import io.sysmonstm.test.servers.KafkaServer;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the settings and rights in docs/kafka.md are enough, and that nothing less will do. */
class KafkaSecurityIT {
  private static final String PREFIX = "sysmonstm.";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  @TempDir private static Path directory;
  private static CertificateAuthority authority;
  private static CertificateAuthority stranger;
  private static KafkaServer server;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private TestContext context;

  @BeforeAll
  static void openServer() throws Exception {
    authority = CertificateAuthority.create(directory, "authority-1");
    stranger = CertificateAuthority.create(directory, "authority-2");
    server =
        KafkaServer.secured(
            authority.issue("kafka", "dns:localhost"),
            Map.of("sysmonstm", "secret", "nobody", "secret"));
    permit("sysmonstm");
  }

  @AfterAll
  static void closeServer() {
    server.close();
  }

  private static void permit(String user) throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", server.bootstrapServers()))) {
      admin
          .createAcls(
              List.of(
                  right(user, ResourceType.TOPIC, AclOperation.CREATE),
                  right(user, ResourceType.TOPIC, AclOperation.DESCRIBE),
                  right(user, ResourceType.TOPIC, AclOperation.READ),
                  right(user, ResourceType.TOPIC, AclOperation.WRITE),
                  right(user, ResourceType.GROUP, AclOperation.READ)))
          .all()
          .get();
    }
  }

  private static AclBinding right(String user, ResourceType type, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(type, PREFIX, PatternType.PREFIXED),
        new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
  }

  @BeforeEach
  void openContext() {
    context = new TestContext(TimeSource.system(), directory);
    opened.add(context);
  }

  @AfterEach
  void close() throws Exception {
    for (var each : opened.reversed()) {
      each.close();
    }
  }

  private EventBus open(String host, String user, String password, Path trust) {
    var properties =
        String.join(
            ",",
            "security.protocol=SASL_SSL",
            "ssl.truststore.type=PEM",
            "ssl.truststore.location=" + trust,
            "sasl.mechanism=SCRAM-SHA-512",
            "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required"
                + " username=\"%s\" password=\"%s\";".formatted(user, password));
    var settings =
        Settings.of(
            Map.of(
                "kafka.bootstrap-servers",
                host + ":" + server.securedPort(),
                "kafka.topic-prefix",
                PREFIX,
                "kafka.properties",
                properties));
    var bus = new KafkaEventBusProvider().create(settings, context);
    opened.add(bus);
    return bus;
  }

  @Test
  void theSettingsAndRightsOfTheDocumentationAreEnough() {
    var bus = open("localhost", "sysmonstm", "secret", authority.certificate());
    Queue<Event> live = new ConcurrentLinkedQueue<>();
    Queue<Event> shared = new ConcurrentLinkedQueue<>();
    bus.subscribe("live", EnumSet.allOf(Topic.class), live::add);
    bus.share("alerts", EnumSet.allOf(Topic.class), shared::add);
    for (int seq = 1; seq <= 20; seq++) {
      bus.publish(Buses.event(seq, seq));
    }
    Eventually.until(
        "all came to both",
        PATIENCE,
        () -> Buses.names(live).size() == 20 && Buses.names(shared).size() == 20);
    Eventually.until("healthy", PATIENCE, () -> bus.health().isOk());
  }

  @Test
  void aWrongPasswordIsTold() {
    refuses(
        open("localhost", "sysmonstm", "wrong", authority.certificate()),
        "Kafka does not accept the credentials");
  }

  @Test
  void aUserWithoutRightsIsTold() {
    refuses(
        open("localhost", "nobody", "secret", authority.certificate()),
        "Kafka does not permit what the event bus needs");
  }

  @Test
  void aBrokerThatAnotherAuthoritySignedIsRefused() {
    refuses(
        open("localhost", "sysmonstm", "secret", stranger.certificate()),
        "Kafka: its certificate is signed by nobody who is trusted here");
  }

  @Test
  void aBrokerWhoseCertificateIsForAnotherHostIsRefused() {
    refuses(
        open("127.0.0.1", "sysmonstm", "secret", authority.certificate()),
        "Kafka: its certificate is for another host name");
  }

  /** It says why; and who publishes or subscribes goes on, and can end. */
  private void refuses(EventBus bus, String problem) {
    Eventually.until(
        problem, PATIENCE, () -> bus.health().problem().filter(problem::equals).isPresent());
    Queue<Event> got = new ConcurrentLinkedQueue<>();
    long begin = System.nanoTime();
    for (int seq = 1; seq <= 1_000; seq++) {
      bus.publish(Buses.event(1, seq));
    }
    var subscription = bus.subscribe("live", EnumSet.allOf(Topic.class), got::add);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    subscription.close();
    assertThat(got).isEmpty();
    assertThat(bus.health().problem()).hasValue(problem);
  }
}
