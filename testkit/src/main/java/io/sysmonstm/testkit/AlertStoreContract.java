package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Operator;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Severity;
import io.sysmonstm.api.TopProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every {@link io.sysmonstm.spi.AlertStore} must do. Each test begins with an empty store. */
public abstract class AlertStoreContract extends NotificationOutboxContract {
  /** For subclasses. */
  protected AlertStoreContract() {}

  @Nested
  class Alerts {
    @Test
    void comeBackAsTheyWereSavedAlsoFromAStoreOpenedAnew() {
      var alert =
          pending("1", "a", 0).toBuilder()
              .severity(Severity.CRITICAL)
              .state(AlertState.RESOLVED)
              .labels(Labels.of(Map.of("mount", "/\"'\\\n", "device", "ä€😀")))
              .value(90.25)
              .threshold(0.1 + 0.2)
              .firedAt(begin.plusSeconds(5))
              .resolvedAt(begin.plusSeconds(9))
              .acknowledgedBy("me")
              .message("{\"a\": [1]}")
              .processes(List.of(new TopProcess(7, "a\"b", "root", 99.5, 1L << 40)))
              .build();

      assertThat(parts(store.save(alert))).isEqualTo(parts(alert));
      reopen();

      assertThat(store.alerts(AlertQuery.all()))
          .singleElement()
          .satisfies(stored -> assertThat(parts(stored)).isEqualTo(parts(alert)));
    }

    @Test
    void areReplacedByTheirNewState() {
      store.save(pending("1", "a", 0));
      store.save(fired("1", "a", 0));

      assertThat(store.alerts(AlertQuery.all()))
          .singleElement()
          .satisfies(alert -> assertThat(alert.state()).isEqualTo(AlertState.FIRING));
    }

    @Test
    void keepAnAcknowledgementThatTheSaverDidNotKnow() {
      store.save(fired("1", "a", 0));
      store.acknowledge("1", ME);

      var saved = store.save(resolved("1", "a", 0, 60));

      assertThat(saved.acknowledgedBy()).contains("me");
      assertThat(saved.state()).isEqualTo(AlertState.RESOLVED);
      assertThat(ids(AlertQuery.in(AlertState.RESOLVED))).containsExactly("1");
    }

    @Test
    void thatAreResolvedStaySo() {
      var over = resolved("1", "a", 0, 60);
      store.save(over);

      assertThat(parts(store.save(fired("1", "a", 0)))).isEqualTo(parts(over));
      assertThat(parts(store.alerts(AlertQuery.all()).getFirst())).isEqualTo(parts(over));
    }

    @Test
    void canBeForgotten() {
      store.save(pending("1", "a", 0));
      store.forget("1");
      store.forget("never there");

      assertThat(store.alerts(AlertQuery.all())).isEmpty();
    }

    @Test
    void areFoundNewestFirstByWhatIsAskedFor() {
      store.save(pending("1", "a", 10));
      store.save(fired("2", "b", 30));
      store.save(resolved("3", "a", 20, 40));

      assertThat(ids(AlertQuery.all())).containsExactly("2", "3", "1");
      assertThat(ids(AlertQuery.in(AlertState.FIRING))).containsExactly("2");
      assertThat(ids(query(Optional.of("a"), Optional.empty(), null, null)))
          .containsExactly("3", "1");
      assertThat(ids(query(Optional.empty(), Optional.of("no-such-rule"), null, null))).isEmpty();
      assertThat(ids(query(Optional.empty(), Optional.empty(), 41L, null)))
          .as("open at second 41 or later")
          .containsExactly("2", "1");
      assertThat(ids(query(Optional.empty(), Optional.empty(), 40L, 30L)))
          .as("started before second 30, open at 40 or later")
          .containsExactly("3", "1");
    }

    private AlertQuery query(
        Optional<String> machine, Optional<String> rule, @Nullable Long from, @Nullable Long to) {
      return new AlertQuery(
          Optional.empty(),
          machine,
          rule,
          Optional.ofNullable(from).map(begin::plusSeconds),
          Optional.ofNullable(to).map(begin::plusSeconds));
    }

    private List<String> ids(AlertQuery query) {
      return store.alerts(query).stream().map(Alert::id).toList();
    }
  }

  @Nested
  class Acknowledging {
    @Test
    void namesWhoDidItAndIsStored() {
      store.save(fired("1", "a", 0));
      long before = store.revision();

      assertThat(store.acknowledge("1", ME).acknowledgedBy()).contains("me");

      assertThat(store.revision()).isGreaterThan(before);
      reopen();
      assertThat(store.alerts(AlertQuery.all()).getFirst().acknowledgedBy()).contains("me");
    }

    @Test
    void isRefusedForAnAlertThatIsNotThere() {
      assertRefused(ErrorCode.NOT_FOUND, () -> store.acknowledge("1", ME));
    }

