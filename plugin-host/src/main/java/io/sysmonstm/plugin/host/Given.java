package io.sysmonstm.plugin.host;

/**
 * A value as somebody wrote it, not yet parsed.
 *
 * @param text the value; items of a list joined by commas
 * @param form how it was written
 * @param source where, as messages show it: {@code file sysmonstm.yaml:12}
 */
record Given(String text, Form form, String source) {
  enum Form {
    TEXT,
    /** A list in a file. */
    LIST,
    /** A flag without a value. */
    BARE,
    /** A key in a file with nothing behind it; the same as if it were not there. */
    EMPTY
  }
}
