/** The HTTP server: connections, requests and WebSocket viewers. */
package io.sysmonstm.gateway.helidon.internal.net;
