import org.jspecify.annotations.NullMarked;

/**
 * Values and contracts that every user of sysmonstm sees: metrics, labels, series, batches, machine
 * state, queries, alerts, rules and errors. No I/O, no threads, no dependency at run time.
 */
@NullMarked
module io.sysmonstm.api {
  requires static transitive org.jspecify;

  exports io.sysmonstm.api;
}
