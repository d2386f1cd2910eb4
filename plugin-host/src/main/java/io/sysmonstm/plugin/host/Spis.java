package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.IngestServerProvider;
import io.sysmonstm.spi.MetricSenderProvider;
import io.sysmonstm.spi.MetricSourceProvider;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.Provider;
import io.sysmonstm.spi.SingleSignOnProvider;
import java.util.List;

/** The SPIs that the host looks for; each is in the {@code uses} of this module too. */
final class Spis {
  static final List<Class<? extends Provider<?>>> ALL =
      List.of(
          MetricSourceProvider.class,
          MetricSenderProvider.class,
          IngestServerProvider.class,
          CurrentStoreProvider.class,
          HistoryStoreProvider.class,
          AlertStoreProvider.class,
          AccessStoreProvider.class,
          EventBusProvider.class,
          NotifierProvider.class,
          SingleSignOnProvider.class);

  private Spis() {}

  /** What people call it: {@code HistoryStore}. */
  static String name(Class<?> spi) {
    return spi.getSimpleName().replaceFirst("Provider$", "");
  }
}
