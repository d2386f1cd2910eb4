package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.time.Duration;
import java.util.List;

/** Makes {@link EmbeddedHistoryStore}s. Immutable. */
public final class EmbeddedHistoryStoreProvider implements HistoryStoreProvider {
  private static final Setting<Duration> KEEP_RAW =
      Setting.duration("history.retention.raw", "How long samples are kept one by one.")
          .withDefault("48h");
  private static final Setting<Duration> KEEP_MINUTES =
      Setting.duration("history.retention.1m", "How long rollups of one minute are kept.")
          .withDefault("30d");
  private static final Setting<Duration> KEEP_HOURS =
      Setting.duration("history.retention.1h", "How long rollups of one hour are kept.")
          .withDefault("2y");

  /** Creates a provider. */
  public EmbeddedHistoryStoreProvider() {}

  @Override
  public String type() {
    return "embedded";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(KEEP_RAW, KEEP_MINUTES, KEEP_HOURS);
  }

  @Override
  public HistoryStore create(Settings settings, ProviderContext context) {
    return EmbeddedHistoryStore.builder(context)
        .keepRaw(settings.get(KEEP_RAW))
        .keepMinutes(settings.get(KEEP_MINUTES))
        .keepHours(settings.get(KEEP_HOURS))
        .build();
  }
}
