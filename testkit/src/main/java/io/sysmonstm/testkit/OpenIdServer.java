package io.sysmonstm.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/**
 * An OpenID provider on a free port of this machine: discovery, a page to log in on, the
 * authorization code flow with PKCE, keys, and what it knows of the person. It can be made to fail,
 * and to give tokens that are not good. Thread-safe.
 */
public final class OpenIdServer implements AutoCloseable {
  /** The one client that it knows. */
  public static final String CLIENT_ID = "sysmonstm";

  /** The secret of that client. */
  public static final String CLIENT_SECRET = "between-client-and-provider: 9+ %2F é";

  /** The path of its metadata. */
  public static final String METADATA = "/.well-known/openid-configuration";

  /** The path of its keys. */
  public static final String KEYS = "/keys";

  /** The path that a browser is sent to. */
  public static final String AUTHORIZE = "/authorize";

  /** The path where codes are redeemed. */
  public static final String TOKEN = "/token";

  /** The path where it tells of the person. */
  public static final String USER_INFO = "/userinfo";

  /** How tokens are signed. */
  public enum Signing {
    /** As they should be. */
    RS256("RS256"),
    /** By a key that has the same id as the right one. */
    FOREIGN_KEY("RS256"),
    /** Not at all. */
    NONE("none"),
    /** By the secret of the client. */
    HS256_BY_SECRET("HS256"),
    /** By the public key, taken for a shared secret. */
    HS256_BY_PUBLIC_KEY("HS256");

    private final String algorithm;

    Signing(String algorithm) {
      this.algorithm = algorithm;
    }

    String algorithm() {
      return algorithm;
    }
  }

  /** How a path fails. */
  public enum Fault {
    /** It answers 503. */
    DOWN,
    /** It takes the request and answers nothing. */
    HANGS,
    /** It begins an answer, and never ends it. */
    TRICKLES,
    /** It answers what cannot be read. */
    GARBAGE,
    /** It answers 5 MB. */
    HUGE,
    /** It sends who asks to somewhere else. */
    REDIRECTS,
    /** It answers an access token alone, which does not tell who somebody is. */
    NO_ID_TOKEN
  }

  private final HttpServer server;
  private final URI issuer;
  private final OpenIdTokens tokens = new OpenIdTokens();
  private final OpenIdGrants grants;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final OpenIdFaults faults = new OpenIdFaults();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final List<String> proofs = new ArrayList<>();
  private volatile Map<String, Object> userInfo = Map.of();
  private volatile Map<String, Object> metadata = Map.of();
  private volatile boolean publicClient;

