package io.sysmonstm.collector.core;

import io.sysmonstm.collector.core.internal.spool.Spool;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What a delivery works with. */
record DeliveryParts(
    MetricSender sender,
    Spool spool,
    Supplier<Hello> hello,
    TimeSource time,
    Waiter waiter,
    RandomGenerator random,
    SelfMetrics metrics) {}
