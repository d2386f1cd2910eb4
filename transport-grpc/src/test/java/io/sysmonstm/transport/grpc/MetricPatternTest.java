package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.transport.grpc.v1.Metric;
import io.sysmonstm.transport.grpc.v1.MetricType;
import java.io.ByteArrayInputStream;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MetricPatternTest {
  private static Metric.Builder metric() {
    return Metric.newBuilder()
        .setMachineId("web-1")
        .setHostname("web")
        .setTimestampMs(1_780_000_000_123L)
        .setType(MetricType.DISK_PERCENT)
        .setValue(41.5)
        .putLabels("mount", "/");
  }

  private static @Nullable MetricPattern pattern(Metric of) {
    return pattern(of.toByteArray());
  }

  // Neither feed nor series has a part in it.
  @SuppressWarnings("NullAway")
  private static @Nullable MetricPattern pattern(byte[] of) {
    return MetricPattern.of(of, null, null);
  }

  private static MetricPattern known() {
    var pattern = pattern(metric().build());
    if (pattern == null) {
      throw new AssertionError("no pattern of a plain metric");
    }
    return pattern;
  }

  @Test
  void anyTimeAndValueOfTheSameMetricIsRead() {
    var pattern = known();
    var random = new Random(5);
    for (int i = 0; i < 2_000; i++) {
      long millis = random.nextLong(1, Long.MAX_VALUE) >>> random.nextInt(62);
      double value = i % 10 == 0 ? 0 : Double.longBitsToDouble(random.nextLong());
      var message = metric().setTimestampMs(millis).setValue(value).build().toByteArray();
      if (millis > 0) {
        assertThat(pattern.matches(message)).isTrue();
        assertThat(pattern.timestampMillis()).isEqualTo(millis);
        assertThat(Double.doubleToLongBits(pattern.value()))
            .isEqualTo(Double.doubleToLongBits(value));
      }
    }
  }

  @Test
  void aPatternThatWasLearntFromZeroKnowsOtherValues() {
    var pattern = pattern(metric().setValue(0).build());
    assertThat(pattern).isNotNull();
    assertThat(pattern.matches(metric().build().toByteArray())).isTrue();
    assertThat(pattern.value()).isEqualTo(41.5);
  }

  @Test
  void otherMetricsDoNotMatch() {
    var pattern = known();
    for (var other :
        new Metric[] {
          metric().setMachineId("web-2").build(),
          metric().setHostname("other").build(),
          metric().clearHostname().build(),
          metric().setType(MetricType.CPU_PERCENT).build(),
          metric().setTypeValue(300).build(),
          metric().clearLabels().build(),
          metric().putLabels("mount", "/x").build(),
          metric().putLabels("device", "sda").build(),
          metric().setTimestampMs(0).build(),
          metric().setTimestampMs(-1).build(),
          metric()
              .setUnknownFields(
                  UnknownFieldSet.newBuilder()
                      .addField(9, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                      .build())
              .build(),
          Metric.getDefaultInstance()
        }) {
      assertThat(pattern.matches(other.toByteArray())).as("%s", other).isFalse();
    }
  }

  @Test
  void noPartAndNoneWithABrokenByteIsTakenForTheWhole() throws Exception {
    var pattern = known();
    var whole = metric().build().toByteArray();
    for (int length = 0; length < whole.length; length++) {
      assertThat(pattern.matches(java.util.Arrays.copyOf(whole, length))).isFalse();
    }
    for (int at = 0; at < whole.length; at++) {
      for (int change = 1; change < 256; change++) {
        var broken = whole.clone();
        broken[at] ^= (byte) change;
        if (pattern.matches(broken)) {
          var read = Metric.parseFrom(broken);
          assertThat(read)
              .isEqualTo(
                  metric()
                      .setTimestampMs(pattern.timestampMillis())
                      .setValue(pattern.value())
                      .build());
        }
      }
    }
  }

  @Test
  void aMetricWhoseLaterFieldsCountInsteadHasNoPattern() {
    var second = Metric.newBuilder().setValue(7).build().toByteString();
    var twice = metric().build().toByteString().concat(second).toByteArray();
    assertThat(pattern(twice)).isNull();
    var machine = Metric.newBuilder().setMachineId("web-2").build().toByteString();
    assertThat(pattern(metric().build().toByteString().concat(machine).toByteArray())).isNull();
    assertThat(pattern(machine.concat(metric().build().toByteString()).toByteArray())).isNull();
  }

  @Test
  void whatIsNoMetricIsToldSo() {
    var broken = ByteString.copyFrom(new byte[] {0x0A, 0x7F, 1}).toByteArray();
    var message = new MetricMarshaller().parse(new ByteArrayInputStream(broken));
    assertThat(message).isEqualTo(broken);
    assertThatThrownBy(() -> MetricMarshaller.parse(message))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("cannot be parsed");
  }
}
