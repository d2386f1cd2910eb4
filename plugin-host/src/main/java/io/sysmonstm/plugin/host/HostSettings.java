package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.Setting;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings that every role has. */
public final class HostSettings {
  /** Where files live that must outlive the process; see {@link #defaultDataDirectory}. */
  public static final Setting<Path> DATA_DIRECTORY =
      Setting.path("data-directory", "Where files live that must outlive the process.");

  /** Where drop-in plugins are; relative to the working directory. */
  public static final Setting<Path> PLUGINS_DIRECTORY =
      Setting.path("plugins-directory", "Holds a directory of jars for each drop-in plugin.")
          .withDefault("plugins");

  /** How log lines are written; JSON, or text where a person is at a terminal. */
  public static final Setting<LogFormat> LOG_FORMAT =
      Setting.of(
          "log.format", "How log lines are written.", "json or text", HostSettings::logFormat);

  /** The least level that is logged. */
  public static final Setting<Level> LOG_LEVEL =
      Setting.of(
              "log.level",
              "The least level that is logged.",
              "debug, info, warning or error",
              HostSettings::logLevel)
          .withDefault("info");

  /** Whether a role may listen beyond this machine without TLS. */
  public static final Setting<Boolean> ALLOW_INSECURE =
      Setting.flag(
              "allow-insecure", "Listen beyond this machine even without TLS and authentication.")
          .withDefault("false");

  private static final Path SYSTEM_DATA_DIRECTORY = Path.of("/var/lib/sysmonstm");

  private HostSettings() {}

  /**
   * {@return all settings of the host, with the defaults that depend on where it runs}
   *
   * @param environment the environment, usually {@link System#getenv()}
   * @param terminal whether a person is at a terminal
   */
  public static List<Setting<?>> all(Map<String, String> environment, boolean terminal) {
    return List.of(
        DATA_DIRECTORY.withDefault(defaultDataDirectory(environment).toString()),
        PLUGINS_DIRECTORY,
        LOG_FORMAT.withDefault(terminal ? "text" : "json"),
        LOG_LEVEL,
        ALLOW_INSECURE);
  }

  /**
   * {@return the data directory where none is configured} {@code $XDG_STATE_HOME/sysmonstm} where
   * that variable holds an absolute path; else {@code /var/lib/sysmonstm} where this user can write
   * there, as a service or root can; else {@code $HOME/.local/state/sysmonstm}, which is what the
   * XDG rules mean by an unset variable.
   *
   * @param environment the environment
   */
  public static Path defaultDataDirectory(Map<String, String> environment) {
    return absolute(environment.getOrDefault("XDG_STATE_HOME", ""))
        .map(state -> state.resolve("sysmonstm"))
        .or(() -> writable(SYSTEM_DATA_DIRECTORY))
        .or(
            () ->
                absolute(environment.getOrDefault("HOME", ""))
                    .map(home -> home.resolve(".local/state/sysmonstm")))
        .orElse(SYSTEM_DATA_DIRECTORY);
  }

  private static Optional<Path> absolute(String text) {
    try {
      return Optional.of(Path.of(text)).filter(Path::isAbsolute);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> writable(Path directory) {
    var existing = Files.exists(directory) ? directory : directory.getParent();
    return Files.isWritable(existing) ? Optional.of(directory) : Optional.empty();
  }

  private static Optional<LogFormat> logFormat(String text) {
    return switch (text) {
      case "json" -> Optional.of(LogFormat.JSON);
      case "text" -> Optional.of(LogFormat.TEXT);
      default -> Optional.empty();
    };
  }

  private static Optional<Level> logLevel(String text) {
    return switch (text) {
      case "debug" -> Optional.of(Level.DEBUG);
      case "info" -> Optional.of(Level.INFO);
      case "warning", "warn" -> Optional.of(Level.WARNING);
      case "error" -> Optional.of(Level.ERROR);
      default -> Optional.empty();
    };
  }
}
