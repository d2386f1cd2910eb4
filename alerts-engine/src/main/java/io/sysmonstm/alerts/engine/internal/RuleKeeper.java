package io.sysmonstm.alerts.engine.internal;

import io.sysmonstm.api.Rule;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings together the rules of the file, which it writes to the store, and those of the API, which
 * it reads from there, with the silences. Confined to one thread, but for {@link #health} and
 * {@link #inForce}.
 */
public final class RuleKeeper {
  private static final EventLog LOG = EventLog.of(RuleKeeper.class);

  /**
   * For so long it is waited for the rules of the API before those of the file are put in force.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Supplier<List<Rule>> source;
  private final EngineContext context;
  private final AlertStore store;
  private final TimeSource time;
  private final Consumer<List<Rule>> target;
  private final LongAdder failures;
  private final long startedNanos;
  private List<Rule> fileRules = List.of();
  private List<Rule> apiRules = List.of();
  private boolean fileRulesStored;
  private boolean exchanged;
  private @Nullable Long revision;
  private volatile @Nullable List<Rule> inForce;
  private volatile Health health = Health.ok();

  /**
   * Creates a keeper that has read nothing yet.
   *
   * @param source the rules of the file, the same object while they are the same
   * @param context of the engine
   * @param target puts rules with unique names in force
   */
  public RuleKeeper(
      Supplier<List<Rule>> source, EngineContext context, Consumer<List<Rule>> target) {
    this.source = source;
    this.context = context;
    this.store = context.store();
    this.time = context.time();
    this.target = target;
    this.startedNanos = time.nanoTime();
    this.failures =
        context
            .metrics()
            .counter(
                "alerts_store_read_failures_total", "Failed attempts to read rules and silences.");
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
    exchange();
    boolean late = time.nanoTime() - startedNanos >= PATIENCE.toNanos();
    var wanted = combined();
    if ((exchanged || late) && !wanted.equals(inForce)) {
      target.accept(wanted);
      inForce = wanted;
    }
  }

  /** Writes and reads what the store lacks or has new. */
  private void exchange() {
    try {
      if (!fileRulesStored) {
        store.replaceFileRules(fileRules);
        fileRulesStored = true;
      }
      long stored = store.revision();
      if (revision == null || revision != stored) {
        apiRules = store.rules().stream().filter(rule -> rule.origin() == Rule.Origin.API).toList();
        context.silences().replace(store.silences());
        revision = stored;
      }
      exchanged = true;
      health = Health.ok();
    } catch (RuntimeException failure) {
      failures.increment();
      health = Health.failing("rules and silences cannot be read from the store");
      LOG.warn("alert_rules_unread", "The store of alerts cannot be read", failure);
    }
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
