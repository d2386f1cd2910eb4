package io.sysmonstm.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.Operator;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Severity;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of alerts that an earlier version made. */
class AlertSchemaTest {
  @Test
  void keepsItsAuditWhichCannotBeChangedFromThenOn(@TempDir Path directory) {
    var earlier = new Schema(Schema.ALERTS.steps().subList(0, 2));
    try (var database =
        new Database(directory.resolve("alerts.db"), earlier, TimeSource.system())) {
      database.write(
          "write as the earlier version did",
          session -> {
            session.execute(
                "INSERT INTO audit (time, by, action, subject, detail) VALUES (%d, 'ann', 'rule_deleted', 'old', '')"
                    .formatted(UnixNanos.of(Instant.now())));
            return true;
          });
    }

    try (var context = new TestContext(TimeSource.system(), directory);
        var store = EmbeddedAlertStore.builder(context).build()) {
      store.putRule(
          new Rule(
              "new",
              new Rule.Threshold("cpu_percent", Operator.GT, 90, 90),
              Map.of(),
              Duration.ZERO,
              Severity.WARNING,
              Optional.empty(),
              Rule.Origin.API),
          new Actor("bob", "192.0.2.7"));

      assertThat(store.audit(Optional.empty(), 10))
          .extracting(entry -> entry.by() + " " + entry.source() + " " + entry.subject())
          .containsExactly("bob 192.0.2.7 new", "ann  old");
      for (var change : List.of("UPDATE audit SET by = 'nobody'", "DELETE FROM audit")) {
        assertThatExceptionOfType(StoreUnavailableException.class)
            .as(change)
            .isThrownBy(
                () ->
                    store
                        .database()
                        .write(
                            "do what nobody does",
                            session -> {
                              session.execute(change);
                              return true;
                            }));
      }
      assertThat(store.audit(Optional.empty(), 10)).extracting(AuditEntry::by).hasSize(2);
    }
  }
}
