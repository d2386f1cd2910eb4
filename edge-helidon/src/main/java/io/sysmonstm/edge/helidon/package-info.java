/**
 * The public edge relay: {@link io.sysmonstm.edge.helidon.EdgeRelay} shows what a gateway
 * publishes, {@link io.sysmonstm.edge.helidon.EdgeSettings} are its keys.
 */
package io.sysmonstm.edge.helidon;
