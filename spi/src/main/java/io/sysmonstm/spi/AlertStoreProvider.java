package io.sysmonstm.spi;

/**
 * Makes the store of alerts and rules; chosen by {@code history.store}, beside whose data it lives.
 */
public interface AlertStoreProvider extends Provider<AlertStore> {}
