package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.testkit.TestContext;

class TemplateContractTest extends WebhookContract {
  private static final String TEMPLATE =
      """
      {"status": "{{status}}", "lines": [{{#items}}"{{kind}} {{rule}} {{machine}} {{{message}}}"{{^-last}},{{/-last}}{{/items}}]}
      """;

  @Override
  Notifier create(TestContext inContext) {
    return WebhookNotifier.builder(inContext, farEnd.url("/hook"))
        .template(TEMPLATE)
        .allowPrivate(true)
        .build();
  }
}
