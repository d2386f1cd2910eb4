/** Who a request is from, and what they may do. */
package io.sysmonstm.gateway.helidon.internal.access;
