package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Series;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import io.sysmonstm.transport.grpc.v1.Process;
import io.sysmonstm.transport.grpc.v1.SeriesDeclaration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a collector writes is what the generated classes read, field by field. */
class WireMessageTest {
  private static final UUID EPOCH = new UUID(1, -2);
  private static final UUID INSTANCE = new UUID(-3, 4);
  private static final UUID EARLIER = new UUID(5, 6);

  private final SeriesRegistry registry = new SeriesRegistry();

  private static IngestRequest parse(byte[] bytes) throws InvalidProtocolBufferException {
    return IngestRequest.parseFrom(bytes);
  }

  private static Hello hello(Resource resource) {
    return new Hello(
        "m1", EPOCH, INSTANCE, resource, Instant.ofEpochMilli(1_234), 7, Duration.ofSeconds(5));
  }

  @Test
  void writesAhello() throws Exception {
    var resource =
        Resource.builder("h\u00f6st")
            .os("Debian")
            .osVersion("12")
            .arch("amd64")
            .cpuModel("EPYC")
            .logicalCpus(2)
            .memoryBytes(1L << 40)
            .bootTime(Instant.ofEpochMilli(99))
            .collectorVersion("0.1")
            .tags(Map.of("env", "test", "empty", ""))
            .build();
    var expected =
        io.sysmonstm.transport.grpc.v1.Hello.newBuilder()
            .setMachineId("m1")
            .setEpoch(Ids.bytes(EPOCH))
            .setInstance(Ids.bytes(INSTANCE))
            .setSentAtMs(1_234)
            .setSamplesDropped(7)
            .setIntervalMs(5_000)
            .setResource(
                io.sysmonstm.transport.grpc.v1.Resource.newBuilder()
                    .setHostname("h\u00f6st")
                    .setOs("Debian")
                    .setOsVersion("12")
                    .setArch("amd64")
                    .setCpuModel("EPYC")
                    .setLogicalCpus(2)
                    .setMemoryBytes(1L << 40)
                    .setBootTimeMs(99)
                    .setCollectorVersion("0.1")
                    .putTags("env", "test")
                    .putTags("empty", ""));
    assertThat(parse(HelloCodec.encode(hello(resource))))
        .isEqualTo(IngestRequest.newBuilder().setHello(expected).build());
  }

  @Test
  void aHelloThatSaysLittleIsStillAhello() throws Exception {
    var little = parse(HelloCodec.encode(hello(Resource.builder("h").build())));
    assertThat(little.getHello().getResource().getTagsMap()).isEmpty();
    var read = HelloCodec.decode(little.getHello());
    assertThat(read.machineId()).isEqualTo("m1");
    assertThat(read.resource().hostname()).isEqualTo("h");
    assertThat(read.resource().bootTime()).isEmpty();
  }

  private Batch batch(UUID epoch, List<TopProcess> processes, boolean replay, double... values) {
    var series = new Series[values.length];
    for (int i = 0; i < values.length; i++) {
      var labels = Labels.of(Map.of("core", "" + i % 3, "kind", "x"));
      series[i] = registry.intern("m1", "cpu_percent_per_core", labels).orElseThrow();
    }
    return new Batch("m1", epoch, 1L << 33, 1_767_225_600_123L, series, values, processes, replay);
  }

  @Test
  void writesAbatch() throws Exception {
    var processes = List.of(new TopProcess(41, "java", "root", 12.5, 1L << 33));
    var wire =
        io.sysmonstm.transport.grpc.v1.Batch.newBuilder()
            .setSeq(1L << 33)
            .setEpoch(Ids.bytes(EARLIER))
            .setObservedAtMs(1_767_225_600_123L)
            .addAllSeriesDelta(List.of(0, 1, 1, -2))
            .addAllValue(List.of(0.0, -0.0, Double.MAX_VALUE, 1.5))
            .addTopProcesses(
                Process.newBuilder()
                    .setPid(41)
                    .setName("java")
                    .setUser("root")
                    .setCpuPercent(12.5)
                    .setRssBytes(1L << 33))
            .setReplay(true);
    for (int id = 0; id < 3; id++) {
      wire.addDeclare(
          SeriesDeclaration.newBuilder()
              .setId(id)
              .setMetric("cpu_percent_per_core")
              .putLabels("core", "" + id)
              .putLabels("kind", "x"));
    }
    var written =
        new BatchEncoder(EPOCH)
            .encode(batch(EARLIER, processes, true, 0.0, -0.0, Double.MAX_VALUE, 1.5));
    assertThat(parse(written)).isEqualTo(IngestRequest.newBuilder().setBatch(wire).build());
  }

  @Test
  void declaresAseriesOnceAndLeavesOutTheEpochOfTheHello() throws Exception {
    var encoder = new BatchEncoder(EPOCH);
    encoder.encode(batch(EPOCH, List.of(), false, 1, 2));
    var second = parse(encoder.encode(batch(EPOCH, List.of(), false, 3, 4, 5))).getBatch();
    assertThat(second.getEpoch()).isEqualTo(ByteString.EMPTY);
    assertThat(second.getReplay()).isFalse();
    assertThat(second.getDeclareList()).extracting(SeriesDeclaration::getId).containsExactly(2);
    assertThat(second.getSeriesDeltaList()).containsExactly(0, 1, 1);
    assertThat(second.getValueList()).containsExactly(3.0, 4.0, 5.0);
  }

  @Test
  void aBatchWithoutSamplesHasNoneOnTheWire() throws Exception {
    var empty = parse(new BatchEncoder(EPOCH).encode(batch(EPOCH, List.of(), false))).getBatch();
    assertThat(empty.getValueCount()).isZero();
    assertThat(empty.getSeriesDeltaCount()).isZero();
    assertThat(empty.getSeq()).isEqualTo(1L << 33);
  }
}
