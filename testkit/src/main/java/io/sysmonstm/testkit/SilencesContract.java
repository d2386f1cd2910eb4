package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Silence;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a store does with silences, and what it remembers of what people did. */
abstract class SilencesContract extends AlertStoreFixture {
  @Nested
  class Silences {
    @Test
    void comeBackAsTheyWereByBeginAlsoFromAStoreOpenedAnew() {
      var weekly =
          new Silence(
              "s-1",
              Map.of("machine", "web-*", "tag.env", "prod\"x"),
              time.instant().plusSeconds(1),
              time.instant().plus(Duration.ofDays(90)),
              Optional.of(
                  new Silence.Recurrence(
                      Set.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY),
                      LocalTime.of(22, 30),
                      Duration.ofHours(8),
                      ZoneId.of("Europe/Berlin"))),
              "me",
              "backup, \"weekly\"\nä€😀");
      var once = once("s-2", 0, 3600);
      store.putSilence(weekly, ME);
      store.putSilence(once, ME);
      reopen();

      assertThat(store.silences()).containsExactly(once, weekly);
    }

    @Test
    void areReplacedByTheirNewForm() {
      store.putSilence(once("s-1", 0, 60), ME);
      store.putSilence(once("s-1", 0, 120), ME);

      assertThat(store.silences()).containsExactly(once("s-1", 0, 120));
    }

    @Test
    void vanishWhenTheyAreOver() {
      var silence = once("s-1", 0, 60);
      store.putSilence(silence, ME);

      time.advance(Duration.ofSeconds(59));
      assertThat(store.silences()).containsExactly(silence);
      time.advance(Duration.ofSeconds(1));
      assertThat(store.silences()).isEmpty();
      assertRefused(ErrorCode.NOT_FOUND, () -> store.endSilence("s-1", ME));
    }

    @Test
    void canBeEndedOnce() {
      store.putSilence(once("s-1", 0, 60), ME);
      store.putSilence(once("s-2", 0, 60), ME);
      store.endSilence("s-1", ME);
      reopen();

      assertThat(store.silences()).extracting(Silence::id).containsExactly("s-2");
      assertRefused(ErrorCode.NOT_FOUND, () -> store.endSilence("s-1", ME));
      assertRefused(ErrorCode.NOT_FOUND, () -> store.endSilence("never there", ME));
    }

    @Test
    void makeTheRevisionGrowWithEachChange() {
      long start = store.revision();
      store.putSilence(once("s-1", 0, 60), ME);
      long put = store.revision();
      store.endSilence("s-1", ME);

      assertThat(List.of(start, put, store.revision())).isSorted().doesNotHaveDuplicates();
    }
  }

  @Nested
  class Audit {
    @Test
    void saysWhoDidWhatTheNewestFirstAlsoInAStoreOpenedAnew() {
      store.putRule(rule("one", Rule.Origin.API), Actor.within("ann"));
      time.advance(Duration.ofSeconds(1));
      store.save(fired("a-1", "m", 0));
      store.acknowledge("a-1", Actor.within("bob"));
      store.putSilence(once("s-1", 0, 60), ME);
      store.endSilence("s-1", Actor.within("cyd"));
      store.deleteRule("one", new Actor("dan", "192.0.2.7"));
      reopen();

      assertThat(store.audit(Optional.empty(), 10))
          .extracting(AuditEntry::action, AuditEntry::subject, AuditEntry::by, AuditEntry::source)
          .containsExactly(
              tuple("rule_deleted", "one", "dan", "192.0.2.7"),
              tuple("silence_ended", "s-1", "cyd", ""),
              tuple("silence_put", "s-1", "me", ""),
              tuple("alert_acknowledged", "a-1", "bob", ""),
              tuple("rule_put", "one", "ann", ""));
      assertThat(store.audit(Optional.empty(), 10).getLast().at())
          .isEqualTo(time.instant().minusSeconds(1));
    }

    @Test
    void holdsRulesAndSilencesAsTheyWereAndAsTheyAre() {
      store.putRule(rule("one", Rule.Origin.API), ME);
      store.putRule(rule("one", Rule.Origin.API), ME);
      store.putSilence(once("s-1", 0, 60), ME);
      store.putSilence(once("s-1", 0, 120), ME);
      store.endSilence("s-1", ME);
      store.deleteRule("one", ME);

      var details =
          store.audit(Optional.empty(), 10).reversed().stream()
              .map(entry -> entry.detail().replace(" ", ""))
              .toList();
      assertThat(details.get(0))
          .startsWith("{\"new\":{")
          .contains("\"name\":\"one\"", "\"metric\":\"cpu_percent\"", "\"for\":\"30s\"")
          .endsWith("}}");
      assertThat(details.get(1)).startsWith("{\"old\":{").contains("},\"new\":{").endsWith("}}");
      assertThat(details.get(2))
          .startsWith("{\"new\":{")
          .contains("\"match\":{\"machine\":\"web-*\"}", "\"by\":\"me\"")
          .endsWith("}}");
      assertThat(details.get(3)).startsWith("{\"old\":{").contains("},\"new\":{").endsWith("}}");
      assertThat(details.get(4)).startsWith("{\"old\":{").doesNotContain("\"new\"").endsWith("}}");
      assertThat(details.get(5)).startsWith("{\"old\":{").doesNotContain("\"new\"").endsWith("}}");
    }

    @Test
    void canBeAskedForOneSubjectAndForAFew() {
      store.putRule(rule("one", Rule.Origin.API), Actor.within("ann"));
      store.putRule(rule("two", Rule.Origin.API), Actor.within("bob"));
      store.putRule(rule("one", Rule.Origin.API), Actor.within("cyd"));

      assertThat(store.audit(Optional.of("one"), 10))
          .extracting(AuditEntry::by)
          .containsExactly("cyd", "ann");
      assertThat(store.audit(Optional.of("one"), 1))
          .extracting(AuditEntry::by)
          .containsExactly("cyd");
      assertThat(store.audit(Optional.of("three"), 10)).isEmpty();
    }

    @Test
    void holdsNothingThatWasRefused() {
      store.save(resolved("a-1", "m", 0, 60));
      store.replaceFileRules(List.of(rule("one", Rule.Origin.FILE)));
      assertRefused(ErrorCode.FAILED_PRECONDITION, () -> store.acknowledge("a-1", ME));
      assertRefused(
          ErrorCode.FAILED_PRECONDITION, () -> store.putRule(rule("one", Rule.Origin.API), ME));
      assertRefused(ErrorCode.NOT_FOUND, () -> store.endSilence("s-1", ME));

      assertThat(store.audit(Optional.empty(), 10)).isEmpty();
    }

    @Test
    void holdsAnAcknowledgementOnce() {
      store.save(fired("a-1", "m", 0));
      store.acknowledge("a-1", Actor.within("first"));
      store.acknowledge("a-1", Actor.within("second"));

      assertThat(store.audit(Optional.of("a-1"), 10))
          .extracting(AuditEntry::by)
          .containsExactly("first");
    }
  }

  private Silence once(String id, long fromSecond, long toSecond) {
    var second = begin.plus(Duration.ofHours(1));
    return new Silence(
        id,
        Map.of("machine", "web-*"),
        second.plusSeconds(fromSecond),
        second.plusSeconds(toSecond),
        Optional.empty(),
        "me",
        "");
  }
}
