/** Current state in Redis. */
package io.sysmonstm.store.redis;
