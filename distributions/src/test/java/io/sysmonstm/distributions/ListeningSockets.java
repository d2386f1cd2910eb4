package io.sysmonstm.distributions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where a process and those it has started wait for others, as the kernel knows it. */
final class ListeningSockets {
  private static final String LISTENING = "0A";

  private ListeningSockets() {}

  /** Returns the addresses where it takes connections. */
  static List<InetSocketAddress> of(long pid) {
    var handle = ProcessHandle.of(pid).orElseThrow();
    var inodes = new HashSet<String>();
    Stream.concat(Stream.of(handle), handle.descendants())
        .forEach(process -> inodes.addAll(inodes(process.pid())));
    var addresses = new ArrayList<InetSocketAddress>();
    for (var table : List.of("tcp", "tcp6")) {
      addresses.addAll(read(Path.of("/proc", Long.toString(pid), "net", table), inodes));
    }
    return addresses;
  }

  private static Set<String> inodes(long pid) {
    var inodes = new HashSet<String>();
    try (var files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (var file : files.toList()) {
        inode(file, inodes);
      }
      return inodes;
    } catch (NoSuchFileException endedMeanwhile) {
      return Set.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void inode(Path file, Set<String> to) {
    try {
      var target = Files.readSymbolicLink(file).toString();
      if (target.startsWith("socket:[")) {
        to.add(target.substring("socket:[".length(), target.length() - 1));
      }
    } catch (IOException closedMeanwhile) {
      // It waits for nobody any more.
    }
  }

  private static List<InetSocketAddress> read(Path table, Set<String> inodes) {
    try {
      return Files.readAllLines(table).stream()
          .skip(1)
          .map(line -> line.strip().split("\\s+"))
          .filter(columns -> inodes.contains(columns[9]))
          .filter(columns -> columns[3].equals(LISTENING))
          .map(columns -> address(columns[1]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Words of four bytes in the order of the machine, then the port.
  private static InetSocketAddress address(String text) {
    var parts = text.split(":", 2);
    var words = ByteBuffer.wrap(HexFormat.of().parseHex(parts[0])).order(ByteOrder.nativeOrder());
    var address = ByteBuffer.allocate(words.capacity());
    while (words.hasRemaining()) {
      address.putInt(words.getInt());
    }
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(address.array()), Integer.parseInt(parts[1], 16));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
