package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Takes paths and queries apart. */
final class Paths {
  private Paths() {}

  /**
   * {@return the segments of a path, decoded one by one, so that an encoded slash stays part of its
   * segment}
   */
  static List<String> segments(String rawPath) {
    var path = rawPath.startsWith("/") ? rawPath.substring(1) : rawPath;
    return path.isEmpty()
        ? List.of()
        : Stream.of(path.split("/", -1))
            .map(segment -> decode(segment.replace("+", "%2B")))
            .toList();
  }

  /** {@return a text of a query, decoded} */
  static String decode(String raw) {
    try {
      return URLDecoder.decode(raw, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new RequestException(
          ErrorCode.INVALID_ARGUMENT,
          "'%s' in the address is not valid: expected two hexadecimal digits after each %%"
              .formatted(Names.shown(raw)),
          e);
    }
  }
}
