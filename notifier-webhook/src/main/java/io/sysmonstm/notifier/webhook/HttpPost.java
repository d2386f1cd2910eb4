package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.NoticeText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends POST requests to one target, each on a connection of its own. Not by the JDK's HTTP client,
 * which looks up names by itself: here the address that the guard has looked at is the one that is
 * connected to, and TLS still checks the name. Follows no redirect and no proxy.
 */
final class HttpPost {
  private static final int MAX_HEAD = 16_384;
  private static final int MAX_BODY = 1_024;

  private final Target target;
  private final AddressGuard guard;
  private final SSLSocketFactory tls;
  private final Duration timeout;
  private final ExecutorService executor;

  /** What came back; the body only of a failure, and only its beginning. */
  record Reply(int status, Map<String, String> headers, String body) {
    boolean isSuccess() {
      return status >= 200 && status < 300;
    }
  }

  HttpPost(
      Target target,
      AddressGuard guard,
      SSLSocketFactory tls,
      Duration timeout,
      ExecutorService executor) {
    this.target = target;
    this.guard = guard;
    this.tls = tls;
    this.timeout = timeout;
    this.executor = executor;
  }

  /** Sends one request; by the deadline there is an answer or an exception. */
  Reply send(Map<String, String> headers, byte[] body) throws IOException, InterruptedException {
    var exchange = executor.submit(() -> exchange(headers, body));
    try {
      return exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "%s does not answer within %d ms".formatted(target.authority(), timeout.toMillis()), e);
    } catch (ExecutionException e) {
      throw new IOException(
          "%s cannot be told: %s".formatted(target.authority(), NoticeText.line(reason(e))), e);
    } finally {
      // Ends what still waits for the network: it runs on a virtual thread.
      exchange.cancel(true);
    }
  }

  private static String reason(ExecutionException failure) {
    var cause = failure.getCause();
    return cause == null ? failure.toString() : String.valueOf(cause.getMessage());
  }

  private Reply exchange(Map<String, String> headers, byte[] body) throws IOException {
    try (var socket = connect()) {
      var out = socket.getOutputStream();
      out.write(head(headers, body.length));
      out.write(body);
      out.flush();
      return reply(socket.getInputStream());
    }
  }

  private Socket connect() throws IOException {
    IOException last = null;
    for (var address : guard.addresses(target.name())) {
      try {
        return connect(address);
      } catch (IOException e) {
        last = e;
      }
    }
    throw last == null ? new IOException("no address") : last;
  }

  private Socket connect(InetAddress address) throws IOException {
    var socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(address, target.port()), (int) timeout.toMillis());
      socket.setSoTimeout((int) timeout.toMillis());
      return target.secure() ? secured(socket) : socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private Socket secured(Socket socket) throws IOException {
    var secured = (SSLSocket) tls.createSocket(socket, target.name(), target.port(), true);
    var parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }

  private byte[] head(Map<String, String> headers, int length) {
    var head =
        new StringBuilder("POST ")
            .append(target.path())
            .append(" HTTP/1.1\r\nHost: ")
            .append(target.authority())
            .append("\r\nConnection: close\r\nContent-Length: ")
            .append(length)
            .append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Reply reply(InputStream in) throws IOException {
    var head = head(in);
    while (head.startsWith("HTTP/1.1 1")) {
      head = head(in);
    }
    var lines = head.split("\r\n", -1);
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.put(lines[i].substring(0, colon).strip(), lines[i].substring(colon + 1).strip());
      }
    }
    var reply = new Reply(status(lines[0]), headers, "");
    return reply.isSuccess() ? reply : new Reply(reply.status(), headers, body(in, headers));
  }

  private static int status(String line) throws IOException {
    if (line.length() < 12 || !line.matches("HTTP/1\\.[01] [1-5][0-9][0-9].*")) {
      throw new IOException("the answer is not HTTP");
    }
    return Integer.parseInt(line.substring(9, 12));
  }

  private static String head(InputStream in) throws IOException {
    var head = new ByteArrayOutputStream(512);
    int matched = 0;
    while (matched < 4) {
      int next = in.read();
      if (next < 0 || head.size() >= MAX_HEAD) {
        throw new IOException(next < 0 ? "the answer breaks off" : "the answer has no end");
      }
      head.write(next);
      boolean goesOn = next == (matched % 2 == 0 ? '\r' : '\n');
      matched = goesOn ? matched + 1 : next == '\r' ? 1 : 0;
    }
    return head.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  /** Returns the beginning of a body; only to be shown, so that a failure to read it is none. */
  private static String body(InputStream in, Map<String, String> headers) {
    try {
      int most =
          Math.min(MAX_BODY, Integer.parseInt(headers.getOrDefault("content-length", "1024")));
      return new String(in.readNBytes(most), StandardCharsets.UTF_8);
    } catch (IOException | IllegalArgumentException notReadable) {
      return "";
    }
  }
}
