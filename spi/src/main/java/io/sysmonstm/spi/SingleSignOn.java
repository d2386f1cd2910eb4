package io.sysmonstm.spi;

import io.sysmonstm.api.RequestException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Another service, such as an OpenID provider, where people prove who they are. A browser is sent
 * there, and comes back to the gateway with something that the service vouches by. Nothing is kept
 * between the two: what {@link #begin} returns to be kept goes to the browser as a cookie, so that
 * any gateway can complete what another one began.
 *
 * <p>Thread-safe. {@link #begin} and {@link #complete} may block for at most 30 s, and end early
 * where their thread is interrupted; they need nothing of the service before the first login, so
 * that whatever runs beside is not held up while it is away.
 */
public interface SingleSignOn extends AutoCloseable {
  /** {@return what people call it, for a button: 1 to 64 characters without control characters} */
  String name();

  /**
   * Begins a login.
   *
   * @param callback where the browser is to come back to, unless configuration says otherwise
   * @return where to send the browser, and what to keep
   * @throws RequestException UNAVAILABLE where the service is away or does not answer in time,
   *     FAILED_PRECONDITION where it and the configuration do not fit together
   */
  SignOnStart begin(URI callback);

  /**
   * Completes a login. What the browser brings is tried once: a second time the service refuses it.
   *
   * @param kept of the same browser; hostile texts too
   * @param callback the one that the login began with
   * @param parameters what the browser brings, hostile ones too; those that are not known are not
   *     looked at
   * @return who it is
   * @throws RequestException UNAUTHENTICATED where it is not the browser that the login began with,
   *     or the service does not vouch for anybody; PERMISSION_DENIED where the service, or the
   *     person there, refused; else as {@link #begin} does. The message is for a log, and may quote
   *     the service
   */
  PersonIdentity complete(String kept, URI callback, Map<String, List<String>> parameters);

  /** Lets go of what it holds; called once. */
  @Override
  default void close() {}
}
