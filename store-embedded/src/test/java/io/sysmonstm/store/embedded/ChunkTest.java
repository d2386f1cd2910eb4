package io.sysmonstm.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Aggregation;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChunkTest {
  private final ChunkWriter writer = new ChunkWriter();
  private final ChunkReader reader = new ChunkReader();

  @AfterEach
  void close() {
    writer.close();
    reader.close();
  }

  @Test
  void keepsSamplesBitForBit() throws DamagedChunkException {
    var random = new Random(1);
    for (int size : new int[] {0, 1, 2, 63, 64, 65, 3_600}) {
      var run = new SampleRun();
      for (int i = 0; i < size; i++) {
        run.add(random.nextLong(Span.MAX_MILLIS), Double.longBitsToDouble(random.nextLong()));
      }
      var read = SampleRun.unpack(run.pack(writer), reader);

      assertThat(read.times()).containsExactly(run.times());
      assertThat(bits(read.values())).containsExactly(bits(run.values()));
    }
  }

  @Test
  void keepsTheEndsOfWhatADoubleCanBe() throws DamagedChunkException {
    var run = new SampleRun();
    for (double value :
        new double[] {0.0, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, 1e-300}) {
      run.add(5, value);
    }

    assertThat(bits(SampleRun.unpack(run.pack(writer), reader).values()))
        .containsExactly(bits(run.values()));
  }

  @Test
  void keepsRollupsBitForBit() throws DamagedChunkException {
    var random = new Random(2);
    var rollups = new Rollups(60_000);
    for (int i = 0; i < 500; i++) {
      rollups.add(random.nextLong(3_600_000), random.nextGaussian());
    }
    var read = Rollups.unpack(rollups.pack(writer), reader, 60_000);

    assertThat(read.starts()).containsExactly(rollups.starts());
    for (var aggregation : Aggregation.values()) {
      assertThat(bits(read.values(aggregation))).containsExactly(bits(rollups.values(aggregation)));
    }
  }

  @Test
  void isSmallForValuesThatSeldomChange() {
    var run = new SampleRun();
    for (int i = 0; i < 720; i++) {
      run.add(1_700_000_000_000L + i * 5_000L, 8_589_934_592.0);
    }

    assertThat(run.pack(writer)).hasSizeLessThan(100);
  }

  @Test
  void ofOneConstantHasExactlyThatAsItsMean() {
    var rollups = new Rollups(60_000);
    for (int i = 0; i < 12; i++) {
      rollups.add(i, 0.1);
    }

    assertThat(rollups.values(Aggregation.AVG)).containsExactly(0.1);
  }

  @Test
  void thatIsDamagedIsNoticed() {
    var run = new SampleRun();
    for (int i = 0; i < 100; i++) {
      run.add(i, Math.sin(i));
    }
    var chunk = run.pack(writer);

    for (int length = 0; length < chunk.length; length++) {
      var cut = Arrays.copyOf(chunk, length);
      assertThatExceptionOfType(DamagedChunkException.class)
          .isThrownBy(() -> SampleRun.unpack(cut, reader));
    }
    for (int at = 1; at < chunk.length; at++) {
      var changed = chunk.clone();
      changed[at] ^= 1;
      assertThatExceptionOfType(DamagedChunkException.class)
          .isThrownBy(() -> SampleRun.unpack(changed, reader));
    }
  }

  private static long[] bits(double[] values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }
}
