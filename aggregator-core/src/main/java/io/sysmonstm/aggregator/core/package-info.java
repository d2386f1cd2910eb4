/**
 * Takes in batches from transports, shows them at once, writes them to history in large groups, and
 * acknowledges them when history has them. {@link io.sysmonstm.aggregator.core.Aggregator} is where
 * to begin.
 */
package io.sysmonstm.aggregator.core;
