package io.sysmonstm.collector.core.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.Names;

/** Makes text of the machine, which may be anything, fit for a label. */
final class LabelText {
  private LabelText() {}

  /** The text without control characters, cut to what a label may hold. */
  static String of(String text) {
    var clean = new StringBuilder(text.length());
    int bytes = 0;
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      int shown = Character.isISOControl(character) || isLone(character) ? '?' : character;
      bytes += Character.toString(shown).getBytes(UTF_8).length;
      if (bytes > Names.MAX_LABEL_BYTES) {
        break;
      }
      clean.appendCodePoint(shown);
      i += Character.charCount(character);
    }
    return clean.toString();
  }

  private static boolean isLone(int character) {
    return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
  }
}
