package io.sysmonstm.collector.core.internal;

import io.sysmonstm.collector.core.OshiOptions;
import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.MetricSourceContract;
import org.junit.jupiter.api.Nested;

/** Each source on the real machine. */
class OshiSourcesContractTest {
  private static final OshiSystem SYSTEM = OshiSystem.open(TimeSource.system());

  private static MetricSource source(String name) {
    return OshiSources.of(SYSTEM, OshiOptions.defaults()).stream()
        .filter(source -> source.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Nested
  class Cpu extends MetricSourceContract {
    @Override
    protected MetricSource createSource() {
      return source("cpu");
    }
  }

  @Nested
  class Memory extends MetricSourceContract {
    @Override
    protected MetricSource createSource() {
      return source("memory");
    }
  }

  @Nested
  class FileSystems extends MetricSourceContract {
    @Override
    protected MetricSource createSource() {
      return source("filesystem");
    }
  }

  @Nested
  class Disks extends MetricSourceContract {
    @Override
    protected MetricSource createSource() {
      return source("disk");
    }
  }

  @Nested
  class Network extends MetricSourceContract {
    @Override
    protected MetricSource createSource() {
      return source("network");
    }
  }

  @Nested
  class Processes extends MetricSourceContract {
    @Override
    protected MetricSource createSource() {
      return source("process");
    }
  }

  @Nested
  class Machine extends MetricSourceContract {
    @Override
    protected MetricSource createSource() {
      return source("machine");
    }
  }

  @Nested
  class Agent extends MetricSourceContract {
    @Override
    protected MetricSource createSource() {
      return source("agent");
    }
  }
}
