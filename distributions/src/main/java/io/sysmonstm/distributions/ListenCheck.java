package io.sysmonstm.distributions;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.plugin.host.HostSettings;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.ListenPolicy;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Nothing listens beyond this machine without TLS and authentication, unless the operator says so,
 * and is reminded of it each minute. Confined to one thread.
 */
final class ListenCheck {
  private static final EventLog LOG = EventLog.of(ListenCheck.class);
  private static final Duration REMINDER = Duration.ofMinutes(1);

  private final Settings settings;
  private final ListenPolicy policy;
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  ListenCheck(Settings settings) {
    this.settings = settings;
    policy = new ListenPolicy(settings.get(HostSettings.ALLOW_INSECURE));
  }

  /** Looks at an address to listen on. */
  ListenCheck add(Setting<Endpoint> address, boolean secured) {
    var endpoint = settings.get(address);
    policy.problem(address, endpoint, secured).ifPresent(problems::add);
    policy.warning(address, endpoint, secured).ifPresent(warnings::add);
    return this;
  }

  /** Refuses what must not be; warns of the rest for as long as the role runs. */
  void apply(RoleContext context, Lifecycle lifecycle) {
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    if (warnings.isEmpty()) {
      return;
    }
    var stopped = new CountDownLatch(1);
    lifecycle.onStop("reminder", stopped::countDown);
    warn();
    context.host().executor().execute(() -> remind(stopped));
  }

  private void remind(CountDownLatch stopped) {
    try {
      while (!stopped.await(REMINDER.toMillis(), TimeUnit.MILLISECONDS)) {
        warn();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // One warning tells all, since a log keeps back repetitions.
  private void warn() {
    LOG.warn("listening_insecurely", String.join("; ", warnings), null);
  }
}
