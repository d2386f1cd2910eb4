package io.sysmonstm.transport.grpc;

import static io.sysmonstm.transport.grpc.v1.Hello.EPOCH_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Hello.INSTANCE_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Hello.INTERVAL_MS_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Hello.MACHINE_ID_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Hello.RESOURCE_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Hello.SAMPLES_DROPPED_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Hello.SENT_AT_MS_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Resource.ARCH_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Resource.BOOT_TIME_MS_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Resource.COLLECTOR_VERSION_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Resource.CPU_MODEL_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Resource.HOSTNAME_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Resource.LOGICAL_CPUS_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Resource.MEMORY_BYTES_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Resource.OS_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Resource.OS_VERSION_FIELD_NUMBER;
import static io.sysmonstm.transport.grpc.v1.Resource.TAGS_FIELD_NUMBER;

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

  /** The bytes of an {@link IngestRequest}. */
  static byte[] encode(Hello hello) {
    var wire =
        new WireMessage()
            .text(MACHINE_ID_FIELD_NUMBER, hello.machineId())
            .id(EPOCH_FIELD_NUMBER, hello.epoch())
            .id(INSTANCE_FIELD_NUMBER, hello.instance())
            .message(RESOURCE_FIELD_NUMBER, encode(hello.resource()))
            .number(SENT_AT_MS_FIELD_NUMBER, hello.sentAt().toEpochMilli())
            .number(SAMPLES_DROPPED_FIELD_NUMBER, hello.samplesDropped())
            .number(
                INTERVAL_MS_FIELD_NUMBER, Math.min(hello.interval().toMillis(), Integer.MAX_VALUE));
    return new WireMessage().message(IngestRequest.HELLO_FIELD_NUMBER, wire).toByteArray();
  }

  private static WireMessage encode(Resource resource) {
    return new WireMessage()
        .text(HOSTNAME_FIELD_NUMBER, resource.hostname())
        .text(OS_FIELD_NUMBER, resource.os())
        .text(OS_VERSION_FIELD_NUMBER, resource.osVersion())
        .text(ARCH_FIELD_NUMBER, resource.arch())
        .text(CPU_MODEL_FIELD_NUMBER, resource.cpuModel())
        .number(LOGICAL_CPUS_FIELD_NUMBER, resource.logicalCpus())
        .number(MEMORY_BYTES_FIELD_NUMBER, resource.memoryBytes())
        .number(
            BOOT_TIME_MS_FIELD_NUMBER, resource.bootTime().map(Instant::toEpochMilli).orElse(0L))
        .text(COLLECTOR_VERSION_FIELD_NUMBER, resource.collectorVersion())
        .map(TAGS_FIELD_NUMBER, resource.tags());
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
