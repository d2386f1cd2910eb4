/**
 * Events over Kafka, one topic for each topic of the bus, keyed by machine, in JSON. {@link
 * io.sysmonstm.events.kafka.KafkaEventBus} is the bus, its provider makes it for a host.
 */
package io.sysmonstm.events.kafka;
