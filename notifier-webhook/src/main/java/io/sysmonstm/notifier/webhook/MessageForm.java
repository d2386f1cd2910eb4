package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.Notice;

/** Makes a message of a notice. */
interface MessageForm {
  Message write(Notice notice);
}
