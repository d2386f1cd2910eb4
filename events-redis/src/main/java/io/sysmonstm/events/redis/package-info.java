/**
 * Events over Redis. {@link io.sysmonstm.events.redis.RedisEventBus} is the bus, its providers make
 * it for a host.
 */
package io.sysmonstm.events.redis;
