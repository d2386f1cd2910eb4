package io.sysmonstm.distributions;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.plugin.host.HostSettings;
import io.sysmonstm.plugin.host.Lifecycle;
import io.sysmonstm.plugin.host.ListenPolicy;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * Nothing listens beyond this machine without TLS and authentication, unless the operator says so,
 * and is reminded of it each minute. Confined to one thread.
 */
final class ListenCheck {
  private static final EventLog LOG = EventLog.of(ListenCheck.class);

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
    var host = context.host();
    lifecycle.own("reminder", Reminder.begin(host.time(), this::warn)).follow(host.executor());
  }

  // One warning tells all, since a log keeps back repetitions.
  private void warn() {
    LOG.warn("listening_insecurely", String.join("; ", warnings), null);
  }
}
