package io.sysmonstm.distributions;

import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Settings whose relative paths are meant from where the user is. The launch script changes the
 * directory, since the AOT cache is valid only for the very module path it was made with.
 */
record LocatedSettings(Settings settings, Path directory) implements Settings {
  @Override
  @SuppressWarnings("unchecked") // A path in, a path out.
  public <T> Optional<T> find(Setting<T> setting) {
    return settings
        .find(setting)
        .map(value -> value instanceof Path path ? (T) directory.resolve(path) : value);
  }
}
