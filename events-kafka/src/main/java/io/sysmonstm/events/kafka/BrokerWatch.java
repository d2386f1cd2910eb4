package io.sysmonstm.events.kafka;

import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.TlsFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server for the topics of the bus every second, and makes those that are missing: so
 * whether the server works is known before somebody needs it. Thread-safe.
 */
final class BrokerWatch implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(KafkaEventBus.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration SOON = Duration.ofMillis(100);
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  /** What the server has. */
  private record Found(Map<String, Integer> partitions, Set<String> missing, boolean leaderless) {}

  private final ClientProperties properties;
  private final Topics topics;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private Map<String, Integer> partitions = Map.of();
  private Optional<String> problem = Optional.of("Kafka has not answered yet");
  private boolean asked;
  private boolean closed;
  // Confined to the thread.
  private @Nullable Admin admin;

  BrokerWatch(ClientProperties properties, Topics topics) {
    this.properties = properties;
    this.topics = topics;
    this.thread = Thread.ofVirtual().name("kafka-watch").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** {@return what is wrong, empty where nothing is} */
  Optional<String> problem() {
    lock.lock();
    try {
      return problem;
    } finally {
      lock.unlock();
    }
  }

  /** {@return the number of partitions of each topic, as last heard} */
  Map<String, Integer> partitions() {
    lock.lock();
    try {
      return partitions;
    } finally {
      lock.unlock();
    }
  }

  /** {@return whether it is known that the server does not work} */
  boolean isDown() {
    lock.lock();
    try {
      return asked && problem.isPresent();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the server.
   *
   * @return whether it works and has all topics
   */
  boolean awaitUp(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while (problem.isPresent() && left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
      return problem.isEmpty() && !closed;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (pause(ask() ? PERIOD : SOON)) {
        // asks again
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closeAdmin();
    }
  }

  private boolean pause(Duration time) throws InterruptedException {
    long left = time.toNanos();
    lock.lockInterruptibly();
    try {
      while (left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** {@return whether all is known; else it asks again soon} */
  private boolean ask() throws InterruptedException {
    try {
      var client = admin;
      if (client == null) {
        client = Admin.create(properties.admin());
        admin = client;
      }
      var found = find(client);
      if (!found.missing.isEmpty()) {
        make(client, found.missing);
        return false;
      }
      tell(
          found.partitions,
          found.leaderless
              ? Optional.of("a Kafka topic has a partition without a leader")
              : Optional.empty());
    } catch (RuntimeException e) {
      tell(partitions(), Optional.of(text(e)));
      LOG.warn("kafka_unavailable", text(e), e);
    }
    return true;
  }

  private Found find(Admin client) throws InterruptedException {
    var answers =
        client
            .describeTopics(
                topics.names(), new DescribeTopicsOptions().timeoutMs((int) DEADLINE.toMillis()))
            .topicNameValues();
    var found = new HashMap<String, Integer>();
    var missing = new HashSet<String>();
    boolean leaderless = false;
    for (var answer : answers.entrySet()) {
      try {
        TopicDescription topic = answer.getValue().get();
        found.put(topic.name(), topic.partitions().size());
        leaderless |=
            topic.partitions().stream()
                .anyMatch(each -> each.leader() == null || each.leader().isEmpty());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw kafka(e);
        }
        missing.add(answer.getKey());
      }
    }
    return new Found(found, missing, leaderless);
  }

  private void make(Admin client, Set<String> missing) throws InterruptedException {
    var definitions = missing.stream().map(topics::definition).toList();
    var answers =
        client
            .createTopics(
                definitions, new CreateTopicsOptions().timeoutMs((int) DEADLINE.toMillis()))
            .values();
    for (var answer : answers.entrySet()) {
      try {
        answer.getValue().get();
        LOG.info("kafka_topic_made", "a topic was missing and was made", "topic", answer.getKey());
      } catch (ExecutionException e) {
        // Another process was quicker.
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw kafka(e);
        }
      }
    }
  }

  private static KafkaException kafka(ExecutionException e) {
    return e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
  }

  /**
   * {@return what is wrong, without addresses and secrets, which the messages of Kafka may have}
   */
  static String text(Exception e) {
    return switch (e) {
      case SslAuthenticationException untrusted ->
          "Kafka: " + TlsFailure.reason(untrusted).orElse("the TLS handshake failed");
      case AuthenticationException denied -> "Kafka does not accept the credentials";
      case AuthorizationException denied -> "Kafka does not permit what the event bus needs";
      case RetriableException unavailable -> "Kafka does not answer";
      default -> "the Kafka client fails: " + e.getClass().getSimpleName();
    };
  }

  private void tell(Map<String, Integer> nowPartitions, Optional<String> nowProblem) {
    lock.lock();
    try {
      if (problem.isPresent() && nowProblem.isEmpty()) {
        LOG.info("kafka_available", "Kafka answers, and has all topics");
      }
      asked = true;
      partitions = Map.copyOf(nowPartitions);
      problem = nowProblem;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void closeAdmin() {
    var client = admin;
    if (client != null) {
      client.close(Duration.ofSeconds(1));
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      problem = Optional.of("the event bus is closed");
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
