/** Events over Redis, by Pub/Sub or by Streams. */
package io.sysmonstm.events.redis;
