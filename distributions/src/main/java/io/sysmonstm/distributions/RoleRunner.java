package io.sysmonstm.distributions;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.plugin.host.Configuration;
import io.sysmonstm.plugin.host.ConfigurationSources;
import io.sysmonstm.plugin.host.Host;
import io.sysmonstm.plugin.host.HostContext;
import io.sysmonstm.plugin.host.HostLogging;
import io.sysmonstm.plugin.host.HostSettings;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.LogFormat;
import io.sysmonstm.plugin.host.ProviderRegistry;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.TimeSource;
import java.io.Console;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Loads the configuration of a role, and runs it or tells of it. Confined to one thread. */
final class RoleRunner {
  private static final EventLog LOG = EventLog.of(RoleRunner.class);

  private final Path directory;
  private final ConfigurationSources sources;
  private final ProviderRegistry registry;

  /**
   * Reads the file, the environment and the flags, and finds the plugins.
   *
   * @param flags what follows the command
   * @param environment the environment
   * @param directory where relative paths are meant from
   */
  RoleRunner(List<String> flags, Map<String, String> environment, Path directory) {
    this.directory = directory;
    this.sources = ConfigurationSources.read(located(flags), environment);
    var plugins = sources.peek(HostSettings.PLUGINS_DIRECTORY).orElseThrow();
    this.registry = ProviderRegistry.load(directory.resolve(plugins));
  }

  /** Returns where the user is; the launch script has gone elsewhere. */
  static Path workingDirectory() {
    return Path.of(System.getProperty("sysmonstm.working-directory", "")).toAbsolutePath();
  }

  /** Runs a role until it is told to stop, and returns the exit status. */
  @SuppressWarnings("ClosingStandardOutputStreams") // The log gives the stream back, open.
  int run(String name) {
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    var configuration = load(name, terminal);
    var settings = new LocatedSettings(configuration, directory);
    // What is started before the log is configured would log in another form.
    try (var _ =
        HostLogging.install(
            settings.get(HostSettings.LOG_FORMAT),
            settings.get(HostSettings.LOG_LEVEL),
            System.err)) {
      configuration.warnings().forEach(warning -> LOG.info("configuration_warning", warning));
      var time = TimeSource.system();
      return new Host(name, time)
          .stopOnSignals()
          .run(
              lifecycle ->
                  start(
                      name, new RoleContext(configuration, directory, registry, time), lifecycle));
    }
  }

  private static void start(String name, RoleContext context, Lifecycle lifecycle)
      throws Exception {
    switch (name) {
      case "standalone" -> new Standalone(context, lifecycle).start();
      case "collector" -> {
        lifecycle.own("host", context.host());
        CollectorRole.start(context, lifecycle);
      }
      default -> throw new IllegalArgumentException(name);
    }
  }

  /** Returns a line for each key. */
  List<String> effective(String role) {
    return load(role, false).effective();
  }

  /** Returns a line for each key: what it is for, and its default. */
  List<String> help(String role) {
    return load(role, false).help();
  }

  /** Returns a line for each plugin. */
  @SuppressWarnings("ClosingStandardOutputStreams") // The log gives the stream back, open.
  List<String> plugins() {
    var configuration = load("standalone", false);
    var settings = new LocatedSettings(configuration, directory);
    try (var _ = HostLogging.install(LogFormat.TEXT, Level.ERROR, System.err);
        var host =
            HostContext.open(TimeSource.system(), settings.get(HostSettings.DATA_DIRECTORY))) {
      return registry.list(host).stream()
          .map(
              one ->
                  Stream.of(
                          one.spi(),
                          one.type(),
                          one.module(),
                          one.location(),
                          one.problem().map("unavailable: "::concat).orElse("available"))
                      .filter(part -> !part.isEmpty())
                      .reduce((left, right) -> left + "  " + right)
                      .orElse(""))
          .toList();
    }
  }

  private Configuration load(String name, boolean terminal) {
    return Configuration.loader(sources, registry)
        .others(RoleKeys.ALL)
        // One file serves a whole fleet: keys of parts that are not here are no mistakes.
        .tolerate("collector.spool", "redis", "timescale", "kafka", "edge", "gateway.edge")
        .terminal(terminal)
        .load(role(name));
  }

  private static RoleSettings role(String name) {
    return RoleKeys.ALL.stream()
        .filter(role -> role.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    List.of(
                        "role '%s' is not known: expected standalone or collector"
                            .formatted(name))));
  }

  /** The flags, with the configuration file as an absolute path. */
  private List<String> located(List<String> flags) {
    var located = new ArrayList<String>();
    for (int i = 0; i < flags.size(); i++) {
      var flag = flags.get(i);
      if (flag.startsWith("--config=")) {
        located.add("--config=" + directory.resolve(flag.substring("--config=".length())));
      } else if (i > 0 && flags.get(i - 1).equals("--config")) {
        located.add(directory.resolve(flag).toString());
      } else {
        located.add(flag);
      }
    }
    return located;
  }
}
