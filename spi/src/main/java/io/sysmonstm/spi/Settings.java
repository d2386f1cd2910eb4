package io.sysmonstm.spi;

import io.sysmonstm.api.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The effective values of settings; already checked by whoever made it. Immutable. */
public interface Settings {
  /**
   * {@return the value of a setting that has a default or is required}
   *
   * @param <T> the type of its value
   * @param setting one that was declared
   * @throws java.util.NoSuchElementException where it has neither value nor default
   */
  default <T> T get(Setting<T> setting) {
    return find(setting).orElseThrow();
  }

  /**
   * {@return the value of a setting, empty where it has neither value nor default}
   *
   * @param <T> the type of its value
   * @param setting one that was declared
   */
  <T> Optional<T> find(Setting<T> setting);

  /**
   * {@return the settings of a map of texts, with defaults for the rest; for programs that need no
   * configuration file}
   *
   * @param values texts by key
   */
  static Settings of(Map<String, String> values) {
    var copy = Map.copyOf(values);
    return new Settings() {
      @Override
      public <T> Optional<T> find(Setting<T> setting) {
        return Optional.ofNullable(copy.get(setting.key()))
            .or(setting::defaultText)
            .map(
                text ->
                    setting
                        .parse(text)
                        .orElseThrow(
                            () ->
                                new ConfigException(
                                    List.of(
                                        "%s is '%s': expected %s"
                                            .formatted(setting.key(), text, setting.expected())))));
      }
    };
  }
}
