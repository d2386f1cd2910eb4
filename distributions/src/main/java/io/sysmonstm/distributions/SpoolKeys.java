package io.sysmonstm.distributions;

import io.sysmonstm.collector.core.CollectorBuilder;
import io.sysmonstm.collector.core.SpoolDurability;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The keys of the spool on a collector's disk. */
final class SpoolKeys {
  static final Setting<Path> DIRECTORY =
      Setting.path(
          "collector.spool.directory",
          "Where batches wait until history has them; left out, spool in the data directory.");

  static final Setting<Long> MAX_BYTES =
      Setting.size(
              "collector.spool.max-bytes", "How much of the disk they take; the oldest go first.")
          .withDefault("128MiB");

  static final Setting<Duration> MAX_AGE =
      Setting.duration("collector.spool.max-age", "How long they wait; then they are dropped.")
          .withDefault("24h");

  static final Setting<SpoolDurability> SYNC =
      Setting.of(
              "collector.spool.sync",
              "When they are safe from a loss of power: after each batch, within 5s, or when the"
                  + " operating system sees fit.",
              "always, interval or os",
              SpoolKeys::durability)
          .withDefault("interval");

  static final List<Setting<?>> ALL = List.of(DIRECTORY, MAX_BYTES, MAX_AGE, SYNC);

  private SpoolKeys() {}

  static Path directoryIn(Path dataDirectory) {
    return dataDirectory.resolve("spool");
  }

  static void apply(Settings settings, Path dataDirectory, CollectorBuilder to) {
    to.spool(settings.find(DIRECTORY).orElseGet(() -> directoryIn(dataDirectory)))
        .spoolBounds(settings.get(MAX_BYTES), settings.get(MAX_AGE))
        .spoolDurability(settings.get(SYNC));
  }

  private static Optional<SpoolDurability> durability(String text) {
    return Stream.of(SpoolDurability.values())
        .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst();
  }
}
