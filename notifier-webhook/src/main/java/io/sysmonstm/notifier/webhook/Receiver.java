package io.sysmonstm.notifier.webhook;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.NoticeText;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLSocketFactory;

/** Who is told over HTTP: signs requests, understands answers, and waits where it is asked to. */
final class Receiver {
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
  private static final int SHOWN = 200;
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
  private static final Set<String> OURS =
      Set.of("host", "connection", "content-length", "content-type", "transfer-encoding");

  private final HttpPost post;
  private final Target target;
  private final Credentials credentials;
  private final TimeSource time;
  // By the monotonic clock; until when the receiver asked to be left alone.
  private final AtomicReference<Optional<Long>> waitUntil = new AtomicReference<>(Optional.empty());

  /**
   * What the receiver knows us by.
   *
   * @param headers further headers, by name
   * @param secret what requests are signed with
   */
  record Credentials(Map<String, String> headers, Optional<String> secret) {
    Credentials {
      headers = Map.copyOf(headers);
      headers.forEach(
          (name, value) -> {
            if (!TOKEN.matcher(name).matches() || OURS.contains(name.toLowerCase(Locale.ROOT))) {
              throw new ConfigException(
                  List.of("headers has %s: expected a name that is free".formatted(name)));
            }
            if (!value.chars().allMatch(c -> c >= ' ' && c != 127)) {
              throw new ConfigException(
                  List.of("headers.%s has control characters: expected one line".formatted(name)));
            }
          });
    }
  }

  Receiver(
      Target target,
      AddressGuard guard,
      SSLSocketFactory tls,
      Credentials credentials,
      ProviderContext context) {
    this.target = target;
    this.credentials = credentials;
    this.time = context.time();
    this.post = new HttpPost(target, guard, tls, TIMEOUT, context.executor());
  }

  /** Sends a message, which is told when this returns. */
  void send(String key, Message message) throws IOException, InterruptedException {
    long now = time.nanoTime();
    if (waitUntil.get().filter(end -> end - now > 0).isPresent()) {
      throw new IOException(target.authority() + " asked not to be told more for a while");
    }
    var body = message.body().getBytes(StandardCharsets.UTF_8);
    var reply = post.send(headers(key, message.contentType(), body), body);
    if (reply.isSuccess()) {
      waitUntil.set(Optional.empty());
      return;
    }
    if (reply.status() == 429 || reply.status() >= 500) {
      waitUntil.set(
          Optional.ofNullable(reply.headers().get("retry-after"))
              .flatMap(this::duration)
              .map(wait -> now + wait.toNanos()));
    }
    throw new IOException(
        "%s answered %d: %s"
            .formatted(target.authority(), reply.status(), withoutSecrets(reply.body())));
  }

  private Map<String, String> headers(String key, String contentType, byte[] body) {
    var headers = new LinkedHashMap<String, String>(credentials.headers);
    headers.putIfAbsent("User-Agent", "sysmonstm");
    headers.put("Content-Type", contentType);
    headers.put("Idempotency-Key", key.replaceAll("[^A-Za-z0-9-]", "-"));
    credentials.secret.ifPresent(
        secret -> {
          var timestamp = String.valueOf(time.instant().getEpochSecond());
          headers.put("X-Sysmonstm-Timestamp", timestamp);
          headers.put("X-Sysmonstm-Signature", "sha256=" + signature(secret, timestamp, body));
        });
    return headers;
  }

  private static String signature(String secret, String timestamp, byte[] body) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((timestamp + ".").getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads seconds or a date. */
  private Optional<Duration> duration(String retryAfter) {
    try {
      var wait =
          retryAfter.matches("[0-9]{1,9}")
              ? Duration.ofSeconds(Long.parseLong(retryAfter))
              : Duration.between(
                  time.instant(),
                  ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME));
      return Optional.of(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    } catch (DateTimeParseException notADate) {
      return Optional.empty();
    }
  }

  /** The beginning of an answer; one that repeats what it was sent is not to show it. */
  private String withoutSecrets(String answer) {
    var shown = answer;
    for (var value : credentials.headers.values()) {
      shown = value.isEmpty() ? shown : shown.replace(value, "***");
    }
    shown = target.path().length() > 1 ? shown.replace(target.path(), "***") : shown;
    return NoticeText.cut(NoticeText.line(shown), SHOWN);
  }
}
