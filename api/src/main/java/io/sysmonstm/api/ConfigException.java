package io.sysmonstm.api;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;

/**
 * Bad configuration or a bad rule; carries every problem at once, so that one round of mending is
 * enough.
 */
public final class ConfigException extends SysmonstmException {
  @Serial private static final long serialVersionUID = 1L;

  /** The problems, each a whole sentence. */
  private final ArrayList<String> problems;

  /**
   * Creates an exception with code {@link ErrorCode#INVALID_ARGUMENT}.
   *
   * @param problems all problems, each naming the key, the value and what was expected; not empty
   */
  public ConfigException(List<String> problems) {
    super(ErrorCode.INVALID_ARGUMENT, String.join("\n", problems), null);
    this.problems = new ArrayList<>(problems);
  }

  /** {@return all problems, in the order they were found} */
  public List<String> problems() {
    return List.copyOf(problems);
  }
}
