package io.sysmonstm.collector.core.internal;

import java.io.IOException;
import java.util.Optional;
import oshi.hardware.NetworkIF;
import oshi.util.linux.ProcPath;

/**
 * Reads the counters of all interfaces at once from {@code /proc/net/dev}; OSHI is asked for what
 * is not there.
 */
final class ProcfsNetworkTable implements NetworkTable {
  private static final int COLUMNS = 11;

  private final NetworkTable others;
  private final ProcFile file;
  private boolean readable;

  ProcfsNetworkTable() {
    this(ProcPath.PROC, new OshiNetworkTable());
  }

  ProcfsNetworkTable(String directory, NetworkTable others) {
    this.file = new ProcFile(directory + "/net/dev");
    this.others = others;
  }

  @Override
  public void refresh() {
    try {
      file.read();
      readable = true;
    } catch (IOException hidden) {
      readable = false;
    }
  }

  @Override
  public Optional<Counters> find(NetworkIF one) {
    if (readable) {
      file.rewind();
      while (file.nextLine()) {
        file.skipBlanks();
        if (file.skip(one.getName()) && file.skip(":")) {
          return Optional.of(counters());
        }
      }
    }
    return others.find(one);
  }

  private Counters counters() {
    long[] columns = new long[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      columns[i] = file.number();
    }
    return new Counters(
        columns[0], columns[1], columns[2], columns[3], columns[8], columns[9], columns[10]);
  }

  @Override
  public void close() {
    file.close();
  }
}
