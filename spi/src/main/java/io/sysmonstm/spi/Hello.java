package io.sysmonstm.spi;

import io.sysmonstm.api.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * How a collector introduces itself. Immutable.
 *
 * @param machineId the machine
 * @param epoch the numbering of its batches
 * @param instance the process; the newest of a machine wins
 * @param resource the inventory
 * @param sentAt by the collector's clock
 * @param samplesDropped lost to the spool's bound in this epoch
 * @param interval the collection interval
 */
public record Hello(
    String machineId,
    UUID epoch,
    UUID instance,
    Resource resource,
    Instant sentAt,
    long samplesDropped,
    Duration interval) {}
