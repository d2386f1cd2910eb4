/**
 * The contracts between sysmonstm and its plugins. Each SPI is a small interface and a {@link
 * io.sysmonstm.spi.Provider} that makes it; the interface says who calls, from how many threads,
 * what may block, and what happens on failure.
 */
package io.sysmonstm.spi;
