/** The HTTP server: connections, requests and WebSocket viewers. */
package io.sysmonstm.web.helidon.internal.net;
