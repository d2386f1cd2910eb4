package io.sysmonstm.web.helidon.internal.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Compresses answers for those that ask for it. */
public final class Gzip {
  // Below it, what is saved fits into the same packet.
  private static final int LEAST_BYTES = 1_024;
  private static final Pattern REFUSED = Pattern.compile(";\\s*q\\s*=\\s*0(\\.0*)?\\s*$");

  private Gzip() {}

  /**
   * {@return the answer, compressed where the call accepts that and it is large enough}
   *
   * @param call says what it accepts
   * @param answer not compressed yet
   */
  public static Answer compress(Call call, Answer answer) {
    if (answer.body().length < LEAST_BYTES) {
      return answer;
    }
    var varied = answer.with("Vary", "Accept-Encoding");
    if (!isAccepted(call)) {
      return varied;
    }
    return new Answer(varied.status(), varied.headers(), compress(answer.body()))
        .with("Content-Encoding", "gzip");
  }

  /**
   * {@return whether a call accepts it}
   *
   * @param call the call
   */
  public static boolean isAccepted(Call call) {
    var encodings = call.header("Accept-Encoding").orElse("");
    for (var encoding : encodings.split(",", -1)) {
      if (encoding.split(";", 2)[0].strip().equalsIgnoreCase("gzip")) {
        return !REFUSED.matcher(encoding).find();
      }
    }
    return false;
  }

  /** {@return the body, compressed} */
  static byte[] compress(byte[] body) {
    var out = new ByteArrayOutputStream(body.length / 4);
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
