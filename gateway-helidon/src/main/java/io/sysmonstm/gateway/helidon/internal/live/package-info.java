/** The merged state of the fleet in memory, and its way to the viewers. */
package io.sysmonstm.gateway.helidon.internal.live;
