/** Events over Kafka. */
package io.sysmonstm.events.kafka;
