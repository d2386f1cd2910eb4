package io.sysmonstm.alerts.engine;

import io.sysmonstm.spi.AlertEvent;
import io.sysmonstm.spi.Event;
import io.sysmonstm.spi.EventPublisher;
import io.sysmonstm.spi.EventSubscriber;
import io.sysmonstm.spi.Topic;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Delivers in the caller's thread and remembers what was published. */
final class TestBus implements EventSubscriber, EventPublisher {
  private final List<Consumer<Event>> handlers = new CopyOnWriteArrayList<>();
  private final List<AlertEvent> published = new CopyOnWriteArrayList<>();

  @Override
  public Subscription subscribe(String name, Set<Topic> topics, Consumer<Event> handler) {
    handlers.add(handler);
    return () -> handlers.remove(handler);
  }

  void deliver(Event event) {
    handlers.forEach(handler -> handler.accept(event));
  }

  @Override
  public void publish(Event event) {
    published.add((AlertEvent) event);
  }

  List<String> changes() {
    return published.stream()
        .map(event -> event.change() + " " + event.alert().rule() + " " + event.machineId())
        .toList();
  }

  List<AlertEvent> published() {
    return published;
  }
}
