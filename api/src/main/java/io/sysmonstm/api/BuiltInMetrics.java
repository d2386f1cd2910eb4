package io.sysmonstm.api;

import static io.sysmonstm.api.MetricKind.COUNTER;
import static io.sysmonstm.api.Unit.BYTES;
import static io.sysmonstm.api.Unit.BYTES_PER_SECOND;
import static io.sysmonstm.api.Unit.CELSIUS;
import static io.sysmonstm.api.Unit.MILLISECONDS;
import static io.sysmonstm.api.Unit.ONE;
import static io.sysmonstm.api.Unit.PERCENT;
import static io.sysmonstm.api.Unit.PER_SECOND;
import static io.sysmonstm.api.Unit.SECONDS;

import java.util.List;
import java.util.stream.Stream;

/** The metrics that collectors of sysmonstm send by themselves, group by group. */
final class BuiltInMetrics {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private BuiltInMetrics() {}

  static List<MetricDescriptor> all() {
    return Stream.of(cpu(), memory(), fileSystems(), disks(), network(), machine(), collector())
        .flatMap(List::stream)
        .toList();
  }

  private static List<MetricDescriptor> cpu() {
    return List.of(
        MetricDescriptor.builder("cpu_percent")
            .unit(PERCENT)
            .protoNumber(1)
            .otel("system.cpu.utilization", 0.01)
            .help("CPU time not idle, over all cores, in the last interval.")
            .build(),
        MetricDescriptor.builder("cpu_percent_per_core")
            .unit(PERCENT)
            .labels("core")
            .protoNumber(2)
            .otel("system.cpu.utilization", 0.01)
            .help("CPU time not idle, of one core, in the last interval.")
            .build(),
        MetricDescriptor.builder("cpu_mode_percent")
            .unit(PERCENT)
            .labels("mode")
            .otel("system.cpu.utilization", 0.01)
            .help("CPU time by mode: user, nice, system, iowait, interrupt, softirq, steal, idle.")
            .build(),
        MetricDescriptor.builder("load_avg_1m")
            .unit(ONE)
            .protoNumber(13)
            .otel("system.cpu.load_average.1m", 1)
            .help("Runnable tasks, averaged over one minute.")
            .build(),
        MetricDescriptor.builder("load_avg_5m")
            .unit(ONE)
            .protoNumber(14)
            .otel("system.cpu.load_average.5m", 1)
            .help("Runnable tasks, averaged over five minutes.")
            .build(),
        MetricDescriptor.builder("load_avg_15m")
            .unit(ONE)
            .protoNumber(15)
            .otel("system.cpu.load_average.15m", 1)
            .help("Runnable tasks, averaged over fifteen minutes.")
            .build(),
        MetricDescriptor.builder("cpu_logical_count")
            .unit(ONE)
            .otel("system.cpu.logical.count", 1)
            .help("Logical processors.")
            .build(),
        MetricDescriptor.builder("cpu_physical_count")
            .unit(ONE)
            .otel("system.cpu.physical.count", 1)
            .help("Physical cores.")
            .build(),
        MetricDescriptor.builder("cpu_temperature_celsius")
            .unit(CELSIUS)
            .otel("hw.temperature", 1)
            .help("Temperature of the CPU.")
            .build());
  }

  private static List<MetricDescriptor> memory() {
    return List.of(
        MetricDescriptor.builder("memory_percent")
            .unit(PERCENT)
            .protoNumber(3)
            .otel("system.memory.utilization", 0.01)
            .help("Memory in use: total less available, of total.")
            .build(),
        MetricDescriptor.builder("memory_used_bytes")
            .unit(BYTES)
            .protoNumber(4)
            .otel("system.memory.usage", 1)
            .help("Memory in use: total less available.")
            .build(),
        MetricDescriptor.builder("memory_available_bytes")
            .unit(BYTES)
            .protoNumber(5)
            .otel("system.memory.linux.available", 1)
            .help("Memory that programs can still get without swapping.")
            .build(),
        MetricDescriptor.builder("memory_total_bytes")
            .unit(BYTES)
            .otel("system.memory.limit", 1)
            .help("Memory installed.")
            .build(),
        MetricDescriptor.builder("swap_percent")
            .unit(PERCENT)
            .otel("system.paging.utilization", 0.01)
            .help("Swap in use.")
            .build(),
        MetricDescriptor.builder("swap_used_bytes")
            .unit(BYTES)
            .otel("system.paging.usage", 1)
            .help("Swap in use.")
            .build(),
        MetricDescriptor.builder("swap_total_bytes").unit(BYTES).help("Swap configured.").build(),
        MetricDescriptor.builder("swap_in")
            .unit(PER_SECOND)
            .otel("system.paging.operations", 1)
            .help("Pages read back from swap per second.")
            .build(),
        MetricDescriptor.builder("swap_out")
            .unit(PER_SECOND)
            .otel("system.paging.operations", 1)
            .help("Pages written to swap per second.")
            .build());
  }

