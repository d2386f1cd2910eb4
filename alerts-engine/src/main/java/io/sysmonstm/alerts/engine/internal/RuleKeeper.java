package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Rule;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings together the rules of the file, which it writes to the store, and those of the API, which
 * it reads from there; and loads, once, what an earlier run left open. Confined to one thread, but
 * for {@link #health} and {@link #inForce}.
 */
public final class RuleKeeper {
  /** Where rules and alerts go. */
  public interface Target {
    /**
     * Takes over open alerts and puts rules in force.
     *
     * @param rules with unique names
     * @param open alerts of an earlier run
     */
    void install(List<Rule> rules, List<Alert> open);
  }

  private static final EventLog LOG = EventLog.of(RuleKeeper.class);

  /**
   * To evaluate before the open alerts are loaded means to fire them again: better late than never.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Supplier<List<Rule>> source;
  private final AlertStore store;
  private final TimeSource time;
  private final Target target;
  private final LongAdder failures;
  private final long startedNanos;
  private List<Rule> fileRules = List.of();
  private List<Rule> apiRules = List.of();
  private boolean fileRulesStored;
  private boolean restored;
  private @Nullable Long revision;
  private volatile @Nullable List<Rule> inForce;
  private volatile Health health = Health.ok();

  /**
   * Creates a keeper that has read nothing yet.
   *
   * @param source the rules of the file, the same object while they are the same
   * @param store the store
   * @param time the clocks
   * @param metrics where it counts
   * @param target where rules and alerts go
   */
  public RuleKeeper(
      Supplier<List<Rule>> source,
      AlertStore store,
      TimeSource time,
      SelfMetrics metrics,
      Target target) {
    this.source = source;
    this.store = store;
    this.time = time;
    this.target = target;
    this.startedNanos = time.nanoTime();
    this.failures =
        metrics.counter(
            "alerts_store_read_failures_total", "Failed attempts to read rules and open alerts.");
  }

  /** {@return the rules in force} */
  public List<Rule> inForce() {
    var rules = inForce;
    return rules == null ? List.of() : rules;
  }

  /** {@return whether rules were put in force yet} */
  public boolean isInstalled() {
    return inForce != null;
  }

  /** {@return whether rules could be exchanged with the store} */
  public Health health() {
    return health;
  }

  /** Looks for changes and puts them in force. Called each second; may block. */
  public void refresh() {
    var now = source.get();
    if (!now.equals(fileRules)) {
      fileRules = now;
      fileRulesStored = false;
    }
    var open = exchange();
    boolean late = time.nanoTime() - startedNanos >= PATIENCE.toNanos();
    var wanted = combined();
    if (!open.isEmpty() || ((restored || late) && !wanted.equals(inForce))) {
      target.install(wanted, open);
      inForce = wanted;
    }
  }

  /** Writes and reads what the store lacks or has new; the alerts to restore. */
  private List<Alert> exchange() {
    List<Alert> open = new ArrayList<>();
    try {
      if (!fileRulesStored) {
        store.replaceFileRules(fileRules);
        fileRulesStored = true;
      }
      long stored = store.revision();
      if (revision == null || revision != stored) {
        apiRules = store.rules().stream().filter(rule -> rule.origin() == Rule.Origin.API).toList();
        revision = stored;
      }
      if (!restored) {
        open.addAll(store.alerts(AlertQuery.in(AlertState.FIRING)));
        open.addAll(store.alerts(AlertQuery.in(AlertState.PENDING)));
        restored = true;
      }
      health = Health.ok();
    } catch (RuntimeException failure) {
      open.clear();
      failures.increment();
      health = Health.failing("rules and open alerts cannot be read from the store");
      LOG.warn("alert_rules_unread", "The store of alerts cannot be read", failure);
    }
    return open;
  }

  private List<Rule> combined() {
    Set<String> names = new HashSet<>();
    List<Rule> rules = new ArrayList<>();
    for (var rule : fileRules) {
      names.add(rule.name());
      rules.add(rule);
    }
    for (var rule : apiRules) {
      if (names.add(rule.name())) {
        rules.add(rule);
      } else {
        LOG.warn(
            "alert_rule_shadowed",
            "A rule of the API is not in force: the file has one of its name",
            null,
            "rule",
            rule.name());
      }
    }
    return List.copyOf(rules);
  }
}
