package io.sysmonstm.notifier.email;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.NoticeText;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.TimeSource;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends plain text mail through an SMTP server: one mail for each notice, all mails of an alert in
 * one thread. By TLS, from the first byte or by STARTTLS, with a certificate that is checked; plain
 * only to this machine. Gives up after 10 s. Thread-safe.
 */
public final class EmailNotifier implements Notifier {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final SmtpServer server;
  private final Session session;
  private final Mail mail;
  private final TimeSource time;
  private final ExecutorService executor;

  private EmailNotifier(Builder builder, SmtpServer server, Mail.Envelope envelope) {
    this.server = server;
    this.time = builder.context.time();
    this.executor = builder.context.executor();
    var properties = server.properties();
    builder.tls.ifPresent(
        factory -> properties.put("mail." + server.protocol() + ".ssl.socketFactory", factory));
    this.session = Session.getInstance(properties);
    this.mail = new Mail(session, envelope);
  }

  /**
   * Starts one.
   *
   * @param context executor and time
   * @param url {@code smtp://user@host:587}, with STARTTLS, or {@code smtps://user@host:465}; a
   *     password may be in it
   * @return a builder
   */
  public static Builder builder(ProviderContext context, String url) {
    return new Builder(context, url);
  }

  @Override
  public void notify(Notice notice) throws Exception {
    var sending =
        executor.submit(
            () -> {
              send(notice);
              return true;
            });
    try {
      sending.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "%s does not take mail within %d s".formatted(server.host(), DEADLINE.toSeconds()), e);
    } catch (ExecutionException e) {
      throw new IOException("%s takes no mail: %s".formatted(server.host(), reason(e)), e);
    } finally {
      // Ends what still waits for the network: it runs on a virtual thread.
      sending.cancel(true);
    }
  }

  private void send(Notice notice) throws Exception {
    var message = mail.of(notice, time.instant());
    try (var transport = session.getTransport(server.protocol())) {
      transport.connect(
          server.name(), server.port(), server.user().orElse(null), server.password().orElse(null));
      transport.sendMessage(message, mail.recipients());
    }
  }

  private static String reason(ExecutionException failure) {
    var cause = failure.getCause();
    var text = cause == null ? failure.toString() : String.valueOf(cause.getMessage());
    return NoticeText.cut(NoticeText.line(text), 200);
  }

  /** Collects what a notifier needs. Confined to one thread. */
  public static final class Builder {
    private final ProviderContext context;
    private final String url;
    private String from = "";
    private List<String> to = List.of();
    private Optional<String> password = Optional.empty();
    private Optional<SSLSocketFactory> tls = Optional.empty();

    private Builder(ProviderContext context, String url) {
      this.context = context;
      this.url = url;
    }

    /**
     * Sets who sends.
     *
     * @param value an address, with or without a name: {@code Monitor <monitor@example.org>}
     * @return this builder
     */
    public Builder from(String value) {
      from = value;
      return this;
    }

    /**
     * Sets who is told.
     *
     * @param value addresses, one at least
     * @return this builder
     */
    public Builder to(List<String> value) {
      to = value;
      return this;
    }

    /**
     * Sets the password of the user, where it is not in the URL.
     *
     * @param value the password
     * @return this builder
     */
    public Builder password(String value) {
      password = Optional.of(value);
      return this;
    }

    /**
     * Sets whom TLS trusts, the JDK's authorities unless told otherwise.
     *
     * @param value makes sockets that check certificates
     * @return this builder
     */
    public Builder tls(SSLSocketFactory value) {
      tls = Optional.of(value);
      return this;
    }

    /**
     * {@return the notifier}
     *
     * @throws ConfigException with every problem
     */
    public EmailNotifier build() {
      var problems = new ArrayList<String>();
      var sender = addresses("from", List.of(from), problems);
      var recipients = addresses("to", to, problems);
      if (recipients.isEmpty() && problems.isEmpty()) {
        problems.add("to has no address: expected one at least");
      }
      if (!problems.isEmpty()) {
        throw new ConfigException(problems);
      }
      return new EmailNotifier(
          this, SmtpServer.of(url, password), new Mail.Envelope(sender.getFirst(), recipients));
    }

    private static List<InternetAddress> addresses(
        String key, List<String> texts, List<String> problems) {
      var addresses = new ArrayList<InternetAddress>();
      for (var text : texts) {
        try {
          var address = new InternetAddress(text, true);
          if (address.getAddress().indexOf('@') < 1 || !text.equals(NoticeText.line(text))) {
            throw new AddressException("no mailbox");
          }
          addresses.add(address);
        } catch (AddressException e) {
          problems.add(
              "%s is %s: expected an address such as ops@example.org"
                  .formatted(key, NoticeText.line(text)));
        }
      }
      return addresses;
    }
  }
}
