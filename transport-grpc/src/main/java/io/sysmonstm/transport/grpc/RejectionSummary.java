package io.sysmonstm.transport.grpc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was refused of a stream of single metrics, by reason, with an example of each. Guarded by
 * its owner.
 */
final class RejectionSummary {
  private static final class Refused {
    final String example;
    long count;

    Refused(String example) {
      this.example = example;
    }
  }

  // Reasons are a closed set, so that this stays small.
  private final Map<String, Refused> byReason = new LinkedHashMap<>();
  private long total;

  void add(String reason, int count, String example) {
    byReason.computeIfAbsent(reason, first -> new Refused(example)).count += count;
    total += count;
  }

  long total() {
    return total;
  }

  /** For people: empty where nothing was refused. */
  @Override
  public String toString() {
    return byReason.isEmpty()
        ? ""
        : byReason.entrySet().stream()
            .map(
                entry ->
                    "%d %s (%s)"
                        .formatted(
                            entry.getValue().count, entry.getKey(), entry.getValue().example))
            .collect(Collectors.joining(", ", "rejected: ", ""));
  }
}
