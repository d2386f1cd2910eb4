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

  private final NetworkTable others = new OshiNetworkTable();
  private final ProcFile file;
  private boolean readable;

  ProcfsNetworkTable() {
    this(ProcPath.PROC);
  }

  ProcfsNetworkTable(String directory) {
    file = new ProcFile(directory + "/net/dev");
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
    return find(one.getName()).or(() -> others.find(one));
  }

  Optional<Counters> find(String name) {
    file.rewind();
    while (readable && file.nextLine()) {
      file.skipBlanks();
      if (file.skip(name) && file.skip(":")) {
        return Optional.of(counters());
      }
    }
    return Optional.empty();
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
