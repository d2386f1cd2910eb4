package io.sysmonstm.collector.core;

import io.sysmonstm.spi.Availability;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.MetricSourceProvider;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.util.List;

/**
 * Makes the sources of all built-in metrics, read by the OSHI library; its type is {@code oshi}.
 */
public final class OshiMetricSourceProvider implements MetricSourceProvider {
  private static final Setting<List<String>> SKIP_INTERFACES =
      Setting.list(
              "collector.oshi.skip-interfaces",
              "Network interfaces to leave out; a star at the end stands for any ending.")
          .withDefault("veth*,docker*");
  private static final Setting<List<String>> SKIP_MOUNTS =
      Setting.list(
              "collector.oshi.skip-mounts",
              "Mount points to leave out; a star at the end stands for any ending.")
          .withDefault("");
  private static final Setting<Integer> TOP_PROCESSES =
      Setting.number(
              "collector.oshi.top-processes",
              "How many of the greatest users of CPU and memory are named.",
              0,
              OshiOptions.MAX_TOP_PROCESSES)
          .withDefault("10");

  /** Creates the provider; called by the service loader. */
  public OshiMetricSourceProvider() {}

  @Override
  public String type() {
    return "oshi";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(SKIP_INTERFACES, SKIP_MOUNTS, TOP_PROCESSES);
  }

  @Override
  public Availability availability(ProviderContext context) {
    try {
      OshiMachine.open();
      return Availability.available();
    } catch (IllegalStateException | LinkageError unsupported) {
      return Availability.unavailable(
          "OSHI does not work on this operating system: " + unsupported.getMessage());
    }
  }

  @Override
  public List<MetricSource> create(Settings settings, ProviderContext context) {
    var options =
        new OshiOptions(
            settings.get(SKIP_INTERFACES), settings.get(SKIP_MOUNTS), settings.get(TOP_PROCESSES));
    return OshiMachine.open(context.time()).sources(options);
  }
}
