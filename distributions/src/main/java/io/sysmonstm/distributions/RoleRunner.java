package io.sysmonstm.distributions;

import io.sysmonstm.plugin.host.Configuration;
import io.sysmonstm.plugin.host.ConfigurationSources;
import io.sysmonstm.plugin.host.HealthReport;
import io.sysmonstm.plugin.host.Host;
import io.sysmonstm.plugin.host.HostContext;
import io.sysmonstm.plugin.host.HostLogging;
import io.sysmonstm.plugin.host.HostSettings;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.LogFormat;
import io.sysmonstm.plugin.host.MachineId;
import io.sysmonstm.plugin.host.ProviderRegistry;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.TimeSource;
import java.io.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
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
  int run(Role role) {
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    var configuration = loader(terminal).load(role.settings());
    var settings = new LocatedSettings(configuration, directory);
    // What is started before the log is configured would log in another form.
    try (var _ =
        HostLogging.install(
            settings.get(HostSettings.LOG_FORMAT),
            settings.get(HostSettings.LOG_LEVEL),
            System.err)) {
      configuration.warnings().forEach(warning -> LOG.info("configuration_warning", warning));
      var time = TimeSource.system();
      return new Host(role.command(), time)
          .stopOnSignals()
          .run(
              lifecycle ->
                  start(
                      role, new RoleContext(configuration, directory, registry, time), lifecycle));
    }
  }

  /** What tells of the role is the last to start and the first to stop. */
  private static void start(Role role, RoleContext context, Lifecycle lifecycle) {
    var host = lifecycle.own("host", context.host());
    role.start(context, lifecycle);
    var health = context.health();
    var report =
        HealthReport.start(
            role.command(),
            host.dataDirectory(),
            health::readiness,
            healthPeriod(role),
            host.time());
    lifecycle.onStop(
        "health",
        () -> {
          health.drain();
          report.close();
        });
  }

  /** A collector is to cost next to nothing, and waking up is the greatest part of a look. */
  private static Duration healthPeriod(Role role) {
    return Duration.ofSeconds(role == Role.COLLECTOR ? 10 : 2);
  }

  /** Returns what a role that runs has told of itself, empty where it does not or hangs. */
  Optional<String> health(Role role) {
    try {
      return HealthReport.read(role.command(), dataDirectory("health"), TimeSource.system());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a line for each key. */
  List<String> effective(Role role) {
    var configuration = loader(false).load(role.settings());
    return switch (role) {
      case STANDALONE, COLLECTOR -> spooled(identified(configuration)).effective();
      case AGGREGATOR, ALERTS, GATEWAY, EDGE -> configuration.effective();
    };
  }

  /** With the id that the machine has, or will get. */
  private Configuration identified(Configuration configuration) {
    if (configuration.isGiven(CollectorRole.MACHINE_ID)) {
      return configuration;
    }
    var data = new LocatedSettings(configuration, directory).get(HostSettings.DATA_DIRECTORY);
    var id = MachineId.find(data);
    return configuration.with(
        CollectorRole.MACHINE_ID,
        id,
        (id.isPresent() ? "kept in " : "made at the first start, and kept in ") + data);
  }

  /** With the directory of the spool, which depends on another one. */
  private Configuration spooled(Configuration configuration) {
    if (configuration.isGiven(SpoolKeys.DIRECTORY)) {
      return configuration;
    }
    var data = new LocatedSettings(configuration, directory).get(HostSettings.DATA_DIRECTORY);
    return configuration.with(
        SpoolKeys.DIRECTORY,
        Optional.of(SpoolKeys.directoryIn(data).toString()),
        "in the data directory");
  }

  /** Returns a line for each key: what it is for, and its default. */
  List<String> help(Role role) {
    return loader(false).help(role.settings());
  }

  /** Returns a line for each plugin. */
  @SuppressWarnings("ClosingStandardOutputStreams") // The log gives the stream back, open.
  List<String> plugins() {
    try (var _ = HostLogging.install(LogFormat.TEXT, Level.ERROR, System.err);
        var host = HostContext.forListing(TimeSource.system(), dataDirectory("plugins"))) {
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

  /** Sends a test notice, and returns why it could not be told; empty where it was. */
  @SuppressWarnings("ClosingStandardOutputStreams") // The log gives the stream back, open.
  Optional<String> notifyTest(String notifier) {
    var settings =
        RoleSettings.builder("notify")
            .instances(RoleKeys.NOTIFIERS, NotifierProvider.class, "log")
            .build();
    var configuration = loader(false).load(settings);
    try (var _ = HostLogging.install(LogFormat.TEXT, Level.INFO, System.err)) {
      var context = new RoleContext(configuration, directory, registry, TimeSource.system());
      try (var _ = context.host()) {
        return TestNotice.send(context, notifier);
      }
    }
  }

  /** Opens history for a command, and closes it after. */
  @SuppressWarnings("ClosingStandardOutputStreams") // The log gives the stream back, open.
  <T> T withHistory(Function<HistoryStore, T> command) {
    var configuration =
        loader(false)
            .load(
                RoleSettings.builder("history")
                    .choice(RoleKeys.HISTORY_STORE, HistoryStoreProvider.class)
                    .build());
    var time = TimeSource.system();
    var lifecycle = new Lifecycle(time);
    try (var _ = HostLogging.install(LogFormat.TEXT, Level.ERROR, System.err)) {
      var context = new RoleContext(configuration, directory, registry, time);
      lifecycle.own("host", context.host());
      return command.apply(new Backends(context, lifecycle).history());
    } finally {
      lifecycle.stop(Host.STOP_WITHIN);
    }
  }

  /** Opens the store of access for a command, beside roles that use it. */
  @SuppressWarnings("ClosingStandardOutputStreams") // The log gives the stream back, open.
  <T> T withAccess(BiFunction<AccessStore, Settings, T> command) {
    var configuration =
        loader(false)
            .load(
                RoleSettings.builder("aggregator")
                    .settings(List.of(RoleKeys.AGGREGATOR_LISTEN))
                    .choice(RoleKeys.HISTORY_STORE, AccessStoreProvider.class)
                    .build());
    var time = TimeSource.system();
    var lifecycle = new Lifecycle(time);
    try (var _ = HostLogging.install(LogFormat.TEXT, Level.ERROR, System.err)) {
      var context = new RoleContext(configuration, directory, registry, time);
      lifecycle.own("host", context.host());
      return command.apply(Backends.accessBeside(context, lifecycle), context.settings());
    } finally {
      lifecycle.stop(Host.STOP_WITHIN);
    }
  }

  /** For a command that needs nothing of the configuration of a role. */
  private Path dataDirectory(String command) {
    var configuration = loader(false).load(RoleSettings.builder(command).build());
    return new LocatedSettings(configuration, directory).get(HostSettings.DATA_DIRECTORY);
  }

  private Configuration.Loader loader(boolean terminal) {
    var here = Role.here();
    return Configuration.loader(sources, registry)
        .others(here.stream().map(Role::settings).toList())
        // One file serves a whole fleet: keys of parts that are not here are no mistakes.
        .absent(
            Stream.of(Role.values())
                .filter(role -> !here.contains(role))
                .map(Role::command)
                .toList())
        .tolerate("gateway.edge", "edge")
        .tolerate("current", "history", "events", "redis", "timescale", "kafka")
        .terminal(terminal);
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
