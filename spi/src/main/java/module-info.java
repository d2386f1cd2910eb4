import org.jspecify.annotations.NullMarked;

/**
 * What a plugin implements. Depend on it to write a source, a store, an event bus, a notifier or a
 * transport; declare the provider with {@code provides} in your module.
 */
@NullMarked
module io.sysmonstm.spi {
  requires transitive io.sysmonstm.api;
  requires static transitive org.jspecify;

  exports io.sysmonstm.spi;
}
