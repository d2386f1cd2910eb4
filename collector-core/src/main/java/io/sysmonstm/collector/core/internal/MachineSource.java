package io.sysmonstm.collector.core.internal;

import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.SampleSink;
import java.time.Duration;
import oshi.hardware.CentralProcessor;
import oshi.hardware.Sensors;
import oshi.software.os.FileSystem;
import oshi.software.os.OperatingSystem;

/** What changes slowly: uptime, file descriptors, temperature, the number of processors. */
final class MachineSource implements MetricSource {
  private final OperatingSystem operatingSystem;
  private final FileSystem fileSystem;
  private final CentralProcessor processor;
  private final Sensors sensors;

  MachineSource(OshiSystem system) {
    this.operatingSystem = system.operatingSystem();
    this.fileSystem = operatingSystem.getFileSystem();
    this.processor = system.hardware().getProcessor();
    this.sensors = system.hardware().getSensors();
  }

  @Override
  public String name() {
    return "machine";
  }

  @Override
  public Duration interval(Duration collectionInterval) {
    return collectionInterval.multipliedBy(3);
  }

  @Override
  public void collect(SampleSink sink) {
    addIfKnown(sink, "uptime_seconds", (double) operatingSystem.getSystemUptime());
    addIfKnown(sink, "boot_time", (double) operatingSystem.getSystemBootTime());
    addIfKnown(sink, "fd_open", (double) fileSystem.getOpenFileDescriptors());
    addIfKnown(sink, "fd_max", (double) fileSystem.getMaxFileDescriptors());
    addIfKnown(sink, "cpu_logical_count", processor.getLogicalProcessorCount());
    addIfKnown(sink, "cpu_physical_count", processor.getPhysicalProcessorCount());
    addIfKnown(sink, "cpu_temperature_celsius", sensors.getCpuTemperature());
  }

  /** None of these can really be 0: that is OSHI's way to say that it does not know. */
  private static void addIfKnown(SampleSink sink, String metric, double value) {
    if (value > 0) {
      sink.add(metric, value);
    }
  }
}
