package io.sysmonstm.notifier.webhook;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.ProviderContext;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;

/**
 * Tells people by an HTTP request to a fixed URL, in a form of ours, of a chat service, or of a
 * template. An answer from 200 to 299 means told. Follows no redirect, connects to no address of a
 * private network unless that is allowed, and gives up after 5 s. Thread-safe.
 */
public final class WebhookNotifier implements Notifier {
  private final Receiver receiver;
  private final MessageForm form;

  private WebhookNotifier(Receiver receiver, MessageForm form) {
    this.receiver = receiver;
    this.form = form;
  }

  /**
   * Starts one.
   *
   * @param context executor and time
   * @param url {@code http://} or {@code https://}, whom to tell; of ntfy, the address of a topic
   * @return a builder
   */
  public static Builder builder(ProviderContext context, String url) {
    return new Builder(context, url);
  }

  @Override
  public void notify(Notice notice) throws Exception {
    receiver.send(notice.key(), form.write(notice));
  }

  /** Collects what a notifier needs. Confined to one thread. */
  public static final class Builder {
    private final ProviderContext context;
    private final String url;
    private final Map<String, String> headers = new HashMap<>();
    private String preset = Preset.JSON.text();
    private Optional<String> chat = Optional.empty();
    private Optional<String> template = Optional.empty();
    private String contentType = Message.JSON;
    private Optional<String> secret = Optional.empty();
    private boolean allowPrivate;
    private SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();

    private Builder(ProviderContext context, String url) {
      this.context = context;
      this.url = url;
    }

    /**
     * Sets the form of the message, {@code json} unless told otherwise.
     *
     * @param value {@code json}, {@code slack}, {@code discord}, {@code ntfy} or {@code telegram}
     * @return this builder
     */
    public Builder preset(String value) {
      preset = value;
      return this;
    }

    /**
     * Sets the chat that Telegram sends to.
     *
     * @param value its id
     * @return this builder
     */
    public Builder chat(String value) {
      chat = Optional.of(value);
      return this;
    }

    /**
     * Sets a form of one's own instead of a preset.
     *
     * @param value a Mustache template
     * @return this builder
     */
    public Builder template(String value) {
      template = Optional.of(value);
      return this;
    }

    /**
     * Sets the media type of what the template makes, {@code application/json} unless told
     * otherwise; it says how texts are escaped.
     *
     * @param value JSON, {@code text/plain}, {@code text/html}, XML or {@code
     *     application/x-www-form-urlencoded}
     * @return this builder
     */
    public Builder contentType(String value) {
      contentType = value;
      return this;
    }

    /**
     * Adds headers to each request.
     *
     * @param values by name
     * @return this builder
     */
    public Builder headers(Map<String, String> values) {
      headers.putAll(values);
      return this;
    }

    /**
     * Sets the key that requests are signed with; not signed unless there is one.
     *
     * @param value a secret that the receiver knows too
     * @return this builder
     */
    public Builder secret(String value) {
      secret = Optional.of(value);
      return this;
    }

    /**
     * Sets whether the receiver may be on this machine or in a private network, false unless told
     * otherwise.
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
     * @throws ConfigException with every problem
     */
    public WebhookNotifier build() {
      var problems = new ArrayList<String>();
      var chosen = Preset.of(preset);
      if (chosen.isEmpty()) {
        problems.add(
            "preset is %s: expected json, slack, discord, ntfy or telegram".formatted(preset));
      }
      if (chosen.equals(Optional.of(Preset.TELEGRAM)) && chat.isEmpty()) {
        problems.add("chat is missing: expected the id of the chat that Telegram sends to");
      }
      if (!problems.isEmpty()) {
        throw new ConfigException(problems);
      }
      var target = Target.of(url);
      var form = form(chosen.orElse(Preset.JSON), target);
      var guard = new AddressGuard(allowPrivate, InetAddress::getAllByName);
      return new WebhookNotifier(
          new Receiver(
              chosen.equals(Optional.of(Preset.NTFY)) ? Ntfy.server(target) : target,
              guard,
              tls,
              new Receiver.Credentials(headers, secret),
              context),
          form);
    }

    private MessageForm form(Preset chosen, Target target) {
      if (template.isPresent()) {
        return TemplateForm.of(contentType, template.get());
      }
      return chosen.form(chosen == Preset.NTFY ? Ntfy.topic(target) : chat.orElse(""));
    }
  }

  /** With ntfy the topic is in the message, so that no words of an alert go into headers. */
  private static final class Ntfy {
    static String topic(Target target) {
      var topic = target.path().substring(target.path().lastIndexOf('/') + 1);
      if (!topic.matches("[A-Za-z0-9_-]{1,64}")) {
        throw new ConfigException(
            List.of("url cannot be used: expected that of an ntfy topic, https://ntfy.sh/TOPIC"));
      }
      return topic;
    }

    static Target server(Target target) {
      return target.withPath(target.path().substring(0, target.path().lastIndexOf('/') + 1));
    }
  }
}
