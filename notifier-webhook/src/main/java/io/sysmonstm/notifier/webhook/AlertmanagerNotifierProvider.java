package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;

/** Makes {@link AlertmanagerNotifier}s, type {@code alertmanager}. Stateless. */
public final class AlertmanagerNotifierProvider implements NotifierProvider {
  private static final Setting<Boolean> ALLOW_PRIVATE =
      Setting.flag("allow-private", "Whether the Alertmanager may be in a private network.")
          .withDefault("true");

  /** For the service loader. */
  public AlertmanagerNotifierProvider() {}

  @Override
  public String type() {
    return "alertmanager";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(WebhookNotifierProvider.URL, WebhookNotifierProvider.HEADERS, ALLOW_PRIVATE);
  }

  @Override
  public Notifier create(Settings settings, ProviderContext context) {
    var builder =
        AlertmanagerNotifier.builder(context, settings.find(WebhookNotifierProvider.URL).orElse(""))
            .allowPrivate(settings.get(ALLOW_PRIVATE));
    settings.find(WebhookNotifierProvider.HEADERS).ifPresent(builder::headers);
    return builder.build();
  }
}
