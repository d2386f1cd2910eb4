package io.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ResourceTest {
  private static Resource.Builder some() {
    return Resource.builder("host").os("Linux").bootTime(Instant.EPOCH).tags(Map.of("env", "prod"));
  }

  @Test
  void isEqualToWhatSaysTheSame() {
    assertThat(some().build()).isEqualTo(some().build()).hasSameHashCodeAs(some().build());
    assertThat(some().build().toBuilder().build()).isEqualTo(some().build());
  }

  @Test
  void isAnotherWithAnyOtherPart() {
    var parts =
        Map.<String, UnaryOperator<Resource.Builder>>of(
            "os", it -> it.os("FreeBSD"),
            "os version", it -> it.osVersion("6.12"),
            "arch", it -> it.arch("amd64"),
            "model", it -> it.cpuModel("some"),
            "cpus", it -> it.logicalCpus(8),
            "memory", it -> it.memoryBytes(1),
            "boot", it -> it.bootTime(Instant.EPOCH.plusMillis(1)),
            "version", it -> it.collectorVersion("1"),
            "tags", it -> it.tags(Map.of()));
    parts.forEach(
        (part, change) ->
            assertThat(change.apply(some()).build()).as(part).isNotEqualTo(some().build()));
    assertThat(Resource.builder("other").build()).isNotEqualTo(Resource.builder("host").build());
  }
}
