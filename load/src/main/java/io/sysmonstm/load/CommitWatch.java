package io.sysmonstm.load;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Reads what a PostgreSQL client sends, message by message, and tells where it commits rows that it
 * has copied. Other protocols pass without a find. Confined to one thread.
 */
final class CommitWatch {
  private static final int PROTOCOL_3 = 3;
  private static final int MOST_KEPT = 512;
  private static final int MOST_LENGTH = 1 << 30;

  private final byte[] kept = new byte[MOST_KEPT];
  private final byte[] head = new byte[5];
  private final Set<String> commitStatements = new HashSet<>();
  private boolean started;
  private boolean strange;
  private boolean copied;
  private int headSize;
  private int length;
  private int read;

  /** Returns where in these bytes the commit of copied rows begins, -1 where it does not. */
  int find(byte[] bytes) {
    int found = -1;
    int begin = 0;
    for (int at = 0; at < bytes.length && !strange; at++) {
      if (headSize < headLength()) {
        begin = headSize == 0 ? at : begin;
        head[headSize++] = bytes[at];
        if (headSize == headLength()) {
          beginMessage();
        }
      } else {
        if (read < MOST_KEPT) {
          kept[read] = bytes[at];
        }
        read++;
      }
      if (headSize == headLength() && read == length) {
        if (endMessage() && found < 0) {
          found = begin;
        }
        headSize = 0;
      }
    }
    return found;
  }

  // The first message has no type.
  private int headLength() {
    return started ? 5 : 4;
  }

  private void beginMessage() {
    int from = headLength() - 4;
    length = -4;
    for (int i = from; i < from + 4; i++) {
      length += (head[i] & 0xFF) << (8 * (from + 3 - i));
    }
    read = 0;
    strange = length < 0 || length > MOST_LENGTH;
  }

  // Returns whether it commits.
  private boolean endMessage() {
    if (!started) {
      // What comes before, asking for encryption, has a number of its own.
      started = length >= 4 && ((kept[0] & 0xFF) << 8 | (kept[1] & 0xFF)) == PROTOCOL_3;
      return false;
    }
    switch (head[0]) {
      case 'd' -> copied = true;
      case 'Q' -> {
        return commits(isCommit(text(0)));
      }
      case 'P' -> {
        var name = text(0);
        boolean commit = isCommit(text(name.length() + 1));
        if (commit) {
          commitStatements.add(name);
        } else {
          commitStatements.remove(name);
        }
        return commits(commit);
      }
      case 'B' -> {
        return commits(commitStatements.contains(text(text(0).length() + 1)));
      }
      default -> {}
    }
    return false;
  }

  private boolean commits(boolean commit) {
    boolean found = commit && copied;
    copied &= !commit;
    return found;
  }

  private static boolean isCommit(String sql) {
    return sql.toUpperCase(Locale.ROOT).startsWith("COMMIT");
  }

  private String text(int from) {
    int end = from;
    while (end < Math.min(read, MOST_KEPT) && kept[end] != 0) {
      end++;
    }
    return new String(kept, from, Math.max(0, end - from), StandardCharsets.ISO_8859_1);
  }
}
