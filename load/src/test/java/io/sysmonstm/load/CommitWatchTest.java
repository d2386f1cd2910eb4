package io.sysmonstm.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class CommitWatchTest {
  private static final int SSL_REQUEST = 80_877_103;
  private static final int VERSION_3 = 196_608;

  private final CommitWatch watch = new CommitWatch();

  @Test
  void findsTheCommitOfCopiedRowsByItsText() {
    watch.find(startup());
    watch.find(message('d', "row"));
    var bytes = join(message('c', ""), message('P', "\0COMMIT\0"), message('B', "\0\0"));
    assertThat(watch.find(bytes)).isEqualTo(message('c', "").length);
  }

  @Test
  void findsAPreparedCommitByItsName() {
    watch.find(startup());
    watch.find(message('P', "S_7\0COMMIT\0"));
    assertThat(watch.find(message('B', "\0S_7\0"))).as("nothing copied").isEqualTo(-1);
    watch.find(message('d', "row"));
    assertThat(watch.find(message('B', "\0S_8\0"))).isEqualTo(-1);
    assertThat(watch.find(message('B', "\0S_7\0"))).isEqualTo(0);
    assertThat(watch.find(message('B', "\0S_7\0"))).as("once").isEqualTo(-1);
  }

  @Test
  void isNotMisledByRowsThatHoldTheWord() {
    watch.find(startup());
    assertThat(watch.find(message('d', "QCOMMIT\0P\0COMMIT\0"))).isEqualTo(-1);
    assertThat(watch.find(message('Q', "COMMIT\0"))).isEqualTo(0);
  }

  @Test
  void readsMessagesInWhateverPiecesTheyCome() {
    var all =
        join(
            ByteBuffer.allocate(8).putInt(8).putInt(SSL_REQUEST).array(),
            startup(),
            message('d', "x".repeat(2_000)),
            message('Q', "COMMIT\0"));
    int found = -1;
    for (int at = 0; at < all.length; at++) {
      if (watch.find(Arrays.copyOfRange(all, at, at + 1)) >= 0) {
        found = at;
      }
    }
    assertThat(found).isEqualTo(all.length - 1);
  }

  @Test
  void letsOtherProtocolsPass() {
    assertThat(watch.find("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII))).isEqualTo(-1);
    assertThat(watch.find("*1\r\n$4\r\nPING\r\n".getBytes(US_ASCII))).isEqualTo(-1);
  }

  private static byte[] startup() {
    return ByteBuffer.allocate(9).putInt(9).putInt(VERSION_3).put((byte) 0).array();
  }

  private static byte[] message(char type, String body) {
    return ByteBuffer.allocate(5 + body.length())
        .put((byte) type)
        .putInt(4 + body.length())
        .put(body.getBytes(US_ASCII))
        .array();
  }

  private static byte[] join(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (var part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