  private static List<MetricDescriptor> fileSystems() {
    return List.of(
        MetricDescriptor.builder("disk_percent")
            .unit(PERCENT)
            .labels("mount", "device", "fstype")
            .protoNumber(6)
            .otel("system.filesystem.utilization", 0.01)
            .help("File system space in use, of what users can have, as df tells it.")
            .build(),
        MetricDescriptor.builder("disk_used_bytes")
            .unit(BYTES)
            .labels("mount", "device", "fstype")
            .protoNumber(7)
            .otel("system.filesystem.usage", 1)
            .help("File system space in use.")
            .build(),
        MetricDescriptor.builder("disk_free_bytes")
            .unit(BYTES)
            .labels("mount", "device", "fstype")
            .otel("system.filesystem.usage", 1)
            .help("File system space that users can still have.")
            .build(),
        MetricDescriptor.builder("disk_total_bytes")
            .unit(BYTES)
            .labels("mount", "device", "fstype")
            .otel("system.filesystem.limit", 1)
            .help("Size of the file system.")
            .build(),
        MetricDescriptor.builder("disk_inodes_percent")
            .unit(PERCENT)
            .labels("mount", "device", "fstype")
            .help("Inodes in use.")
            .build());
  }

  private static List<MetricDescriptor> disks() {
    return List.of(
        MetricDescriptor.builder("disk_read_bytes_sec")
            .unit(BYTES_PER_SECOND)
            .labels("device")
            .protoNumber(8)
            .otel("system.disk.io", 1)
            .help("Bytes read per second.")
            .build(),
        MetricDescriptor.builder("disk_write_bytes_sec")
            .unit(BYTES_PER_SECOND)
            .labels("device")
            .protoNumber(9)
            .otel("system.disk.io", 1)
            .help("Bytes written per second.")
            .build(),
        MetricDescriptor.builder("disk_read_bytes")
            .unit(BYTES)
            .kind(COUNTER)
            .labels("device")
            .otel("system.disk.io", 1)
            .help("Bytes read since boot.")
            .build(),
        MetricDescriptor.builder("disk_write_bytes")
            .unit(BYTES)
            .kind(COUNTER)
            .labels("device")
            .otel("system.disk.io", 1)
            .help("Bytes written since boot.")
            .build(),
        MetricDescriptor.builder("disk_read_ops_sec")
            .unit(PER_SECOND)
            .labels("device")
            .otel("system.disk.operations", 1)
            .help("Reads per second.")
            .build(),
        MetricDescriptor.builder("disk_write_ops_sec")
            .unit(PER_SECOND)
            .labels("device")
            .otel("system.disk.operations", 1)
            .help("Writes per second.")
            .build(),
        MetricDescriptor.builder("disk_read_ops")
            .unit(ONE)
            .kind(COUNTER)
            .labels("device")
            .otel("system.disk.operations", 1)
            .help("Reads since boot.")
            .build(),
        MetricDescriptor.builder("disk_write_ops")
            .unit(ONE)
            .kind(COUNTER)
            .labels("device")
            .otel("system.disk.operations", 1)
            .help("Writes since boot.")
            .build(),
        MetricDescriptor.builder("disk_busy_percent")
            .unit(PERCENT)
            .labels("device")
            .otel("system.disk.io_time", 0.01)
            .help("Part of the last interval in which the disk had work.")
            .build(),
        MetricDescriptor.builder("disk_queue_length")
            .unit(ONE)
            .labels("device")
            .help("Requests waiting at the disk.")
            .build());
  }

