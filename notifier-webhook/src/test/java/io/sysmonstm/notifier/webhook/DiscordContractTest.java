package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.testkit.TestContext;

class DiscordContractTest extends WebhookContract {
  @Override
  Notifier create(TestContext inContext) {
    return WebhookNotifier.builder(inContext, farEnd.url("/api/webhooks/1/x"))
        .preset("discord")
        .allowPrivate(true)
        .build();
  }
}