  private OpenIdServer(HttpServer server, String scheme, String host) {
    this.server = server;
    this.issuer = URI.create("%s://%s:%d".formatted(scheme, host, server.getAddress().getPort()));
    this.grants = new OpenIdGrants(issuer, tokens);
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  /** {@return a provider that speaks plain HTTP} */
  public static OpenIdServer start() {
    try {
      return new OpenIdServer(HttpServer.create(free(), 0), "http", "127.0.0.1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * {@return a provider that speaks HTTPS, as {@code localhost}}
   *
   * @param tls what it shows
   */
  public static OpenIdServer start(SSLContext tls) {
    try {
      var server = HttpsServer.create(free(), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(tls));
      return new OpenIdServer(server, "https", "localhost");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InetSocketAddress free() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** {@return what it calls itself} */
  public URI issuer() {
    return issuer;
  }

  /**
   * Says who logs in from now on.
   *
   * @param subject its own id of the person
   * @param more further claims of its tokens
   */
  public void person(String subject, Map<String, ?> more) {
    var all = new LinkedHashMap<String, Object>(more);
    all.put("sub", subject);
    grants.person = all;
  }

  /**
   * Says what it tells of the person beside the token.
   *
   * @param more further claims
   */
  public void userInfo(Map<String, ?> more) {
    userInfo = Map.copyOf(more);
  }

  /**
   * Says more of itself, or other things.
   *
   * @param more what to put over its metadata
   */
  public void metadata(Map<String, ?> more) {
    metadata = Map.copyOf(more);
  }

  /**
   * Changes the claims of all further tokens.
   *
   * @param change gets a map that it may change
   */
  public void claims(UnaryOperator<Map<String, Object>> change) {
    grants.claims = change;
  }

  /**
   * Signs in another way from now on.
   *
   * @param way how
   */
  public void signing(Signing way) {
    grants.signing = way;
  }

  /** Signs by another key from now on, and tells of that one alone. */
  public void rotateKey() {
    tokens.rotate();
  }

  /** Knows the client as one without a secret from now on. */
  public void publicClient() {
    publicClient = true;
  }

  /**
   * Makes a path fail.
   *
   * @param path one of the constants
   * @param fault how
   */
  public void fail(String path, Fault fault) {
    faults.put(path, fault);
  }

  /** Makes every path work again. */
  public void mend() {
    faults.mend();
  }

  /**
   * {@return how often a path was asked}
   *
   * @param path one of the constants
   */
  public int asked(String path) {
    return asked.getOrDefault(path, new AtomicInteger()).get();
  }

  /** {@return how the client proved who it is: {@code basic}, {@code post} or {@code none}} */
  public List<String> proofs() {
    synchronized (proofs) {
      return List.copyOf(proofs);
    }
  }

  /**
   * Goes the way of a browser whose person logs in.
   *
   * @param address that the browser was sent to
   * @return where it is sent then
   */
  public URI logIn(URI address) {
    return answer(address, OpenIdHttp.ALLOW);
  }

  /**
   * Goes the way of a browser whose person does not want to.
   *
   * @param address that the browser was sent to
   * @return where it is sent then
   */
  public URI deny(URI address) {
    return answer(address, OpenIdHttp.DENY);
  }

  private URI answer(URI address, String answer) {
    var parameters = OpenIdHttp.parameters(address.getRawQuery());
    parameters.put(OpenIdHttp.ANSWER, answer);
    return grants
        .authorized(parameters)
        .orElseThrow(() -> new AssertionError("this is no request to log in: " + address));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      asked.computeIfAbsent(path, key -> new AtomicInteger()).incrementAndGet();
      if (faults.answer(path, exchange)) {
        return;
      }
      switch (path) {
        case METADATA -> OpenIdHttp.json(exchange, 200, metadata());
        case KEYS -> OpenIdHttp.send(exchange, 200, OpenIdHttp.JSON, tokens.keys());
        case AUTHORIZE -> authorize(exchange);
        case TOKEN -> token(exchange);
        case USER_INFO -> tellOfPerson(exchange);
        default -> OpenIdHttp.send(exchange, 404, "text/plain", "nothing is here");
      }
    }
  }

  private Map<String, Object> metadata() {
    var all = new LinkedHashMap<String, Object>();
    all.put("issuer", issuer);
    all.put("authorization_endpoint", issuer + AUTHORIZE);
    all.put("token_endpoint", issuer + TOKEN);
    all.put("userinfo_endpoint", issuer + USER_INFO);
    all.put("jwks_uri", issuer + KEYS);
    all.put("response_types_supported", List.of("code"));
    all.put("subject_types_supported", List.of("public"));
    all.put("id_token_signing_alg_values_supported", List.of("RS256"));
    all.put("code_challenge_methods_supported", List.of("S256"));
    all.put("authorization_response_iss_parameter_supported", true);
    all.putAll(metadata);
    return all;
  }

  private void authorize(HttpExchange exchange) throws IOException {
    var parameters = OpenIdHttp.parameters(exchange.getRequestURI().getRawQuery());
    if (!parameters.containsKey(OpenIdHttp.ANSWER)) {
      OpenIdHttp.send(exchange, 200, "text/html; charset=utf-8", OpenIdHttp.page(parameters));
      return;
    }
    var target = grants.authorized(parameters);
    if (target.isPresent()) {
      OpenIdHttp.redirect(exchange, target.get().toString());
    } else {
      OpenIdHttp.send(exchange, 400, "text/plain", "this is no request to log in");
    }
  }

  private void token(HttpExchange exchange) throws IOException {
    var form = OpenIdHttp.form(exchange);
    if (!isClient(exchange, form)) {
      OpenIdHttp.json(exchange, 401, Map.of("error", "invalid_client"));
      return;
    }
    var given = grants.redeem(form);
    if (given.isPresent()) {
      OpenIdHttp.json(exchange, 200, given.get());
    } else {
      OpenIdHttp.json(
          exchange,
          400,
          Map.of("error", "invalid_grant", "error_description", "no such code, or not yours"));
    }
  }

  private boolean isClient(HttpExchange exchange, Map<String, String> form) {
    var header = exchange.getRequestHeaders().getFirst("Authorization");
    var proof = header != null ? "basic" : form.containsKey("client_secret") ? "post" : "none";
    synchronized (proofs) {
      proofs.add(proof);
    }
    return switch (proof) {
      case "basic" -> header != null && header.equals(basic());
      case "post" ->
          CLIENT_ID.equals(form.get("client_id"))
              && CLIENT_SECRET.equals(form.get("client_secret"));
      default -> publicClient && CLIENT_ID.equals(form.get("client_id"));
    };
  }

  private static String basic() {
    // Both are encoded as in a form first: RFC 6749, 2.3.1.
    var pair = OpenIdHttp.encoded(CLIENT_ID) + ":" + OpenIdHttp.encoded(CLIENT_SECRET);
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  private void tellOfPerson(HttpExchange exchange) throws IOException {
    var header = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
    var known = header.flatMap(value -> grants.personOf(value.replaceFirst("^Bearer ", "")));
    if (known.isEmpty()) {
      OpenIdHttp.send(exchange, 401, "text/plain", "no such token");
      return;
    }
    var all = new LinkedHashMap<String, Object>(known.get());
    all.putAll(userInfo);
    OpenIdHttp.json(exchange, 200, all);
  }

  @Override
  public void close() {
    faults.close();
    server.stop(0);
    executor.shutdownNow();
  }
}
