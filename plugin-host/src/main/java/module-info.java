import org.jspecify.annotations.NullMarked;

/** The thin host: provider registry, plugin directories, configuration, lifecycle, logging, health. */
@NullMarked
module io.sysmonstm.plugin.host {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
}
