package io.sysmonstm.events.kafka;

import io.sysmonstm.api.Labels;
import io.sysmonstm.json.EventJson;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.SelfMetrics;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One queue, and the thread that hands its events to the producer while the server works. While it
 * does not, the queue keeps the newest. Thread-safe.
 */
final class EventSender implements AutoCloseable {
  private static final EventLog LOG = EventLog.of(KafkaEventBus.class);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  private final ClientProperties properties;
  private final Topics topics;
  private final EventJson json;
  private final BrokerWatch watch;
  private final BlockingQueue<Event> queue;
  private final LongAdder published;
  private final LongAdder dropped;
  private final Thread thread;
  private volatile boolean closed;
  private volatile Optional<String> problem = Optional.empty();
  // Confined to the thread.
  private @Nullable Producer<String, byte[]> producer;
  private @Nullable Event held;
  private boolean refused;

  EventSender(Connection connection, EventJson json, Bounds bounds) {
    this.properties = connection.properties();
    this.topics = connection.topics();
    this.watch = connection.watch();
    this.json = json;
    this.queue = new ArrayBlockingQueue<>(bounds.capacity());
    var metrics = bounds.metrics();
    this.published = metrics.counter("events_published_total", "Events that Kafka has taken.");
    this.dropped =
        metrics.counter(
            "events_publish_dropped_total",
            "Events that did not reach Kafka: the queue was full, or Kafka did not take them.");
    metrics.gauge(
        "events_publish_queued", "Events that wait for Kafka.", Labels.empty(), queue::size);
    this.thread = Thread.ofVirtual().name("kafka-sender").unstarted(this::run);
  }

  /** How much may wait, and where it is counted. */
  record Bounds(int capacity, SelfMetrics metrics) {}

  void start() {
    thread.start();
  }

  Optional<String> problem() {
    return problem;
  }

  /** Puts an event into the queue, in place of the oldest where it is full. */
  void publish(Event event) {
    while (!closed && !queue.offer(event)) {
      if (queue.poll() != null) {
        drop("the queue for Kafka is full; its oldest events are dropped", null);
      }
    }
  }

  private void drop(String why, @Nullable Exception cause) {
    dropped.increment();
    LOG.warn("events_dropped", why, cause);
  }

  private void run() {
    try {
      while (!closed) {
        if (held == null) {
          held = queue.take();
        }
        // The queue goes on taking meanwhile.
        if (watch.awaitUp(Duration.ofSeconds(10))) {
          sendHeld();
        }
      }
    } catch (InterruptedException | InterruptException e) {
      // Only close interrupts; what waits is sent below.
    } finally {
      finish();
    }
  }

  private void finish() {
    // Kafka sets the mark of an interrupt again, and would not send with it.
    Thread.interrupted();
    long deadline = System.nanoTime() + CLOSE_PATIENCE.toNanos();
    while (!watch.isDown()
        && System.nanoTime() - deadline < 0
        && (held != null || !queue.isEmpty())) {
      if (held == null) {
        held = queue.poll();
      }
      sendHeld();
    }
    dropped.add(queue.size() + (held == null ? 0 : 1));
    queue.clear();
    var last = producer;
    if (last != null) {
      last.close(CLOSE_PATIENCE);
    }
  }

  /** Hands over the event that is held; holds it still where the producer has no room for it. */
  private void sendHeld() {
    var event = held;
    if (event != null && send(event)) {
      held = null;
    }
  }

  /** {@return whether it is done with, taken or not} */
  @SuppressWarnings("FutureReturnValueIgnored") // the callback is told the same
  private boolean send(Event event) {
    try {
      var current = producer;
      if (current == null) {
        current = new KafkaProducer<>(properties.producer());
        producer = current;
      }
      refused = false;
      current.send(
          new ProducerRecord<>(topics.name(event.topic()), event.machineId(), json.write(event)),
          (taken, failure) -> answered(failure));
      return !refused;
    } catch (InterruptException e) {
      // Only close interrupts; the event is sent, or counted, with what waits.
      throw e;
    } catch (KafkaException e) {
      // Such a producer is of no use any more; the next event gets another one.
      problem = Optional.of(BrokerWatch.text(e));
      drop("the Kafka producer failed", e);
      giveUpProducer();
    } catch (RuntimeException e) {
      drop("an event cannot be written", e);
    }
    return true;
  }

  /** Called by the producer's thread; by ours where the event did not even get into its buffer. */
  private void answered(@Nullable Exception failure) {
    if (failure == null) {
      published.increment();
      problem = Optional.empty();
    } else if (failure instanceof TimeoutException && Thread.currentThread().equals(thread)) {
      refused = true;
    } else {
      if (!(failure instanceof RetriableException)) {
        problem = Optional.of(BrokerWatch.text(failure));
      }
      drop("Kafka did not take an event", failure);
    }
  }

  private void giveUpProducer() {
    var failed = producer;
    producer = null;
    if (failed != null) {
      failed.close(Duration.ZERO);
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(CLOSE_PATIENCE.multipliedBy(3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
