package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.testkit.TestContext;

class SlackContractTest extends WebhookContract {
  @Override
  Notifier create(TestContext inContext) {
    return WebhookNotifier.builder(inContext, farEnd.url("/services/T0/B0/X"))
        .preset("slack")
        .allowPrivate(true)
        .build();
  }
}
