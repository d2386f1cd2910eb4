package io.sysmonstm.spi;

/** Makes the store of current state that {@code current.store} names. */
public interface CurrentStoreProvider extends Provider<CurrentStore> {}
