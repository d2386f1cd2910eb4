package io.sysmonstm.events.kafka;

import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.EventSubscriber.Subscription;
import io.sysmonstm.spi.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * One consumer and the thread that polls it, for as long as the subscription lives: a consumer that
 * fails is replaced. What a consumer reads from and what becomes of its messages is told by two
 * kinds. Thread-safe.
 */
abstract class ConsumerLoop implements Subscription {
  static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);
  private static final EventLog LOG = EventLog.of(KafkaEventBus.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration CALL_PATIENCE = Duration.ofSeconds(2);

  final ClientProperties properties;
  final Set<String> topics;
  final EventHandler handler;
  final Places places;
  private final BrokerWatch watch;
  private final Consumer<ConsumerLoop> onClose;
  private final Thread thread;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean awaited = true;
  private volatile Optional<String> problem = Optional.empty();
  private volatile @Nullable KafkaConsumer<byte[], byte[]> current;

  ConsumerLoop(
      Connection connection,
      Set<Topic> topics,
      EventHandler handler,
      Consumer<ConsumerLoop> onClose) {
    this.properties = connection.properties();
    this.topics =
        topics.stream().map(connection.topics()::name).collect(Collectors.toUnmodifiableSet());
    this.handler = handler;
    this.places = new Places(connection.now());
    this.watch = connection.watch();
    this.onClose = onClose;
    // The selector of the client would hold a carrier thread all the time.
    this.thread =
        Thread.ofPlatform().daemon().name("events-" + handler.name()).unstarted(this::run);
  }

  /** Makes a consumer and gives it its place. */
  abstract KafkaConsumer<byte[], byte[]> begin();

  /** Polls once, and hands on what came. */
  abstract void turn(KafkaConsumer<byte[], byte[]> consumer);

  /** Lets go of what was handed on, before the consumer is closed. */
  abstract void letGo(KafkaConsumer<byte[], byte[]> consumer);

  /** {@return whether the calling thread is one that runs the handler} */
  abstract boolean isHandlerThread(Thread caller);

  final void start() {
    thread.start();
  }

  final Optional<String> problem() {
    return problem;
  }

  /** {@return how many partitions each topic has; none where the server is away} */
  final Map<String, Integer> partitions() {
    return watch.isDown() ? Map.of() : watch.partitions();
  }

  final boolean isClosing() {
    return closing.getCount() == 0;
  }

  final void hasBegun() {
    begun.countDown();
  }

  final boolean isBegun() {
    return begun.getCount() == 0;
  }

  /** {@return whether who subscribed still waits, so that nothing was published since} */
  final boolean isAwaited() {
    return awaited;
  }

  /** Waits until it has its place, unless the server is down. */
  final void awaitBegin(Duration patience) {
    try {
      long deadline = System.nanoTime() + patience.toNanos();
      while (!begun.await(20, TimeUnit.MILLISECONDS)
          && !watch.isDown()
          && System.nanoTime() - deadline < 0) {
        // not yet
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      awaited = false;
    }
  }

  private void run() {
    try {
      while (!isClosing()) {
        if (watch.awaitUp(Duration.ofMillis(200))) {
          consume();
        } else if (closing.await(20, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void consume() throws InterruptedException {
    try {
      var consumer = begin();
      current = consumer;
      try {
        turns(consumer);
      } finally {
        current = null;
        // A mark of the interrupt of close would keep the consumer from leaving its group.
        Thread.interrupted();
        end(consumer);
      }
    } catch (WakeupException e) {
      // Only close wakes it up.
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      if (!(e instanceof RetriableException)) {
        problem = Optional.of(BrokerWatch.text(e));
      }
      LOG.warn(
          "kafka_consumer_failed",
          "a consumer failed; another takes its place in a second",
          e,
          "subscription",
          handler.name());
      closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void end(KafkaConsumer<byte[], byte[]> consumer) {
    try {
      letGo(consumer);
    } finally {
      consumer.close(CloseOptions.timeout(CALL_PATIENCE));
    }
  }

  private void turns(KafkaConsumer<byte[], byte[]> consumer) {
    while (!isClosing()) {
      try {
        turn(consumer);
        problem = Optional.empty();
      } catch (InvalidOffsetException e) {
        long lost = places.mend(consumer, e);
        if (lost > 0) {
          handler.missed(lost);
        }
      }
    }
  }

  /** Ends the delivery without waiting for a handler that runs. */
  final void stop() {
    closing.countDown();
    var consumer = current;
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  /** Waits for a handler that runs, unless it is the one who closes; interrupts it in the end. */
  final void awaitEnd() {
    if (isHandlerThread(Thread.currentThread())) {
      return;
    }
    try {
      if (!thread.join(CLOSE_PATIENCE)) {
        interruptHandler(thread);
        if (!thread.join(CLOSE_PATIENCE.plus(CALL_PATIENCE.multipliedBy(2)))) {
          LOG.warn(
              "event_handler_held_up",
              "a handler does not return and ignores its interrupt",
              null,
              "subscription",
              handler.name());
        }
      }
    } catch (InterruptedException e) {
      interruptHandler(thread);
      Thread.currentThread().interrupt();
    }
  }

  /** Interrupts the handler; by default it runs in the thread of the consumer. */
  void interruptHandler(Thread consumerThread) {
    consumerThread.interrupt();
  }

  @Override
  public final void close() {
    onClose.accept(this);
    stop();
    awaitEnd();
  }

  final boolean isConsumerThread(Thread caller) {
    return caller.equals(thread);
  }
}
