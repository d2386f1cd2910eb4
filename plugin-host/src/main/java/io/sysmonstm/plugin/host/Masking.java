package io.sysmonstm.plugin.host;

import io.sysmonstm.api.Names;
import io.sysmonstm.spi.Setting;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;

/** How values are shown: never a secret, nor a password inside a URL. */
final class Masking {
  static final String MASK = "***";

  private static final Pattern USER_INFO = Pattern.compile("(://[^/@\\s:]*:)[^/@\\s]*@");
  private static final Pattern PARAMETER =
      Pattern.compile("(?i)([?&;](?:password|token|secret|sslpassword)=)[^&;,\\s]*");

  private Masking() {}

  static String masked(Setting<?> setting, String text) {
    if (setting.secret()) {
      return text.isEmpty() ? text : MASK;
    }
    var withoutUser = USER_INFO.matcher(text).replaceAll("$1" + MASK + "@");
    return PARAMETER.matcher(withoutUser).replaceAll("$1" + MASK);
  }

  /** A value for a message: masked, short, and without control characters. */
  static String shown(Setting<?> setting, String text) {
    return Names.shown(masked(setting, text));
  }

  /** Why a file could not be read or written, without its content and in words. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file";
      case AccessDeniedException denied -> "permission denied";
      case CharacterCodingException malformed -> "not UTF-8";
      default -> String.valueOf(e.getMessage());
    };
  }
}
