package io.sysmonstm.collector.core;

import java.util.List;

/**
 * What the OSHI sources leave out. Immutable.
 *
 * @param skippedInterfaces network interfaces, by name or, with a star at the end, by how the name
 *     begins; loopback interfaces are left out whatever they are called
 * @param skippedMounts mount points of file systems, by name or by how they begin
 * @param topProcesses how many processes are named among the top ones, 0 to 10; none with 0
 */
public record OshiOptions(
    List<String> skippedInterfaces, List<String> skippedMounts, int topProcesses) {
  /** The most top processes of a cycle. */
  public static final int MAX_TOP_PROCESSES = 10;

  private static final OshiOptions DEFAULTS =
      new OshiOptions(List.of("veth*", "docker*"), List.of(), MAX_TOP_PROCESSES);

  /**
   * Checks the number and copies the lists.
   *
   * @throws IllegalArgumentException where the number is not 0 to 10
   */
  public OshiOptions {
    skippedInterfaces = List.copyOf(skippedInterfaces);
    skippedMounts = List.copyOf(skippedMounts);
    if (topProcesses < 0 || topProcesses > MAX_TOP_PROCESSES) {
      throw new IllegalArgumentException(
          "%d top processes: expected 0 to %d".formatted(topProcesses, MAX_TOP_PROCESSES));
    }
  }

  /**
   * {@return without interfaces of containers ({@code veth*}, {@code docker*}), with all ten top
   * processes}
   */
  public static OshiOptions defaults() {
    return DEFAULTS;
  }
}
