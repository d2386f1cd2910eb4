/**
 * The values of sysmonstm. {@link io.sysmonstm.api.Batch} is the unit of transport, of an event and
 * of acknowledgement; {@link io.sysmonstm.api.MetricRegistry} names what is measured; {@link
 * io.sysmonstm.api.Series} is what everything is keyed by.
 */
package io.sysmonstm.api;
