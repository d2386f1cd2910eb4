package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes {@link TimescaleHistoryStore}s. Immutable. */
public final class TimescaleHistoryStoreProvider implements HistoryStoreProvider {
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
  public TimescaleHistoryStoreProvider() {}

  @Override
  public String type() {
    return "timescale";
  }

  @Override
  public List<Setting<?>> settings() {
    var settings = new ArrayList<Setting<?>>(Server.SETTINGS);
    settings.addAll(List.of(KEEP_RAW, KEEP_MINUTES, KEEP_HOURS));
    return settings;
  }

  @Override
  public HistoryStore create(Settings settings, ProviderContext context) {
    var builder =
        TimescaleHistoryStore.builder(context, settings.get(Server.URL))
            .keepRaw(settings.get(KEEP_RAW))
            .keepMinutes(settings.get(KEEP_MINUTES))
            .keepHours(settings.get(KEEP_HOURS));
    settings.find(Server.USER).ifPresent(builder::user);
    settings.find(Server.PASSWORD).ifPresent(builder::password);
    return builder.build();
  }
}
