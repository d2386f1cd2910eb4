package io.sysmonstm.testkit;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.RuleFormat;
import io.sysmonstm.api.Silence;
import io.sysmonstm.api.SilenceFormat;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A store of alerts that forgets all with the process, and can be made unavailable. Thread-safe.
 */
public final class InMemoryAlertStore implements AlertStore {
  private static final int MAX_ALERTS = 10_000;

  // All guarded by this.
  private final Map<String, Alert> alerts = new LinkedHashMap<>();
  private final Map<String, Rule> apiRules = new TreeMap<>();
  private final Map<Key, Owed> owed = new LinkedHashMap<>();
  private final Map<String, Silence> silences = new TreeMap<>();
  private final List<AuditEntry> audit = new ArrayList<>();
  private final TimeSource time;
  private List<Rule> fileRules = List.of();
  private long revision;
  private boolean unavailable;

  private record Key(String alertId, String notifier, Notification.Kind kind) {
    static Key of(Notification notification) {
      return new Key(notification.alertId(), notification.notifier(), notification.kind());
    }
  }

  private record Owed(Notification notification, String leasedBy, Instant leasedUntil) {
    static Owed free(Notification notification) {
      return new Owed(notification, "", Instant.MIN);
    }

    boolean isLeasedToAnother(String by, Instant now) {
      return !leasedBy.equals(by) && now.isBefore(leasedUntil);
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
      owed.keySet()
          .removeIf(
              key -> key.alertId.equals(alert.id()) && key.kind == Notification.Kind.REPEATED);
    }
    owedOfIt.forEach(one -> owed.putIfAbsent(Key.of(one), Owed.free(one)));
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
    owed.keySet().removeIf(key -> key.alertId.equals(id));
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
  public synchronized Alert acknowledge(String id, Actor by) {
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
    var acknowledged = alert.toBuilder().acknowledgedBy(by.name()).build();
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
  public synchronized void putRule(Rule rule, Actor by) {
    checkAvailable();
    checkNotOfFile(rule.name());
    var before = Optional.ofNullable(apiRules.put(rule.name(), rule));
    record(by, "rule_put", rule.name(), change(before, Optional.of(rule), RuleFormat::write));
  }

  @Override
  public synchronized void deleteRule(String name, Actor by) {
    checkAvailable();
    checkNotOfFile(name);
    var before = Optional.ofNullable(apiRules.remove(name));
    if (before.isEmpty()) {
      throw new RequestException(ErrorCode.NOT_FOUND, "there is no rule " + name);
    }
    record(by, "rule_deleted", name, change(before, Optional.empty(), RuleFormat::write));
  }

  @Override
  public synchronized List<OwedNotification> claim(
      String notifier, String by, Duration lease, int most) {
    checkAvailable();
    var now = time.instant();
    var ofNotifier =
        owed.values().stream()
            .filter(one -> one.notification.notifier().equals(notifier))
            .sorted(Comparator.comparing(one -> one.notification.kind()))
            .collect(Collectors.groupingBy(one -> one.notification.alertId()));
    var claimed =
        ofNotifier.values().stream()
            .filter(news -> news.stream().noneMatch(one -> one.isLeasedToAnother(by, now)))
            .filter(news -> !earliest(news).isAfter(now))
            .sorted(Comparator.comparing(InMemoryAlertStore::earliest))
            .flatMap(List::stream)
            .map(Owed::notification)
            .limit(most)
            .toList();
    claimed.forEach(one -> owed.put(Key.of(one), new Owed(one, by, now.plus(lease))));
    return claimed.stream()
        .map(one -> new OwedNotification(one, Objects.requireNonNull(alerts.get(one.alertId()))))
        .toList();
  }

  private static Instant earliest(List<Owed> news) {
    return news.stream().map(one -> one.notification.due()).min(Comparator.naturalOrder()).get();
  }

  @Override
  public synchronized void settle(List<Notification> done, List<Notification> later) {
    checkAvailable();
    done.forEach(one -> owed.remove(Key.of(one)));
    later.stream().filter(this::isNeeded).forEach(one -> owed.put(Key.of(one), Owed.free(one)));
  }

  private boolean isNeeded(Notification notification) {
    var alert = alerts.get(notification.alertId());
    return alert != null && (alert.open() || notification.kind() != Notification.Kind.REPEATED);
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
  public synchronized void putSilence(Silence silence, Actor by) {
    checkAvailable();
    var before = Optional.ofNullable(silences.put(silence.id(), silence));
    record(
        by,
        "silence_put",
        silence.id(),
        change(before, Optional.of(silence), SilenceFormat::write));
  }

  @Override
  public synchronized void endSilence(String id, Actor by) {
    checkAvailable();
    var silence = silences.get(id);
    if (silence == null || !silence.to().isAfter(time.instant())) {
      throw new RequestException(ErrorCode.NOT_FOUND, "there is no silence " + id);
    }
    silences.remove(id);
    record(
        by,
        "silence_ended",
        id,
        change(Optional.of(silence), Optional.empty(), SilenceFormat::write));
  }

  @Override
  public synchronized List<AuditEntry> audit(Optional<String> subject, int most) {
    checkAvailable();
    return audit.reversed().stream()
        .filter(entry -> subject.isEmpty() || entry.subject().equals(subject.get()))
        .limit(most)
        .toList();
  }

  private void record(Actor by, String action, String subject, String detail) {
    audit.add(AuditEntry.of(time.instant(), by, action, subject, detail));
    revision++;
  }

  private static <T> String change(
      Optional<T> before, Optional<T> after, Function<T, Map<String, Object>> format) {
    var change = new LinkedHashMap<String, Object>();
    before.ifPresent(value -> change.put("old", format.apply(value)));
    after.ifPresent(value -> change.put("new", format.apply(value)));
    return JsonText.of(change);
  }

  /** Adds what another store of the same data did. */
  synchronized void add(AuditEntry entry) {
    audit.add(entry);
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
