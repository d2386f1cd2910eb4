/**
 * Notifiers that send HTTP requests; {@link io.sysmonstm.notifier.webhook.WebhookNotifier} and
 * {@link io.sysmonstm.notifier.webhook.AlertmanagerNotifier} are the entries.
 */
package io.sysmonstm.notifier.webhook;
