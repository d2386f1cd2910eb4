package io.sysmonstm.testkit;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import io.sysmonstm.api.Silence;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.OwedNotification;
import io.sysmonstm.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A store of alerts that forgets all with the process, and can be made unavailable. Thread-safe.
 */
public final class InMemoryAlertStore implements AlertStore {
  private static final int MAX_ALERTS = 10_000;

  // All guarded by this.
  private final Map<String, Alert> alerts = new LinkedHashMap<>();
  private final Map<String, Rule> apiRules = new TreeMap<>();
  private final Map<String, Owed> owed = new LinkedHashMap<>();
  private final Map<String, Silence> silences = new TreeMap<>();
  private final List<AuditEntry> audit = new ArrayList<>();
  private final TimeSource time;
  private List<Rule> fileRules = List.of();
  private long revision;
  private boolean unavailable;

  private record Owed(Notification notification, String leasedBy, Instant leasedUntil) {
    static Owed free(Notification notification) {
      return new Owed(notification, "", Instant.MIN);
    }

    static String key(Notification notification) {
      return notification.alertId() + " " + notification.notifier() + " " + notification.kind();
    }
  }

  /** Creates an empty store on the machine's clock. */
  public InMemoryAlertStore() {
    this(TimeSource.system());
  }

  /**
   * Creates an empty store.
   *
   * @param time the clock that leases and due notifications go by
   */
  public InMemoryAlertStore(TimeSource time) {
    this.time = time;
  }

  /**
   * Makes every later call fail, as if the server were down, or work again.
   *
   * @param now whether calls fail
   */
  public synchronized void unavailable(boolean now) {
    unavailable = now;
  }

  @Override
  public synchronized Alert save(Alert alert, List<Notification> owedOfIt) {
    checkAvailable();
    var before = alerts.get(alert.id());
    if (before != null && !before.open() && alert.open()) {
      return before;
    }
    if (!alert.open()) {
      owed.values()
          .removeIf(
              one ->
                  one.notification.alertId().equals(alert.id())
                      && one.notification.kind() == Notification.Kind.REPEATED);
    }
    owedOfIt.forEach(one -> owed.putIfAbsent(Owed.key(one), Owed.free(one)));
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
    if (alert.acknowledgedBy().isPresent()) {
      return alert;
    }
    var acknowledged = alert.toBuilder().acknowledgedBy(by).build();
    alerts.put(id, acknowledged);
    record(by, "alert_acknowledged", id, "");
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
  public synchronized void putRule(Rule rule, String by) {
    checkAvailable();
    checkNotOfFile(rule.name());
    apiRules.put(rule.name(), rule);
    record(by, "rule_put", rule.name(), RuleFormat.write(rule).toString());
  }

  @Override
  public synchronized void deleteRule(String name, String by) {
    checkAvailable();
    checkNotOfFile(name);
    if (apiRules.remove(name) == null) {
      throw new RequestException(ErrorCode.NOT_FOUND, "there is no rule " + name);
    }
    record(by, "rule_deleted", name, "");
  }

  @Override
  public synchronized List<OwedNotification> claim(
      String notifier, String by, Duration lease, int most) {
    checkAvailable();
    var now = time.instant();
    var free =
        owed.values().stream()
            .filter(one -> one.notification.notifier().equals(notifier))
            .filter(one -> one.leasedBy.equals(by) || !now.isBefore(one.leasedUntil))
            .map(Owed::notification)
            .sorted(Comparator.comparing(Notification::due))
            .toList();
    var alertsDue = new HashSet<String>();
    free.stream()
        .filter(one -> !one.due().isAfter(now))
        .forEach(one -> alertsDue.add(one.alertId()));
    var claimed =
        free.stream().filter(one -> alertsDue.contains(one.alertId())).limit(most).toList();
    claimed.forEach(one -> owed.put(Owed.key(one), new Owed(one, by, now.plus(lease))));
    var result = new ArrayList<OwedNotification>();
    for (var one : claimed) {
      var alert = alerts.get(one.alertId());
      if (alert != null) {
        result.add(new OwedNotification(one, alert));
      }
    }
    return result;
  }

  @Override
  public synchronized void settle(List<Notification> done, List<Notification> later) {
    checkAvailable();
    done.forEach(one -> owed.remove(Owed.key(one)));
    later.forEach(one -> owed.put(Owed.key(one), Owed.free(one)));
  }

  @Override
  public synchronized List<Silence> silences() {
    checkAvailable();
    return silences.values().stream()
        .filter(silence -> silence.to().isAfter(time.instant()))
        .sorted(Comparator.comparing(Silence::from))
        .toList();
  }

  @Override
  public synchronized void putSilence(Silence silence) {
    checkAvailable();
    silences.put(silence.id(), silence);
    record(silence.by(), "silence_put", silence.id(), silence.toString());
  }

  @Override
  public synchronized void endSilence(String id, String by) {
    checkAvailable();
    var silence = silences.get(id);
    if (silence == null || !silence.to().isAfter(time.instant())) {
      throw new RequestException(ErrorCode.NOT_FOUND, "there is no silence " + id);
    }
    silences.remove(id);
    record(by, "silence_ended", id, "");
  }

  @Override
  public synchronized List<AuditEntry> audit(Optional<String> subject, int most) {
    checkAvailable();
    return audit.reversed().stream()
        .filter(entry -> subject.isEmpty() || entry.subject().equals(subject.get()))
        .limit(most)
        .toList();
  }

  private void record(String by, String action, String subject, String detail) {
    audit.add(new AuditEntry(time.instant(), by, action, subject, detail));
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
