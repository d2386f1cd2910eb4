package io.sysmonstm.transport.grpc;

import io.sysmonstm.api.Names;
import io.sysmonstm.api.Resource;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.transport.grpc.v1.IngestRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The hello as a message, and back. What comes from the wire is cut to what can be stored and
 * shown.
 */
final class HelloCodec {
  private static final Duration USUAL_INTERVAL = Duration.ofSeconds(5);
  private static final int MAX_TAGS = 64;
  private static final int MAX_TEXT = 256;

  private HelloCodec() {}

  static IngestRequest encode(Hello hello) {
    return IngestRequest.newBuilder()
        .setHello(
            io.sysmonstm.transport.grpc.v1.Hello.newBuilder()
                .setMachineId(hello.machineId())
                .setEpoch(Ids.bytes(hello.epoch()))
                .setInstance(Ids.bytes(hello.instance()))
                .setResource(encode(hello.resource()))
                .setSentAtMs(hello.sentAt().toEpochMilli())
                .setSamplesDropped(hello.samplesDropped())
                .setIntervalMs((int) Math.min(hello.interval().toMillis(), Integer.MAX_VALUE)))
        .build();
  }

  private static io.sysmonstm.transport.grpc.v1.Resource encode(Resource resource) {
    return io.sysmonstm.transport.grpc.v1.Resource.newBuilder()
        .setHostname(resource.hostname())
        .setOs(resource.os())
        .setOsVersion(resource.osVersion())
        .setArch(resource.arch())
        .setCpuModel(resource.cpuModel())
        .setLogicalCpus(resource.logicalCpus())
        .setMemoryBytes(resource.memoryBytes())
        .setBootTimeMs(resource.bootTime().map(Instant::toEpochMilli).orElse(0L))
        .setCollectorVersion(resource.collectorVersion())
        .putAllTags(resource.tags())
        .build();
  }

  static Hello decode(io.sysmonstm.transport.grpc.v1.Hello wire) {
    Names.machineIdProblem(wire.getMachineId())
        .ifPresent(
            problem -> {
              throw Statuses.invalid("Hello: " + problem);
            });
    return new Hello(
        wire.getMachineId(),
        Ids.uuid(wire.getEpoch(), "Hello with an epoch"),
        Ids.uuid(wire.getInstance(), "Hello with an instance"),
        decode(wire.getResource(), wire.getMachineId()),
        Instant.ofEpochMilli(wire.getSentAtMs()),
        atMostMax(wire.getSamplesDropped()),
        wire.getIntervalMs() == 0
            ? USUAL_INTERVAL
            : Duration.ofMillis(Integer.toUnsignedLong(wire.getIntervalMs())));
  }

  private static Resource decode(io.sysmonstm.transport.grpc.v1.Resource wire, String machineId) {
    var resource =
        Resource.builder(hostname(wire.getHostname(), machineId))
            .os(text(wire.getOs()))
            .osVersion(text(wire.getOsVersion()))
            .arch(text(wire.getArch()))
            .cpuModel(text(wire.getCpuModel()))
            .logicalCpus(Math.max(wire.getLogicalCpus(), 0))
            .memoryBytes(atMostMax(wire.getMemoryBytes()))
            .collectorVersion(text(wire.getCollectorVersion()))
            .tags(tags(wire.getTagsMap()));
    if (wire.getBootTimeMs() > 0) {
      resource.bootTime(Instant.ofEpochMilli(wire.getBootTimeMs()));
    }
    return resource.build();
  }

  /** The host name to show for a machine that may not tell its own. */
  static String hostname(String sent, String machineId) {
    var shown = text(sent);
    return shown.isBlank() ? machineId : shown;
  }

  private static Map<String, String> tags(Map<String, String> sent) {
    var tags = new LinkedHashMap<String, String>();
    for (var tag : sent.entrySet()) {
      if (tags.size() < MAX_TAGS) {
        tags.put(text(tag.getKey()), text(tag.getValue()));
      }
    }
    return tags;
  }

  /** A text without control characters, cut to a length that a page and a column take. */
  static String text(String sent) {
    var cut = sent.length() > MAX_TEXT ? sent.substring(0, MAX_TEXT) : sent;
    for (int i = 0; i < cut.length(); i++) {
      if (Character.isISOControl(cut.charAt(i))) {
        return cut.replaceAll("\\p{Cntrl}", "?");
      }
    }
    return cut;
  }

  static long atMostMax(long unsigned) {
    return unsigned < 0 ? Long.MAX_VALUE : unsigned;
  }
}
