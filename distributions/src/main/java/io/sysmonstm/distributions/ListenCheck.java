package io.sysmonstm.distributions;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.plugin.host.HostSettings;
import io.sysmonstm.plugin.host.ListenPolicy;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.EventLog;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.ArrayList;

/** Nothing listens beyond this machine in plain text, unless the operator says so. */
final class ListenCheck {
  private static final EventLog LOG = EventLog.of(ListenCheck.class);

  private ListenCheck() {}

  /** Checks the addresses, which have no TLS yet; warns of those that are open on purpose. */
  @SafeVarargs
  static void of(Settings settings, Setting<Endpoint>... addresses) {
    var policy = new ListenPolicy(settings.get(HostSettings.ALLOW_INSECURE));
    var problems = new ArrayList<String>();
    for (var address : addresses) {
      var endpoint = settings.get(address);
      policy.problem(address, endpoint, false).ifPresent(problems::add);
      policy
          .warning(address, endpoint, false)
          .ifPresent(warning -> LOG.warn("listening_insecurely", warning, null));
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }
}
