package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.testkit.TestContext;

class TelegramContractTest extends WebhookContract {
  @Override
  Notifier create(TestContext inContext) {
    return WebhookNotifier.builder(inContext, farEnd.url("/bot1:x/sendMessage"))
        .preset("telegram")
        .chat("-42")
        .allowPrivate(true)
        .build();
  }
}