    @Test
    void isRefusedForAResolvedAlert() {
      store.save(resolved("1", "a", 0, 10));

      assertRefused(ErrorCode.FAILED_PRECONDITION, () -> store.acknowledge("1", ME));
    }
  }

  @Nested
  class Rules {
    @Test
    void areThoseOfTheFileInItsOrderThenThoseOfTheApiByName() {
      store.putRule(rule("z-api", Rule.Origin.API), ME);
      store.putRule(rule("a-api", Rule.Origin.API), ME);
      store.replaceFileRules(
          List.of(rule("z-file", Rule.Origin.FILE), rule("a-file", Rule.Origin.FILE)));
      reopen();

      assertThat(store.rules())
          .containsExactly(
              rule("z-file", Rule.Origin.FILE),
              rule("a-file", Rule.Origin.FILE),
              rule("a-api", Rule.Origin.API),
              rule("z-api", Rule.Origin.API));
    }

    @Test
    void ofEachFormComeBackAsTheyWere() {
      var threshold =
          new Rule(
              "disk-filling",
              new Rule.Threshold("disk_percent", Operator.GTE, 90.5, 80),
              Map.of("mount", "/*", "tag.env", "prod\"x"),
              Duration.ofMinutes(5),
              Severity.CRITICAL,
              Optional.of("{{machine}} is \"full\""),
              Rule.Origin.API);
      var absent =
          new Rule(
              "machine-down",
              new Rule.Absent(Duration.ofSeconds(30)),
              Map.of(),
              Duration.ZERO,
              Severity.INFO,
              Optional.empty(),
              Rule.Origin.API);
      store.putRule(threshold, ME);
      store.putRule(absent, ME);
      reopen();

      assertThat(store.rules()).containsExactly(threshold, absent);
    }

    @Test
    void thatLookAheadOrBackComeBackAsTheyWere() {
      var forecast =
          watching(
              "disk-full-soon",
              new Rule.Forecast(
                  "disk_percent",
                  Operator.GTE,
                  100,
                  99.5,
                  Duration.ofHours(24),
                  Duration.ofHours(6)));
      var change =
          watching(
              "memory-leaps",
              new Rule.Change("memory_used_bytes", Operator.LT, -1e9, 0, Duration.ofMinutes(10)));
      store.putRule(forecast, ME);
      store.putRule(change, ME);
      reopen();

      assertThat(store.rules()).containsExactly(forecast, change);
    }

    private Rule watching(String name, Rule.Condition condition) {
      return new Rule(
          name,
          condition,
          Map.of(),
          Duration.ZERO,
          Severity.INFO,
          Optional.empty(),
          Rule.Origin.API);
    }

    @Test
    void ofTheFileAreReplacedAllTogether() {
      store.replaceFileRules(List.of(rule("one", Rule.Origin.FILE), rule("two", Rule.Origin.FILE)));
      store.replaceFileRules(List.of(rule("three", Rule.Origin.FILE)));

      assertThat(store.rules()).containsExactly(rule("three", Rule.Origin.FILE));
    }

    @Test
    void ofTheFileCannotBeChangedOrDeleted() {
      store.replaceFileRules(List.of(rule("one", Rule.Origin.FILE)));

      assertRefused(
          ErrorCode.FAILED_PRECONDITION, () -> store.putRule(rule("one", Rule.Origin.API), ME));
      assertRefused(ErrorCode.FAILED_PRECONDITION, () -> store.deleteRule("one", ME));
      assertThat(store.rules()).containsExactly(rule("one", Rule.Origin.FILE));
    }

    @Test
    void ofTheApiCanBeDeletedOnce() {
      store.putRule(rule("one", Rule.Origin.API), ME);
      store.deleteRule("one", ME);

      assertThat(store.rules()).isEmpty();
      assertRefused(ErrorCode.NOT_FOUND, () -> store.deleteRule("one", ME));
    }

    @Test
    void makeTheRevisionGrowWithEachChange() {
      long start = store.revision();
      store.putRule(rule("one", Rule.Origin.API), ME);
      long put = store.revision();
      store.replaceFileRules(List.of(rule("two", Rule.Origin.FILE)));
      long replaced = store.revision();
      store.deleteRule("one", ME);
      long deleted = store.revision();
      reopen();

      assertThat(List.of(start, put, replaced, deleted)).isSorted().doesNotHaveDuplicates();
      assertThat(store.revision()).isGreaterThanOrEqualTo(deleted);
    }
  }

  @Test
  void isHealthy() {
    Eventually.asserted(() -> assertThat(store.health().isOk()).isTrue());
  }

  private static List<Object> parts(Alert alert) {
    return List.of(
        alert.id(),
        alert.rule(),
        alert.machineId(),
        alert.severity(),
        alert.state(),
        alert.metric(),
        alert.labels(),
        alert.value(),
        alert.threshold(),
        alert.startedAt(),
        alert.firedAt(),
        alert.resolvedAt(),
        alert.acknowledgedBy(),
        alert.message(),
        alert.processes());
  }
}
