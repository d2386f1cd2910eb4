package io.sysmonstm.gateway.helidon;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The edge relay that a gateway tells, and what it tells. Confined to one thread. */
public final class EdgeTarget {
  private static final String PATH = "/publish";

  private final URI uri;
  private final String token;
  private EdgeFields fields = EdgeFields.usual();
  private boolean hideHostnames;
  private byte @Nullable [] aliasKey;
  private @Nullable SSLContext tls;

  private EdgeTarget(URI uri, String token) {
    this.uri = uri;
    this.token = token;
  }

  /**
   * {@return a target that gets the usual fields}
   *
   * @param uri what {@link #parse} returns
   * @param token the edge's publish token
   */
  public static EdgeTarget of(URI uri, String token) {
    return new EdgeTarget(uri, token);
  }

  /**
   * {@return an address of an edge; {@code /publish} is added where there is no path}
   *
   * @param text such as {@code wss://example.org}
   */
  public static Optional<URI> parse(String text) {
    try {
      var uri = new URI(text.strip());
      var scheme = uri.getScheme();
      boolean valid =
          ("ws".equals(scheme) || "wss".equals(scheme))
              && uri.getHost() != null
              && uri.getUserInfo() == null
              && uri.getQuery() == null
              && uri.getFragment() == null;
      if (!valid) {
        return Optional.empty();
      }
      var path = uri.getPath();
      return Optional.of(path.isEmpty() || path.equals("/") ? uri.resolve(PATH) : uri);
    } catch (URISyntaxException notAnAddress) {
      return Optional.empty();
    }
  }

  /**
   * Sets what may leave.
   *
   * @param value the allow-list
   * @return this target
   */
  public EdgeTarget fields(EdgeFields value) {
    fields = value;
    return this;
  }

  /**
   * Sets whether machines leave under an alias: not unless set.
   *
   * @param value whether host names and machine ids stay at home
   * @return this target
   */
  public EdgeTarget hideHostnames(boolean value) {
    hideHostnames = value;
    return this;
  }

  /**
   * Sets what aliases are made with. Without it they are made with the token, and whoever has that
   * can try names until one fits.
   *
   * @param value 32 random bytes, the same ones after a restart; not changed
   * @return this target
   */
  public EdgeTarget aliasKey(byte[] value) {
    aliasKey = value.clone();
    return this;
  }

  /**
   * Sets whom a {@code wss} edge is verified by: those that the JDK trusts unless set.
   *
   * @param value the context
   * @return this target
   */
  public EdgeTarget tls(SSLContext value) {
    tls = value;
    return this;
  }

  URI uri() {
    return uri;
  }

  String token() {
    return token;
  }

  EdgeFields fields() {
    return fields;
  }

  boolean hidesHostnames() {
    return hideHostnames;
  }

  byte[] aliasKey() {
    var key = aliasKey;
    return key == null ? token.getBytes(UTF_8) : key;
  }

  Optional<SSLContext> tls() {
    return Optional.ofNullable(tls);
  }
}
