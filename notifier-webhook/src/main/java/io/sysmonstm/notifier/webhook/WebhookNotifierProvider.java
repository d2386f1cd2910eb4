package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;
import java.util.Map;

/** Makes {@link WebhookNotifier}s, type {@code webhook}. Stateless. */
public final class WebhookNotifierProvider implements NotifierProvider {
  // Services put their secret into it.
  static final Setting<String> URL =
      Setting.text("url", "Whom to tell, http:// or https://.").asSecret();
  static final Setting<Map<String, String>> HEADERS =
      Setting.map("headers", "Headers of each request, by name.").asSecret();
  private static final Setting<String> PRESET =
      Setting.text("preset", "Form of the message: json, slack, discord, ntfy or telegram.")
          .withDefault("json");
  private static final Setting<String> CHAT =
      Setting.text("chat", "Id of the chat that Telegram sends to.");
  private static final Setting<String> TEMPLATE =
      Setting.text("template", "Mustache template of the body, instead of a preset.");
  private static final Setting<String> CONTENT_TYPE =
      Setting.text("content-type", "Media type of what the template makes.")
          .withDefault(Message.JSON);
  private static final Setting<String> SECRET =
      Setting.text("secret", "Key that requests are signed with (HMAC-SHA256).").asSecret();
  private static final Setting<Boolean> ALLOW_PRIVATE =
      Setting.flag("allow-private", "Whether the receiver may be in a private network.")
          .withDefault("false");

  /** For the service loader. */
  public WebhookNotifierProvider() {}

  @Override
  public String type() {
    return "webhook";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(URL, PRESET, CHAT, TEMPLATE, CONTENT_TYPE, HEADERS, SECRET, ALLOW_PRIVATE);
  }

  @Override
  public Notifier create(Settings settings, ProviderContext context) {
    var builder =
        WebhookNotifier.builder(context, settings.find(URL).orElse(""))
            .preset(settings.get(PRESET))
            .contentType(settings.get(CONTENT_TYPE))
            .allowPrivate(settings.get(ALLOW_PRIVATE));
    settings.find(CHAT).ifPresent(builder::chat);
    settings.find(TEMPLATE).ifPresent(builder::template);
    settings.find(HEADERS).ifPresent(builder::headers);
    settings.find(SECRET).ifPresent(builder::secret);
    return builder.build();
  }
}
