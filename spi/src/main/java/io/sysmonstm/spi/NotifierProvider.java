package io.sysmonstm.spi;

/** Makes the notifiers of one type; its settings are relative to {@code alerts.notifiers.NAME}. */
public interface NotifierProvider extends Provider<Notifier> {}
