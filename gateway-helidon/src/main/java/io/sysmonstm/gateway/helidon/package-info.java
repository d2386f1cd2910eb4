/**
 * The gateway: what the fleet is doing, over HTTP and WebSocket. {@link
 * io.sysmonstm.gateway.helidon.Gateway} is the entry.
 */
package io.sysmonstm.gateway.helidon;
