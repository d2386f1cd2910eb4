package io.sysmonstm.spi;

/** Makes the store of history that {@code history.store} names. */
public interface HistoryStoreProvider extends Provider<HistoryStore> {}
