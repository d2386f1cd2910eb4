/**
 * Events by method call and queue, without a server. {@link
 * io.sysmonstm.events.local.LocalEventBus} is the bus, its provider makes it for a host.
 */
package io.sysmonstm.events.local;