  private static List<MetricDescriptor> network() {
    return List.of(
        MetricDescriptor.builder("network_sent_bytes_sec")
            .unit(BYTES_PER_SECOND)
            .labels("interface")
            .protoNumber(10)
            .otel("system.network.io", 1)
            .help("Bytes sent per second.")
            .build(),
        MetricDescriptor.builder("network_recv_bytes_sec")
            .unit(BYTES_PER_SECOND)
            .labels("interface")
            .protoNumber(11)
            .otel("system.network.io", 1)
            .help("Bytes received per second.")
            .build(),
        MetricDescriptor.builder("net_tx_bytes")
            .unit(BYTES)
            .kind(COUNTER)
            .labels("interface")
            .otel("system.network.io", 1)
            .help("Bytes sent since boot.")
            .build(),
        MetricDescriptor.builder("net_rx_bytes")
            .unit(BYTES)
            .kind(COUNTER)
            .labels("interface")
            .otel("system.network.io", 1)
            .help("Bytes received since boot.")
            .build(),
        MetricDescriptor.builder("net_tx_packets")
            .unit(PER_SECOND)
            .labels("interface")
            .otel("system.network.packet.count", 1)
            .help("Packets sent per second.")
            .build(),
        MetricDescriptor.builder("net_rx_packets")
            .unit(PER_SECOND)
            .labels("interface")
            .otel("system.network.packet.count", 1)
            .help("Packets received per second.")
            .build(),
        MetricDescriptor.builder("net_errors")
            .unit(PER_SECOND)
            .labels("interface", "direction")
            .otel("system.network.errors", 1)
            .help("Packets with errors per second, by direction: in, out.")
            .build(),
        MetricDescriptor.builder("net_dropped")
            .unit(PER_SECOND)
            .labels("interface")
            .otel("system.network.packet.dropped", 1)
            .help("Received packets dropped per second.")
            .build());
  }

  private static List<MetricDescriptor> machine() {
    return List.of(
        MetricDescriptor.builder("process_count")
            .unit(ONE)
            .protoNumber(12)
            .otel("system.process.count", 1)
            .help("Processes.")
            .build(),
        MetricDescriptor.builder("thread_count")
            .unit(ONE)
            .help("Threads of all processes.")
            .build(),
        MetricDescriptor.builder("fd_open")
            .unit(ONE)
            .help("Open file descriptors of the whole machine.")
            .build(),
        MetricDescriptor.builder("fd_max")
            .unit(ONE)
            .help("Most file descriptors the machine allows.")
            .build(),
        MetricDescriptor.builder("uptime_seconds")
            .unit(SECONDS)
            .otel("system.uptime", 1)
            .help("Time since boot.")
            .build(),
        MetricDescriptor.builder("boot_time")
            .unit(SECONDS)
            .help("When the machine booted, as Unix time.")
            .build());
  }

  private static List<MetricDescriptor> collector() {
    return List.of(
        MetricDescriptor.builder("agent_cpu_percent")
            .unit(PERCENT)
            .range(0, INFINITY)
            .otel("process.cpu.utilization", 0.01)
            .help("CPU time of the collecting process, of one core.")
            .build(),
        MetricDescriptor.builder("agent_rss_bytes")
            .unit(BYTES)
            .otel("process.memory.usage", 1)
            .help("Resident memory of the collecting process.")
            .build(),
        MetricDescriptor.builder("agent_collect_ms")
            .unit(MILLISECONDS)
            .labels("source")
            .help("How long a source took to collect.")
            .build(),
        MetricDescriptor.builder("agent_source_errors")
            .unit(ONE)
            .kind(COUNTER)
            .labels("source")
            .help("Failed or overdue collections of a source.")
            .build(),
        MetricDescriptor.builder("agent_spool_depth")
            .unit(ONE)
            .help("Batches not yet acknowledged as durable.")
            .build(),
        MetricDescriptor.builder("agent_dropped")
            .unit(ONE)
            // It begins anew, and history keeps gauges only: the page tells from it why there is a
            // gap.
            .help("Samples lost to the bound of the spool, of this epoch or not told of yet.")
            .build(),
        MetricDescriptor.builder("agent_identity_conflicts")
            .unit(ONE)
            .help(
                "How often another process with the id of this machine has taken over within 10"
                    + " minutes.")
            .build(),
        MetricDescriptor.builder("agent_clock_skew_ms")
            .unit(MILLISECONDS)
            .range(-INFINITY, INFINITY)
            .help("How far the collector's clock is ahead of the aggregator's.")
            .build());
  }
}
