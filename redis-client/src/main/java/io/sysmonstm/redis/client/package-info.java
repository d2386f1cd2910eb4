/**
 * Settings, connections and health of whatever uses Redis. {@link
 * io.sysmonstm.redis.client.RedisConnector} makes connections, {@link
 * io.sysmonstm.redis.client.RedisWorker} keeps one and works with it.
 */
package io.sysmonstm.redis.client;
