import org.jspecify.annotations.NullMarked;

/** Examples of the documentation. */
@NullMarked
module io.sysmonstm.docs {
  requires transitive io.sysmonstm.collector.core;
  requires static org.jspecify;

  exports io.sysmonstm.docs;
}
