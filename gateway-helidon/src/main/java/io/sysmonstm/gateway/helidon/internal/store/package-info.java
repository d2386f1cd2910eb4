/** How stores are asked for requests. */
package io.sysmonstm.gateway.helidon.internal.store;
