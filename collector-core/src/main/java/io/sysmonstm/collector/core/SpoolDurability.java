package io.sysmonstm.collector.core;

import io.sysmonstm.collector.core.internal.spool.SpoolSync;

/** What a loss of power can take from a spool on disk. The end of the process takes nothing. */
public enum SpoolDurability {
  /** Nothing that was collected: the disk is waited for after each batch. */
  ALWAYS(SpoolSync.ALWAYS),
  /** What was collected in the last five seconds. */
  INTERVAL(SpoolSync.INTERVAL),
  /** What the operating system has not written yet, often half a minute. */
  OS(SpoolSync.OS);

  final SpoolSync sync;

  SpoolDurability(SpoolSync sync) {
    this.sync = sync;
  }
}
