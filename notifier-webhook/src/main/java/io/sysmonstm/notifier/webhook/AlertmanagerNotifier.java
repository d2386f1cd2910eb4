package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;

/**
 * Hands alerts to a Prometheus Alertmanager by its API v2, which groups, routes and silences them
 * in its own way. An alert that fires is handed over with an end 5 h away, which each repetition
 * moves on; one that is over, with its end. Thread-safe.
 */
public final class AlertmanagerNotifier implements Notifier {
  private final Receiver receiver;
  private final TimeSource time;

  private AlertmanagerNotifier(Builder builder) {
    var base = Target.of(builder.url);
    var path = base.path().endsWith("/") ? base.path() : base.path() + "/";
    this.time = builder.context.time();
    this.receiver =
        new Receiver(
            base.withPath(path + "api/v2/alerts"),
            new AddressGuard(builder.allowPrivate, InetAddress::getAllByName),
            builder.tls,
            new Receiver.Credentials(builder.headers, Optional.empty()),
            builder.context);
  }

  /**
   * Starts one.
   *
   * @param context executor and time
   * @param url where the Alertmanager is, without {@code /api/v2}
   * @return a builder
   */
  public static Builder builder(ProviderContext context, String url) {
    return new Builder(context, url);
  }

  @Override
  public void notify(Notice notice) throws Exception {
    receiver.send(notice.key(), AlertmanagerAlerts.of(notice, time.instant()));
  }

  /** Collects what a notifier needs. Confined to one thread. */
  public static final class Builder {
    private final ProviderContext context;
    private final String url;
    private Map<String, String> headers = Map.of();
    private boolean allowPrivate = true;
    private SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();

    private Builder(ProviderContext context, String url) {
      this.context = context;
      this.url = url;
    }

    /**
     * Sets headers of each request, for example {@code Authorization}.
     *
     * @param value by name
     * @return this builder
     */
    public Builder headers(Map<String, String> value) {
      headers = value;
      return this;
    }

    /**
     * Sets whether the Alertmanager may be on this machine or in a private network, true unless
     * told otherwise.
     *
     * @param value whether it may
     * @return this builder
     */
    public Builder allowPrivate(boolean value) {
      allowPrivate = value;
      return this;
    }

    /**
     * Sets whom TLS trusts, the JDK's authorities unless told otherwise.
     *
     * @param value makes sockets that check certificates
     * @return this builder
     */
    public Builder tls(SSLSocketFactory value) {
      tls = value;
      return this;
    }

    /**
     * {@return the notifier}
     *
     * @throws io.sysmonstm.api.ConfigException where the URL or a header cannot be used
     */
    public AlertmanagerNotifier build() {
      return new AlertmanagerNotifier(this);
    }
  }
}
