package io.sysmonstm.distributions;

import io.sysmonstm.plugin.host.DirectoryLock;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.RoleSettings;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.AccessStoreProvider;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.AlertStoreProvider;
import io.sysmonstm.spi.CurrentStore;
import io.sysmonstm.spi.CurrentStoreProvider;
import io.sysmonstm.spi.EventBus;
import io.sysmonstm.spi.EventBusProvider;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.HistoryStoreProvider;
import io.sysmonstm.spi.Setting;
import java.nio.file.Path;
import java.util.Map;

/** Opens the stores and the bus that the configuration chooses; each is stopped with the role. */
final class Backends {
  private static final EventLog LOG = EventLog.of(Backends.class);
  private static final String EMBEDDED = "embedded";
  private static final String LOCAL = "local";
  private static final String SQLITE_DIRECTORY = "org.sqlite.tmpdir";

  /** The types that no other process can share, and what to set instead. */
  private static final Map<Setting<String>, Alone> ALONE =
      Map.of(
          RoleKeys.CURRENT_STORE, new Alone(EMBEDDED, "redis"),
          RoleKeys.HISTORY_STORE, new Alone(EMBEDDED, "timescale"),
          RoleKeys.EVENTS_BUS, new Alone(LOCAL, "redis-pubsub, redis-streams or kafka"));

  private record Alone(String type, String instead) {}

  private final RoleContext context;
  private final Lifecycle lifecycle;

  /** Takes the data directory for this process, where something is kept in it. */
  Backends(RoleContext context, Lifecycle lifecycle) {
    this.context = context;
    this.lifecycle = lifecycle;
    if (context.configuration().get(RoleKeys.HISTORY_STORE).equals(EMBEDDED)) {
      var directory = context.host().dataDirectory();
      lifecycle.own("data directory", DirectoryLock.acquire(directory));
      unpackSqliteIn(directory);
    }
  }

  // A killed process leaves the driver's library behind, the next start clears it.
  private static void unpackSqliteIn(Path directory) {
    if (System.getProperty(SQLITE_DIRECTORY) == null) {
      System.setProperty(SQLITE_DIRECTORY, directory.toString());
    }
  }

  /** Opens the store of access for a command, also while a role runs on the data directory. */
  static AccessStore accessBeside(RoleContext context, Lifecycle lifecycle) {
    if (context.configuration().get(RoleKeys.HISTORY_STORE).equals(EMBEDDED)) {
      unpackSqliteIn(context.host().dataDirectory());
    }
    return lifecycle.own(
        "access store", context.create(AccessStoreProvider.class, RoleKeys.HISTORY_STORE));
  }

  /** Refuses what is of no use to a role that lives by what other processes write. */
  static void refuseAlone(RoleSettings.Builder role, Setting<String> chooser) {
    var alone = alone(chooser);
    role.refuse(
        chooser,
        alone.type,
        "no other process can share it; set %s to %s, or run the role standalone"
            .formatted(chooser, alone.instead));
  }

  /**
   * Warns of what other processes will not see; for a role whose work has a use even so. One
   * warning tells all, since a log keeps back repetitions.
   */
  void warnAlone(Map<Setting<String>, String> consequences) {
    var alone =
        consequences.entrySet().stream()
            .filter(one -> context.settings().get(one.getKey()).equals(alone(one.getKey()).type))
            .map(one -> consequence(one.getKey(), one.getValue()))
            .sorted()
            .toList();
    if (!alone.isEmpty()) {
      LOG.warn(
          "not_shared",
          "no other process can share what this one keeps: " + String.join("; ", alone),
          null);
    }
  }

  private static String consequence(Setting<String> chooser, String consequence) {
    var alone = alone(chooser);
    return "%s is '%s', so %s; set it to %s"
        .formatted(chooser, alone.type, consequence, alone.instead);
  }

  private static Alone alone(Setting<String> chooser) {
    var alone = ALONE.get(chooser);
    if (alone == null) {
      throw new IllegalArgumentException(chooser.key());
    }
    return alone;
  }

  CurrentStore current() {
    return lifecycle.own(
        "current store", context.create(CurrentStoreProvider.class, RoleKeys.CURRENT_STORE));
  }

  HistoryStore history() {
    return lifecycle.own(
        "history store", context.create(HistoryStoreProvider.class, RoleKeys.HISTORY_STORE));
  }

  AlertStore alerts() {
    return lifecycle.own(
        "alert store", context.create(AlertStoreProvider.class, RoleKeys.HISTORY_STORE));
  }

  AccessStore access() {
    return lifecycle.own(
        "access store", context.create(AccessStoreProvider.class, RoleKeys.HISTORY_STORE));
  }

  EventBus events() {
    return lifecycle.own("events", context.create(EventBusProvider.class, RoleKeys.EVENTS_BUS));
  }
}
