/**
 * Storage without a server, for one process. {@link
 * io.sysmonstm.store.embedded.EmbeddedCurrentStore} keeps the newest state in memory, {@link
 * io.sysmonstm.store.embedded.EmbeddedHistoryStore} and {@link
 * io.sysmonstm.store.embedded.EmbeddedAlertStore} keep the rest in one SQLite file each.
 */
package io.sysmonstm.store.embedded;
