/**
 * Current state in Redis. {@link io.sysmonstm.store.redis.RedisCurrentStore} is the store, its
 * provider makes it for a host.
 */
package io.sysmonstm.store.redis;
