import io.sysmonstm.notifier.webhook.AlertmanagerNotifierProvider;
import io.sysmonstm.notifier.webhook.WebhookNotifierProvider;
import io.sysmonstm.spi.NotifierProvider;
import org.jspecify.annotations.NullMarked;

/** Tells people by HTTP: webhooks of any form, chat services, and an Alertmanager. */
@NullMarked
module io.sysmonstm.notifier.webhook {
  requires com.samskivert.jmustache;
  requires io.sysmonstm.json;
  requires transitive io.sysmonstm.spi;
  requires static org.jspecify;

  exports io.sysmonstm.notifier.webhook;

  provides NotifierProvider with
      AlertmanagerNotifierProvider,
      WebhookNotifierProvider;
}
