package io.sysmonstm.spi;

/**
 * Makes the store of who may come in; chosen by {@code history.store}, beside whose data it lives.
 */
public interface AccessStoreProvider extends Provider<AccessStore> {}
