package io.sysmonstm.notifier.email;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;

/** Makes {@link EmailNotifier}s, type {@code email}. Stateless. */
public final class EmailNotifierProvider implements NotifierProvider {
  // May hold the password.
  private static final Setting<String> SMTP_URL =
      Setting.text("smtp-url", "Server that takes mail: smtp://user@host:587 or smtps://.")
          .asSecret();
  private static final Setting<String> FROM = Setting.text("from", "Address that sends.");
  private static final Setting<List<String>> TO = Setting.list("to", "Addresses that are told.");
  private static final Setting<String> PASSWORD =
      Setting.text("password", "Password of the user, where it is not in the URL.").asSecret();

  /** For the service loader. */
  public EmailNotifierProvider() {}

  @Override
  public String type() {
    return "email";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(SMTP_URL, FROM, TO, PASSWORD);
  }

  @Override
  public Notifier create(Settings settings, ProviderContext context) {
    var builder =
        EmailNotifier.builder(context, settings.find(SMTP_URL).orElse(""))
            .from(settings.find(FROM).orElse(""))
            .to(settings.find(TO).orElse(List.of()));
    settings.find(PASSWORD).ifPresent(builder::password);
    return builder.build();
  }
}
