package io.sysmonstm.testkit;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.Health;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A store of alerts that forgets all with the process, and can be made unavailable. Thread-safe.
 */
public final class InMemoryAlertStore implements AlertStore {
  private static final int MAX_ALERTS = 10_000;

  // All guarded by this.
  private final Map<String, Alert> alerts = new LinkedHashMap<>();
  private final Map<String, Rule> apiRules = new TreeMap<>();
  private List<Rule> fileRules = List.of();
  private long revision;
  private boolean unavailable;

  /** Creates an empty store. */
  public InMemoryAlertStore() {}

  /**
   * Makes every later call fail, as if the server were down, or work again.
   *
   * @param now whether calls fail
   */
  public synchronized void unavailable(boolean now) {
    unavailable = now;
  }

  @Override
  public synchronized Alert save(Alert alert) {
    checkAvailable();
    var before = alerts.get(alert.id());
    var kept =
        before == null || alert.acknowledgedBy().isPresent()
            ? alert
            : before
                .acknowledgedBy()
                .map(by -> alert.toBuilder().acknowledgedBy(by).build())
                .orElse(alert);
    alerts.put(alert.id(), kept);
    return kept;
  }

  @Override
  public synchronized void forget(String id) {
    checkAvailable();
    alerts.remove(id);
  }

  @Override
  public synchronized List<Alert> alerts(AlertQuery query) {
    checkAvailable();
    return alerts.values().stream()
        .filter(query::matches)
        .sorted(Comparator.comparing(Alert::startedAt).reversed())
        .limit(MAX_ALERTS)
        .toList();
  }

  @Override
  public synchronized Alert acknowledge(String id, String by) {
    checkAvailable();
    var alert = alerts.get(id);
    if (alert == null) {
      throw new RequestException(ErrorCode.NOT_FOUND, "there is no alert " + id);
    }
    if (!alert.open()) {
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION, "alert " + id + " is resolved: expected an open one");
    }
    var acknowledged = alert.toBuilder().acknowledgedBy(by).build();
    alerts.put(id, acknowledged);
    revision++;
    return acknowledged;
  }

  @Override
  public synchronized List<Rule> rules() {
    checkAvailable();
    var rules = new ArrayList<>(fileRules);
    rules.addAll(apiRules.values());
    return List.copyOf(rules);
  }

  @Override
  public synchronized void replaceFileRules(List<Rule> rules) {
    checkAvailable();
    if (!fileRules.equals(rules)) {
      fileRules = List.copyOf(rules);
      revision++;
    }
  }

  @Override
  public synchronized void putRule(Rule rule) {
    checkAvailable();
    checkNotOfFile(rule.name());
    apiRules.put(rule.name(), rule);
    revision++;
  }

  @Override
  public synchronized void deleteRule(String name) {
    checkAvailable();
    checkNotOfFile(name);
    if (apiRules.remove(name) == null) {
      throw new RequestException(ErrorCode.NOT_FOUND, "there is no rule " + name);
    }
    revision++;
  }

  @Override
  public synchronized long revision() {
    checkAvailable();
    return revision;
  }

  @Override
  public synchronized Health health() {
    return unavailable ? Health.failing("made unavailable by the test") : Health.ok();
  }

  @Override
  public void close() {}

  private void checkNotOfFile(String name) {
    if (fileRules.stream().anyMatch(rule -> rule.name().equals(name))) {
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION, "rule " + name + " is the file's: change it there");
    }
  }

  private void checkAvailable() {
    if (unavailable) {
      throw new StoreUnavailableException("the store was made unavailable by the test", null);
    }
  }
}
