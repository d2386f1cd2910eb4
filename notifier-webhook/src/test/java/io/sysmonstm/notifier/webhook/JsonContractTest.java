package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.testkit.TestContext;

class JsonContractTest extends WebhookContract {
  @Override
  Notifier create(TestContext inContext) {
    return WebhookNotifier.builder(inContext, farEnd.url("/hook")).allowPrivate(true).build();
  }
}
