package io.sysmonstm.plugin.host;

/** How log lines are written. */
public enum LogFormat {
  /** One JSON object a line, for machines. */
  JSON,
  /** One line of text, for people at a terminal. */
  TEXT
}
