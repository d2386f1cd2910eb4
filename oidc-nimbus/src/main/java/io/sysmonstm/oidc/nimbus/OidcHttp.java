package io.sysmonstm.oidc.nimbus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import io.sysmonstm.spi.Endpoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How the SDK reaches the provider: with a deadline for the whole of an answer, which is bounded,
 * and without following redirects. Thread-safe.
 */
final class OidcHttp implements HTTPRequestSender, ResourceRetriever, AutoCloseable {
  /** More than the metadata and keys of any provider. */
  static final int MOST_BYTES = 1 << 20;

  private static final int OK = 200;

  // What the JDK's client sets by itself.
  private static final Set<String> RESTRICTED =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private final HttpClient client;
  private final Duration within;

  /**
   * Creates it.
   *
   * @param client follows no redirects
   * @param within by when an answer must be there
   */
  OidcHttp(HttpClient client, Duration within) {
    this.client = client;
    this.within = within;
  }

  /** {@return whether what is sent there can be read by nobody else} */
  static boolean isSafe(URI uri) {
    var host = uri.getHost();
    if (host == null || uri.getRawUserInfo() != null) {
      return false;
    }
    var name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return "https".equalsIgnoreCase(uri.getScheme())
        || ("http".equalsIgnoreCase(uri.getScheme()) && new Endpoint(name, 0, false).isLoopback());
  }

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
    var builder = builder(request.getURI());
    request
        .getHeaderMap()
        .forEach(
            (name, values) -> {
              if (!RESTRICTED.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> builder.header(name, value));
              }
            });
    var answer = exchange(builder.method(request.getMethod().name(), body(request)).build());
    var response = new HTTPResponse(answer.statusCode());
    answer
        .headers()
        .map()
        .forEach((name, values) -> response.setHeader(name, values.toArray(String[]::new)));
    response.setBody(answer.body());
    return response;
  }

  private static BodyPublisher body(ReadOnlyHTTPRequest request) {
    var body = request.getBody();
    return body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
  }

  @Override
  public Resource retrieveResource(URL url) throws IOException {
    var answer = exchange(builder(URI.create(url.toString())).GET().build());
    if (answer.statusCode() != OK) {
      throw new IOException("%s answered %d".formatted(url.getHost(), answer.statusCode()));
    }
    return new Resource(
        answer.body(), answer.headers().firstValue("Content-Type").orElse("application/json"));
  }

  private static HttpRequest.Builder builder(URI uri) throws IOException {
    if (!isSafe(uri)) {
      throw new IOException(
          "%s://%s is not safe: expected https".formatted(uri.getScheme(), uri.getHost()));
    }
    return HttpRequest.newBuilder(uri).header("Accept", "application/json");
  }

  // The timeout of a request ends with the head of its answer; a body could take for ever.
  private HttpResponse<String> exchange(HttpRequest request) throws IOException {
    var host = request.uri().getHost();
    var answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(UTF_8), MOST_BYTES));
    try {
      return answer.get(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException("%s did not answer within %d ms".formatted(host, within.toMillis()), e);
    } catch (ExecutionException e) {
      throw new IOException("%s cannot be asked: %s".formatted(host, reason(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + host + " was asked");
    } finally {
      answer.cancel(true);
    }
  }

  private static String reason(ExecutionException failure) {
    var cause = failure.getCause();
    return cause == null ? failure.toString() : cause.toString();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
