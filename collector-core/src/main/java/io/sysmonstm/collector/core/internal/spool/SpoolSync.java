package io.sysmonstm.collector.core.internal.spool;

/** When what is written is made safe against a loss of power. */
public enum SpoolSync {
  /** After each batch. */
  ALWAYS,
  /** Every five seconds. */
  INTERVAL,
  /** When the operating system sees fit. */
  OS
}
