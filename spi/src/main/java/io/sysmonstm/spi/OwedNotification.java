package io.sysmonstm.spi;

import io.sysmonstm.api.Alert;

/**
 * A notification, with its alert as it is stored now.
 *
 * @param notification what is owed
 * @param alert of which alert
 */
public record OwedNotification(Notification notification, Alert alert) {}
