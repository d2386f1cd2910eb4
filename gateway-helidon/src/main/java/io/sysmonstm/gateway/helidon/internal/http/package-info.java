/** The calls of the REST API, independent of the HTTP server. */
package io.sysmonstm.gateway.helidon.internal.http;
