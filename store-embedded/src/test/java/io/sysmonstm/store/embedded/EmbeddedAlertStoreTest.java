package io.sysmonstm.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.Operator;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Severity;
import io.sysmonstm.api.Silence;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedAlertStoreTest {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final ManualTime time = new ManualTime();
  private TestContext context;
  private EmbeddedAlertStore store;

  @BeforeEach
  void open(@TempDir Path directory) {
    context = new TestContext(time, directory);
    store = EmbeddedAlertStore.builder(context).maxResolved(10).build();
  }

  @AfterEach
  void close() {
    store.close();
    context.close();
  }

  @Test
  void forgetsTheOldestResolvedAlertsBeyondTheBoundAndNoOpenOne() {
    store.save(alert("open").build());
    for (int i = 0; i <= 130; i++) {
      time.advance(Duration.ofSeconds(1));
      store.save(resolved("resolved-" + i));
    }

    var left = store.alerts(AlertQuery.all()).stream().map(Alert::id).toList();

    assertThat(left).contains("open", "resolved-130").doesNotContain("resolved-0");
    assertThat(left).hasSizeBetween(11, 111);
  }

  @Test
  void forgetsResolvedAlertsAfterNinetyDays() {
    store.save(resolved("old"));
    time.advance(Duration.ofDays(91));
    for (int i = 0; i < 100; i++) {
      store.save(resolved("new"));
    }

    assertThat(store.alerts(AlertQuery.all())).extracting(Alert::id).containsExactly("new");
  }

  @Test
  void hidesARuleOfTheApiWhileTheFileHasOneOfItsName() {
    store.putRule(rule("one", Rule.Origin.API, 80), Actor.within("me"));
    store.replaceFileRules(List.of(rule("one", Rule.Origin.FILE, 90)));
    assertThat(store.rules()).containsExactly(rule("one", Rule.Origin.FILE, 90));

    store.replaceFileRules(List.of());
    assertThat(store.rules()).containsExactly(rule("one", Rule.Origin.API, 80));
  }

  @Test
  void doesNotCountFileRulesThatAreTheSameAsAChange() {
    store.replaceFileRules(List.of(rule("one", Rule.Origin.FILE, 90)));
    long before = store.revision();

    store.replaceFileRules(List.of(rule("one", Rule.Origin.FILE, 90)));

    assertThat(store.revision()).isEqualTo(before);
  }

  @Test
  void leavesOutAStoredRuleThatCannotBeRead() {
    store.putRule(rule("one", Rule.Origin.API, 80), Actor.within("me"));
    store.putRule(rule("two", Rule.Origin.API, 80), Actor.within("me"));
    store
        .database()
        .write(
            "spoil",
            session -> {
              session.execute("UPDATE rule SET keys = '{\"name\":\"one\"}' WHERE name = 'one'");
              return true;
            });

    assertThat(store.rules()).containsExactly(rule("two", Rule.Origin.API, 80));
  }

  @Test
  void keepsTheFirstOfTwoWhoAcknowledge() {
    store.save(alert("1").build());
    store.acknowledge("1", Actor.within("first"));
    long before = store.revision();

    assertThat(store.acknowledge("1", Actor.within("second")).acknowledgedBy()).contains("first");
    assertThat(store.revision()).isEqualTo(before);
  }

  @Test
  void storesAValueThatIsNoNumber() {
    assertThat(store.save(alert("1").value(Double.NaN).build()).value()).isNaN();
  }

  @Test
  void owesNothingOfAlertsThatWerePruned() {
    for (int i = 0; i <= 130; i++) {
      time.advance(Duration.ofSeconds(1));
      store.save(resolved("a-" + i), List.of(owed("a-" + i)));
    }

    var owed = store.claim("ops", "me", LEASE, 1000).stream().map(one -> one.alert().id()).toList();
    assertThat(owed)
        .hasSameElementsAs(store.alerts(AlertQuery.all()).stream().map(Alert::id).toList())
        .hasSizeBetween(10, 110);
  }

  @Test
  void endsLeasesWithTheProcessThatHeldThem() {
    store.save(alert("1").build(), List.of(owed("1")));
    assertThat(store.claim("ops", "killed", LEASE, 10)).hasSize(1);
    store.close();
    store = EmbeddedAlertStore.builder(context).build();

    assertThat(store.claim("ops", "next", LEASE, 10)).hasSize(1);
  }

  @Test
  void keepsLeasesWhereTheWallClockLeaps() {
    store.save(alert("1").build(), List.of(owed("1")));
    assertThat(store.claim("ops", "me", LEASE, 10)).hasSize(1);
    time.setWall(time.instant().plus(Duration.ofHours(1)));

    assertThat(store.claim("ops", "other", LEASE, 10)).isEmpty();
  }

  @Test
  void keepsWhatPeopleDidForTwoYears() {
    var now = Instant.now();
    time.setWall(now.minus(Duration.ofDays(731)));
    store.putRule(rule("too old", Rule.Origin.API, 80), Actor.within("me"));
    time.setWall(now.minus(Duration.ofDays(729)));
    for (int i = 0; i < 100; i++) {
      store.putRule(rule("old", Rule.Origin.API, i), Actor.within("me"));
    }

    assertThat(store.audit(Optional.empty(), 1000))
        .hasSize(100)
        .extracting(AuditEntry::subject)
        .containsOnly("old");
  }

  @Test
  void leavesOutAStoredSilenceThatCannotBeRead() {
    store.putSilence(silence("one"), Actor.within("ada"));
    store.putSilence(silence("two"), Actor.within("ada"));
    store
        .database()
        .write(
            "spoil",
            session -> {
              session.execute("UPDATE silence SET keys = '{}' WHERE id = 'one'");
              return true;
            });

    assertThat(store.silences()).containsExactly(silence("two"));
  }

  private Silence silence(String id) {
    return new Silence(
        id,
        Map.of("machine", "*"),
        Instant.EPOCH,
        Instant.parse("2100-01-01T00:00:00Z"),
        Optional.empty(),
        "me",
        "");
  }

  private Notification owed(String id) {
    return new Notification(id, "ops", Notification.Kind.RESOLVED, time.instant(), 0);
  }

  private Alert.Builder alert(String id) {
    return Alert.builder(id, "a-rule", "a").startedAt(time.instant());
  }

  private Alert resolved(String id) {
    return alert(id).state(AlertState.RESOLVED).resolvedAt(time.instant()).build();
  }

  private static Rule rule(String name, Rule.Origin origin, double threshold) {
    return new Rule(
        name,
        new Rule.Threshold("cpu_percent", Operator.GT, threshold, threshold),
        Map.of(),
        Duration.ZERO,
        Severity.WARNING,
        Optional.empty(),
        origin);
  }
}
