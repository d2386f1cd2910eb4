package io.sysmonstm.web.helidon;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The files of the dashboard, a page that needs nothing but these and an API. Thread-safe. */
public final class Dashboard {
  private Dashboard() {}

  /**
   * Opens a file.
   *
   * @param name its path without a first slash, such as {@code js/main.js}
   * @return the file, null where there is none
   */
  public static @Nullable InputStream open(String name) {
    return Dashboard.class.getResourceAsStream("/io/sysmonstm/web/helidon/dashboard/" + name);
  }
}
