/** Notifications by e-mail; {@link io.sysmonstm.notifier.email.EmailNotifier} is the entry. */
package io.sysmonstm.notifier.email;
