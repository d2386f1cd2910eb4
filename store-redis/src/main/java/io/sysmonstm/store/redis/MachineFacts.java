package io.sysmonstm.store.redis;

import io.sysmonstm.api.Resource;
import io.sysmonstm.api.TopProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What one writer knows of a machine beyond its samples.
 *
 * @param processesMillis when the processes were observed, in milliseconds of Unix time
 */
record MachineFacts(
    Resource resource,
    Duration interval,
    Instant lastSeen,
    List<TopProcess> processes,
    long processesMillis) {}
