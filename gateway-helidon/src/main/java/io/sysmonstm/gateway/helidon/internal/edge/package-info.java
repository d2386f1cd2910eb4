/** The way to an edge relay: what may leave, and the link. */
package io.sysmonstm.gateway.helidon.internal.edge;
