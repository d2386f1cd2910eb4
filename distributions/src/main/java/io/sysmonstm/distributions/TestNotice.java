package io.sysmonstm.distributions;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Severity;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notification;
import io.sysmonstm.spi.TimeSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Tells people that nothing is wrong, to see whether they can be told. */
final class TestNotice {
  private TestNotice() {}

  /** Sends one, and returns why it could not be told; empty where it was. */
  static Optional<String> send(RoleContext context, String name) {
    var instances = context.notifiers();
    var chosen =
        instances.stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new ConfigException(
                        List.of(
                            "there is no notifier %s: expected one of those under %s: %s"
                                .formatted(
                                    name,
                                    RoleKeys.NOTIFIERS,
                                    String.join(
                                        ", ",
                                        instances.stream().map(one -> one.name()).toList())))));
    try (var notifier = context.create(chosen)) {
      notifier.notify(notice(name, context.host().time()));
      return Optional.empty();
    } catch (ConfigException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    } catch (Exception e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Notice notice(String notifier, TimeSource time) {
    var now = time.instant();
    var id = "test-" + UUID.randomUUID();
    var alert =
        Alert.builder(id, "test", "sysmonstm")
            .severity(Severity.INFO)
            .state(AlertState.FIRING)
            .startedAt(now)
            .firedAt(now)
            .message("This is a test of the notifier %s. Nothing is wrong.".formatted(notifier))
            .build();
    return new Notice(id, List.of(new Notice.Item(alert, Notification.Kind.FIRED)), 0);
  }
}
