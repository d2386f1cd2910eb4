package io.sysmonstm.collector.core.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.SampleSink;
import io.sysmonstm.spi.TimeSource;
import java.util.List;
import oshi.hardware.HWDiskStore;

/** Throughput and business of disks. */
final class DiskSource implements RateSource {
  private static final int MAX_DISKS = 64;

  private final DeviceList<Disk> disks;
  // macOS does not tell it.
  private final boolean hasQueueLength;
  private final TimeSource time;

  DiskSource(OshiSystem system) {
    this.disks = new DeviceList<>(() -> list(system.hardware().getDiskStores()));
    this.hasQueueLength = !system.isMac();
    this.time = system.time();
  }

  private static List<Disk> list(List<HWDiskStore> stores) {
    return stores.stream().limit(MAX_DISKS).map(Disk::new).toList();
  }

  @Override
  public String name() {
    return "disk";
  }

  @Override
  public void collect(SampleSink sink) {
    disks.refresh(time.nanoTime());
    for (var disk : disks.devices()) {
      if (disk.store.updateAttributes()) {
        disk.addTo(sink, time.nanoTime());
        if (hasQueueLength) {
          sink.add("disk_queue_length", disk.labels, (double) disk.store.getCurrentQueueLength());
        }
      } else {
        disks.lost(disk);
      }
    }
  }

  private static final class Disk implements DeviceList.Device {
    private final HWDiskStore store;
    private final Labels labels;
    private final CounterRate readBytes = new CounterRate();
    private final CounterRate writeBytes = new CounterRate();
    private final CounterRate reads = new CounterRate();
    private final CounterRate writes = new CounterRate();
    private final CounterRate busyMillis = new CounterRate();

    Disk(HWDiskStore store) {
      this.store = store;
      String name = store.getName();
      this.labels = Labels.of("device", LabelText.of(name.substring(lastSeparator(name) + 1)));
    }

    /** {@code /dev/sda} and {@code \\.\PHYSICALDRIVE0} are told by their last part. */
    private static int lastSeparator(String name) {
      return Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\'));
    }

    @Override
    public String name() {
      return store.getName();
    }

    void addTo(SampleSink sink, long now) {
      sink.add("disk_read_bytes", labels, (double) store.getReadBytes());
      sink.add("disk_write_bytes", labels, (double) store.getWriteBytes());
      sink.add("disk_read_ops", labels, (double) store.getReads());
      sink.add("disk_write_ops", labels, (double) store.getWrites());
      readBytes.addTo(sink, "disk_read_bytes_sec", labels, store.getReadBytes(), now);
      writeBytes.addTo(sink, "disk_write_bytes_sec", labels, store.getWriteBytes(), now);
      reads.addTo(sink, "disk_read_ops_sec", labels, store.getReads(), now);
      writes.addTo(sink, "disk_write_ops_sec", labels, store.getWrites(), now);
      if (busyMillis.update(store.getTransferTime(), now)) {
        // Milliseconds per second; the two clocks may differ by a little.
        sink.add("disk_busy_percent", labels, Math.min(100, busyMillis.perSecond() / 10));
      }
    }
  }
}
