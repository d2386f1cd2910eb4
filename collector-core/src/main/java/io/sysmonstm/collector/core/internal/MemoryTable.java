package io.sysmonstm.collector.core.internal;

import java.io.IOException;
import oshi.hardware.GlobalMemory;

/** The machine's memory. Confined to one thread. */
interface MemoryTable extends AutoCloseable {
  /**
   * What is read of it; bytes, negative where unknown.
   *
   * @param total of memory
   * @param available memory that programs could have
   * @param swapTotal of swap
   * @param swapUsed of swap
   * @param pagesIn pages read from swap so far
   * @param pagesOut pages written to swap so far
   */
  record Memory(
      long total, long available, long swapTotal, long swapUsed, long pagesIn, long pagesOut) {}

  /** The memory of a machine. */
  static MemoryTable of(OshiSystem system) {
    return system.isLinux()
        ? new ProcfsMemoryTable()
        : new OshiMemoryTable(system.hardware().getMemory());
  }

  /** Reads it. */
  Memory read() throws IOException;

  @Override
  void close();

  /** Read by OSHI. */
  record OshiMemoryTable(GlobalMemory memory) implements MemoryTable {
    @Override
    public Memory read() {
      var swap = memory.getVirtualMemory();
      return new Memory(
          memory.getTotal(),
          memory.getAvailable(),
          swap.getSwapTotal(),
          swap.getSwapUsed(),
          swap.getSwapPagesIn(),
          swap.getSwapPagesOut());
    }

    @Override
    public void close() {}
  }
}
