package io.sysmonstm.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Operator;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Severity;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedAlertStoreTest {
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
    store.putRule(rule("one", Rule.Origin.API, 80), "me");
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
    store.putRule(rule("one", Rule.Origin.API, 80), "me");
    store.putRule(rule("two", Rule.Origin.API, 80), "me");
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
    store.acknowledge("1", "first");
    long before = store.revision();

    assertThat(store.acknowledge("1", "second").acknowledgedBy()).contains("first");
    assertThat(store.revision()).isEqualTo(before);
  }

  @Test
  void storesAValueThatIsNoNumber() {
    assertThat(store.save(alert("1").value(Double.NaN).build()).value()).isNaN();
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
