package io.sysmonstm.spi;

/** Makes the event bus that {@code events.bus} names. */
public interface EventBusProvider extends Provider<EventBus> {}
