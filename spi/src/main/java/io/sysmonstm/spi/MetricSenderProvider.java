package io.sysmonstm.spi;

/** Makes the sending end of a transport. */
public interface MetricSenderProvider extends Provider<MetricSender> {}
