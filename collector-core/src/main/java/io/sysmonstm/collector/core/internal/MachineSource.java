package io.sysmonstm.collector.core.internal;

import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.SampleSink;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import oshi.hardware.CentralProcessor;
import oshi.hardware.Sensors;
import oshi.software.os.FileSystem;
import oshi.software.os.OperatingSystem;

/** What changes slowly: uptime, file descriptors, temperature, the number of processors. */
public final class MachineSource implements MetricSource {
  private final OshiSystem system;
  private final OperatingSystem operatingSystem;
  private final FileSystem fileSystem;
  private final CentralProcessor processor;
  private @Nullable Sensors sensors;

  MachineSource(OshiSystem system) {
    this.system = system;
    this.operatingSystem = system.operatingSystem();
    this.fileSystem = operatingSystem.getFileSystem();
    this.processor = system.hardware().getProcessor();
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
    addIfKnown(sink, "cpu_temperature_celsius", sensors().getCpuTemperature());
  }

  /** Looked for by the first reading and not before it: OSHI may run a program for it. */
  private Sensors sensors() {
    var found = sensors == null ? system.hardware().getSensors() : sensors;
    sensors = found;
    return found;
  }

  /** {@return the OSHI that it reads} */
  public OshiSystem system() {
    return system;
  }

  /** None of these can really be 0: that is OSHI's way to say that it does not know. */
  private static void addIfKnown(SampleSink sink, String metric, double value) {
    if (value > 0) {
      sink.add(metric, value);
    }
  }
}
