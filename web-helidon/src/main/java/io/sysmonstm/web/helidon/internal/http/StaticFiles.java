package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.web.helidon.Dashboard;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files from a module's resources, the dashboard's above all, which are few and small, and so are
 * kept in memory once they were asked for. Browsers keep them too and ask whether they are still
 * good, so that an update shows at once. Thread-safe.
 */
public final class StaticFiles {
  private static final int MAX_PATH = 256;
  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("txt", "text/plain; charset=utf-8"));
  private static final int TAG_BYTES = 12;
  private static final Pattern COMPRESSED = Pattern.compile("^text/|json|svg");
  private static final int LEAST_COMPRESSED = 512;

  /** Where the resources lie. */
  @FunctionalInterface
  public interface Source {
    /** {@return a resource, null where there is none} */
    @Nullable InputStream open(String name);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record File(String type, String tag, byte[] bytes, Optional<byte[]> compressed) {}

  private final Source source;
  private final Map<String, File> files = new ConcurrentHashMap<>();

  /**
   * Creates a set that has read nothing yet.
   *
   * @param source where resources are read, by their path without the first slash
   */
  public StaticFiles(Source source) {
    this.source = source;
  }

  /** {@return the set of the dashboard} */
  public static StaticFiles ofDashboard() {
    return new StaticFiles(Dashboard::open);
  }

  /** {@return the answer with the file that a call asks for, empty where there is none} */
  Optional<Answer> find(Call call) {
    var path = call.path().equals("/") ? "/index.html" : call.path();
    if (!isName(path)) {
      return Optional.empty();
    }
    var type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null) {
      return Optional.empty();
    }
    var file = files.get(path);
    if (file == null) {
      file = read(path, type);
      if (file == null) {
        return Optional.empty();
      }
      files.put(path, file);
    }
    return Optional.of(answer(call, file));
  }

  // Segment by segment: a pattern of the whole would take a stack as deep as the path.
  private static boolean isName(String path) {
    return path.length() <= MAX_PATH
        && path.startsWith("/")
        && Stream.of(path.substring(1).split("/", -1))
            .allMatch(segment -> SEGMENT.matcher(segment).matches());
  }

  private @Nullable File read(String path, String type) {
    try (var in = source.open(path.substring(1))) {
      if (in == null) {
        return null;
      }
      var bytes = in.readAllBytes();
      return new File(type, tag(bytes), bytes, compressed(type, bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Once, since all of them are read by every browser. What is small, or an image, gains nothing.
  private static Optional<byte[]> compressed(String type, byte[] bytes) {
    return COMPRESSED.matcher(type).find() && bytes.length >= LEAST_COMPRESSED
        ? Optional.of(Gzip.compress(bytes))
        : Optional.empty();
  }

  private static String tag(byte[] bytes) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return '"' + HexFormat.of().formatHex(hash, 0, TAG_BYTES) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static Answer answer(Call call, File file) {
    var compressed = file.compressed.filter(bytes -> Gzip.isAccepted(call));
    // Two forms of a file are two things to a cache.
    var tag = compressed.isPresent() ? file.tag.replaceFirst("\"$", "-gzip\"") : file.tag;
    boolean known =
        call.header("If-None-Match")
            .filter(tags -> tags.equals("*") || tags.contains(tag))
            .isPresent();
    var body = compressed.orElse(file.bytes);
    var answer = known ? Answer.empty(304) : Answer.of(200, file.type, body);
    if (file.compressed.isPresent()) {
      answer = answer.with("Vary", "Accept-Encoding");
    }
    if (compressed.isPresent() && !known) {
      answer = answer.with("Content-Encoding", "gzip");
    }
    return answer.with("ETag", tag).with("Cache-Control", "no-cache");
  }
}
