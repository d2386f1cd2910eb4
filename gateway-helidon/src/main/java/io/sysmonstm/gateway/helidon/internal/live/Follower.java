package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.spi.AlertEvent;

/** Is told what changes in a {@link LiveView}, under its lock: must neither wait nor ask it. */
public interface Follower {
  /** Does not care. */
  Follower NOBODY =
      new Follower() {
        @Override
        public void changed(String machineId) {}

        @Override
        public void alert(AlertEvent event) {}
      };

  /**
   * A machine has newer readings, or another status, or is no longer there.
   *
   * @param machineId the machine
   */
  void changed(String machineId);

  /**
   * An alert has changed.
   *
   * @param event as viewers are told
   */
  void alert(AlertEvent event);
}
