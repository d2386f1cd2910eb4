package io.sysmonstm.collector.core.internal;

import java.util.Optional;
import oshi.hardware.NetworkIF;

/** The counters of network interfaces. Confined to one thread. */
interface NetworkTable extends AutoCloseable {
  /**
   * What an interface has counted.
   *
   * @param bytesIn bytes received
   * @param packetsIn packets received
   * @param errorsIn packets received that were bad
   * @param droppedIn packets received that nobody could take
   * @param bytesOut bytes sent
   * @param packetsOut packets sent
   * @param errorsOut packets that could not be sent
   */
  record Counters(
      long bytesIn,
      long packetsIn,
      long errorsIn,
      long droppedIn,
      long bytesOut,
      long packetsOut,
      long errorsOut) {}

  /** The table of a machine. */
  static NetworkTable of(OshiSystem system) {
    return system.isLinux() ? new ProcfsNetworkTable() : new OshiNetworkTable();
  }

  /** Begins a cycle: what is found from now on is of now. */
  void refresh();

  /** The counters of an interface, empty where it is gone. */
  Optional<Counters> find(NetworkIF one);

  @Override
  void close();

  /** Reads by OSHI, on Linux ten files and more for each interface. */
  final class OshiNetworkTable implements NetworkTable {
    @Override
    public void refresh() {}

    @Override
    public Optional<Counters> find(NetworkIF one) {
      return one.updateAttributes()
          ? Optional.of(
              new Counters(
                  one.getBytesRecv(),
                  one.getPacketsRecv(),
                  one.getInErrors(),
                  one.getInDrops(),
                  one.getBytesSent(),
                  one.getPacketsSent(),
                  one.getOutErrors()))
          : Optional.empty();
    }

    @Override
    public void close() {}
  }
}
