package io.sysmonstm.store.embedded;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A chunk is not as it was written. */
final class DamagedChunkException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  DamagedChunkException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
