package io.sysmonstm.json;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A value that is not what it should be; {@link ValueReader#read} says of what. */
final class Unreadable extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  Unreadable(String message) {
    this(message, null);
  }

  Unreadable(String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
  }
}
