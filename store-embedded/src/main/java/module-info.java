import org.jspecify.annotations.NullMarked;

/** Stores without a server: current state in memory, history and alerts in one SQLite file. */
@NullMarked
module io.sysmonstm.store.embedded {
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;
}
