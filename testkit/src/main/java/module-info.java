import org.jspecify.annotations.NullMarked;

/**
 * Contract tests for every SPI, a manual clock and fakes. Depend on it in test scope to check a
 * plugin.
 */
@NullMarked
module io.sysmonstm.testkit {
  requires jdk.httpserver;
  requires transitive io.sysmonstm.spi;
  requires static transitive org.jspecify;
  requires transitive org.junit.jupiter.api;
  requires transitive org.assertj.core;

  exports io.sysmonstm.testkit;

  opens io.sysmonstm.testkit;
}
