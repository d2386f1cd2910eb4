package io.sysmonstm.collector.core.internal;

import io.sysmonstm.api.Labels;
import io.sysmonstm.spi.SampleSink;
import io.sysmonstm.spi.TimeSource;
import java.net.SocketException;
import java.util.Map;
import oshi.hardware.NetworkIF;

/** Traffic and errors of network interfaces, without loopback. */
final class NetworkSource implements RateSource {
  private static final int MAX_INTERFACES = 64;

  private final DeviceList<Interface> interfaces;
  private final NetworkTable table;
  private final TimeSource time;

  NetworkSource(OshiSystem system, NameFilter skipped) {
    this.table = NetworkTable.of(system);
    this.time = system.time();
    this.interfaces =
        new DeviceList<>(
            () ->
                system.hardware().getNetworkIFs().stream()
                    .filter(one -> !skipped.skips(one.getName()) && !isLoopback(one))
                    .limit(MAX_INTERFACES)
                    .map(Interface::new)
                    .toList());
  }

  private static boolean isLoopback(NetworkIF one) {
    try {
      return one.queryNetworkInterface().isLoopback();
    } catch (SocketException gone) {
      return false;
    }
  }

  @Override
  public String name() {
    return "network";
  }

  @Override
  public void collect(SampleSink sink) {
    interfaces.refresh(time.nanoTime());
    table.refresh();
    for (var one : interfaces.devices()) {
      var counters = table.find(one.network);
      if (counters.isPresent()) {
        one.addTo(sink, counters.get(), time.nanoTime());
      } else {
        interfaces.lost(one);
      }
    }
  }

  @Override
  public void close() {
    table.close();
  }

  private static final class Interface implements DeviceList.Device {
    private final NetworkIF network;
    private final Labels labels;
    private final Labels labelsIn;
    private final Labels labelsOut;
    private final CounterRate sentBytes = new CounterRate();
    private final CounterRate receivedBytes = new CounterRate();
    private final CounterRate sentPackets = new CounterRate();
    private final CounterRate receivedPackets = new CounterRate();
    private final CounterRate errorsIn = new CounterRate();
    private final CounterRate errorsOut = new CounterRate();
    private final CounterRate dropped = new CounterRate();

    Interface(NetworkIF network) {
      this.network = network;
      String name = LabelText.of(network.getName());
      this.labels = Labels.of("interface", name);
      this.labelsIn = Labels.of(Map.of("interface", name, "direction", "in"));
      this.labelsOut = Labels.of(Map.of("interface", name, "direction", "out"));
    }

    @Override
    public String name() {
      return network.getName();
    }

    void addTo(SampleSink sink, NetworkTable.Counters counters, long now) {
      sink.add("net_tx_bytes", labels, (double) counters.bytesOut());
      sink.add("net_rx_bytes", labels, (double) counters.bytesIn());
      sentBytes.addTo(sink, "network_sent_bytes_sec", labels, counters.bytesOut(), now);
      receivedBytes.addTo(sink, "network_recv_bytes_sec", labels, counters.bytesIn(), now);
      sentPackets.addTo(sink, "net_tx_packets", labels, counters.packetsOut(), now);
      receivedPackets.addTo(sink, "net_rx_packets", labels, counters.packetsIn(), now);
      errorsIn.addTo(sink, "net_errors", labelsIn, counters.errorsIn(), now);
      errorsOut.addTo(sink, "net_errors", labelsOut, counters.errorsOut(), now);
      dropped.addTo(sink, "net_dropped", labels, counters.droppedIn(), now);
    }
  }
}
