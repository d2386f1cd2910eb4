package io.sysmonstm.collector.core;

import io.sysmonstm.spi.Health;
import java.time.Instant;
import java.util.Optional;

/**
 * How a collector is doing. Immutable.
 *
 * @param running whether it collects: started and not stopped
 * @param health whether batches reach history; what is in the way where they do not
 * @param spool whether the spool keeps batches as it should; why its disk does not where it is kept
 *     in memory instead
 * @param lastDurableAck when the last batch was acknowledged as written to history, by the
 *     collector's clock
 * @param waitingBatches batches not yet acknowledged as durable
 * @param droppedSamples samples lost to the bound of the buffer since the start
 */
public record CollectorStatus(
    boolean running,
    Health health,
    Health spool,
    Optional<Instant> lastDurableAck,
    int waitingBatches,
    long droppedSamples) {}
