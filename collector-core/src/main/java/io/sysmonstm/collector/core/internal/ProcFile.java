package io.sysmonstm.collector.core.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file whose text the kernel makes anew for each reading; kept open, and looked at as bytes. What
 * reads it goes through its lines, and from left to right through each. Confined to one thread.
 */
final class ProcFile implements AutoCloseable {
  private final String path;
  private @Nullable RandomAccessFile file;
  private byte[] bytes = new byte[2_048];
  private int length;
  private int next;
  private int at;
  private int end;

  ProcFile(String path) {
    this.path = path;
  }

  /** Reads all of it, and goes before its first line. */
  void read() throws IOException {
    try {
      var open = file == null ? new RandomAccessFile(path, "r") : file;
      file = open;
      open.seek(0);
      length = 0;
      for (int count = open.read(bytes); count > 0; ) {
        length += count;
        if (length == bytes.length) {
          bytes = Arrays.copyOf(bytes, 2 * length);
        }
        count = open.read(bytes, length, bytes.length - length);
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    rewind();
  }

  /** Goes before the first line. */
  void rewind() {
    next = 0;
  }

  /** Goes to the next line; false where there is none. */
  boolean nextLine() {
    if (next >= length) {
      return false;
    }
    at = next;
    end = at;
    while (end < length && bytes[end] != '\n') {
      end++;
    }
    next = end + 1;
    return true;
  }

  /** Goes behind a text, where that comes next. */
  boolean skip(String text) {
    int count = text.length();
    if (end - at < count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (bytes[at + i] != text.charAt(i)) {
        return false;
      }
    }
    at += count;
    return true;
  }

  /** Goes behind blanks. */
  void skipBlanks() {
    while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
      at++;
    }
  }

  /** Takes the whole number that comes next, blanks before it left out; -1 where none does. */
  long number() {
    skipBlanks();
    int begin = at;
    long number = 0;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      number = number * 10 + (bytes[at++] - '0');
    }
    return at == begin ? -1 : number;
  }

  /** Takes a number with two digits behind the point; -1 where none comes next. */
  double hundredths() {
    long whole = number();
    if (whole < 0 || !skip(".")) {
      return -1;
    }
    return whole + number() / 100.0;
  }

  /** Whether it holds these bytes and no others. */
  boolean holds(byte[] other) {
    return Arrays.equals(bytes, 0, length, other, 0, other.length);
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  @Override
  public void close() {
    var open = file;
    file = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException closed) {
        // There was nothing to write.
      }
    }
  }
}
