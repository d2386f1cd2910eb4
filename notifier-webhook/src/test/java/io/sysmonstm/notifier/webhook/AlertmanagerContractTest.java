package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.testkit.TestContext;

class AlertmanagerContractTest extends WebhookContract {
  @Override
  Notifier create(TestContext inContext) {
    return AlertmanagerNotifier.builder(inContext, farEnd.url("/")).build();
  }
}
